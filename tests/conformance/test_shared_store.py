"""What several processes see of one shared log."""

from __future__ import annotations

import pytest
import redis

from simcore.etcd.interface import Compacted, Delete, Fenced, Put, Unavailable
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.kit.redis_process import RedisProcess

ORIGIN = Origin("kubelet/node-1", 3, 500)
PODS = "/registry/pods/"


def state(store: SharedStore) -> list[tuple[str, bytes, int, int]]:
    return [(kv.key, kv.value, kv.mod_revision, kv.version) for kv in store.range("/").kvs]


def step(log: RedisLog, *ops: Put | Delete, base: SharedStore, token: int = 1) -> int:
    """Stages operations one by one on a replica and commits them, as an engine step does."""
    start = base.revision
    for op in ops:
        base.replica.txn([], [op], origin=ORIGIN)
    log.commit(token, start, base.replica.entries_since(start), at=ORIGIN.at)
    return log.revision()


def test_a_write_of_one_process_is_read_by_the_other_after_a_sync(log: RedisLog):
    ours, theirs = SharedStore(log), SharedStore(log)
    ours.txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    assert theirs.get(PODS + "a") is None
    assert theirs.sync() == 1
    assert state(theirs) == state(ours)


def test_a_steps_writes_arrive_whole_with_a_revision_each(log: RedisLog):
    engine, web = SharedStore(log), SharedStore(log)
    assert log.acquire(1, 1_000) == 0
    assert step(log, Put(PODS + "a", b"1"), Put(PODS + "b", b"x" * 900), Delete(PODS + "a"), base=engine) == 3
    log.release(1)
    web.sync()
    assert state(web) == [(PODS + "b", b"x" * 900, 2, 1)]
    assert web.watch(PODS, start=1).poll() == engine.watch(PODS, start=1).poll()


def test_a_new_process_finds_the_present_and_the_past(log: RedisLog):
    store = SharedStore(log)
    for value in (b"1", b"2"):
        store.txn([], [Put(PODS + "a", value)], origin=ORIGIN)
    newcomer = SharedStore(log)
    assert state(newcomer) == state(store)
    assert newcomer.range(PODS, at=1).kvs[0].value == b"1"


def test_a_new_process_after_compaction_loads_all_that_is_kept(log: RedisLog):
    store = SharedStore(log)
    store.txn([], [Put(f"{PODS}{number:04d}", b"1") for number in range(2_500)], origin=ORIGIN)
    store.txn([], [Delete(f"{PODS}0001")], origin=ORIGIN)
    store.compact(2)
    newcomer = SharedStore(log)
    assert state(newcomer) == state(store)
    assert [e.key for e in newcomer.watch(PODS, start=2).poll()] == [f"{PODS}0001"]
    with pytest.raises(Compacted):
        newcomer.watch(PODS, start=1)
    newcomer.txn([], [Delete(f"{PODS}0000")], origin=ORIGIN)
    assert [len(newcomer.range(PODS, at=at).kvs) for at in (1, 2, 3)] == [2_500, 2_499, 2_498]


def test_a_step_without_the_token_writes_nothing(log: RedisLog):
    engine = SharedStore(log)
    with pytest.raises(Fenced):
        step(log, Put(PODS + "a", b"1"), base=engine)
    assert log.acquire(2, 1_000) == 0
    with pytest.raises(Fenced):
        step(log, Put(PODS + "a", b"1"), base=SharedStore(log), token=1)
    assert log.revision() == 0


def test_a_step_on_an_old_base_writes_nothing(log: RedisLog):
    stale = SharedStore(log)
    SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    assert log.acquire(1, 1_000) == 1
    with pytest.raises(Fenced):
        step(log, Put(PODS + "a", b"2"), base=stale)
    assert log.read(0)[-1].value == b"1"


def test_a_stale_owner_gets_no_token_and_commits_nothing(log: RedisLog, redis_url: str):
    client, engine = redis.Redis.from_url(redis_url), SharedStore(log)
    assert log.acquire(1, 1_000) == 0
    client.set(log.stream.replace("log", "fence"), 2)  # another owner has come meanwhile
    with pytest.raises(Fenced):
        step(log, Put(PODS + "a", b"1"), base=engine)
    log.release(1)
    with pytest.raises(Fenced):
        log.acquire(1, 1_000)
    assert log.acquire(2, 1_000) == 0


def test_a_commit_may_give_the_token_back(log: RedisLog):
    engine = SharedStore(log)
    assert log.acquire(1, 1_000) == 0
    engine.replica.txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    assert not log.commit(1, 0, engine.replica.entries_since(0), at=0, release=True)
    assert log.acquire(2, 1_000) == 1


