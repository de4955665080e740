"""Static pods: the control plane as its own node runs it."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=1_767_225_600_000, control_plane=True, latency="instant"))
    return store


def mirror(cluster: Cluster, name: str) -> Obj:
    return cluster.client("user:test").get(POD, Key("kube-system", f"{name}-control-plane"))


def running(store: MemoryStore, ms: int = 30_000) -> Cluster:
    cluster = Cluster(store)
    cluster.advance(ms)
    return cluster


def test_the_four_components_run_in_static_pods(store: MemoryStore) -> None:
    cluster = running(store)
    for name in COMPONENTS:
        pod = mirror(cluster, name)
        assert pod["status"]["phase"] == "Running" and pod["metadata"]["labels"]["component"] == name
        assert pod["spec"]["priority"] == 2_000_001_000
        assert {c["type"]: c["status"] for c in pod["status"]["conditions"]}["Ready"] == "True"


def test_a_mirror_says_where_it_comes_from(store: MemoryStore) -> None:
    meta = mirror(running(store), "etcd")["metadata"]
    assert meta["annotations"]["kubernetes.io/config.source"] == "file"
    assert (
        meta["annotations"]["kubernetes.io/config.mirror"] == meta["annotations"]["kubernetes.io/config.hash"]
    )
    assert [(o["kind"], o["name"]) for o in meta["ownerReferences"]] == [("Node", "control-plane")]


def test_its_node_takes_no_other_pods(store: MemoryStore) -> None:
    node = running(store).client("user:test").get(NODE, Key("", "control-plane"))
    assert node["spec"]["taints"] == [
        {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    ]
    assert node["metadata"]["labels"]["node-role.kubernetes.io/control-plane"] == ""


def test_a_deleted_mirror_comes_back(store: MemoryStore) -> None:
    cluster = running(store)
    before = mirror(cluster, "etcd")["metadata"]["uid"]
    cluster.client("user:test").delete(POD, Key("kube-system", "etcd-control-plane"), grace_s=0)
    cluster.advance(30_000)
    after = mirror(cluster, "etcd")
    assert after["metadata"]["uid"] != before and after["status"]["phase"] == "Running"


def test_another_process_makes_no_second_mirror(store: MemoryStore) -> None:
    cluster = running(store)
    revision = store.revision
    later = Cluster(store, now=cluster.clock.now())
    later.advance(0)
    assert store.revision == revision


def test_a_cluster_without_a_control_plane_machine_has_none() -> None:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=0, latency="instant"))
    names = [node["metadata"]["name"] for node in running(store, 5_000).client("user:test").list(NODE)]
    assert names == ["node-1", "node-2", "node-3"]
