"""What a script prints, piece by piece, as whole lines."""

from __future__ import annotations

from collections.abc import Iterator

from simcore.kubelet.runtime.program import Line
from simcore.kubelet.runtime.shell.control import Endless, Err
from simcore.kubelet.runtime.text import LONGEST, OPEN


def whole(lines: Iterator[Line]) -> Iterator[Line]:
    """Pieces of one moment make one line; when time passes, what is there is told. Raises: Endless."""
    held = Line(0, "")
    try:
        for line in lines:
            if isinstance(line.text, Err):
                yield line
                continue
            if held.text and (line.at_ms > held.at_ms or len(held.text) > LONGEST):
                yield held
                held = Line(0, "")
            if line.text.endswith(OPEN):
                held = Line(line.at_ms, held.text + line.text[:-1])
            else:
                yield Line(line.at_ms, held.text + line.text) if held.text else line
                held = Line(0, "")
    except Endless:
        if held.text:
            yield held
        raise
    if held.text:
        yield held
