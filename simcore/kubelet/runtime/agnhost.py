"""The image that Kubernetes' own tests and documentation use: one program with a subcommand for each need.

Models: kubernetes v1.36 test/images/agnhost/README.md.
Left out: see docs/deviations.md, kubelet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import chain

from simcore.kubelet.runtime import mounttest
from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.inside import Inside
from simcore.kubelet.runtime.program import Fixed, Line, Program
from simcore.kubelet.runtime.replies import Question, Unanswered, reply_at

NAMES = (("/agnhost",), ("agnhost",))


def program(argv: tuple[str, ...], inside: Inside) -> Program:
    """`argv` begins with the subcommand; without one it pauses."""
    name, arguments = (argv[0], argv[1:]) if argv else ("pause", ())
    make = _SUBCOMMANDS.get(name)
    if name in _OTHERS:
        return Program(_said(f"Started {name}"), stop_code=2)
    if make is None:
        return _ends(f'Error: unknown command {name!r} for "app"', code=1)
    return make(arguments, inside)


def _pause(arguments: tuple[str, ...], inside: Inside) -> Program:
    return Program(_said("Paused"), stop_code=2)


def _netexec(arguments: tuple[str, ...], inside: Inside) -> Program:
    port = _number(arguments, "http-port", 8080)
    udp = _number(arguments, "udp-port", 8081)
    return Program(
        _said(f"Started HTTP server on port {port}", f"Started UDP server on port  {udp}"),
        listens=frozenset({port}), stop_code=2, web="netexec",
    )  # fmt: skip


def _serve_hostname(arguments: tuple[str, ...], inside: Inside) -> Program:
    port = _number(arguments, "port", 9376)
    return Program(
        _said("Serving on port " + str(port) + "."), listens=frozenset({port}), stop_code=2, web="hostname"
    )


def _test_webserver(arguments: tuple[str, ...], inside: Inside) -> Program:
    port = _number(arguments, "port", 80)
    return Program(_said(f"Listening on port {port}."), listens=frozenset({port}), stop_code=2, web="files")


def _liveness(arguments: tuple[str, ...], inside: Inside) -> Program:
    return Program(listens=frozenset({8080}), stop_code=2, web="liveness")


def _porter(arguments: tuple[str, ...], inside: Inside) -> Program:
    """Listens on the port of each variable SERVE_PORT_<n>, and answers with its value."""
    served = {
        int(number): value
        for name, value in inside.variables.items()
        if (number := name.removeprefix("SERVE_PORT_")) != name and number.isdigit() and len(number) < 6
    }
    argv = tuple(f"{port}={served[port]}" for port in sorted(served))
    return Program(listens=frozenset(served), stop_code=2, web="porter", argv=argv)


def _entrypoint_tester(arguments: tuple[str, ...], inside: Inside) -> Program:
    return _ends("[" + " ".join(("/agnhost", "entrypoint-tester", *arguments)) + "]")


def _connect(arguments: tuple[str, ...], inside: Inside) -> Program:
    """Ends at once: well, or with the error's name."""
    target = next((word for word in arguments if not word.startswith("-")), "")
    host, _, port = target.rpartition(":")
    question = Question("tcp", host, int(port) if port.isdigit() and len(port) < 6 else 0)
    try:
        reply = reply_at(inside.answers, question, 0, 1)
    except Unanswered as unanswered:
        return Program(asks=unanswered.question)
    if reply.is_answer:
        return _ends()
    why = reply.lines[0]
    return _ends("REFUSED" if "refused" in why else "DNS: " + why if "address" in why else "TIMEOUT", code=1)


def _dns_suffix(arguments: tuple[str, ...], inside: Inside) -> Program:
    return _ends(",".join(_resolver(inside, "search")))


def _dns_server_list(arguments: tuple[str, ...], inside: Inside) -> Program:
    return _ends(",".join(_resolver(inside, "nameserver")))


def _resolver(inside: Inside, keyword: str) -> list[str]:
    """What /etc/resolv.conf says after the word."""
    lines = (line.split() for line in Files(inside.tree).read("/etc/resolv.conf"))
    return [word for words in lines if words[:1] == [keyword] for word in words[1:]]


def _etc_hosts(arguments: tuple[str, ...], inside: Inside) -> Program:
    return _ends(*Files(inside.tree).read("/etc/hosts"))


def _grpc_health(arguments: tuple[str, ...], inside: Inside) -> Program:
    """Says that it is well, or after a while that it is not."""
    port, http = _number(arguments, "port", 5000), _number(arguments, "http-port", 8080)
    said = f"Http server starting to listen on port {http}", f"gRPC server starting to listen on port {port}"
    return Program(
        _said(*said), listens=frozenset({port, http}), stop_code=2, web="grpc-health",
        argv=(str(_number(arguments, "delay-unhealthy-sec", 0)),),
    )  # fmt: skip


def _logs_generator(arguments: tuple[str, ...], inside: Inside) -> Program:
    """So many lines, spread over a time."""
    total = min(_number(arguments, "log-lines-total", 10), 10_000)
    text = next((word.partition("=")[2] for word in arguments if "run-duration" in word), "0s")
    match = re.fullmatch(r"(\d{1,6})(ms|s|m)", text)
    took_ms = int(match[1]) * {"ms": 1, "s": 1000, "m": 60_000}[match[2]] if match else 0
    lines = tuple(
        Line(took_ms * n // max(total, 1), f"{n} GET /api/v1/namespaces/default/pods/{n:04d} 200")
        for n in range(total)
    )
    return Program(Fixed(lines), took_ms, stop_code=2)


def _said(*lines: str) -> Fixed:
    return Fixed(tuple(Line(0, text) for text in chain.from_iterable(line.split("\n") for line in lines)))


def _ends(*lines: str, code: int = 0) -> Program:
    return Program(_said(*lines), 0, code)


def _number(arguments: tuple[str, ...], option: str, usual: int) -> int:
    """`--option=N`, `--option N` or `-option N`."""
    match = re.search(rf"(?:^| )--?{option}[= ](\d{{1,5}})", " ".join(arguments))
    return int(match[1]) if match else usual


_OTHERS = frozenset(
    """
    audit-proxy crd-conversion-webhook fake-gitserver guestbook
    inclusterclient net nettest no-snat-test no-snat-test-proxy port-forward-tester resource-consumer-controller
    sample-device-plugin stress tcp-reset webhook
    """.split()  # noqa: SIM905 - a list of words reads better so
)
"""Subcommands that stay up and do nothing that is simulated."""

_SUBCOMMANDS: Mapping[str, Callable[[tuple[str, ...], Inside], Program]] = {
    "pause": _pause, "netexec": _netexec, "serve-hostname": _serve_hostname, "test-webserver": _test_webserver,
    "liveness": _liveness, "porter": _porter, "entrypoint-tester": _entrypoint_tester, "connect": _connect,
    "dns-suffix": _dns_suffix, "dns-server-list": _dns_server_list, "etc-hosts": _etc_hosts,
    "mounttest": mounttest.program, "logs-generator": _logs_generator, "grpc-health-checking": _grpc_health,
}  # fmt: skip
