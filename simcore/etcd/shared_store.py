"""The Store that several processes share: writes go to the shared log, reads come from a replica in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from simcore.etcd.compare import holds
from simcore.etcd.interface import (
    Compacted,
    Compare,
    Entry,
    KeyValue,
    Op,
    RangeResult,
    Revision,
    TxnResult,
    Unavailable,
    Watch,
)
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin

REPLAY_LIMIT = 20_000
"""Entries. A log that is whole and not longer is replayed at the start, so that its past can be read, too."""
VALUE_TRIES = 100


class Log(Protocol):
    """The shared log; RedisLog is one."""

    def revision(self) -> Revision: ...
    def kept_from(self) -> Revision: ...
    def read(self, after: Revision) -> list[Entry]: ...
    def load(self) -> tuple[list[KeyValue], Revision]: ...
    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult: ...
    def compact(self, before: Revision) -> None: ...


class SharedStore:
    """One process's view. `guard` is held whenever the replica is touched; give a lock where threads share it."""

    def __init__(self, log: Log, *, guard: AbstractContextManager[object] | None = None) -> None:
        self._log, self._guard = log, guard or nullcontext()
        self.replica = MemoryStore()
        self._fill()

    @property
    def revision(self) -> Revision:
        return self.replica.revision

    def sync(self) -> Revision:
        """Catches up with everything committed before the call; reads after it are linearizable.

        Raises: Compacted when this replica has fallen behind what is kept: make a new one. Unavailable.
        """
        with self._guard:
            self.replica.apply(self._log.read(self.replica.revision))
            return self.replica.revision

    def feed(self, entries: Iterable[Entry]) -> None:
        """Takes over entries that somebody else has read from the log; known ones are skipped."""
        with self._guard:
            self.replica.apply([e for e in entries if e.revision > self.replica.revision])

    def get(self, key: str) -> KeyValue | None:
        return self.replica.get(key)

    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        with self._guard:
            return self.replica.range(prefix, at=at, limit=limit, start_key=start_key)

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        if any(c.field == "value" for c in when):
            return self._txn_by_value(when, then, otherwise, origin)
        result = self._log.txn(when, then, otherwise, origin=origin)
        self.sync()
        return result

    def watch(self, prefix: str, *, start: Revision) -> Watch:
        with self._guard:
            return self.replica.watch(prefix, start=start)

    def compact(self, before: Revision) -> None:
        self._log.compact(before)
        with self._guard:
            self.replica.compact(before)

    def _txn_by_value(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult:
        """Compares here and pins what was compared by its revision, again when somebody was faster."""
        for _ in range(VALUE_TRIES):
            self.sync()
            states = tuple(self.get(c.key) for c in when)
            succeeded = all(map(holds, when, states))
            pins = [
                Compare(c.key, "mod", "==", s.mod_revision if s else 0)
                for c, s in zip(when, states, strict=True)
            ]
            pinned = self._log.txn(pins, then if succeeded else otherwise, origin=origin)
            self.sync()
            if pinned.succeeded:
                return TxnResult(succeeded, pinned.revision, () if succeeded else states)
        raise Unavailable("the compared keys changed at every try")

    def _fill(self) -> None:
        if self._log.kept_from() > 1 or self._log.revision() > REPLAY_LIMIT:
            self.replica.load(*self._log.load())
        try:
            self.sync()
        except Compacted:  # the log moved on while it was read: the second look is at what is left
            self.replica = MemoryStore()
            self.replica.load(*self._log.load())
            self.sync()
