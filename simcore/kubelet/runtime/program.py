"""What a container's main process does: when it ends and how, what it prints, how it takes a signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple, Protocol

from simcore.kubelet.runtime.files import BARE, Change, Tree
from simcore.kubelet.runtime.replies import Question, Reply


class Line(NamedTuple):
    """One line of output."""

    at_ms: int
    """Since the container started."""
    text: str


class Output(Protocol):
    def lines(self) -> Iterator[Line]:
        """Everything that is ever printed, in order; may be endless, so take only what is needed."""
        ...


class Fixed(NamedTuple):
    """Output that is known beforehand."""

    printed: tuple[Line, ...] = ()

    def lines(self) -> Iterator[Line]:
        return iter(self.printed)


SILENT = Fixed()


class Load(NamedTuple):
    """What a program uses of its machine, once it is up."""

    memory_bytes: int
    after_ms: int = 0
    """When it has got there."""
    cpu_millis: int = 0
    """At once."""


class Step(NamedTuple):
    """From a moment on a program uses so much."""

    from_ms: int
    cpu_millis: int
    memory_bytes: int


class Answering(Protocol):
    """A path of a web server, and what it answers from a moment on."""

    @property
    def path(self) -> str: ...
    @property
    def from_ms(self) -> int: ...
    @property
    def reply(self) -> Reply: ...


@dataclass(frozen=True)
class Program:
    """The main process of a container, fixed when it starts."""

    output: Output = SILENT
    lifetime_ms: int | None = None
    """None: it never ends by itself."""
    code: int = 0
    stop_ms: int | None = 0
    """How long it takes to end after SIGTERM; None: it ignores the signal, as process 1 without a handler does."""
    stop_code: int = 0
    listens: frozenset[int] = frozenset()
    changes: tuple[Change, ...] = ()
    """To its files, as far as it has been followed."""
    start_error: str = ""
    """Why the runtime can't start it at all."""
    web: str = ""
    """How its web server answers, by a name that web.py knows; empty: it has none that anybody knows."""
    tree: Tree = BARE
    """What is mounted into it."""
    argv: tuple[str, ...] = ()
    """The command line, where what it does depends on it."""
    asks: Question | None = None
    """What it must be told by the network before it can be followed further."""
    load: Load | None = None
    course: tuple[Step, ...] = ()
    """What it uses as time goes on, where that is told; in order."""
    routes: tuple[Answering, ...] = ()
    """Of the web server called `routes`; those of one path in order of time."""

    def printed(self, until_ms: int) -> Iterator[Line]:
        """What has been printed at most `until_ms` after the start."""
        return takewhile(lambda line: line.at_ms <= until_ms, self.output.lines())
