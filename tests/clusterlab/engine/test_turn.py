"""A turn goes on while there is something to do, and ends for one of five reasons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis

from clusterlab.engine import hints, pace, turn
from clusterlab.engine.lease import Lease, owner_key
from clusterlab.engine.pace import FLAT_OUT
from clusterlab.engine.steps import Replica
from clusterlab.engine.turn import Ended, Turn
from clusterlab.hub import hub
from clusterlab.labs import services
from simcore.apimachinery.kinds import DEPLOYMENT, POD
from simcore.apimachinery.meta import Key
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Fenced
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from tests.clusterlab.conftest import Found
from tests.kit.manifests import deployment, pod

ADMINISTRATOR = Request(ADMIN, "user:kubernetes-admin")


def new_turn(client: redis.Redis, cluster_id: str, should_stop: Callable[[], bool] = lambda: False) -> Turn:
    lease = Lease(client, cluster_id)
    assert lease.acquire()
    return Turn(client, Replica(cluster_id), lease, should_stop)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "REST_MS", 50)
    monkeypatch.setattr(turn, "LISTEN_MS", 10)


def test_a_quiet_cluster_is_handed_back(found: Found, client_of_redis: redis.Redis) -> None:
    assert new_turn(client_of_redis, found()).run() is Ended.RESTING


def test_a_resting_cluster_says_when_it_has_to_go_on(found: Found, client_of_redis: redis.Redis) -> None:
    crashing = pod("crashing", image="busybox:1.36")
    crashing["spec"]["containers"][0]["command"] = ["sh", "-c", "exit 1"]
    resting = new_turn(client_of_redis, found(crashing))
    assert resting.run() is Ended.RESTING
    at = resting.wake_up_at()
    assert at is not None and at > pace.wall_ms()


def test_a_write_from_outside_is_acted_on_at_once(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found(deployment("web", 1))
    resident, running = hub.get(cluster_id), new_turn(client_of_redis, cluster_id)
    resident.server.change(
        DEPLOYMENT,
        Key("default", "web"),
        lambda old, _: {**old, "spec": {**old["spec"], "replicas": 3}},
        ADMINISTRATOR,
    )
    assert running.run() is Ended.RESTING
    assert len(running._replica.cluster.client("test").list(POD, "default")) == 3


def test_a_cluster_that_nobody_looks_at_falls_asleep(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found()
    client_of_redis.delete(hints.seen_key(cluster_id))
    assert new_turn(client_of_redis, cluster_id).run() is Ended.SLEEPING
    slept = pace.read(client_of_redis, cluster_id)
    assert slept.state == "sleeping"
    assert slept.sim_at(pace.wall_ms() + 60_000) == slept.sim_ms


def test_a_sleeping_cluster_goes_on_from_where_it_stood(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found()
    slept_at = pace.read(client_of_redis, cluster_id).sim_ms + 5_000
    pace.write(client_of_redis, cluster_id, pace.Pace(1, slept_at, 1.0, "sleeping"))
    new_turn(client_of_redis, cluster_id).run()
    awake = pace.read(client_of_redis, cluster_id)
    assert awake.state == "running"
    assert slept_at <= awake.sim_ms < slept_at + 5_000


def test_time_stands_still_while_a_cluster_is_paused(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found(deployment("web", 1))
    services.set_clock(hub.get(cluster_id), "user:test", paused=True)
    paused = new_turn(client_of_redis, cluster_id)
    assert paused.run() is Ended.PAUSED
    assert pace.read(client_of_redis, cluster_id).state == "paused"
    assert paused.wake_up_at() is None


def test_the_speed_is_the_records(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found()
    services.set_clock(hub.get(cluster_id), "user:test", speed=100)
    new_turn(client_of_redis, cluster_id).run()
    assert pace.read(client_of_redis, cluster_id).speed == 100


def test_a_paused_cluster_takes_the_steps_it_is_told_to_take(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id = found(deployment("web", 1), latency="realistic")
    resident = hub.get(cluster_id)
    services.set_clock(resident, "user:test", paused=True)
    services.set_clock(resident, "user:test", steps=4)
    stepping = new_turn(client_of_redis, cluster_id)
    assert stepping.run() is Ended.PAUSED
    assert stepping._replica.cluster.fired == 4
    resident.sync()
    assert "steps" not in (resident.record(CLOCK) or {})


def test_a_cluster_runs_until_its_goal_is_reached_and_stands_still(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id = found(deployment("web", 3), latency="realistic")
    resident = hub.get(cluster_id)
    client = LocalClient(resident.server, "user:test")
    client.patch(DEPLOYMENT, Key("default", "web"), {"spec": {"replicas": 6}})
    services.set_clock(resident, "user:test", speed=FLAT_OUT, until="deployment/web Progressing", limit_s=60)
    services.set_clock(resident, "user:test", until="all pods ready in default", limit_s=600)
    assert new_turn(client_of_redis, cluster_id).run() is Ended.PAUSED
    resident.sync()
    assert (resident.record(CLOCK) or {})["goal"]["state"] == "reached"
    assert pace.read(client_of_redis, cluster_id).state == "paused"


def test_flat_out_time_goes_as_fast_as_it_can(
    found: Found, client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "SLICE_S", 0.5)
    cluster_id = found(deployment("web", 1))
    services.set_clock(hub.get(cluster_id), "user:test", speed=FLAT_OUT)
    before = pace.read(client_of_redis, cluster_id).sim_ms
    fast = new_turn(client_of_redis, cluster_id)
    assert fast.run() is Ended.AGAIN
    now = pace.read(client_of_redis, cluster_id)
    assert now.sim_ms == fast._replica.now > before + 10_000
    assert now.sim_at(now.wall_ms + 60_000) == now.sim_ms


def test_a_turn_ends_when_the_worker_stops(found: Found, client_of_redis: redis.Redis) -> None:
    assert new_turn(client_of_redis, found(), should_stop=lambda: True).run() is Ended.AGAIN


def test_an_owner_without_a_lease_stops(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found()
    stale = new_turn(client_of_redis, cluster_id)
    client_of_redis.set(owner_key(cluster_id), "another")
    stale._lease._renewed_at -= 60
    with pytest.raises(Fenced):
        stale.run()


def test_time_that_cannot_be_kept_up_with_is_given_up(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found()
    late = new_turn(client_of_redis, cluster_id)
    behind = late._pace.moved(pace.wall_ms() - 60_000, late._replica.now, state="running")
    late._pace = behind
    late._give_way()
    assert late._pace.sim_ms == late._replica.now
    assert late._pace.wall_ms > behind.wall_ms
