"""The stages that a request passes, as it passes them.

A stage is named when it begins; naming the next ends it. What is open when the request is refused, refused it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simcore.etcd.interface import Revision

Ticks = Callable[[], int]
"""Nanoseconds of real time, from whoever may know them; simulations don't."""
PASSED, REFUSED = "passed", "refused"


class Stage(NamedTuple):
    name: str
    verdict: str
    ns: int
    detail: str = ""


class Written(NamedTuple):
    """One object that the request changed: its store path, and the revisions before (0: none) and after."""

    path: str
    before: Revision
    after: Revision


class Xray:
    """Of one request. Costs a call and a tuple for each stage."""

    __slots__ = ("_detail", "_name", "_since", "_ticks", "annotations", "began", "stages", "written")

    def __init__(self, ticks: Ticks) -> None:
        self._ticks = ticks
        self.began = self._since = ticks()
        self._name = self._detail = ""
        self.stages: list[Stage] = []
        self.written: list[Written] = []
        self.annotations: dict[str, str] = {}

    def enter(self, name: str) -> None:
        self._close(PASSED)
        self._name = name

    def note(self, detail: str) -> None:
        """Said of the stage that is open."""
        self._detail = detail

    def annotate(self, key: str, value: str) -> None:
        """For the audit log."""
        self.annotations[key] = value

    def wrote(self, path: str, before: Revision, after: Revision) -> None:
        self.written.append(Written(path, before, after))

    def end(self, refusal: str | None) -> int:
        """Closes what is open; `refusal` is why the request ended there. Returns how long it all took, in ns."""
        if refusal is not None:
            self._detail = refusal
        self._close(PASSED if refusal is None else REFUSED)
        return self._since - self.began

    def _close(self, verdict: str) -> None:
        now = self._ticks()
        if self._name:
            self.stages.append(Stage(self._name, verdict, now - self._since, self._detail))
        self._since, self._name, self._detail = now, "", ""


class NoXray(Xray):
    """For those whom nobody looks at; keeps nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(lambda: 0)

    def enter(self, name: str) -> None:
        return None

    def note(self, detail: str) -> None:
        return None

    def annotate(self, key: str, value: str) -> None:
        return None

    def wrote(self, path: str, before: Revision, after: Revision) -> None:
        return None


NO_XRAY = NoXray()
