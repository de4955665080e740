"""The commands that pass lines on, changed or fewer."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from simcore.kubelet.runtime.shell.arithmetic import quotient
from simcore.kubelet.runtime.shell.control import Endless
from simcore.kubelet.runtime.shell.file_commands import paths

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
MOST_FOLLOWED = 1_000
"""Lines that `tail -f` prints of what other containers write."""


def _input(shell: Machine, names: list[str], fed: Lines) -> Lines:
    """The lines of the named files, or what is fed."""
    if not names:
        return fed
    return [line for name in names for line in shell.files.read(name, shell.now_ms)]


def _count(argv: Argv, usual: int) -> tuple[int, list[str]]:
    """The number of `-n N`, `-nN` or `-N`, and the other arguments that are no options."""
    words, rest = [*argv[1:]], []
    while words:
        word = words.pop(0)
        if word == "-n" and words:
            word = "-" + words.pop(0)
        digits = word.removeprefix("-").removeprefix("n").lstrip("+")
        if word.startswith("-") and digits.isdigit() and len(digits) < 9:
            usual = int(digits)
        elif not word.startswith("-"):
            rest.append(word)
    return usual, rest


def _head(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    number, names = _count(argv, 10)
    yield from _input(shell, names, fed)[:number]
    return 0


def _tail(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    number, names = _count(argv, 10)
    counts_from_the_top = any("+" in word for word in argv[1:])
    follows = any(word.startswith("-") and re.search("[fF]", word) for word in argv[1:])
    present = _input(shell, names, fed)
    yield from present[max(number - 1 if counts_from_the_top else len(present) - number, 0) :]
    if follows:
        yield from _followed(shell, names, len(present))
        raise Endless
    return 0


def _followed(shell: Machine, names: list[str], seen: int) -> Generator[str]:
    """What is written to the files from outside as time goes on."""
    for _ in range(MOST_FOLLOWED):
        moment = shell.files.next_arrival(shell.now_ms)
        if moment is None:
            return
        shell.sleep(moment - shell.now_ms)
        lines = _input(shell, names, [])
        yield from lines[seen if len(lines) >= seen else 0 :]
        seen = len(lines)


def _grep(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    options = "".join(word[1:] for word in argv[1:] if word.startswith("-"))
    words = paths(argv)
    if not words:
        return 2
    fits = re.compile(re.escape(words[0]), re.IGNORECASE if "i" in options else 0)
    lines = _input(shell, words[1:], fed)
    found = [line for line in lines if bool(fits.search(line)) != ("v" in options)]
    if "c" in options:
        yield str(len(found))
    elif "q" not in options:
        yield from found
    return 0 if found else 1


def _sort(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    options = "".join(word[1:] for word in argv[1:] if word.startswith("-"))
    lines = _input(shell, [path for path in paths(argv) if path not in options], fed)
    lines = sorted(lines, key=_leading_number if "n" in options else None, reverse="r" in options)
    yield from dict.fromkeys(lines) if "u" in options else lines
    return 0


def _leading_number(line: str) -> tuple[int, str]:
    match = re.match(r"\s*(-?\d{1,18})", line)
    return int(match[1]) if match else 0, line


def _uniq(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    lines = _input(shell, paths(argv), fed)
    yield from (line for at, line in enumerate(lines) if not at or lines[at - 1] != line)
    return 0


def _rev(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from (line[::-1] for line in _input(shell, paths(argv), fed))
    return 0


def _cut(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    text = " ".join(argv[1:])
    wanted, mark = re.search(r"-([fc]) ?([\d,-]{1,40})", text), re.search(r"-d ?(\S| )", text)
    if wanted is None:
        return 1
    between = "" if wanted[1] == "c" else mark[1] if mark else "\t"
    for line in fed:
        parts = line.split(between) if between else list(line)
        spans = (span.partition("-") for span in wanted[2].split(","))
        chosen = [
            parts[int(a or 1) - 1 : int(b or len(parts)) if dash else int(a or 1)] for a, dash, b in spans
        ]
        yield between.join(part for some in chosen for part in some)
    return 0


def _tr(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    words = paths(argv)
    deletes = "-d" in argv and bool(words)
    if not deletes and len(words) < 2:
        return 1
    left, right = _alphabet(words[0]), "" if deletes else _alphabet(words[1])
    table = {ord(char): right[min(at, len(right) - 1)] if right else None for at, char in enumerate(left)}
    if fed:
        text = "".join(f"{line}\n" for line in fed)
        yield from text.translate(table).removesuffix("\n").split("\n")
    return 0


def _alphabet(text: str) -> str:
    """`a-z` written out, and `\\n` as what it stands for."""
    named = {"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9"}

    def range_(match: re.Match[str]) -> str:
        return "".join(map(chr, range(ord(match[1]), ord(match[2]) + 1)))

    text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
    return re.sub(r"(\w)-(\w)", range_, named.get(text, text))


def _sed(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """`s/text/other/[g]` with a plain text."""
    words = paths(argv)
    parts = words[0].split(words[0][1]) if words and len(words[0]) > 1 and words[0][0] == "s" else []
    if len(parts) != 4:
        yield from _input(shell, words[1:], fed)
        return 0
    times = -1 if "g" in parts[3] else 1
    changed = [line.replace(parts[1], parts[2], times) for line in _input(shell, words[1:], fed)]
    if any(word.startswith("-i") for word in argv[1:]):
        shell.files.write(words[1], changed, shell.now_ms)
    else:
        yield from changed
    return 0


def _awk(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """`{print $N}`."""
    words = paths(argv)
    mark = re.search(r"-F ?(?:'(.+?)'|(\S))", " ".join(argv[1:]))
    words = [word for word in words if mark is None or word != mark[2]]
    field = re.search(r"print \$(\d{1,3}|NF)", words[0]) if words else None
    for line in _input(shell, words[1:], fed):
        parts = line.split(mark[1] or mark[2]) if mark else line.split()
        if field is None or field[1] == "0":
            yield line
        elif field[1] == "NF":
            yield parts[-1] if parts else ""
        else:
            yield parts[int(field[1]) - 1] if int(field[1]) <= len(parts) else ""
    return 0


def _expr(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    match argv[1:]:
        case [left, "+" | "-" | "*" | "/" | "%" as sign, right] if _number(left) and _number(right):
            a, b = int(left), int(right)
            if b == 0 and sign in "/%":
                return 2
            found = {"+": a + b, "-": a - b, "*": a * b}.get(sign)
            if found is None:
                found = quotient(a, b) if sign == "/" else a - b * quotient(a, b)
            yield str(found)
            return 0 if found else 1
    return 2


def _number(text: str) -> bool:
    return text.lstrip("-").isdigit() and len(text) < 19


def _name(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    folder, _, last = argv[-1].rstrip("/").rpartition("/")
    yield last if argv[0].endswith("basename") else folder or "."
    return 0


TEXT_COMMANDS: Mapping[str, Builtin] = {
    "head": _head, "tail": _tail, "grep": _grep, "egrep": _grep, "sort": _sort, "uniq": _uniq, "cut": _cut,
    "rev": _rev,
    "tr": _tr, "sed": _sed, "awk": _awk, "expr": _expr, "basename": _name, "dirname": _name,
}  # fmt: skip
