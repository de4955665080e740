"""What leaves the normal course of a script, and what its commands send besides lines for standard output."""

from __future__ import annotations

from typing import Literal

FOREVER_MS = 10**12


class Endless(Exception):
    """The script does not end by itself."""

    def __init__(self, *, serves: bool = False) -> None:
        super().__init__()
        self.serves = serves
        """It has become a program that listens."""


class Exit(Exception):
    """`exit N`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code & 255


class Return(Exit):
    """`return N`, from a function."""


class Jump(Exception):
    """`break` or `continue`, of the innermost loop."""

    def __init__(self, kind: Literal["break", "continue"]) -> None:
        super().__init__(kind)
        self.leaves_loop = kind == "break"


class Err(str):
    """A line for standard error."""

    __slots__ = ()


class Tick(Err):
    """No line at all: time has passed, so whatever runs beside the script must catch up."""

    __slots__ = ()


TICK = Tick()
