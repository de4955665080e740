"""A paused cluster takes single steps, and a running one stops by itself where it was told to."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.condition import parse
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.world import CLOCK
from simcore.etcd.memory_store import MemoryStore
from tests.kit.manifests import config_map, deployment


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=5, epoch_ms=0, nodes=2))
    made = Cluster(store)
    made.advance(5_000)
    return made


def tell(cluster: Cluster, **record: object) -> None:
    """As somebody outside does: the record, then the engine takes it over."""
    before = cluster.store.revision
    cluster.world.put(CLOCK, {"speed": 1.0, "paused": False, **record}, actor="user:ada")
    cluster.take(cluster.store.entries_since(before))  # type: ignore[attr-defined]  # it is a MemoryStore


def goal(text: str, until_ms: int) -> Obj:
    return {"text": text, "until_ms": until_ms, "state": "running"}


def record(cluster: Cluster) -> Obj:
    found_record = cluster.world.get(CLOCK)
    assert found_record is not None
    return found_record


def test_a_paused_cluster_fires_as_many_timers_as_it_is_told(cluster: Cluster):
    cluster.given(deployment("web", 1))
    tell(cluster, paused=True, steps=3)
    before = cluster.fired
    while cluster.pacing.steps_left:
        cluster.fire_next()
    assert cluster.fired == before + 3
    assert record(cluster) == {"speed": 1.0, "paused": True}


def test_steps_are_bounded_and_end_when_nothing_is_to_come(cluster: Cluster):
    tell(cluster, paused=True, steps=10**9)
    assert cluster.pacing.steps_left == 1_000


def test_steps_of_a_running_cluster_mean_nothing(cluster: Cluster):
    tell(cluster, steps=3)
    assert cluster.pacing.steps_left == 0


def test_time_stands_still_at_the_moment_the_goal_is_true(cluster: Cluster):
    cluster.given(deployment("web", 3))
    tell(cluster, goal=goal("deployment/web available", cluster.clock.now() + 600_000))
    while not cluster.pacing.is_paused:
        cluster.fire_next()
    reached = record(cluster)["goal"]
    assert (reached["state"], reached["at"]) == ("reached", cluster.clock.now())
    assert cluster.client("test").get(DEPLOYMENT, Key("default", "web"))["status"]["availableReplicas"] == 3
    written = [e for e in cluster.store.watch("/sim/clock", start=1).poll() if e.origin.actor == "clock"]
    assert len(written) == 1 and decode(written[0].value or b"")["paused"]


def test_what_is_true_already_is_reached_at_once(cluster: Cluster):
    now = cluster.clock.now()
    tell(cluster, goal=goal("all nodes ready", now + 1_000))
    while not cluster.pacing.is_paused:
        cluster.fire_next()
    assert record(cluster)["goal"]["state"] == "reached"
    assert cluster.clock.now() == now


def test_a_goal_that_never_comes_true_is_given_up_in_time(cluster: Cluster):
    end = cluster.clock.now() + 20_000
    tell(cluster, goal=goal("any pod Failed", end))
    while not cluster.pacing.is_paused:
        cluster.fire_next()
    assert (record(cluster)["goal"]["state"], cluster.clock.now()) == ("gave up", end)


def test_a_goal_that_is_no_condition_says_so(cluster: Cluster):
    tell(cluster, goal=goal("make it work", cluster.clock.now() + 1_000))
    while not cluster.pacing.is_paused:
        cluster.fire_next()
    assert "begin with <kind>/<name>" in record(cluster)["goal"]["message"]


def test_a_goal_outlives_whoever_pursued_it(cluster: Cluster):
    cluster.given(deployment("web", 2))
    tell(cluster, goal=goal("deployment/web available", cluster.clock.now() + 600_000))
    cluster.advance(200)
    successor = Cluster(cluster.store, now=cluster.clock.now())
    while not successor.pacing.is_paused:
        successor.fire_next()
    assert record(successor)["goal"]["state"] == "reached"


def test_another_word_about_the_clock_ends_a_goal(cluster: Cluster):
    tell(cluster, goal=goal("any pod Failed", cluster.clock.now() + 5_000))
    tell(cluster, speed=20.0)
    cluster.advance(10_000)
    assert not cluster.pacing.is_paused
    assert cluster.pacing.speed == 20.0


def test_a_goal_is_reached_by_a_write_from_outside_at_once(cluster: Cluster):
    cluster.given(config_map("notes"))
    tell(cluster, goal=goal("configmap/notes gone", cluster.clock.now() + 60_000))
    cluster.advance(1_000)
    now, before = cluster.clock.now(), cluster.store.revision
    cluster.client("user:ada").delete(CONFIG_MAP, Key("default", "notes"))
    cluster.take(cluster.store.entries_since(before))  # type: ignore[attr-defined]
    cluster.run_until(now)
    assert (record(cluster)["goal"]["state"], record(cluster)["goal"]["at"]) == ("reached", now)


def test_a_goal_with_several_parts_waits_for_all_of_them(cluster: Cluster):
    cluster.given(deployment("web", 2), deployment("huge", 1, cpu="100"))
    text = "deployment/web available and any event FailedScheduling"
    tell(cluster, goal=goal(text, cluster.clock.now() + 60_000))
    while not cluster.pacing.is_paused:
        cluster.fire_next()
    assert record(cluster)["goal"]["state"] == "reached"
    assert parse(text, cluster.api_server.kinds).holds(cluster.client("test").list)
