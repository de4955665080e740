"""Images that a cluster's users describe: what they listen on, print, answer, use, and how they end.

An entry as it stands in the world's record of images; every field may be left out:

    size_mb: 120            pull_s: 8                  how large it is, and how long a pull takes
    listens: [8080]                                    else on its declared ports
    log: ["ready"]                                     printed when it starts
    every_s: 10             line: "tick {n}"           printed again and again; {n} counts from 1
    exits: 3                after_s: 20                its process ends so; without `after_s` it stays
    stop_s: 2                                          how long it takes to end after SIGTERM
    routes: {/healthz: [{code: 200, body: ok}, {from_s: 60, code: 503}]}     others: 404
    load: [{cpu: 50m, memory: 20Mi}, {from_s: 120, cpu: 800m}]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import QuantityError, milli, whole
from simcore.kubelet.runtime.program import SILENT, Line, Output, Program, Step
from simcore.kubelet.runtime.replies import Reply

MOST_IMAGES = 200
MOST_ENTRIES = 50
"""Of one list or mapping."""
MOST_TEXT = 4096
LONGEST_S = 10_000_000
_FIELDS = frozenset(
    ("size_mb", "pull_s", "listens", "log", "every_s", "line", "exits", "after_s", "stop_s", "routes", "load")
)


class BadImage(ValueError):
    """One sentence that says which field is wrong and what it may be."""


class Route(NamedTuple):
    """What a path answers from a moment on."""

    path: str
    from_ms: int
    reply: Reply


@dataclass(frozen=True)
class OwnImage:
    """A user's image, checked."""

    size_bytes: int | None = None
    pull_ms: int | None = None
    listens: frozenset[int] = frozenset()
    output: Output = SILENT
    exits: int = 0
    after_ms: int | None = None
    stop_ms: int = 0
    routes: tuple[Route, ...] = ()
    load: tuple[Step, ...] = ()

    def program(self, ports: frozenset[int]) -> Program:
        """What it does without a command."""
        listens = self.listens or ports
        web = "routes" if self.routes else "unknown"
        return Program(
            self.output, self.after_ms, self.exits, self.stop_ms, listens=listens, web=web, routes=self.routes,
            course=self.load,
        )  # fmt: skip


class Ticking(NamedTuple):
    """Lines at the start, and then the same one again and again."""

    first: tuple[str, ...]
    every_ms: int
    text: str

    def lines(self) -> Iterator[Line]:
        yield from (Line(0, text) for text in self.first)
        for n in count(1) if self.every_ms else ():
            yield Line(n * self.every_ms, self.text.replace("{n}", str(n)))


def read(name: str, doc: Any) -> OwnImage:
    """Raises: BadImage."""
    if not isinstance(doc, dict):
        raise BadImage(f"{name}: an image is described by a mapping")
    if unknown := sorted(set(doc) - _FIELDS):
        raise BadImage(f"{name}: unknown field {unknown[0]!r}; there are {', '.join(sorted(_FIELDS))}")
    get = _Fields(name, doc)
    size, pull, after = get.number("size_mb", 1_000_000), get.number("pull_s"), get.number("after_s")
    return OwnImage(
        size_bytes=None if size is None else int(size * 1_000_000),
        pull_ms=None if pull is None else int(pull * 1000),
        listens=frozenset(get.ports()),
        output=Ticking(tuple(get.texts("log")), int((get.number("every_s") or 0) * 1000), get.text("line")),
        exits=int(get.number("exits", 255) or 0),
        after_ms=None if after is None else int(after * 1000),
        stop_ms=int((get.number("stop_s") or 0) * 1000),
        routes=tuple(get.routes()),
        load=tuple(get.load()),
    )


@dataclass(frozen=True)
class _Fields:
    name: str
    doc: Obj

    def number(self, field: str, most: float = LONGEST_S) -> float | None:
        return self._number(field, self.doc.get(field), most)

    def text(self, field: str) -> str:
        return self._text(field, self.doc.get(field, ""))

    def texts(self, field: str) -> list[str]:
        return [self._text(field, text) for text in self._list(field, self.doc.get(field, []))]

    def ports(self) -> Iterator[int]:
        for port in self._list("listens", self.doc.get("listens", [])):
            if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
                raise BadImage(f"{self.name}: listens: {port!r} is no port from 1 to 65535")
            yield port

    def routes(self) -> Iterator[Route]:
        routes = self.doc.get("routes", {})
        if not isinstance(routes, dict) or len(routes) > MOST_ENTRIES:
            raise BadImage(f"{self.name}: routes: a mapping of at most {MOST_ENTRIES} paths")
        for path, answers in sorted(routes.items()):
            for answer in self._steps(f"routes.{path}", answers, {"from_s", "code", "body"}):
                code = int(self._number(f"routes.{path}.code", answer.get("code", 200), 599) or 200)
                lines = tuple(self._text(f"routes.{path}.body", answer.get("body", "")).split("\n"))
                yield Route(path, self._from_ms(f"routes.{path}", answer), Reply(code, lines))

    def load(self) -> Iterator[Step]:
        cpu = memory = 0
        for step in self._steps("load", self.doc.get("load", []), {"from_s", "cpu", "memory"}):
            try:
                cpu = milli(step["cpu"]) if "cpu" in step else cpu
                memory = whole(step["memory"]) if "memory" in step else memory
            except QuantityError as error:
                raise BadImage(f"{self.name}: load: {error}") from None
            yield Step(self._from_ms("load", step), cpu, memory)

    def _steps(self, field: str, value: Any, known: set[str]) -> Iterable[Obj]:
        steps = self._list(field, value if isinstance(value, list) else [value])
        for step in steps:
            if not isinstance(step, dict) or set(step) - known:
                raise BadImage(f"{self.name}: {field}: a step has {', '.join(sorted(known))}")
        return sorted(steps, key=lambda step: self._from_ms(field, step))

    def _from_ms(self, field: str, step: Obj) -> int:
        return int((self._number(f"{field}.from_s", step.get("from_s", 0)) or 0) * 1000)

    def _number(self, field: str, value: Any, most: float = LONGEST_S) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
            raise BadImage(f"{self.name}: {field}: {value!r} is no number from 0 to {most:g}")
        return value

    def _text(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            raise BadImage(f"{self.name}: {field}: a text of at most {MOST_TEXT} characters")
        return value

    def _list(self, field: str, value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > MOST_ENTRIES:
            raise BadImage(f"{self.name}: {field}: a list of at most {MOST_ENTRIES} entries")
        return value
