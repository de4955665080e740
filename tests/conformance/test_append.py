"""How a transaction that was worked out on a replica gets into the shared log, or does not."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from simcore.etcd.interface import Compacted, Compare, Delete, Entry, NoSpace, Op, Put, Unavailable
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.kit.redis_process import RedisProcess

ORIGIN = Origin("user:ada", 3, 500)
A, B, C = "/registry/maps/a", "/registry/maps/b", "/registry/maps/c"


class Counting(RedisLog):
    """Counts what is asked of it."""

    def __init__(self, *args: object, **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.reads = self.appends = 0

    def read(self, after: int) -> list[Entry]:
        self.reads += 1
        return super().read(after)

    def append(self, *args, **rest):  # type: ignore[no-untyped-def]
        self.appends += 1
        return super().append(*args, **rest)


@pytest.fixture
def counting(log: RedisLog) -> Counting:
    return Counting(log._redis, log.stream.strip("{").partition("}")[0], wait_ms=lambda ms: None)


def put(log: RedisLog, *keys: str, value: bytes = b"1") -> int:
    return SharedStore(log).txn([], [Put(key, value) for key in keys], origin=ORIGIN).revision


def drafted(store: SharedStore, *ops: Op) -> list[Entry]:
    return store.replica.draft(ops, ORIGIN)


@pytest.mark.parametrize(
    ("meanwhile", "pins", "whole", "is_taken"),
    [
        ([], [A], False, True),
        ([B], [A], False, True),
        ([A], [A], False, False),
        ([B, A, B], [A], False, False),
        ([B, C], [A, C], False, False),
        ([B], [], True, False),
        ([], [], True, True),
        ([B] * 31, [A], False, True),
        ([B] * 32, [A], False, False),
    ],
    ids=["nothing", "another key", "its key", "its key among others", "a compared key", "anything", "nothing at all",
         "few records", "too many records"],
)  # fmt: skip
def test_a_transaction_is_taken_unless_its_keys_changed(
    log: RedisLog, meanwhile: list[str], pins: list[str], whole: bool, is_taken: bool
):
    late = SharedStore(log)
    for key in meanwhile:
        put(log, key)
    done = log.append(0, drafted(late, Put(A, b"late")), pins, whole=whole)
    assert (done is not None) is is_taken
    assert log.revision() == len(meanwhile) + is_taken
    if done:
        last = log.read(0)[-1]
        assert (last.revision, last.op, last.key, last.value) == (len(meanwhile) + 1, 0, A, b"late")


def test_a_step_counts_as_a_change_of_all_its_keys(log: RedisLog):
    late, engine = SharedStore(log), SharedStore(log)
    assert log.acquire(1, 10_000) == 0
    for op in (Put(A, b"1"), Put(B, b"1"), Delete(A)):
        engine.replica.txn([], [op], origin=ORIGIN)
    log.commit(1, 0, engine.replica.entries_since(0), at=500, release=True)
    assert [log.append(0, drafted(late, Put(key, b"")), [key]) for key in (A, B)] == [None, None]
    assert log.append(0, drafted(late, Put(C, b"")), [C]) == (4, 500)


def test_entries_move_to_the_revision_that_they_get(log: RedisLog):
    put(log, A)
    late = SharedStore(log)
    put(log, B)
    put(log, C)
    result = late.txn([], [Put(A, b"2"), Put("/registry/maps/new", b"x" * 900)], origin=ORIGIN)
    assert result.revision == 4
    assert [(e.revision, e.op, e.key, e.create_revision, e.version, e.prev_revision) for e in log.read(3)] == [
        (4, 0, A, 1, 2, 1), (4, 1, "/registry/maps/new", 4, 1, 0),
    ]  # fmt: skip
    assert late.range("/") == SharedStore(log).range("/")


def test_a_key_that_was_made_meanwhile_is_not_deleted_in_silence(log: RedisLog):
    late = SharedStore(log)
    put(log, A)
    assert late.txn([], [Delete(A)], origin=ORIGIN).revision == 2
    assert late.get(A) is None


@pytest.mark.parametrize(
    ("compare", "succeeds"),
    [
        (Compare(A, "mod", "==", 0), False),
        (Compare(A, "version", ">", 0), True),
        (Compare(A, "value", "==", b"1"), True),
        (Compare("", "mod", "==", 0), False),
        (Compare("", "mod", "==", 2), True),
    ],
    ids=str,
)
def test_a_compare_is_answered_as_of_now(log: RedisLog, compare: Compare, succeeds: bool):
    late = SharedStore(log)
    put(log, A)
    put(log, B)
    result = late.txn([compare], [], origin=ORIGIN)
    assert (result.succeeded, result.revision) == (succeeds, 2)
    assert late.revision == 2, "what was answered can be read"


def test_a_compare_alone_writes_nothing_and_does_not_wait_for_a_step(log: RedisLog):
    store = SharedStore(log)
    store.txn([], [Put(A, b"1")], origin=ORIGIN)
    assert log.acquire(1, 60_000) == 1
    assert not store.txn([Compare(A, "mod", "==", 7)], [Put(A, b"2")], origin=ORIGIN).succeeded
    assert store.txn([], [Delete("/none")], origin=ORIGIN).revision == 1
    assert len(log.read(0)) == 1


def test_a_writer_that_is_alone_asks_once_and_reads_nothing(counting: Counting):
    store = SharedStore(counting)
    counting.reads = 0
    for _ in range(5):
        store.txn([Compare(A, "mod", ">", -1)], [Put(A, b"1"), Put(B, b"1")], origin=ORIGIN)
    assert (counting.appends, counting.reads) == (5, 0)
    assert store.watch("/", start=1).poll() == counting.read(0)


def test_a_writer_that_was_overtaken_on_other_keys_reads_once(counting: Counting):
    late = SharedStore(counting)
    put(counting, B)
    counting.reads = counting.appends = 0
    late.txn([], [Put(A, b"1")], origin=ORIGIN)
    assert (counting.appends, counting.reads) == (1, 1)


def test_a_writer_that_was_overtaken_on_its_key_works_it_out_again(counting: Counting):
    late = SharedStore(counting)
    put(counting, A)
    counting.reads = counting.appends = 0
    assert late.txn([], [Put(A, b"2")], origin=ORIGIN).revision == 2
    assert (counting.appends, late.get(A).version) == (2, 2)


def test_a_writer_that_is_always_overtaken_gives_up(log: RedisLog, monkeypatch: pytest.MonkeyPatch):
    store, append = SharedStore(log), log.append
    monkeypatch.setattr("simcore.etcd.shared_store.TRIES", 3)

    def raced(base, entries, pins, *, whole=False):
        append(base, SharedStore(log).replica.draft([Put(A, b"theirs")], ORIGIN), [])
        return append(base, entries, pins, whole=whole)

    monkeypatch.setattr(log, "append", raced)
    with pytest.raises(Unavailable, match=r"^the transaction's keys changed at every try$"):
        store.txn([], [Put(A, b"ours")], origin=ORIGIN)
    assert {e.value for e in log.read(0)} == {b"theirs"}


def test_a_writer_behind_what_is_kept_has_to_begin_anew(log: RedisLog):
    late, store = SharedStore(log), SharedStore(log)
    for _ in range(4):
        store.txn([], [Put(B, b"1")], origin=ORIGIN)
    store.compact(4)
    with pytest.raises(Compacted):
        late.txn([], [Put(A, b"1")], origin=ORIGIN)
    assert log.revision() == 4


def test_a_writer_of_a_cluster_that_was_removed_brings_nothing_back(log: RedisLog):
    store = SharedStore(log)
    store.txn([], [Put(A, b"1")], origin=ORIGIN)
    log.destroy()
    with pytest.raises(Unavailable):
        store.txn([], [Put(A, b"2")], origin=ORIGIN)
    assert log.revision() == 0


def test_a_late_writer_gets_the_logs_time(log: RedisLog):
    ahead, behind = SharedStore(log), SharedStore(log)
    ahead.txn([], [Put(A, b"1")], origin=Origin("user:a", 0, 900))
    behind.txn([], [Put(B, b"1"), Put(C, b"1")], origin=Origin("user:b", 0, 300))
    assert [e.origin for e in log.read(1)] == [Origin("user:b", 0, 900)] * 2
    assert behind.watch("/", start=1).poll() == log.read(0)


def test_a_draft_is_corrected_when_only_its_time_was_wrong(log: RedisLog):
    store = SharedStore(log)
    store.txn([], [Put(A, b"1")], origin=Origin("user:a", 0, 900))
    store.txn([], [Put(B, b"1")], origin=Origin("user:b", 0, 300))
    assert store.watch("/", start=2).poll() == log.read(1)


@pytest.mark.parametrize(
    "actor", ["user:a\nb", "ü 日本", "", "x" * 5_000], ids=["lines", "unicode", "none", "long"]
)
@pytest.mark.parametrize(
    "key", ["/a/b/c\nd", "/a/b/日本", "/a/b/" + "x" * 5_000], ids=["lines", "unicode", "long"]
)
def test_any_text_is_kept(log: RedisLog, key: str, actor: str):
    SharedStore(log).txn([], [Put(key, b"1")], origin=Origin(actor, 0, 1))
    assert [(e.key, e.origin.actor) for e in SharedStore(log).watch("/", start=1).poll()] == [(key, actor)]


def test_the_flag_of_a_waiting_writer_goes_with_its_write(redis_url: str):
    client = redis.Redis.from_url(redis_url, protocol=2)
    log = RedisLog(client, "flag", wait_ms=lambda ms: log.release(1))
    waiting = log.stream.replace("log", "waiting")
    assert log.acquire(1, 60_000) == 0
    seen: list[int] = []
    log._wait_ms = lambda ms: (seen.append(client.exists(waiting)), log.release(1))
    put(log, A)
    assert (seen, client.exists(waiting)) == ([1], 0)


def test_a_redis_that_fills_up_takes_each_write_whole_or_not_at_all(own_redis: RedisProcess):
    client = redis.Redis.from_url(own_redis.url, protocol=2)
    log = RedisLog(client, "full", wait_ms=lambda ms: None)
    store, engine = SharedStore(log), SharedStore(log)
    client.config_set("maxmemory", client.info("memory")["used_memory"] + (1 << 20))
    taken: list[tuple[int, str]] = []
    refused: list[str] = []
    for number in range(400):
        engine.sync()
        write = outside if number % 2 else inside
        try:
            taken += write(log, store, engine, number)
        except NoSpace as error:
            refused.append(str(error))
            engine = SharedStore(log)
        log.release(1)
    assert len(taken) > 50 < len(refused)
    assert set(refused) == {"etcdserver: the store is full: Redis has reached its memory limit"}
    client.config_set("maxmemory", 0)
    kept = [(e.revision, e.key) for e in log.read(0)]
    assert kept == taken, "what was acknowledged, in order, and nothing else"
    assert store.sync() == log.revision() == kept[-1][0]
    assert store.txn([], [Put(A, b"")], origin=ORIGIN).revision == kept[-1][0] + 1


NOISE = [random.Random(number).randbytes(6_000) for number in range(16)]
"""Nothing that zstd could make smaller."""


def outside(log: RedisLog, store: SharedStore, engine: SharedStore, number: int) -> list[tuple[int, str]]:
    keys = [f"/registry/maps/{number}-{part}" for part in range(3)]
    done = store.txn([], [Put(key, NOISE[number % 16]) for key in keys], origin=ORIGIN)
    return [(done.revision, key) for key in keys]


def inside(log: RedisLog, store: SharedStore, engine: SharedStore, number: int) -> list[tuple[int, str]]:
    base = log.acquire(1, 60_000)
    assert base == engine.revision
    for part in range(3):
        engine.replica.txn([], [Put(f"/registry/step/{number}-{part}", NOISE[number % 16])], origin=ORIGIN)
    entries = engine.replica.entries_since(base)
    log.commit(1, base, entries, at=500)
    return [(e.revision, e.key) for e in entries]


@pytest.mark.parametrize(
    "call",
    [
        lambda log: log.revision(),
        lambda log: log.sim_time(),
        lambda log: log.kept_from(),
        lambda log: log.progress(),
        lambda log: log.journal(),
        lambda log: log.read(0),
        lambda log: log.wait(0, 1),
        lambda log: log.load(),
        lambda log: log.append(0, [], [A]),
        lambda log: log.acquire(1, 1),
        lambda log: log.is_waited_for(),
        lambda log: log.release(1),
        lambda log: log.commit(1, 0, [], at=0),
        lambda log: log.compact(1, []),
        lambda log: log.destroy(),
    ],
    ids=["revision", "sim_time", "kept_from", "progress", "journal", "read", "wait", "load", "append", "acquire",
         "is_waited_for", "release", "commit", "compact", "destroy"],
)  # fmt: skip
def test_whatever_is_asked_of_a_dead_redis_is_unavailable(call: Callable[[RedisLog], object]):
    client = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    dead = RedisLog(client, "x", wait_ms=lambda ms: None)
    with pytest.raises(Unavailable, match=r"^Redis: "):
        call(dead)
