"""The commands that look at bytes, where it matters whether the last line has an end."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from simcore.kubelet.runtime.shell.control import Err
from simcore.kubelet.runtime.shell.file_commands import paths
from simcore.kubelet.runtime.text import bytes_of, lines_of, readable, text_of

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
_WIDTH = 76
MOST_BYTES = 4096
"""Of a dump."""


def _bytes(shell: Machine, names: list[str], fed: Lines) -> bytes:
    """What the named files hold, or what is fed."""
    lines = [line for name in names for line in shell.files.raw(name, shell.now_ms)] if names else fed
    return bytes_of(text_of(lines))


def _base64(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    options = re.search(r"(?:-w|--wrap)[ =]?(\d{1,6})", " ".join(argv))
    width = int(options[1]) if options else _WIDTH
    names = [path for path in paths(argv) if options is None or path != options[1]]
    data = _bytes(shell, names, fed)
    if "-d" in argv or "--decode" in argv:
        try:
            yield from lines_of(readable(b64decode(b"".join(data.split()), validate=True)))
        except ValueError:
            yield Err("base64: truncated input")
            return 1
        return 0
    text = b64encode(data).decode()
    if width == 0:
        yield from lines_of(text)
    else:
        yield from (text[at : at + width] for at in range(0, len(text), width))
    return 0


def _wc(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    wanted = "".join(word[1:] for word in argv[1:] if word.startswith("-")) or "lwc"
    names = paths(argv)
    for name in names or [""]:
        if name and not shell.files.exists(name, shell.now_ms):
            yield Err(f"wc: {name}: No such file or directory")
            return 1
        data = _bytes(shell, [name] if name else [], fed)
        counts = {
            "l": data.count(b"\n"),
            "w": len(data.split()),
            "c": len(data),
            "m": len(data.decode(errors="replace")),
        }
        shown = [str(counts[letter]) for letter in "lwcm" if letter in wanted]
        text = shown[0] if len(shown) == 1 else "".join(f"{number:>10}" for number in shown)[1:]
        yield f"{text} {name}".rstrip()
    return 0


def _sum(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """`md5sum` and its like."""
    name = argv[0].rpartition("/")[2].removesuffix("sum")
    for path in paths(argv) or ["-"]:
        data = _bytes(shell, [] if path == "-" else [path], fed)
        yield f"{hashlib.new(name, data, usedforsecurity=False).hexdigest()}  {path}"
    return 0


def _hexdump(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """As `hexdump -C` shows it."""
    data = _bytes(shell, paths(argv), fed)[:MOST_BYTES]
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        numbers = [f"{byte:02x}" for byte in row]
        left, right = " ".join(numbers[:8]), " ".join(numbers[8:])
        plain = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{at:08x}  {left:23}  {right:23}  |{plain}|"
    if data:
        yield f"{len(data):08x}"
    return 0


BYTE_COMMANDS: Mapping[str, Builtin] = {
    "base64": _base64, "wc": _wc, "hexdump": _hexdump, "md5sum": _sum, "sha1sum": _sum, "sha256sum": _sum,
    "sha512sum": _sum,
}  # fmt: skip
