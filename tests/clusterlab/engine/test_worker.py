"""A worker takes what nobody has, hands back what it had, and sees to it that nothing is forgotten."""

from __future__ import annotations

import time

import pytest
import redis

from clusterlab.engine import gauges, hints, steps, turn
from clusterlab.engine.health import health
from clusterlab.engine.lease import Holder, Lease, owner_key
from clusterlab.engine.pace import wall_ms
from clusterlab.engine.steps import Replica
from clusterlab.engine.turn import Ended
from clusterlab.engine.worker import Worker
from clusterlab.labs.tokens import new_id
from clusterlab.redis_clients import new_log
from clusterlab.sweeping import Sweeper
from tests.clusterlab.conftest import Found


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hints that went to the broker."""
    told: list[str] = []
    monkeypatch.setattr(hints, "send", told.append)
    return told


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "REST_MS", 30)
    monkeypatch.setattr(turn, "LISTEN_MS", 10)


def score(client: redis.Redis, cluster_id: str) -> float | None:
    found: float | None = client.zscore(hints.WAKE_UPS, cluster_id)
    return found


def test_a_doubled_hint_finds_the_owner_and_does_nothing(
    found: Found, client_of_redis: redis.Redis, sent: list[str]
) -> None:
    cluster_id = found()
    owner = Lease(client_of_redis, cluster_id)
    owner.acquire()
    assert Worker().run(cluster_id) is None
    assert owner.holds()


def test_a_turn_leaves_no_lease_behind(found: Found, client_of_redis: redis.Redis, sent: list[str]) -> None:
    cluster_id = found()
    assert Worker().run(cluster_id) is Ended.RESTING
    assert not client_of_redis.exists(owner_key(cluster_id))


def test_a_hint_for_a_deleted_cluster_is_forgotten(client_of_redis: redis.Redis, sent: list[str]) -> None:
    cluster_id = new_id()
    hints.schedule(client_of_redis, cluster_id, 0)
    assert Worker().run(cluster_id) is None
    assert score(client_of_redis, cluster_id) is None


def test_a_turn_that_was_cut_short_is_asked_for_again(
    found: Found, client_of_redis: redis.Redis, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "SLICE_S", 0.0)
    cluster_id = found()
    sent.clear()
    assert Worker().run(cluster_id) is Ended.AGAIN
    assert sent == [cluster_id]
    assert score(client_of_redis, cluster_id) is not None


def test_a_fault_in_one_cluster_is_tried_again_later(
    found: Found, client_of_redis: redis.Redis, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Replica, "step", fail)
    cluster_id = found()
    assert Worker().run(cluster_id) is None
    at = score(client_of_redis, cluster_id)
    assert at is not None and at > wall_ms()
    assert not client_of_redis.exists(owner_key(cluster_id))


@pytest.mark.parametrize("reason", ["rests", "sleeps", "was cut"])
def test_a_write_while_handing_back_is_not_overlooked(
    reason: str, found: Found, client_of_redis: redis.Redis, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from clusterlab.hub import hub
    from clusterlab.labs.services import set_clock

    cluster_id, worker = found(), Worker()
    resident = hub.get(cluster_id)
    release = Lease.release

    def release_after_a_write(lease: Lease) -> None:
        set_clock(resident, "user:test", speed=3)
        release(lease)

    monkeypatch.setattr(Lease, "release", release_after_a_write)
    client_of_redis.delete(f"{{{cluster_id}}}:hinted")
    if reason == "sleeps":
        client_of_redis.delete(hints.seen_key(cluster_id))
    if reason == "was cut":
        monkeypatch.setattr(Replica, "compact", lambda _: True)
    sent.clear()
    worker.run(cluster_id)
    assert sent == [cluster_id]


@pytest.mark.parametrize("most", [0, 1_000_000], ids=["large", "small"])
def test_a_large_cluster_goes_on_when_its_history_was_cut_and_a_small_one_is_built_anew(
    found: Found, sent: list[str], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(steps, "QUICKLY_BUILT", most)
    monkeypatch.setattr(Replica, "compact", lambda _: True)
    cluster_id, worker = found(), Worker()
    worker.run(cluster_id)
    assert list(worker._warm._kept) == ([cluster_id] if most == 0 else [])


def test_a_turn_ends_when_there_is_too_much_to_be_cut(
    found: Found, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MOST_UNCUT", 1)
    cluster_id = found()
    sent.clear()
    assert Worker().run(cluster_id) is Ended.AGAIN
    assert sent == [cluster_id]


def test_a_sleeping_cluster_takes_no_memory_of_its_worker(
    found: Found, client_of_redis: redis.Redis, sent: list[str]
) -> None:
    cluster_id, worker = found(), Worker()
    client_of_redis.delete(hints.seen_key(cluster_id))
    assert worker.run(cluster_id) is Ended.SLEEPING
    assert score(client_of_redis, cluster_id) is None
    assert not worker._warm._kept


@pytest.mark.parametrize("reason", ["fails", "sleeps", "was cut", "rests"])
def test_what_a_replica_leaves_behind_is_swept(
    reason: str, found: Found, client_of_redis: redis.Redis, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_id, worker, sweeps = found(), Worker(), []
    worker._sweeper = Sweeper(lambda: sweeps.append(reason))
    if reason == "sleeps":
        client_of_redis.delete(hints.seen_key(cluster_id))
    if reason == "was cut":
        monkeypatch.setattr(Replica, "compact", lambda _: True)
    if reason == "fails":
        monkeypatch.setattr(Replica, "step", lambda *_: {}[0])
    worker.run(cluster_id)
    monkeypatch.setattr(worker._warm, "drop_useless", lambda: worker.stop())
    worker.tick()
    assert sweeps == ([] if reason == "rests" else [reason])


def test_a_stopped_worker_takes_nothing(found: Found, client_of_redis: redis.Redis, sent: list[str]) -> None:
    worker = Worker()
    worker.stop()
    assert worker.run(found()) is None


def test_after_a_workers_death_the_wake_up_comes_when_its_lease_has_run_out(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id = found()
    lease = Lease(client_of_redis, cluster_id)
    lease.acquire()
    running = turn.Turn(client_of_redis, Replica(cluster_id), lease, lambda: False)
    running.run()  # and now the process dies without handing back
    at = score(client_of_redis, cluster_id)
    assert at is not None
    assert client_of_redis.pttl(owner_key(cluster_id)) < at - wall_ms() < 14_000


def test_writers_hint_only_when_nobody_has_the_cluster(
    found: Found, client_of_redis: redis.Redis, sent: list[str]
) -> None:
    cluster_id = found()
    client_of_redis.delete(f"{{{cluster_id}}}:hinted")
    sent.clear()
    hints.hint(client_of_redis, cluster_id)
    hints.hint(client_of_redis, cluster_id)
    assert sent == [cluster_id]
    client_of_redis.delete(f"{{{cluster_id}}}:hinted")
    Lease(client_of_redis, cluster_id).acquire()
    hints.hint(client_of_redis, cluster_id)
    assert sent == [cluster_id]


def test_what_is_due_stays_due_until_an_engine_has_looked(client_of_redis: redis.Redis) -> None:
    early, late = new_id(), new_id()
    hints.schedule(client_of_redis, early, wall_ms() - 5)
    hints.schedule(client_of_redis, late, wall_ms() + 60_000)
    assert early in hints.due(client_of_redis)
    assert early not in hints.due(client_of_redis)
    assert score(client_of_redis, early) is not None


def test_the_ticker_hints_what_is_due(client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, cluster_id, told = Worker(), new_id(), []

    def tell(name: str) -> None:
        told.append(name)
        worker.stop()

    monkeypatch.setattr(hints, "send", tell)
    hints.schedule(client_of_redis, cluster_id, wall_ms())
    worker.tick()
    assert told == [cluster_id]


def test_a_worker_that_was_started_again_asks_for_what_it_had(
    client_of_redis: redis.Redis, sent: list[str]
) -> None:
    mine, theirs, free = new_id(), new_id(), new_id()
    for cluster_id, name in ((mine, "engine-0@here"), (theirs, "engine-1@here")):
        Lease(client_of_redis, cluster_id, Holder(name)).acquire()
    for cluster_id in (mine, theirs, free):
        hints.schedule(client_of_redis, cluster_id, wall_ms() + 60_000)
    risen = Worker("engine-0@here")
    risen.stop()
    risen.tick()
    assert sent == [mine]


def test_a_broker_that_is_gone_stops_no_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(hints.app, "send_task", refuse)
    hints.send(new_id())


def test_a_cluster_always_goes_to_the_same_queue(settings: object) -> None:
    settings.ENGINE_QUEUES = ["engine-0", "engine-1", "engine-2"]  # type: ignore[attr-defined]
    assert {hints.queue_of(f"cluster-{n}") for n in range(100)} == {"engine-0", "engine-1", "engine-2"}
    assert len({hints.queue_of("same") for _ in range(5)}) == 1


def test_a_cluster_of_a_silent_worker_goes_to_one_that_lives(settings: object) -> None:
    settings.ENGINE_QUEUES = ["engine-0", "engine-1", "engine-2"]  # type: ignore[attr-defined]
    ids = [f"cluster-{n}" for n in range(100)]
    alive = ["engine-0@here", "engine-2@there"]
    assert {hints.queue_of(i, alive) for i in ids} == {"engine-0", "engine-2"}
    kept = [i for i in ids if hints.queue_of(i) != "engine-1"]
    assert [hints.queue_of(i, alive) for i in kept] == [hints.queue_of(i) for i in kept]
    assert {hints.queue_of(i, ["engine-1@here"]) for i in ids} == {"engine-1"}
    assert [hints.queue_of(i, ["founder@bench"]) for i in ids] == [hints.queue_of(i) for i in ids]


def test_a_hint_goes_where_somebody_listens(
    client_of_redis: redis.Redis, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENGINE_QUEUES = ["engine-0", "engine-1"]  # type: ignore[attr-defined]
    told: list[str] = []
    monkeypatch.setattr(hints.app, "send_task", lambda *_, queue, **__: told.append(queue))
    client_of_redis.delete(gauges.PUBLISHED)
    gauges.Gauges().publish(client_of_redis, "engine-0@here", wall_ms() - gauges.SILENT_MS - 1)
    gauges.Gauges().publish(client_of_redis, "engine-1@here", wall_ms())
    for number in range(20):
        hints.send(f"cluster-{number}")
    assert told == ["engine-1"] * 20
    client_of_redis.delete(gauges.PUBLISHED)


def test_health_tells_how_long_the_most_overdue_cluster_waits(client_of_redis: redis.Redis) -> None:
    client_of_redis.delete(hints.WAKE_UPS)
    client_of_redis.delete(gauges.PUBLISHED)
    nothing = dict.fromkeys(("lag_ms", "waiting", "workers", "clusters", "behind_ms"), 0)
    assert health().document() == {"status": "ok", "redis": "ok", "engine": nothing}
    hints.schedule(client_of_redis, new_id(), wall_ms() - 20_000)
    found = health()
    assert not found.is_well
    assert found.lag_ms >= 20_000 and found.waiting == 1


def test_the_log_of_a_resting_cluster_stands_still(found: Found, sent: list[str]) -> None:
    cluster_id, worker = found(), Worker()
    worker.run(cluster_id)
    before, began = new_log(cluster_id).revision(), time.monotonic()
    worker.run(cluster_id)
    assert new_log(cluster_id).revision() == before
    assert time.monotonic() - began < 5
