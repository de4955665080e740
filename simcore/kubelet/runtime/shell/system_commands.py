"""The commands that tell who and where one is: the user, the host, its addresses, the kernel's settings."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from simcore.kubelet.runtime.identity import NAMES, shown
from simcore.kubelet.runtime.shell.control import Err

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
HOSTS, SETTINGS = "/etc/hosts", "/proc/sys/"
_ADDRESS = (
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000",
    "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
    "    inet 127.0.0.1/8 scope host lo",
    "2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue",
    "    inet {ip}/24 brd {net}.255 scope global eth0",
)
_ROUTES = ("default via {net}.1 dev eth0", "{net}.0/24 dev eth0 scope link src {ip}")


def _id(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    uid, gid, groups, *_ = shell.identity
    options = "".join(word[1:] for word in argv[1:])
    match options.replace("r", ""):
        case "u" | "g":
            yield str(uid if "u" in options else gid)
        case "G":
            yield " ".join(map(str, groups))
        case "un" | "nu" | "gn" | "ng":
            number = uid if "u" in options else gid
            if number not in NAMES:
                yield Err(f"id: unknown ID {number}")
                return 1
            yield NAMES[number]
        case _:
            yield f"uid={shown(uid)} gid={shown(gid)} groups={','.join(map(shown, groups))}"
    return 0


def _whoami(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    uid = shell.identity.uid
    yield NAMES[uid] if uid in NAMES else Err(f"whoami: unknown uid {uid}")
    return int(uid not in NAMES)


def _hostname(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    host = shell.variables.get("HOSTNAME", "localhost")
    ip, full = own_line(shell, host)
    match argv[1:2]:
        case ("-i" | "-I",):
            yield ip
        case ("-f",):
            yield full
        case ("-d",):
            yield full.partition(".")[2]
        case _:
            yield host
    return 0


def own_line(shell: Machine, host: str) -> tuple[str, str]:
    """What /etc/hosts says of the host: its address and full name."""
    for line in shell.files.read(HOSTS, shell.now_ms):
        words = line.split()
        if host in words[1:]:
            return words[0], words[1]
    return "", host


def _ip(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    words = [word for word in argv[1:] if not word.startswith("-")]
    about, verb = (words[0] if words else "addr"), (words[1] if len(words) > 1 else "show")
    if verb in ("add", "del", "set", "delete"):
        if shell.identity.rules_network:
            return 0
        yield Err("ip: RTNETLINK answers: Operation not permitted")
        return 2
    ip, _ = own_line(shell, shell.variables.get("HOSTNAME", ""))
    lines = _ROUTES if "route".startswith(about) else _ADDRESS if "address".startswith(about) else ()
    yield from (line.format(ip=ip, net=ip.rpartition(".")[0]) for line in lines)
    return 0


def _sysctl(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status = 0
    for name in (word for word in argv[1:] if not word.startswith("-")):
        path = SETTINGS + name.replace(".", "/")
        if "=" in name:
            yield Err(f"sysctl: error setting key '{name.partition('=')[0]}': Read-only file system")
            status = 1
        elif lines := shell.files.read(path, shell.now_ms):
            yield lines[0] if "-n" in argv else f"{name} = {lines[0]}"
        else:
            yield Err(f"sysctl: error: '{name}' is an unknown key")
            status = 1
    return status


def _ps(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    user = NAMES.get(shell.identity.uid, str(shell.identity.uid))
    yield "PID   USER     TIME  COMMAND"
    for number, command in enumerate((*shell.processes, " ".join(argv)), start=1):
        yield f"{number:5} {user:8}  0:00 {command}"
    return 0


SYSTEM_COMMANDS: Mapping[str, Builtin] = {
    "id": _id, "whoami": _whoami, "hostname": _hostname, "ip": _ip, "sysctl": _sysctl, "ps": _ps,
}  # fmt: skip
