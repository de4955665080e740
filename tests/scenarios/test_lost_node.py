"""A node that falls silent, and pods that end: what happens in a whole cluster, to the second."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import ENDPOINT_SLICE, NODE, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Revision
from simcore.etcd.memory_store import MemoryStore
from tests.kit.manifests import deployment

START_MS = 100_000


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=2, epoch_ms=1_767_225_600_000, nodes=4, zones=1, latency="instant"))
    cluster = Cluster(store)
    cluster.given(deployment("web", 8))
    cluster.run_until(START_MS)
    return cluster


def power(cluster: Cluster, state: str, node: str = "node-1") -> Revision:
    path = f"/sim/nodes/{node}"
    machine = cluster.world.get(path)
    assert machine is not None
    cluster.world.put(path, {**machine, "power": state, "since_ms": cluster.clock.now()}, actor="user:test")
    return cluster.store.revision


def first(cluster: Cluster, after: Revision, path: str, holds: object) -> float:
    """Seconds after the start when an object first was so."""
    for entry in cluster.store.entries_since(after):
        if entry.key.startswith(path) and entry.value is not None and holds(decode(entry.value)):  # type: ignore[operator]  # a predicate
            return (entry.origin.at - START_MS) / 1000
    raise AssertionError(f"never at {path}")


def ready(obj: Obj) -> str:
    return next(c["status"] for c in obj["status"]["conditions"] if c["type"] == "Ready")


def test_a_silent_node_is_noticed_tainted_and_emptied_and_its_pods_run_elsewhere(cluster: Cluster) -> None:
    there = [p for p in cluster.client("t").list(POD, "default") if p["spec"]["nodeName"] == "node-1"]
    assert there
    start = power(cluster, "off")
    cluster.advance(500_000)
    node, path = NODE.path(Key("", "node-1")), POD.prefix + "default/"
    unknown = first(cluster, start, node, lambda o: ready(o) == "Unknown")
    assert 40 <= unknown <= 50
    unreachable = "node.kubernetes.io/unreachable"

    def tainted(o: Obj) -> bool:
        taints = {(t["key"], t["effect"]) for t in o["spec"].get("taints") or ()}
        return {(unreachable, "NoSchedule"), (unreachable, "NoExecute")} <= taints

    taint = first(cluster, start, node, tainted)
    assert unknown <= taint <= unknown + 5
    evicted = first(cluster, start, path, is_terminating)
    assert evicted == taint + 300
    names = {p["metadata"]["name"] for p in there}
    pods = [p for p in cluster.client("t").list(POD, "default") if not is_terminating(p)]
    assert len(pods) == 8 and not names & {p["metadata"]["name"] for p in pods}
    assert all(ready(p) == "True" and p["spec"]["nodeName"] != "node-1" for p in pods)


def test_its_pods_leave_the_service_as_soon_as_it_is_noticed(cluster: Cluster) -> None:
    ports = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": ports})
    cluster.advance(5_000)
    power(cluster, "off")
    cluster.advance(60_000)
    (found_,) = cluster.client("t").list(ENDPOINT_SLICE, "default")[-1:]
    offered = {e["nodeName"] for e in found_["endpoints"] if e["conditions"]["ready"]}
    assert offered == {"node-2", "node-3", "node-4"}


def test_a_node_that_is_back_in_time_keeps_its_pods(cluster: Cluster) -> None:
    before = {p["metadata"]["uid"] for p in cluster.client("t").list(POD, "default")}
    power(cluster, "off")
    cluster.advance(200_000)
    power(cluster, "on")
    cluster.advance(400_000)
    pods = cluster.client("t").list(POD, "default")
    assert {p["metadata"]["uid"] for p in pods} == before
    assert all(ready(p) == "True" for p in pods)


@pytest.mark.parametrize(
    ("hook_s", "trap", "grace_s", "gone_s"),
    [(0, True, 30, 0), (5, True, 30, 5), (0, False, 30, 30), (5, False, 10, 10), (60, True, 20, 22)],
    ids=[
        "takes the signal",
        "after its hook",
        "ignores the signal",
        "ignores it after its hook",
        "a hook too long",
    ],
)
def test_an_ending_pod_leaves_the_service_at_once_and_the_node_in_its_grace(
    cluster: Cluster, hook_s: int, trap: bool, grace_s: int, gone_s: int
) -> None:
    script = "trap 'exit 0' TERM; while true; do sleep 1; done" if trap else "while true; do sleep 1; done"
    container: Obj = {"name": "c", "image": "busybox", "command": ["sh", "-c", script]}
    if hook_s:
        container["lifecycle"] = {"preStop": {"exec": {"command": ["sleep", str(hook_s)]}}}
    spec = {"containers": [container], "terminationGracePeriodSeconds": grace_s}
    meta = {"name": "slow", "labels": {"app": "slow"}}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec})
    ports = {"selector": {"app": "slow"}, "ports": [{"port": 80}]}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "slow"}, "spec": ports})
    cluster.advance(10_000)
    api, start = cluster.client("t"), cluster.clock.now()
    api.delete(POD, Key("default", "slow"))
    cluster.advance(200)
    slices = [s for s in api.list(ENDPOINT_SLICE, "default") if s["metadata"]["name"].startswith("slow")]
    assert not any(e["conditions"]["ready"] for s in slices for e in s.get("endpoints") or ())
    cluster.advance(90_000)
    revisions = [e for e in cluster.store.entries_since(0) if e.key == POD.path(Key("default", "slow"))]
    assert revisions[-1].value is None
    assert (revisions[-1].origin.at - start) // 1000 == gone_s
