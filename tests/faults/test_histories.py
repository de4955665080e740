"""Recorded histories of clients that really run at once: a sound store's has no violation, a broken one's is found out.

Each store here is broken in a way that no single client could notice.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count

import pytest
import redis
from msgspec.structs import replace

from simcore.etcd.interface import Compare, Entry, Op, Put, Revision, TxnResult, Watch
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.faults.checker import Checker, Watched
from tests.faults.clients import Recorder, StoreUser, StoreWatcher
from tests.kit.planted_bugs import with_script

ANSWERS, MOST_S = 200, 20.0
_numbers = count(1)


class Eager(StoreWatcher):
    """Looks all the time."""

    def act(self) -> None:
        view = self.view()
        if self._watch is None:
            self.watched.append(Watched(self.name, "/", view.revision + 1, []))
            self._watch = view.watch("/", start=view.revision + 1)
        view.sync()
        self.watched[-1].seen.extend((e.revision, e.key) for e in self._watch.poll())
        self._ended.wait(0.005)


def violations(
    redis_url: str, log: type[RedisLog] = RedisLog, view: type[SharedStore] = SharedStore
) -> list[str]:
    """What the checker says of a short run of four writers and two watchers on such a store."""
    cluster_id = f"histories-{next(_numbers)}"
    first = RedisLog(redis.Redis.from_url(redis_url, protocol=2), cluster_id, wait_ms=lambda ms: None)
    SharedStore(first).txn([], [Put("/faults/first", b"")], origin=Origin("test", 0, 0))
    broken = {"make_log": log, "make_view": view}
    user, watcher = type("User", (StoreUser,), broken), type("Watcher", (Eager,), broken)
    recorder = Recorder("recorder", 1, redis_url, cluster_id)
    clients: list[StoreUser] = [
        *(user(f"user-{n}", 1, redis_url, cluster_id) for n in range(4)),
        *(watcher(f"watcher-{n}", 1, redis_url, cluster_id) for n in range(2)),
    ]
    for client in clients:
        client.start()
    deadline = time.monotonic() + MOST_S
    while sum(len(client.done) for client in clients) < ANSWERS and time.monotonic() < deadline:
        time.sleep(0.01)
    for client in clients:
        client.end()
    recorder.catch_up()
    checker = Checker(recorder.entries, [done for client in clients for done in client.done])
    return [
        *checker.violations([w for client in clients for w in client.watched]),
        *(f"{client.name} broke: {client.broken!r}" for client in clients if client.broken),
    ]


def test_a_sound_stores_history_has_no_violation(redis_url: str):
    assert violations(redis_url) == []


class AcknowledgesBeforeItWrites(RedisLog):
    """And forgets every tenth write."""

    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        if entries and base % 10 == 0:
            return base + 1, entries[0].origin.at
        return super().append(base, entries, pins, whole=whole)


class SendsTwice(RedisLog):
    """As a client does that tries again when an answer was lost, though the write had happened."""

    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        done = super().append(base, entries, pins, whole=whole)
        if done and entries and base % 10 == 0:
            super().append(done[0], entries, [])
        return done


class ReadsWithoutLooking(SharedStore):
    """Answers from its replica, however old."""

    def sync(self) -> Revision:
        return self.revision if self.revision % 4 else super().sync()


class RefusesByAnOldState(SharedStore):
    """Every third time."""

    _calls = 0

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        self._calls += 1
        if self._calls % 3 == 0:
            return TxnResult(False, self.revision, ())
        return super().txn(when, then, otherwise, origin=origin)


class WritesAndSaysNo(SharedStore):
    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        done = super().txn(when, then, otherwise, origin=origin)
        return replace(done, succeeded=done.succeeded and bool(done.revision % 5))


class ListsAtTheWrongRevision(SharedStore):
    def range(self, prefix, *, at=None, limit=None, start_key=""):  # type: ignore[no-untyped-def]
        found = super().range(prefix, at=at, limit=limit, start_key=start_key)
        return replace(found, kvs=found.kvs[1:]) if found.revision % 3 == 0 else found


class LosesEvents(SharedStore):
    """Of a watch: those of revisions that a seven divides."""

    def watch(self, prefix: str, *, start: Revision) -> Watch:
        watch = super().watch(prefix, start=start)
        poll = watch.poll
        watch.poll = lambda: [e for e in poll() if e.revision % 7]  # type: ignore[method-assign]
        return watch


class SwapsEvents(SharedStore):
    def watch(self, prefix: str, *, start: Revision) -> Watch:
        watch = super().watch(prefix, start=start)
        poll = watch.poll
        watch.poll = lambda: sorted(poll(), key=lambda e: e.key)  # type: ignore[method-assign]
        return watch


class SkipsWhatOthersWrote(SharedStore):
    """Takes its own write for the only one since it last looked."""

    def _catch_up(self, drafted: Sequence[Entry], revision: Revision, at: int) -> None:
        if drafted:
            self.replica._append(replace(drafted[0], revision=revision))


@pytest.mark.parametrize(
    ("log", "view", "said"),
    [
        (with_script("append", "tonumber(base) ~= revision and is_old()", "false")(), SharedStore, "does not follow"),
        (with_script("append", "{'z', record, 'k', touched}", "{'z', record, 'k', ''}")(), SharedStore, "follow"),
        (AcknowledgesBeforeItWrites, SharedStore, "was acknowledged and is lost"),
        (SendsTwice, SharedStore, "was written 2 times"),
        (RedisLog, ReadsWithoutLooking, "was answered at"),
        (RedisLog, RefusesByAnOldState, "refused"),
        (RedisLog, WritesAndSaysNo, "was written 1 times"),
        (RedisLog, ListsAtTheWrongRevision, "is not what was true then"),
        (RedisLog, LosesEvents, "is not the log"),
        (RedisLog, SwapsEvents, "is not the log"),
        (RedisLog, SkipsWhatOthersWrote, "is not what was true then"),
    ],
    ids=["appends on an old state", "does not tell what it has written", "acknowledges before it writes",
         "sends twice", "reads without looking", "refuses by an old state", "writes and says no",
         "lists with a hole", "loses events", "swaps events", "skips what others wrote"],
)  # fmt: skip
def test_a_broken_stores_history_is_found_out(
    redis_url: str, log: type[RedisLog], view: type[SharedStore], said: str
):
    found = violations(redis_url, log, view)
    assert any(said in sentence for sentence in found), found[:5]
