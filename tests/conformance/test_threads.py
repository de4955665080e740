"""Threads and processes that count together: no increment is lost, and everybody sees the same count."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import redis

from clusterlab.redis_clients import LogPool
from simcore.etcd.interface import Compare, Put, Store
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 0, 0)
WRITERS, TIMES = 4, 40
COUNTERS = ("/count/a", "/count/b")


@pytest.fixture
def new_log(redis_url: str, request: pytest.FixtureRequest) -> Callable[[], RedisLog]:
    client = redis.Redis.from_url(redis_url, protocol=2)
    return lambda: RedisLog(client, request.node.name, wait_ms=lambda ms: None)


def count_up(store: Store, key: str, *, by_value: bool) -> None:
    """Reads and writes back until nobody was faster."""
    while True:
        known = store.get(key)
        assert known is not None
        right = (
            Compare(key, "value", "==", known.value)
            if by_value
            else Compare(key, "mod", "==", known.mod_revision)
        )
        if store.txn([right], [Put(key, b"%d" % (int(known.value) + 1))], origin=ORIGIN).succeeded:
            return


@pytest.mark.parametrize("by_value", [False, True], ids=["by revision", "by value"])
@pytest.mark.parametrize("is_shared", [True, False], ids=["threads of one process", "processes"])
def test_no_increment_is_lost(new_log: Callable[[], RedisLog], is_shared: bool, by_value: bool):
    first = SharedStore(LogPool(new_log), guard=threading.RLock())
    first.txn([], [Put(key, b"0") for key in COUNTERS], origin=ORIGIN)
    stores = [first if is_shared else SharedStore(new_log()) for _ in range(WRITERS)]

    def count(store: SharedStore) -> None:
        for number in range(TIMES):
            count_up(store, COUNTERS[number % 2], by_value=by_value)

    threads = [threading.Thread(target=count, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    entries = new_log().read(0)
    assert [e.revision for e in entries[2:]] == list(range(2, WRITERS * TIMES + 2)), "dense"
    for store in stores:
        store.sync()
        assert [kv.value for kv in store.range("/count/").kvs] == [b"%d" % (WRITERS * TIMES // 2)] * 2
        assert store.watch("/", start=1).poll() == entries
