"""Workloads without end meet the cluster's limits: they say so, rest, and the cluster recovers when they go."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.kinds import CRON_JOB, DEPLOYMENT, EVENT, JOB, NODE, POD, REPLICA_SET, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Op, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_apiserver.admission.cluster_limits import LIMITS
from simcore.sim.trace import Origin
from tests.kit.manifests import deployment, pod

BILLIONS = 2_147_483_647
LEFT = 40


def nearly_full(kind: Kind, template: Obj) -> Cluster:
    """So many objects of a kind, which nobody acts on, that LEFT more have room."""
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=1_767_225_600_000))
    cluster = Cluster(store)
    cluster.advance(10_000)
    cluster.given(template)
    name = template["metadata"]["name"]
    kv = store.get(kind.path(Key("default", name)))
    assert kv is not None
    whole = decode(kv.value)
    number = LIMITS[kind].with_nodes(store.count(NODE.prefix)) - store.count(kind.prefix) - LEFT
    ops: list[Op] = []
    for n in range(number):
        meta = {**whole["metadata"], "name": f"{name}-{n}", "uid": f"{n:08d}-0000-4000-8000-000000000000"}
        ops.append(Put(kind.path(Key("default", f"{name}-{n}")), encode({**whole, "metadata": meta})))
    before = store.revision
    store.txn((), ops, origin=Origin("test", 0, cluster.clock.now()))
    cluster.take(store.entries_since(before))
    return cluster


def events(cluster: Cluster, name: str, reason: str) -> list[Obj]:
    every = cluster.client("test").list(EVENT, "default")
    return [e for e in every if e["involvedObject"]["name"] == name and e["reason"] == reason]


def writes(cluster: Cluster, ms: int) -> int:
    before = cluster.store.revision
    cluster.advance(ms)
    return cluster.store.revision - before


def test_two_billion_replicas_stop_at_the_limit_say_why_rest_and_leave_their_room_when_they_go():
    cluster = nearly_full(POD, pod("idle", schedulerName="nobody"))
    api, limit = cluster.client("user:test"), LIMITS[POD].with_nodes(3)
    cluster.given(deployment("huge", replicas=BILLIONS))
    cluster.advance(60_000)
    assert cluster.store.count(POD.prefix) == limit
    (rs,) = api.list(REPLICA_SET, "default")
    told = f"exceeded cluster limit, requested: pods=1, used: pods={limit}, limited: pods={limit}"
    (failure,) = rs["status"]["conditions"]
    assert (failure["type"], failure["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert told in failure["message"]
    assert all(told in event["message"] for event in events(cluster, rs["metadata"]["name"], "FailedCreate"))
    conditions = api.get(DEPLOYMENT, Key("default", "huge"))["status"]["conditions"]
    assert ("ReplicaFailure", "True") in [(c["type"], c["status"]) for c in conditions]

    cluster.advance(60_000)
    assert writes(cluster, 600_000) < 60, "there is less and less to do"

    cluster.given(deployment("late", replicas=3))
    cluster.advance(5_000)
    late = Key("default", "late")
    assert api.get(DEPLOYMENT, late)["status"].get("replicas", 0) == 0
    api.delete(DEPLOYMENT, Key("default", "huge"))
    cluster.advance(120_000)
    assert api.get(DEPLOYMENT, late)["status"]["readyReplicas"] == 3
    assert cluster.store.count(POD.prefix) == limit - LEFT + 3


def job_template() -> Obj:
    container = {"name": "c", "image": "busybox", "command": ["sleep", "1000000"]}
    return {"spec": {"template": {"spec": {"containers": [container], "restartPolicy": "Never"}}}}


def cron_job(name: str) -> Obj:
    spec = {"schedule": "* * * * *", "concurrencyPolicy": "Allow", "jobTemplate": job_template()}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name}, "spec": spec}


def test_a_bomb_of_cron_jobs_stops_at_the_limit_and_goes_on_when_there_is_room():
    suspended = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "idle"}, **job_template()}
    suspended["spec"]["suspend"] = True
    cluster = nearly_full(JOB, suspended)
    cluster.given(*(cron_job(f"bomb-{n}") for n in range(10)))
    cluster.advance(10 * 60_000)
    limit = LIMITS[JOB].with_nodes(3)
    assert cluster.store.count(JOB.prefix) == limit
    (told, *_) = events(cluster, "bomb-0", "FailedCreate")
    assert told["type"] == "Warning"
    assert f"exceeded cluster limit, requested: jobs=1, used: jobs={limit}" in told["message"]
    api = cluster.client("user:test")
    for n in range(1, 10):
        api.delete(CRON_JOB, Key("default", f"bomb-{n}"), propagation="Foreground")
    cluster.advance(60_000)
    (bomb,) = api.list(CRON_JOB, "default")
    before = len(bomb["status"]["active"])
    cluster.advance(5 * 60_000)
    assert len(api.get(CRON_JOB, Key("default", "bomb-0"))["status"]["active"]) > before


@pytest.mark.parametrize("kind", [POD, JOB], ids=lambda kind: kind.plural)
def test_a_limit_leaves_room_for_all_that_the_nodes_can_run(kind: Kind):
    for nodes in (1, 3, 100, 1_000):
        assert LIMITS[kind].with_nodes(nodes) >= min(20 * nodes, 110 * nodes)
    assert LIMITS[POD].with_nodes(1_000) >= 110 * 1_000