def test_a_token_goes_with_redis_and_then_nothing_is_committed(own_redis: RedisProcess):
    log = RedisLog(redis.Redis.from_url(own_redis.url, protocol=2), "killed", wait_ms=lambda ms: None)
    engine = SharedStore(log)
    assert log.acquire(1, 60_000) == 0
    own_redis.kill()
    own_redis.start()
    with pytest.raises(Fenced):
        step(log, Put(PODS + "a", b"1"), base=engine)
    assert SharedStore(log).txn([], [Put(PODS + "a", b"2")], origin=ORIGIN).revision == 1


def test_a_full_redis_refuses_a_write_as_a_whole_and_takes_it_once_there_is_room(own_redis: RedisProcess):
    client = redis.Redis.from_url(own_redis.url, protocol=2)
    log = RedisLog(client, "full", wait_ms=lambda ms: None)
    store, engine = SharedStore(log), SharedStore(log)
    store.txn([], [Put(PODS + "a", b"1"), Put(PODS + "b", b"1")], origin=ORIGIN)
    engine.sync()
    before = client.xinfo_stream(log.stream)["length"], log.revision()
    assert log.acquire(1, 60_000) == 1
    client.config_set("maxmemory", 1)
    with pytest.raises(Unavailable, match="full"):
        step(log, Put(PODS + "a", b"2"), Put(PODS + "c", b"2"), base=engine)
    log.release(1)
    with pytest.raises(Unavailable, match="full"):
        SharedStore(log).txn([], [Put(PODS + "a", b"2"), Delete(PODS + "b")], origin=ORIGIN)
    assert (client.xinfo_stream(log.stream)["length"], log.revision()) == before
    assert [kv.mod_revision for kv in SharedStore(log).range("/").kvs] == [1, 1]
    store.compact(1)  # what makes room is let in
    client.config_set("maxmemory", 0)
    assert SharedStore(log).txn([], [Put(PODS + "a", b"2")], origin=ORIGIN).revision == 2


def test_only_one_step_holds_the_token(log: RedisLog):
    assert log.acquire(1, 1_000) == 0
    assert log.acquire(2, 1_000) is None
    log.release(2)
    assert log.acquire(2, 1_000) is None
    log.release(1)
    assert log.acquire(2, 1_000) == 0


def test_an_outside_write_waits_for_the_step_and_goes_before_the_next(redis_url: str):
    client = redis.Redis.from_url(redis_url, protocol=2)
    waits: list[int] = []

    def end_the_step(ms: int) -> None:
        waits.append(ms)
        log.release(1)
        assert log.acquire(1, 1_000) is None, "the writer that waits goes first"

    log = RedisLog(client, "waits", wait_ms=end_the_step)
    assert log.acquire(1, 10_000) == 0
    result = SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    assert (result.revision, waits) == (1, [1])
    assert log.acquire(1, 1_000) == 1


def test_an_outside_write_gives_up_when_the_step_never_ends(log: RedisLog):
    log.acquire(1, 60_000)
    with pytest.raises(Unavailable):
        SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    assert log.revision() == 0


def test_simulated_time_never_runs_backwards_in_the_log(log: RedisLog):
    SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=Origin("user:a", 0, 900))
    SharedStore(log).txn([], [Put(PODS + "b", b"1")], origin=Origin("user:b", 0, 300))
    assert [e.origin.at for e in log.read(0)] == [900, 900]
    assert log.sim_time() == 900


def test_a_gap_in_the_log_is_compaction_not_silence(log: RedisLog):
    store = SharedStore(log)
    late = SharedStore(log)
    for _ in range(5):
        store.txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    store.compact(4)
    with pytest.raises(Compacted):
        late.sync()


def test_feeding_what_is_known_changes_nothing(log: RedisLog):
    store, reader = SharedStore(log), SharedStore(log)
    store.txn([], [Put(PODS + "a", b"1"), Put(PODS + "b", b"1")], origin=ORIGIN)
    entries = log.read(0)
    reader.feed(entries)
    reader.feed(entries)
    assert state(reader) == state(store)


def test_a_reader_waits_until_something_is_written(log: RedisLog):
    assert not log.wait(0, timeout_ms=1)
    SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    assert log.wait(0, timeout_ms=1)
    assert not log.wait(1, timeout_ms=1)


def test_a_destroyed_cluster_leaves_nothing(log: RedisLog):
    SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    log.destroy()
    assert state(SharedStore(log)) == []


def test_a_memory_store_refuses_entries_out_of_order(log: RedisLog):
    SharedStore(log).txn([], [Put(PODS + "a", b"1")], origin=ORIGIN)
    replica = MemoryStore()
    replica.load([], 5)
    with pytest.raises(AssertionError):
        replica.apply(log.read(0))
