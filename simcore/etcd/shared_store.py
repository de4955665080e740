"""The Store that several processes share: writes go to the shared log, reads come from a replica in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from msgspec.structs import replace

from simcore.etcd.interface import (
    STORE,
    Compacted,
    Compare,
    Entry,
    KeyValue,
    LeaseNotFound,
    NoSpace,
    Op,
    Put,
    RangeResult,
    Revision,
    TxnResult,
    Unavailable,
    Watch,
    lease_key,
)
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.quota import Quota
from simcore.sim.clock import SimTime
from simcore.sim.trace import Origin

TRIES = 100
"""How often a transaction is worked out again because its keys changed meanwhile."""
LOAD_TRIES = 10


class Log(Protocol):
    """The shared log; RedisLog is one."""

    def revision(self) -> Revision: ...
    def kept_from(self) -> Revision: ...
    def read(self, after: Revision) -> list[Entry]: ...
    def load(self) -> tuple[list[KeyValue], Revision]: ...
    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        """See RedisLog."""
        ...

    def compact(self, before: Revision, state: Sequence[KeyValue]) -> None: ...


def replica_of(log: Log, *, quota: Quota | None = None) -> MemoryStore:
    """The present, and the past as far as it is kept. Raises: Unavailable."""
    for _ in range(LOAD_TRIES):
        store = MemoryStore(quota=quota)
        store.load(*log.load())
        try:
            store.apply(log.read(store.revision))
        except Compacted:  # the base was read, and then another one took its place
            continue
        return store
    raise Unavailable("the log is compacted faster than it can be read")


class SharedStore:
    """One process's view. `guard` is held whenever the replica is touched; give a lock where threads share it."""

    def __init__(
        self,
        log: Log,
        *,
        guard: AbstractContextManager[object] | None = None,
        quota: Quota | None = None,
    ) -> None:
        self._log, self._guard = log, guard or nullcontext()
        self.replica = replica_of(log, quota=quota)

    @property
    def revision(self) -> Revision:
        return self.replica.revision

    def sync(self) -> Revision:
        """Catches up with everything committed before the call; reads after it are linearizable.

        Raises: Compacted when this replica has fallen behind what is kept: make a new one. Unavailable.
        """
        self.feed(self._log.read(self.replica.revision))
        return self.replica.revision

    def feed(self, entries: Iterable[Entry]) -> None:
        """Takes over entries that somebody else has read from the log; known ones are skipped."""
        with self._guard:
            self.replica.apply([e for e in entries if e.revision > self.replica.revision])

    def get(self, key: str) -> KeyValue | None:
        return self.replica.get(key)

    def count(self, folder: str) -> int:
        return self.replica.count(folder)

    def changed(self, prefix: str) -> Revision:
        return self.replica.changed(prefix)

    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        with self._guard:
            return self.replica.range(prefix, at=at, limit=limit, start_key=start_key)

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        for _ in range(TRIES):
            try:
                with self._guard:
                    base, succeeded = self.replica.revision, self.replica.holds(when)
                    ops = then if succeeded else otherwise
                    drafted = self.replica.draft(ops, origin)
            except (LeaseNotFound, NoSpace):
                if self.sync() == base:
                    raise
                continue  # it was so in an old state
            whole = any(c.key == STORE for c in when)
            done = self._log.append(base, drafted, _pins(when, ops), whole=whole)
            if done is not None:
                self._catch_up(drafted, *done)
                return self._told(succeeded, done[0], when)
            self.sync()
        raise Unavailable("the transaction's keys changed at every try")

    def watch(self, prefix: str, *, start: Revision) -> Watch:
        with self._guard:
            return self.replica.watch(prefix, start=start)

    def compact(self, before: Revision) -> None:
        if before == self._log.kept_from():
            return
        state = self.range("/", at=max(before - 1, 0)).kvs
        self._log.compact(before, state)
        with self._guard:
            self.replica.compact(before)

    def _catch_up(self, drafted: Sequence[Entry], revision: Revision, at: SimTime) -> None:
        """To what was just written; without asking for it when nothing else came between."""
        with self._guard:
            if self.replica.revision < revision and drafted and drafted[0].revision == revision:
                if drafted[0].origin.at != at:
                    drafted = [replace(e, origin=replace(e.origin, at=at)) for e in drafted]
                self.replica.apply(drafted)
        if self.replica.revision < revision:
            self.sync()

    def _told(self, succeeded: bool, revision: Revision, when: Sequence[Compare]) -> TxnResult:
        return TxnResult(succeeded, revision, () if succeeded else tuple(self._at(c, revision) for c in when))

    def _at(self, compare: Compare, revision: Revision) -> KeyValue | None:
        found = self.range(compare.key, at=revision, limit=1).kvs
        return found[0] if found and found[0].key == compare.key else None


def _pins(when: Sequence[Compare], ops: Sequence[Op]) -> list[str]:
    """The keys that a transaction stands on."""
    leases = [lease_key(op.lease) for op in ops if isinstance(op, Put) and op.lease]
    return [*(c.key for c in when if c.key != STORE), *(op.key for op in ops), *leases]
