"""The last requests of a cluster, with their stages. Bounded; what they changed is looked up when somebody asks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count

from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Compacted, Revision, Store
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.observing.xray import Stage, Written
from simcore.kube_apiserver.users import User
from simcore.sim.clock import SimTime

MOST_CHANGES, MOST_READS = 300, 200
"""Kept of each; a reader that asks every second pushes no change out."""
LONGEST_BODY = 8 * 1024
"""Of what a client sent; longer ones are not kept."""
READING = ("get", "list", "watch")


@dataclass(frozen=True, slots=True)
class Answered:
    """One request and what became of it."""

    http: HttpRequest
    user: User | None
    impersonator: User | None
    info: RequestInfo | None
    """None: no resource was asked for, or the request was refused before that was known."""
    code: int
    refusal: str
    body: bytes
    """Of the answer; b'' of a stream."""
    at: SimTime
    unix_ms: int
    revision: Revision
    """The store's when the answer was ready."""
    ns: int
    stages: tuple[Stage, ...]
    written: tuple[Written, ...]

    @property
    def verb(self) -> str:
        return self.info.verb if self.info is not None else self.http.method.lower()

    @property
    def is_reading(self) -> bool:
        return self.verb in READING

    @property
    def uri(self) -> str:
        return f"{self.http.path}?{self.http.query}" if self.http.query else self.http.path


@dataclass(frozen=True, slots=True)
class Kept:
    """A request in the log; bodies of answers are not kept."""

    number: int
    user: str
    verb: str
    uri: str
    code: int
    refusal: str
    at: SimTime
    revision: Revision
    ns: int
    stages: tuple[Stage, ...]
    written: tuple[Written, ...]
    sent: bytes


class RequestLog:
    """For any thread: appending to a deque and copying one are single steps."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._changes: deque[Kept] = deque(maxlen=MOST_CHANGES)
        self._reads: deque[Kept] = deque(maxlen=MOST_READS)

    def take(self, one: Answered) -> None:
        kept = Kept(
            next(self._numbers),
            one.user.name if one.user is not None else "",
            one.verb,
            one.uri[:500],
            one.code,
            one.refusal[:500],
            one.at,
            one.revision,
            one.ns,
            one.stages,
            one.written,
            one.http.body if len(one.http.body) <= LONGEST_BODY else b"",
        )
        (self._reads if one.is_reading else self._changes).append(kept)

    def newest(self, limit: int = MOST_CHANGES + MOST_READS) -> list[Kept]:
        """The newest first."""
        both = [*self._changes.copy(), *self._reads.copy()]
        return sorted(both, key=lambda kept: -kept.number)[:limit]

    def get(self, number: int) -> Kept | None:
        """None when it is not, or no longer, kept."""
        return next((kept for kept in self.newest() if kept.number == number), None)


def states(store: Store, written: Written) -> tuple[bytes | None, bytes | None]:
    """The stored bytes before and after; None where there was nothing, or where that is forgotten."""
    before = _at(store, written.path, written.before) if written.before else None
    return before, _at(store, written.path, written.after)


def _at(store: Store, path: str, revision: Revision) -> bytes | None:
    try:
        found = store.range(path, at=revision, limit=1).kvs
    except Compacted:
        return None
    return found[0].value if found and found[0].key == path else None


def outline(kept: Kept) -> Obj:
    """The request as REST tells it."""
    stages = [
        {"name": s.name, "verdict": s.verdict, "us": s.ns // 1000, "detail": s.detail} for s in kept.stages
    ]
    return {
        "n": kept.number,
        "at": kept.at,
        "rev": kept.revision,
        "user": kept.user,
        "verb": kept.verb,
        "path": kept.uri,
        "code": kept.code,
        "message": kept.refusal,
        "ms": round(kept.ns / 1_000_000, 3),
        "stages": stages,
    }
