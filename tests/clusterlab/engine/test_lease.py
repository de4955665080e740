"""One owner at a time, and a token that tells owners apart."""

from __future__ import annotations

import threading
import time

import pytest
import redis

from clusterlab.engine import lease as lease_module
from clusterlab.engine.lease import RENEW_AFTER_S, TTL_MS, Holder, Lease, owner_key
from clusterlab.labs.tokens import new_id


def test_a_second_owner_has_to_wait_for_the_first(client_of_redis: redis.Redis) -> None:
    cluster_id = new_id()
    first, second = Lease(client_of_redis, cluster_id), Lease(client_of_redis, cluster_id)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    assert second.token == first.token + 1


def test_a_lease_runs_out_by_itself(client_of_redis: redis.Redis) -> None:
    cluster_id = new_id()
    lease = Lease(client_of_redis, cluster_id)
    lease.acquire()
    assert 0 < client_of_redis.pttl(owner_key(cluster_id)) <= TTL_MS


def test_a_stale_owner_notices_that_it_is_one(client_of_redis: redis.Redis) -> None:
    cluster_id = new_id()
    stale, fresh = Lease(client_of_redis, cluster_id), Lease(client_of_redis, cluster_id)
    stale.acquire()
    client_of_redis.delete(owner_key(cluster_id))  # as if it had run out
    assert fresh.acquire()
    stale._renewed_at -= RENEW_AFTER_S + 1
    assert not stale.holds()
    assert fresh.holds()


def test_a_stale_owner_cannot_release_another_ones_lease(client_of_redis: redis.Redis) -> None:
    cluster_id = new_id()
    stale, fresh = Lease(client_of_redis, cluster_id), Lease(client_of_redis, cluster_id)
    stale.acquire()
    client_of_redis.delete(owner_key(cluster_id))
    fresh.acquire()
    stale.release()
    assert client_of_redis.exists(owner_key(cluster_id))


def test_a_lease_is_renewed_before_it_could_run_out_within_a_step(client_of_redis: redis.Redis) -> None:
    cluster_id = new_id()
    lease = Lease(client_of_redis, cluster_id)
    lease.acquire()
    client_of_redis.pexpire(owner_key(cluster_id), 4_000)
    lease._renewed_at -= RENEW_AFTER_S + 1
    assert lease.holds()
    assert client_of_redis.pttl(owner_key(cluster_id)) > TTL_MS - 1_000


def test_a_worker_that_was_started_again_takes_over_what_it_had(client_of_redis: redis.Redis) -> None:
    cluster_id = new_id()
    dead, stranger = Lease(client_of_redis, cluster_id, Holder("engine-0@here")), Holder("engine-1@here")
    assert dead.acquire()
    client_of_redis.set(f"{{{cluster_id}}}:writer", dead.token)  # it died in a step
    assert not Lease(client_of_redis, cluster_id, stranger).acquire()
    risen = Lease(client_of_redis, cluster_id, Holder("engine-0@here"))
    assert risen.acquire()
    assert risen.token == dead.token + 1
    assert not client_of_redis.exists(f"{{{cluster_id}}}:writer")


def test_two_threads_of_one_worker_never_have_the_same_cluster(client_of_redis: redis.Redis) -> None:
    cluster_id, here = new_id(), Holder("engine-0@here")
    assert Lease(client_of_redis, cluster_id, here).acquire()
    assert not Lease(client_of_redis, cluster_id, here).acquire()


def test_it_is_renewed_while_something_takes_long(
    client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_module, "RENEW_AFTER_S", 0.01)
    cluster_id = new_id()
    lease, key = Lease(client_of_redis, cluster_id), owner_key(cluster_id)
    lease.acquire()
    with lease.renewed():
        client_of_redis.pexpire(key, 5_000)
        deadline = time.monotonic() + 10
        while client_of_redis.pttl(key) <= 5_000:
            assert time.monotonic() < deadline, "nobody renews it"
    client_of_redis.pexpire(key, 5_000)
    assert [thread for thread in threading.enumerate() if thread.name == "lease"] == []
    assert client_of_redis.pttl(key) <= 5_000


def test_renewing_does_not_take_back_what_another_has(
    client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_module, "RENEW_AFTER_S", 0.0)
    cluster_id = new_id()
    stale, fresh = Lease(client_of_redis, cluster_id), Lease(client_of_redis, cluster_id)
    stale.acquire()
    client_of_redis.delete(owner_key(cluster_id))
    fresh.acquire()
    with stale.renewed():
        assert not stale.holds()
    assert fresh.holds()
