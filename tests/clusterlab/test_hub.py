"""Clusters in a web process: loaded once, kept while used, in step with the store."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
import redis

from clusterlab.engine import hints, pace
from clusterlab.hub import IDLE_S, SEEN_EVERY_S, Hub, NoSuchCluster, Resident, hub
from clusterlab.labs.tokens import new_id
from clusterlab.sweeping import Sweeper
from clusterlab.wall_clock import PaceClock
from simcore.apimachinery.kinds import CONFIG_MAP
from simcore.apimachinery.meta import Key
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Put
from simcore.kube_apiserver.local import LocalClient
from simcore.sim.trace import Origin
from tests.clusterlab.conftest import Found
from tests.kit.loop import on_a_loop
from tests.kit.manifests import config_map

ME = Origin("user:test", 0, 0)


def test_a_cluster_that_is_not_there_is_not_loaded(client_of_redis: redis.Redis) -> None:
    with pytest.raises(NoSuchCluster):
        Hub().get(new_id())


def test_many_threads_load_a_cluster_once(found: Found) -> None:
    cluster_id, own, got = found(), Hub(), []
    threads = [threading.Thread(target=lambda: got.append(own.get(cluster_id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(map(id, got))) == 1


def test_what_another_process_wrote_is_there_after_a_sync(found: Found) -> None:
    cluster_id = found()
    ours, theirs = Hub().get(cluster_id), Hub().get(cluster_id)
    theirs.store.txn((), [Put("/sim/test", b'{"a":1}')], origin=ME)
    ours.sync()
    assert ours.record("/sim/test") == {"a": 1}


def test_a_resident_that_nobody_uses_goes(found: Found) -> None:
    own = Hub()
    idle, held = own.get(found()), own.get(found())
    with own.held(held):
        idle._used_at = held._used_at = time.monotonic() - IDLE_S - 1
        own.get(found())
        assert own.has(held)
        assert not own.has(idle)


def test_whoever_looks_keeps_the_cluster_awake(resident: Resident, client_of_redis: redis.Redis) -> None:
    client_of_redis.delete(hints.seen_key(resident.id))
    resident.used()
    assert hints.is_seen(client_of_redis, resident.id)


@on_a_loop
async def test_a_connection_that_lasts_keeps_the_cluster_awake(
    found: Found, client_of_redis: redis.Redis
) -> None:
    resident = hub.get(found())
    await resident.stays_used()
    client_of_redis.delete(hints.seen_key(resident.id))
    await resident.stays_used()
    assert not hints.is_seen(client_of_redis, resident.id)  # not due yet
    resident._seen_at -= SEEN_EVERY_S + 1
    await resident.stays_used()
    assert hints.is_seen(client_of_redis, resident.id)


def test_whoever_looks_at_a_sleeping_cluster_wakes_it(
    resident: Resident, client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(hints, "send", told.append)
    client_of_redis.delete(f"{{{resident.id}}}:hinted")
    pace.write(client_of_redis, resident.id, pace.Pace(1, 1, 1.0, "sleeping"))
    resident.used()
    assert told == [resident.id]


@on_a_loop
async def test_all_listeners_hear_of_a_write_of_another_process(found: Found) -> None:
    cluster_id = found()
    resident, theirs = hub.get(cluster_id), Hub().get(cluster_id)
    events = [asyncio.Event(), asyncio.Event()]
    with resident.advances.heard_by(events[0]), resident.advances.heard_by(events[1]):
        await asyncio.to_thread(theirs.store.txn, (), [Put("/sim/test", b"{}")], origin=ME)
        for event in events:
            await asyncio.wait_for(event.wait(), 5)
    assert resident.store.revision == theirs.store.revision
    resident.advances.stop()


@on_a_loop
async def test_what_listeners_need_is_prepared_once_before_they_hear(found: Found) -> None:
    cluster_id = found()
    resident, theirs = hub.get(cluster_id), Hub().get(cluster_id)
    events, seen = [asyncio.Event() for _ in range(3)], []

    class Picture:
        def advance(self) -> None:
            seen.append((resident.store.revision, any(event.is_set() for event in events)))

    picture = Picture()
    with (
        resident.advances.heard_by(events[0], prepared_by=picture.advance),
        resident.advances.heard_by(events[1], prepared_by=picture.advance),
        resident.advances.heard_by(events[2]),
    ):
        await asyncio.to_thread(theirs.store.txn, (), [Put("/sim/test", b"{}")], origin=ME)
        for event in events:
            await asyncio.wait_for(event.wait(), 5)
    assert seen == [(theirs.store.revision, False)]
    resident.advances.stop()


@on_a_loop
async def test_a_replica_that_fell_behind_is_dropped(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_id = found()
    resident, theirs, event = hub.get(cluster_id), Hub().get(cluster_id), asyncio.Event()
    for number in range(30):
        theirs.store.txn((), [Put("/sim/test", str(number).encode())], origin=ME)
    theirs.store.compact(theirs.store.revision)
    with resident.advances.heard_by(event):
        await asyncio.wait_for(event.wait(), 5)
        assert not hub.has(resident)
    assert hub.get(cluster_id).store.get("/sim/test").value == b"29"


def test_the_pace_record_says_speed_and_pause(resident: Resident) -> None:
    assert resident.speed() == (1.0, False)
    resident.store.txn((), [Put(CLOCK, b'{"speed":5,"paused":true}')], origin=ME)
    assert resident.speed() == (5.0, True)


def test_the_clock_of_a_web_process_follows_the_pace_and_never_goes_back() -> None:
    paces = [pace.Pace(pace.wall_ms(), 5_000, 1.0, "paused")]
    clock = PaceClock(1_700_000_000_000, lambda: paces[-1])
    assert clock.now() == 5_000
    assert clock.unix_ms() == 1_700_000_005_000
    assert clock.timestamp() == "2023-11-14T22:13:25Z"
    assert clock.micro_timestamp() == "2023-11-14T22:13:25.000000Z"
    paces.append(pace.Pace(pace.wall_ms(), 1_000, 1.0, "paused"))
    clock.refresh()
    assert clock.now() == 5_000


def test_the_clock_of_a_web_process_schedules_nothing() -> None:
    clock = PaceClock(0, pace.Pace)
    with pytest.raises(AssertionError):
        clock.call_later(1, lambda: None, label="x")
    with pytest.raises(AssertionError):
        clock.call_at(1, lambda: None, label="x")


def test_a_running_clock_runs() -> None:
    clock = PaceClock(0, lambda: pace.Pace(pace.wall_ms() - 1_000, 0, 10.0, "running"))
    assert 10_000 <= clock.now() < 10_000 + 10 * (time.monotonic() + 60_000)


def test_a_process_keeps_a_bounded_history(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterlab.engine.retention.KEPT_REVISIONS", 10)
    user = LocalClient(resident.server, "user:test")
    for number in range(12):
        user.create(CONFIG_MAP, config_map(f"c{number}"))
    resident._seen_at = 0.0
    resident.used()
    assert resident.store.replica.kept_from == resident.store.revision - 10
    assert resident.store.get(CONFIG_MAP.path(Key("default", "c0"))) is not None


def test_a_process_keeps_less_history_of_large_objects(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterlab.engine.retention.MOST_BYTES", 400_000)
    user = LocalClient(resident.server, "user:test")
    for number in range(10):
        user.create(CONFIG_MAP, config_map(f"c{number}", text="x" * 50_000))
    resident._seen_at = 0.0
    resident.used()
    replica = resident.store.replica
    assert sum(len(e.value or b"") for e in replica.entries_since(replica.kept_from - 1)) <= 200_000


def test_what_a_dropped_resident_held_is_swept(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    own, sweeps = Hub(), []
    own.sweeper = Sweeper(lambda: sweeps.append("swept"))
    monkeypatch.setattr("clusterlab.hub.hub", own)
    first, second = found(), found()
    own.drop(own.get(first))
    other = own.get(second)
    other._seen_at = 0.0
    other.used()
    assert sweeps == ["swept"]
