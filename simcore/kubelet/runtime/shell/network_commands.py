"""The commands that ask the network: wget, curl, nslookup, nc and their like."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simcore.kubelet.runtime.replies import NO_ANSWER, Question, Reply
from simcore.kubelet.runtime.shell.control import TICK, Endless, Err

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
DNS_SERVER = "10.96.0.10"
_LONGEST_WAIT_MS = 130_000
"""How long a connection is tried when nobody refuses it."""
_REFUSED, _UNKNOWN, _TIMED_OUT = "Connection refused", "bad address", "timed out"


def _wget(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    options, url = _read(
        argv, takes=("-T", "-O", "-o", "-t", "-P", "--timeout", "--tries", "--header", "--post-data")
    )
    if not url:
        return 1
    reply, where = _get(shell, url)
    if not reply.is_answer:
        why = reply.lines[0]
        if _TIMED_OUT in why:
            yield from _waited(shell, options.get("-T") or options.get("--timeout"))
            yield Err("wget: download timed out")
        elif why.startswith(_UNKNOWN):
            yield Err(f"wget: bad address '{where.host}'")
        else:
            yield Err(f"wget: can't connect to remote host ({where.host}): {why}")
        return 1
    if reply.code >= 400:
        yield Err(
            f"wget: server returned error: HTTP/1.1 {reply.code} {_REASONS.get(reply.code, '')}".rstrip()
        )
        return 1
    target = options.get("-O", where.path.rpartition("/")[2] or "index.html")
    if "--spider" in options:
        return 0
    if target in ("-", "/dev/stdout"):
        yield from reply.lines
    else:
        shell.files.write(target, reply.lines, shell.now_ms)
    return 0


def _curl(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    takes = (
        "-o",
        "-H",
        "-X",
        "-d",
        "-m",
        "--max-time",
        "--connect-timeout",
        "-w",
        "--cacert",
        "--header",
        "--request",
    )
    options, url = _read(argv, takes=takes)
    if not url:
        return 2
    reply, where = _get(shell, url)
    if not reply.is_answer:
        why = reply.lines[0]
        if _TIMED_OUT in why:
            limits = (options.get(name) for name in ("-m", "--max-time", "--connect-timeout"))
            yield from _waited(shell, next(filter(None, limits), None))
            yield Err(f"curl: (28) Failed to connect to {where.host} port {where.port}: Connection timed out")
            return 28
        if why.startswith(_UNKNOWN):
            yield Err(f"curl: (6) Could not resolve host: {where.host}")
            return 6
        yield Err(f"curl: (7) Failed to connect to {where.host} port {where.port}: {why}")
        return 7
    fails = "--fail" in options or any(not name.startswith("--") and "f" in name for name in options)
    if fails and reply.code >= 400:
        yield Err(f"curl: (22) The requested URL returned error: {reply.code}")
        return 22
    flags = "".join(name[1:] for name in options if name[:1] == "-" and name[:2] != "--")
    if "--head" in options or "I" in flags:
        yield from _head(reply)
    elif "-o" not in options:
        yield from _head(reply) if "i" in flags or "--include" in options else ()
        yield from reply.lines
    elif options["-o"] != "/dev/null":
        shell.files.write(options["-o"], reply.lines, shell.now_ms)
    if "-w" in options:
        yield options["-w"].replace("%{http_code}", str(reply.code)).replace("\\n", "")
    return 0


def _head(reply: Reply) -> Generator[str]:
    """The headers of an answer, and the empty line after them."""
    yield f"HTTP/1.1 {reply.code} {_REASONS.get(reply.code, 'OK')}"
    yield f"Content-Length: {sum(len(line) + 1 for line in reply.lines)}"
    yield f"Content-Type: {'text/html' if reply.lines[:1] and reply.lines[0].startswith('<') else 'text/plain'}"
    yield ""


def _get(shell: Machine, url: str) -> tuple[Reply, Question]:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    question = Question("http", parts.hostname or "", port, path.replace(" ", "%20")[:500])
    return shell.ask(question), question


def _nslookup(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    words = [word for word in argv[1:] if not word.startswith("-")]
    if not words:
        return 1
    wanted = re.search(r"-(?:query|type|q)=(\w+)", " ".join(argv))
    reply = shell.ask(Question("dns", words[0], 0, wanted[1].upper() if wanted else "A"))
    yield f"Server:\t\t{DNS_SERVER}"
    yield f"Address:\t{DNS_SERVER}:53"
    yield ""
    if not reply.is_answer:
        yield f"** server can't find {words[0]}: NXDOMAIN"
        yield ""
        return 1
    for record in reply.lines:
        name, kind, value = record.split(" ", 2)
        if kind == "A":
            yield f"Name:\t{name}"
            yield f"Address: {value}"
        elif kind == "CNAME":
            yield f"{name}\tcanonical name = {value}"
        elif kind == "PTR":
            yield f"{name}\tname = {value}"
        else:
            yield f"{name}\tservice = {value}"
    yield ""
    return 0


def _dig(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    words = [word for word in argv[1:] if word[0] not in "-+@"]
    kinds = [word for word in words if word in ("A", "SRV", "CNAME", "PTR")]
    names = [word for word in words if word not in kinds]
    if not names:
        return 1
    kind, name = kinds[0] if kinds else "A", names[0].rstrip(".")
    if "-x" in argv:
        kind, name = "PTR", ".".join(reversed(name.split("."))) + ".in-addr.arpa"
    reply = shell.ask(Question("dns", name + ("" if "+search" in argv else "."), 0, kind))
    for record in reply.lines if reply.is_answer else ():
        name, kind, value = record.split(" ", 2)
        yield value if "+short" in argv else f"{name}.\t30\tIN\t{kind}\t{value}"
    return 0


def _getent(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """Also `host`, which asks the name server alone."""
    for line in shell.files.read("/etc/hosts", shell.now_ms) if "getent" in argv[0] else ():
        if argv[-1] in line.split()[1:]:
            yield f"{line.split()[0]:15} {'  '.join(line.split()[1:])}"
            return 0
    reply = shell.ask(Question("dns", argv[-1], 0, "A"))
    for record in reply.lines if reply.is_answer else ():
        name, _, value = record.split(" ", 2)
        yield f"{value:15} {name}"
    return 0 if reply.is_answer else 2


def _nc(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    options, _ = _read(argv, takes=("-w", "-p", "-e", "-q", "-i"))
    numbers = [
        word for word in argv[1:] if word.isdigit() and word not in (options.get("-w"), options.get("-i"))
    ]
    if any(option.startswith("-l") or "l" in option[1:3] for option in options):
        port = options.get("-p") or (numbers[-1] if numbers else "0")
        shell.listens.add(int(port[:5]))
        raise Endless(serves=True)
    hosts = [w for w in argv[1:] if not w.startswith("-") and w not in numbers and w not in options.values()]
    if not numbers or not hosts:
        return 1
    reply = shell.ask(Question("tcp", hosts[0], int(numbers[-1][:5])))
    if reply.is_answer:
        if any("v" in option for option in options):
            yield Err(f"{hosts[0]} ({reply.source}:{numbers[-1]}) open")
        return 0
    if _TIMED_OUT in reply.lines[0]:
        yield from _waited(shell, options.get("-w"))
    if reply.lines[0].startswith(_UNKNOWN):
        yield Err(f"nc: bad address '{hosts[0]}'")
    else:
        yield Err(f"nc: {hosts[0]} ({reply.source or hosts[0]}:{numbers[-1]}): {reply.lines[0]}")
    return 1


def _ping(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    options, _ = _read(argv, takes=("-c", "-w", "-W", "-i"))
    hosts = [word for word in argv[1:] if not word.startswith("-") and word not in options.values()]
    reply = shell.ask(Question("dns", hosts[0], 0, "A")) if hosts else Reply(NO_ANSWER)
    if not reply.is_answer:
        yield Err(f"ping: bad address '{hosts[0] if hosts else ''}'")
        return 1
    address, count = reply.lines[-1].rpartition(" ")[2], options.get("-c", "")
    yield f"PING {hosts[0]} ({address}): 56 data bytes"
    for number in range(int(count) if count.isdigit() and len(count) < 5 else 10**6):
        yield f"64 bytes from {address}: seq={number} ttl=62 time=0.1 ms"
        shell.sleep(1000)
        yield TICK
    return 0


def _waited(shell: Machine, seconds: str | None) -> Generator[str]:
    known = seconds is not None and seconds.replace(".", "", 1).isdigit() and len(seconds) < 8
    shell.sleep(min(int(float(seconds or 0) * 1000), _LONGEST_WAIT_MS) if known else _LONGEST_WAIT_MS)
    yield TICK


def _read(argv: Argv, *, takes: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """The options with their values, and the last argument that is none."""
    options: dict[str, str] = {}
    url, words = "", [*argv[1:]]
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            url = word
        elif equals:
            options[name] = value
        elif (short := _short(word, takes)) is not None:
            options[short[0]] = short[1] or (words.pop(0) if words else "")
            if len(short[2]) > 1:
                options[short[2]] = ""
        else:
            options[word] = ""
    return options, url


def _short(word: str, takes: tuple[str, ...]) -> tuple[str, str, str] | None:
    """An option that takes a value, alone or behind others (`-qO-`): (option, value, what stands before it)."""
    if word in takes:
        return word, "", "-"
    if word.startswith("--"):
        return None
    for at, letter in enumerate(word[1:], start=1):
        if f"-{letter}" in takes:
            return f"-{letter}", word[at + 1 :], word[:at]
    return None


_REASONS = {
    400: "Bad Request", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable",
}  # fmt: skip

NETWORK_COMMANDS: Mapping[str, Builtin] = {
    "wget": _wget, "curl": _curl, "nslookup": _nslookup, "dig": _dig, "host": _getent, "getent": _getent, "nc": _nc,
    "ncat": _nc, "ping": _ping,
}  # fmt: skip
