"""A cluster is built anew on its store at any moment, as after a worker's death, and goes on as if nothing had been."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import DEPLOYMENT, EVENT, POD, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.kit.manifests import deployment

SPEC = ClusterSpec(seed=5, epoch_ms=1_767_323_045_000)


def founded() -> Cluster:
    store = MemoryStore()
    found(store, SPEC)
    return Cluster(store)


def taken_over(cluster: Cluster) -> Cluster:
    """All components are gone and others start from what is stored; they write with their first timers, not before."""
    before = cluster.store.revision
    successor = Cluster(cluster.store, now=cluster.clock.now())
    assert cluster.store.revision == before
    return successor


def pods(cluster: Cluster, app: str) -> list[Obj]:
    found_pods = cluster.client("test").list(POD, "default")
    return [p for p in found_pods if p["metadata"]["labels"].get("app") == app and not is_terminating(p)]


@pytest.mark.parametrize("every_ms", [70, 330, 1_700])
def test_a_rollout_survives_any_number_of_deaths(every_ms: int):
    cluster = founded()
    cluster.given(deployment("web", replicas=6))
    for _ in range(40_000 // every_ms):
        cluster.advance(every_ms)
        cluster = taken_over(cluster)
        assert len(pods(cluster, "web")) <= 6, "no pod too many"
    admin = cluster.client("user:ada")
    containers = [{"name": "main", "image": "nginx:1.26"}]
    admin.patch(
        DEPLOYMENT, Key("default", "web"), {"spec": {"template": {"spec": {"containers": containers}}}}
    )
    for _ in range(60_000 // every_ms):
        cluster.advance(every_ms)
        cluster = taken_over(cluster)
        assert len(pods(cluster, "web")) <= 8, "6 replicas and a surge of 25 %"
    assert [p["spec"]["containers"][0]["image"] for p in pods(cluster, "web")] == ["nginx:1.26"] * 6
    assert all(p["status"]["phase"] == "Running" for p in pods(cluster, "web"))
    assert all(s["restartCount"] == 0 for p in pods(cluster, "web") for s in p["status"]["containerStatuses"])
    status = admin.get(DEPLOYMENT, Key("default", "web"))["status"]
    assert (status["readyReplicas"], status["updatedReplicas"]) == (6, 6)
    assert sorted(rs["spec"]["replicas"] for rs in admin.list(REPLICA_SET)) == [0, 6]


def test_a_take_over_at_rest_writes_nothing():
    cluster = founded()
    cluster.given(deployment("web", replicas=3))
    cluster.settle()
    before = cluster.store.revision
    successor = taken_over(cluster)
    successor.advance(30_000)
    assert [(e.key, e.origin.actor) for e in cluster.store.entries_since(before)] == []


def test_what_went_while_nobody_ran_the_cluster_is_tidied_up_by_the_first_timers():
    cluster = founded()
    cluster.given(deployment("web", replicas=3))
    cluster.settle()
    admin = cluster.client("user:ada")
    gone = [pod["metadata"]["uid"] for pod in pods(cluster, "web")]
    for pod in pods(cluster, "web"):
        admin.delete(POD, key_of(pod), grace_s=0)
    successor = taken_over(cluster)
    successor.settle()
    records = [kv.key for kv in successor.store.range("/sim/runtime/").kvs]
    assert not [path for path in records if path.rpartition("/")[2] in gone]
    assert all(p["status"]["phase"] == "Running" for p in pods(successor, "web"))
    assert len(pods(successor, "web")) == 3


def test_a_crash_loop_keeps_its_count_and_its_times_through_a_take_over():
    manifest = deployment("broken", image="busybox:1.36")
    manifest["spec"]["template"]["spec"]["containers"][0]["command"] = ["sh", "-c", "exit 3"]
    undisturbed, disturbed = founded(), founded()
    for cluster in (undisturbed, disturbed):
        cluster.given(manifest)
    undisturbed.advance(200_000)
    for _ in range(40):
        disturbed.advance(5_000)
        disturbed = taken_over(disturbed)
    statuses = [pods(c, "broken")[0]["status"]["containerStatuses"][0] for c in (undisturbed, disturbed)]
    assert statuses[0] == statuses[1]
    assert statuses[0]["restartCount"] == 5


def test_no_event_is_told_twice_because_a_worker_changed():
    cluster = founded()
    cluster.given(deployment("web", replicas=3))
    for _ in range(60):
        cluster.advance(500)
        cluster = taken_over(cluster)
    told = [
        (e["reason"], e["involvedObject"]["name"], e.get("count", 1))
        for e in cluster.client("test").list(EVENT, "default")
        if e["reason"]
        in ("Scheduled", "Pulling", "Pulled", "Created", "Started", "SuccessfulCreate", "ScalingReplicaSet")
    ]
    assert len(told) == len({(reason, name) for reason, name, _ in told if reason != "SuccessfulCreate"}) + 3
    assert {count for _, _, count in told} == {1}
