"""The commands that the shell simulates: each yields what it prints and returns its status.

Left out: see docs/deviations.md, kubelet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from typing import Protocol

from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.identity import Identity
from simcore.kubelet.runtime.replies import Question, Reply
from simcore.kubelet.runtime.shell.byte_commands import BYTE_COMMANDS
from simcore.kubelet.runtime.shell.control import FOREVER_MS, TICK, Endless, Err, Exit, Jump, Return
from simcore.kubelet.runtime.shell.file_commands import FILE_COMMANDS
from simcore.kubelet.runtime.shell.network_commands import NETWORK_COMMANDS
from simcore.kubelet.runtime.shell.system_commands import SYSTEM_COMMANDS
from simcore.kubelet.runtime.shell.text_commands import TEXT_COMMANDS
from simcore.kubelet.runtime.text import OPEN, lines_of

MAX_COUNT = 10_000
KERNEL = "6.12.48"

Steps = Generator[str, None, int]
Argv = tuple[str, ...]
Lines = list[str]


class Machine(Protocol):
    """The shell that a command runs in."""

    arguments: tuple[str, ...]
    variables: dict[str, str]
    status: int
    identity: Identity
    processes: tuple[str, ...]
    epoch_ms: int
    now_ms: int
    term_status: int | None
    files: Files
    listens: set[int]

    def sleep(self, ms: int) -> None: ...

    def ask(self, question: Question) -> Reply:
        """What the network answers. Raises: Unanswered."""
        ...


Builtin = Callable[[Machine, Argv, Lines], Steps]

_UNITS = {"": 1000, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


def _silent(status: int) -> Builtin:
    def run(shell: Machine, argv: Argv, fed: Lines) -> Steps:
        yield from ()
        return status

    return run


def _cd(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    place = argv[1] if len(argv) > 1 else shell.variables.get("HOME", "/")
    if not shell.files.is_folder(place, shell.now_ms):
        yield Err(f"sh: cd: can't cd to {place}: No such file or directory")
        return 2
    shell.files.folder = shell.variables["PWD"] = shell.files.full(place)
    return 0


def _pwd(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield shell.files.folder
    return 0


def _sleep(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    for text in argv[1:]:
        match = _DURATION.fullmatch(text)
        if text in ("infinity", "inf"):
            raise Endless
        if match is None:
            yield Err(f"sleep: invalid number '{text}'")
            return 1
        ms = int(float(match[1]) * _UNITS[match[2]])
        if ms >= FOREVER_MS:
            raise Endless
        shell.sleep(ms)
        yield TICK
    return 0


def _echo(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    words = argv[1:]
    escapes = stays = False
    while words and words[0] in ("-n", "-e", "-ne", "-en", "-E"):
        escapes, stays = escapes or "e" in words[0], stays or "n" in words[0]
        words = words[1:]
    text = " ".join(words)
    *lines, last = (_unescaped(text) if escapes else text).split("\n")
    yield from lines
    yield last + OPEN if stays else last
    return 0


def _printf(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    if len(argv) < 2:
        return 2
    form, left = _unescaped(argv[1]), [*argv[2:]]
    text = ""
    for _ in range(MAX_COUNT):
        before = len(left)
        text += _FORMAT.sub(lambda match: _formatted(match, left), form)
        if not left or len(left) == before:
            break
    yield from lines_of(text)
    return 0


_FORMAT = re.compile(r"%(?:%|([-0]?)(\d{0,3})(?:\.(\d{1,2}))?([sdiuf]))")


def _formatted(match: re.Match[str], left: list[str]) -> str:
    """One directive, with the next argument."""
    if match[4] is None:
        return "%"
    text = left.pop(0) if left else ("" if match[4] == "s" else "0")
    if match[4] == "f" and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text):
        text = f"{float(text):.{match[3] or 6}f}"
    width = int(match[2] or 0)
    return text.ljust(width) if match[1] == "-" else text.rjust(width, "0" if match[1] else " ")


def _exit(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from ()
    code = argv[1] if len(argv) > 1 else str(shell.status)
    leave = Return if argv[0] == "return" else Exit
    raise leave(int(code) if code.isdigit() and len(code) < 10 else 2)


def _jump(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from ()
    raise Jump("break" if argv[0] == "break" else "continue")


def _date(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    moment = datetime.fromtimestamp((shell.epoch_ms + shell.now_ms) // 1000, UTC)
    form = next((word[1:] for word in argv[1:] if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    yield moment.strftime(form[:200])
    return 0


def _env(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    if len(argv) > 1:
        known = [shell.variables[name] for name in argv[1:] if name in shell.variables]
        yield from known
        return 0 if len(known) == len(argv) - 1 else 1
    yield from (f"{name}={value}" for name, value in sorted(shell.variables.items()))
    return 0


def _set(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from ()
    if argv[:2] == ("set", "--"):
        shell.arguments = argv[2:]
        return 0
    for word in argv[1:]:
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            shell.variables[name] = value
    return 0


def _seq(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    words = " ".join(argv[1:])
    mark = re.match(r"-s ?(\S+) ", words)
    if mark is not None:
        argv = ("seq", *words[mark.end() :].split())
    numbers = [int(word) for word in argv[1:] if word.lstrip("-").isdigit() and len(word) < 10]
    if not 1 <= len(numbers) <= 3 or len(numbers) != len(argv) - 1:
        return 1
    first, step = (numbers[0] if len(numbers) > 1 else 1), (numbers[1] if len(numbers) == 3 else 1)
    if step == 0:
        return 1
    found = [str(n) for n in range(first, numbers[-1] + (1 if step > 0 else -1), step)[:MAX_COUNT]]
    yield from [mark[1].join(found)] if mark else found
    return 0


def _test(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from ()
    words = [word for word in argv[1:] if word not in ("]", "]]")]
    return 0 if _either(shell, words) else 1


def _either(shell: Machine, words: list[str]) -> bool:
    """`-o` binds less than `-a`."""
    for joint, decide in (("-o", any), ("-a", all), ("||", any), ("&&", all)):
        if joint in words[1:-1]:
            place = words.index(joint, 1)
            return decide(_either(shell, part) for part in (words[:place], words[place + 1 :]))
    negated = words[:1] == ["!"]
    words = words[negated:]
    if len(words) == 2 and words[0] in _ABOUT_FILES:
        return _is(shell, words[0], words[1]) != negated
    return _holds(words) != negated


_ABOUT_FILES = ("-e", "-f", "-d", "-s", "-r", "-w", "-x", "-L")


def _is(shell: Machine, wanted: str, path: str) -> bool:
    if wanted == "-d":
        return shell.files.is_folder(path, shell.now_ms)
    if wanted == "-s":
        return bool(shell.files.read(path, shell.now_ms))
    there = shell.files.exists(path, shell.now_ms)
    return there and not (wanted == "-f" and shell.files.is_folder(path, shell.now_ms))


def _holds(words: list[str]) -> bool:
    match words:
        case [text]:
            return bool(text)
        case ["-n", text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, operator, right] if operator in _NUMERIC and _is_number(left) and _is_number(right):
            return _NUMERIC[operator](int(left), int(right))
    return False


_NUMERIC: Mapping[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__, "-ge": int.__ge__,
}  # fmt: skip


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdigit() and len(text) < 19


def _trap(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from ()
    if len(argv) > 2 and {"TERM", "SIGTERM", "15"} & set(argv[2:]):
        match = re.search(r"\bexit(?:\s+(\d+))?\s*$", argv[1])
        shell.term_status = int(match[1] or 0) & 255 if match else None
    return 0


def _timeout(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """`timeout N command`: the command, cut off when it takes longer."""
    match = _DURATION.fullmatch(argv[1]) if len(argv) > 2 else None
    run = BUILTINS.get(argv[2].rpartition("/")[2]) if match else None
    if match is None or run is None:
        return 125
    before, most = shell.now_ms, int(float(match[1]) * _UNITS[match[2]])
    try:
        status = yield from run(shell, argv[2:], fed)
    except Endless:
        shell.sleep(most)
        yield TICK
        return 124
    if shell.now_ms - before > most:
        shell.sleep(before + most - shell.now_ms)
        return 124
    return status


def _uname(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    host, letters = (
        shell.variables.get("HOSTNAME", "localhost"),
        "".join(word[1:] for word in argv[1:]) or "s",
    )
    parts = {"s": "Linux", "n": host, "r": KERNEL, "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux"}
    yield " ".join(text for letter, text in parts.items() if letter in letters or "a" in letters)
    return 0


def _perl(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """Knows the line with which the documentation's Job works: so many digits of pi."""
    wanted = re.search(r"print bpi\((\d{1,4})\)", " ".join(argv))
    if wanted is None:
        raise Endless(serves=True)  # nobody knows what it does
    digits = max(int(wanted[1]), 1)
    scale = 10 ** (digits + 10)
    pi = 4 * (4 * _arctan(5, scale) - _arctan(239, scale))
    shell.sleep(digits)
    yield TICK
    text = str((pi + 5 * 10**10) // 10**11)
    yield f"{text[0]}.{text[1:]}" if digits > 1 else text
    return 0


def _arctan(inverse: int, scale: int) -> int:
    """The arc tangent of 1/inverse, times the scale."""
    power = total = scale // inverse
    square, divisor, sign = inverse * inverse, 3, -1
    while power:
        power //= square
        total += sign * (power // divisor)
        divisor, sign = divisor + 2, -sign
    return total


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")


BUILTINS: Mapping[str, Builtin] = {
    **FILE_COMMANDS, **TEXT_COMMANDS, **BYTE_COMMANDS, **SYSTEM_COMMANDS, **NETWORK_COMMANDS,
    "true": _silent(0), ":": _silent(0), "false": _silent(1), "cd": _cd, "umask": _silent(0),
    "killall": _silent(1), "pkill": _silent(1),
    "sleep": _sleep, "echo": _echo, "printf": _printf, "exit": _exit, "return": _exit, "break": _jump,
    "continue": _jump, "date": _date, "env": _env, "printenv": _env, "export": _set,
    "set": _set, "local": _set, "seq": _seq, "test": _test, "[": _test, "[[": _test, "trap": _trap,
    "timeout": _timeout, "pwd": _pwd, "uname": _uname, "perl": _perl,
}  # fmt: skip
