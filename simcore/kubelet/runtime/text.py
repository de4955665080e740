"""Texts as lines: where the last one has no end, and bytes that are no text."""

from __future__ import annotations

from collections.abc import Iterable

OPEN = "\0"
"""Ends a line whose end is still to come, as `echo -n` leaves it."""
LONGEST = 4096
"""Characters of a line that is put together piece by piece; what comes then begins a new one."""
_OUT = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_BACK = {0xF700 + byte: 0xDC00 + byte for byte in range(0x80, 0x100)}


def joined(pieces: Iterable[str]) -> list[str]:
    """Lines put together with what continues them. The last may still be open."""
    lines: list[str] = []
    for piece in pieces:
        if lines and lines[-1].endswith(OPEN) and len(lines[-1]) < LONGEST:
            lines[-1] = lines[-1][:-1] + piece
        else:
            lines.append(piece)
    return lines


def closed(lines: Iterable[str]) -> list[str]:
    """Lines as somebody takes them who does not care how the last one ends."""
    return [line for piece in joined(lines) if (line := piece.removesuffix(OPEN)) or piece != OPEN]


def lines_of(text: str) -> tuple[str, ...]:
    """The last line is open if it has no end."""
    if not text:
        return ()
    return tuple(text[:-1].split("\n")) if text.endswith("\n") else tuple((text + OPEN).split("\n"))


def text_of(lines: Iterable[str]) -> str:
    """The inverse of lines_of."""
    return "".join(line[:-1] if line.endswith(OPEN) else f"{line}\n" for line in lines)


def readable(data: bytes) -> str:
    """Bytes that are no UTF-8 get private characters of their own, so that nothing is lost."""
    return data.decode(errors="surrogateescape").translate(_OUT)


def bytes_of(text: str) -> bytes:
    """The inverse of readable."""
    return text.translate(_BACK).encode(errors="surrogateescape")
