"""Deliberate faults, one a class: what a store could get wrong. The tests of its promises have to notice each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from simcore.etcd import redis_store
from simcore.etcd.interface import (
    Compare,
    Entry,
    KeyValue,
    Op,
    Put,
    RangeResult,
    Revision,
    TxnResult,
    Unavailable,
)
from simcore.etcd.memory_store import MemoryStore, MemoryWatch
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.etcd.wire import Codec
from simcore.sim.trace import Origin

_by_revision = attrgetter("revision")
_by_mod_revision = attrgetter("mod_revision")


class DropsAnEventAtCompaction(MemoryStore):
    def compact(self, before: Revision) -> None:
        super().compact(before)
        for folder in self._folders.values():
            folder.log.drop(before + 1)


class ForgetsTheStateAtCompaction(MemoryStore):
    def _forget(self, key: str, before: Revision) -> None:
        states = self._history[key]
        del states[: min(bisect_right(states, before, key=_by_mod_revision), len(states) - 1)]


class DoesNotTellWatchersOfCompaction(MemoryStore):
    def compact(self, before: Revision) -> None:
        super().compact(before)
        for folder in self._folders.values():
            folder.log.dropped = 0


class ReusesARevision(MemoryStore):
    def _append(self, entry: Entry) -> None:
        super()._append(entry)
        if entry.value is None:
            self._revision -= 1


class CountsADeletionOfNothing(MemoryStore):
    def draft(self, ops: Sequence[Op], origin: Origin) -> list[Entry]:
        drafted = super().draft(ops, origin)
        if ops and not drafted:
            self._revision += 1
        return drafted


class ResumesOneTooLate(MemoryStore):
    def watch(self, prefix: str, *, start: Revision) -> MemoryWatch:
        return super().watch(prefix, start=start + 1)


class ResumesOneTooEarly(MemoryStore):
    def watch(self, prefix: str, *, start: Revision) -> MemoryWatch:
        return super().watch(prefix, start=max(start - 1, self.kept_from))


class TearsATransactionApart(MemoryStore):
    """Shows only the first operation of each revision."""

    def watch(self, prefix: str, *, start: Revision) -> MemoryWatch:
        watch = super().watch(prefix, start=start)
        poll = watch.poll
        watch.poll = lambda: [e for e in poll() if e.op == 0]  # type: ignore[method-assign]
        return watch


class RepeatsAnEvent(MemoryStore):
    def watch(self, prefix: str, *, start: Revision) -> MemoryWatch:
        watch = super().watch(prefix, start=start)
        poll = watch.poll
        watch.poll = lambda: [e for e in poll() for _ in range(1 + (e.version == 2))]  # type: ignore[method-assign]
        return watch


class LetsAWatchSeeItsNeighbours(MemoryStore):
    def watch(self, prefix: str, *, start: Revision) -> MemoryWatch:
        return super().watch(prefix.rstrip("/") if prefix.count("/") == 3 else prefix, start=start)


class ReadsThePastOneTooLate(MemoryStore):
    def _at(self, key: str, revision: Revision) -> KeyValue | None:
        return super()._at(key, revision + 1)


class ShowsTheDeadInThePast(MemoryStore):
    def _at(self, key: str, revision: Revision) -> KeyValue | None:
        states = self._history.get(key) or [self._current[key]]
        alive = [kv for kv in states if kv.mod_revision <= revision and kv.version]
        return alive[-1] if alive else None


class LosesTheFirstKeyOfAPage(MemoryStore):
    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        found = super().range(prefix, at=at, limit=limit, start_key=start_key)
        return replace(found, kvs=[kv for kv in found.kvs if kv.key != start_key])


class ForgetsThatThereIsMore(MemoryStore):
    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        return replace(super().range(prefix, at=at, limit=limit, start_key=start_key), more=False)


class WritesDespiteAFailedCompare(MemoryStore):
    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        result = super().txn(when, then, otherwise, origin=origin)
        if not result.succeeded and not otherwise:
            self.apply(self.draft(then[:1], origin))
        return result


class NeverBeginsANewLife(MemoryStore):
    """A key that returns after its deletion goes on counting."""

    def _append(self, entry: Entry) -> None:
        lives = self._history.get(entry.key, [])
        if entry.value is not None and lives and not lives[-1].version:
            entry = replace(entry, version=len(lives) + 1, create_revision=lives[0].create_revision)
        super()._append(entry)


class AttachesToAnyLease(MemoryStore):
    def draft(self, ops: Sequence[Op], origin: Origin) -> list[Entry]:
        leases = {op.key: op.lease for op in ops if isinstance(op, Put)}
        free: list[Op] = [replace(op, lease=0) if isinstance(op, Put) else op for op in ops]
        return [replace(e, lease=leases.get(e.key, 0)) for e in super().draft(free, origin)]


class ForgetsLeases(MemoryStore):
    def _append(self, entry: Entry) -> None:
        super()._append(replace(entry, lease=0))


class SwallowsTheAuthor(MemoryStore):
    def _append(self, entry: Entry) -> None:
        super()._append(replace(entry, origin=replace(entry.origin, cause=0)))


MEMORY_BUGS: tuple[type[MemoryStore], ...] = (
    DropsAnEventAtCompaction,
    ForgetsTheStateAtCompaction,
    DoesNotTellWatchersOfCompaction,
    ReusesARevision,
    CountsADeletionOfNothing,
    ResumesOneTooLate,
    ResumesOneTooEarly,
    TearsATransactionApart,
    RepeatsAnEvent,
    LetsAWatchSeeItsNeighbours,
    ReadsThePastOneTooLate,
    ShowsTheDeadInThePast,
    LosesTheFirstKeyOfAPage,
    ForgetsThatThereIsMore,
    WritesDespiteAFailedCompare,
    NeverBeginsANewLife,
    AttachesToAnyLease,
    ForgetsLeases,
    SwallowsTheAuthor,
)


def with_script(name: str, old: str, new: str) -> Callable[[], type[RedisLog]]:
    """A log with one script altered."""
    text = redis_store._SCRIPTS[name]
    assert old in text, (name, old)

    class Altered(RedisLog):
        def __init__(self, client: Any, cluster_id: str, **rest: Any) -> None:
            super().__init__(client, cluster_id, **rest)
            self._scripts[name] = client.register_script(text.replace(old, new))

    return lambda: Altered


class SkipsAGapInSilence(RedisLog):
    def entries(self, reply: Sequence[Any], after: Revision) -> list[Entry]:
        found = [entry for place, record in reply for entry in self._codec.entries(place, record)]
        return [entry for entry in found if entry.revision > after]


class FeedsHalfATransaction(SharedStore):
    def feed(self, entries: Iterable[Entry]) -> None:
        self.replica.apply(e for e in entries if e.revision > self.replica.revision)


class AnswersFromAnOldReplica(SharedStore):
    def sync(self) -> Revision:
        return self.replica.revision if self.replica.revision > 3 else super().sync()


class DoesNotPinWhatItCompares(RedisLog):
    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        return super().append(base, entries, [e.key for e in entries], whole=whole)


class DoesNotPinWhatItWrites(RedisLog):
    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        written = {e.key for e in entries}
        return super().append(base, entries, [key for key in pins if key not in written], whole=whole)


class BelievesItsDraft(SharedStore):
    """Takes what it has worked out for what was written."""

    def _catch_up(self, drafted: Sequence[Entry], revision: Revision, at: int) -> None:
        if drafted:
            self.replica.apply(drafted)
        else:
            super()._catch_up(drafted, revision, at)


class TriesAgainWithoutAnAnswer(SharedStore):
    """Though the write may have happened."""

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        try:
            return super().txn(when, then, otherwise, origin=origin)
        except Unavailable:
            self.sync()
            return self.replica.txn(when, then, otherwise, origin=origin)


class RefusesByAnOldState(SharedStore):
    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        if self.replica.holds(when):
            self.replica.draft(then, origin)
        return super().txn(when, then, otherwise, origin=origin)


class ForgetsWhenARecordMoved(Codec):
    def entries(self, place: bytes, record: Mapping[bytes, bytes]) -> list[Entry]:
        return self.unpack(record[b"z"])


class SpeaksAnOldCodec(RedisLog):
    def __init__(self, client: Any, cluster_id: str, **rest: Any) -> None:
        super().__init__(client, cluster_id, **rest)
        self._codec = ForgetsWhenARecordMoved()


REDIS_BUGS: dict[str, tuple[Callable[[], type[RedisLog]], type[SharedStore]]] = {
    "commits without the token": (
        with_script("commit", "redis.call('GET', writer) ~= token or", ""),
        SharedStore,
    ),
    "commits on an old base": (
        with_script("commit", "(redis.call('HGET', meta, 'rev') or '0') ~= base", "false"),
        SharedStore,
    ),
    "appends on an old state": (
        with_script("append", "tonumber(base) ~= revision and is_old()", "false"),
        SharedStore,
    ),
    "does not tell what a step has written": (
        with_script("commit", "'k', touched", "'k', ''"),
        SharedStore,
    ),
    "does not tell what a transaction has written": (
        with_script("append", "{'z', record, 'k', touched}", "{'z', record, 'k', ''}"),
        SharedStore,
    ),
    "looks at the first pin only": (
        with_script("append", "for i = 1, #pins, 4 do", "for i = 1, math.min(#pins, 4), 4 do"),
        SharedStore,
    ),
    "does not pin what it compares": (lambda: DoesNotPinWhatItCompares, SharedStore),
    "does not pin what it writes": (lambda: DoesNotPinWhatItWrites, SharedStore),
    "believes its draft": (lambda: RedisLog, BelievesItsDraft),
    "tries again without an answer": (lambda: RedisLog, TriesAgainWithoutAnAnswer),
    "refuses by an old state": (lambda: RedisLog, RefusesByAnOldState),
    "forgets when a record moved": (lambda: SpeaksAnOldCodec, SharedStore),
    "forgets the base": (with_script("compact", "redis.call('SET', base, ARGV[2])", ""), SharedStore),
    "lets time run backwards": (
        with_script("append", "if tonumber(at) < last_at then", "if false then"),
        SharedStore,
    ),
    "skips a gap in silence": (lambda: SkipsAGapInSilence, SharedStore),
    "feeds half a transaction": (lambda: RedisLog, FeedsHalfATransaction),
    "answers from an old replica": (lambda: RedisLog, AnswersFromAnOldReplica),
}
"""By what is wrong: how the log is made and what views it."""
