"""The resource metrics API over a simulated cluster."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import milli, whole
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.metrics import NODE_METRICS, POD_METRICS, MetricsApi, ResourceMetrics
from simcore.etcd.memory_store import MemoryStore


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=1_767_225_600_000, nodes=2, latency="instant"))
    cluster = Cluster(store)
    cluster.advance(0)
    return cluster


def metrics(cluster: Cluster) -> MetricsApi:
    api = cluster.client("user:test")
    source = ResourceMetrics(lambda namespace: api.list(POD, namespace), cluster.world, cluster.clock)
    return MetricsApi(source, lambda: api.list(NODE))


def given(cluster: Cluster, name: str, *command: str, namespace: str = "default", **container: Any) -> None:
    body = {"name": "main", "image": "busybox", "command": [*command]} | container
    meta: Obj = {"name": name, "namespace": namespace, "labels": {"app": name}}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [body]}})


def of_pods(cluster: Cluster) -> dict[str, dict[str, str]]:
    return {
        doc["metadata"]["name"]: doc["containers"][0]["usage"]
        for doc in metrics(cluster).objects(POD_METRICS, "default")
    }


@pytest.mark.parametrize(
    ("command", "resources", "cpu", "memory"),
    [
        (("sleep", "999"), {"requests": {"cpu": "500m"}}, 10, None),
        (("sleep", "999"), {}, 1, None),
        (("sh", "-c", "while true; do :; done"), {}, 1000, None),
        (("sh", "-c", "while :; do true; done"), {"limits": {"cpu": "300m"}}, 300, None),
        (("stress", "--cpu", "2"), {}, 2000, None),
        (("stress", "--vm", "1", "--vm-bytes", "150M"), {}, 1, 150 << 20),
    ],
    ids=["idle", "idle without a request", "a busy loop", "up to the limit", "two workers", "memory"],
)
def test_a_container_uses_what_its_program_takes(
    cluster: Cluster, command: tuple[str, ...], resources: Obj, cpu: int, memory: int | None
) -> None:
    image = "polinux/stress" if command[0] == "stress" else "busybox"
    given(cluster, "a", *command, image=image, resources=resources)
    cluster.advance(45_000)
    usage = of_pods(cluster)["a"]
    assert milli(usage["cpu"]) == cpu
    assert memory is None or whole(usage["memory"]) == memory


def test_a_container_is_told_about_once_it_has_run_ten_seconds_at_a_look(cluster: Cluster) -> None:
    cluster.advance(6_000)
    given(cluster, "a", "sleep", "999")
    cluster.advance(23_000)
    assert of_pods(cluster) == {}
    cluster.advance(1_000)
    (doc,) = metrics(cluster).objects(POD_METRICS, None)
    assert doc["timestamp"] == "2026-01-01T00:00:30Z" and doc["window"] == "15s"
    assert doc["metadata"]["labels"]["app"] == "a"


def test_a_pod_that_does_not_run_is_left_out(cluster: Cluster) -> None:
    given(cluster, "ends", "true")
    given(cluster, "waits", "sleep", "999", image="busybox:missing")
    cluster.advance(60_000)
    assert of_pods(cluster) == {}


def test_who_is_asked_works_for_who_asks(cluster: Cluster) -> None:
    labels = {"app": "web"}
    given(cluster, "web", image="nginx", command=[])
    ports = [{"port": 80}]
    spec = {"selector": labels, "ports": ports}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec})
    cluster.advance(2_000)
    loop = "while true; do wget -qO- web.default; sleep {}; done"
    given(cluster, "slow", "sh", "-c", loop.format(1))
    cluster.advance(45_000)
    slow = milli(of_pods(cluster)["web"]["cpu"])
    given(cluster, "fast", "sh", "-c", loop.format(0.09))
    cluster.advance(45_000)
    assert (slow, milli(of_pods(cluster)["web"]["cpu"])) == (13, 133)


def test_nodes_use_what_their_pods_use_and_a_little(cluster: Cluster) -> None:
    given(cluster, "busy", "sh", "-c", "while true; do :; done")
    cluster.advance(45_000)
    used = {
        doc["metadata"]["name"]: milli(doc["usage"]["cpu"])
        for doc in metrics(cluster).objects(NODE_METRICS, None)
    }
    assert sorted(used.values()) == [40, 1040]


def test_a_lost_node_has_no_metrics(cluster: Cluster) -> None:
    path = "/sim/nodes/node-1"
    machine = cluster.world.get(path)
    assert machine is not None
    cluster.world.put(path, {**machine, "power": "off", "since_ms": 0}, actor="user:test")
    cluster.advance(60_000)
    names = [doc["metadata"]["name"] for doc in metrics(cluster).objects(NODE_METRICS, None)]
    assert names == ["node-2"]


def test_namespaces_are_kept_apart(cluster: Cluster) -> None:
    for name in ("one", "two"):
        cluster.given({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        given(cluster, "a", "sleep", "999", namespace=name)
    cluster.advance(45_000)
    found_ = [doc["metadata"]["namespace"] for doc in metrics(cluster).objects(POD_METRICS, "two")]
    assert found_ == ["two"]
    assert len([*metrics(cluster).objects(POD_METRICS, None)]) == 2
