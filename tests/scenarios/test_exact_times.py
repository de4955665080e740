"""What several components do together, at its exact time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simcore.apimachinery.kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    JOB,
    NAMESPACE,
    NODE,
    POD,
    REPLICA_SET,
    Kind,
)
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.world import NODES
from simcore.etcd.memory_store import MemoryStore
from tests.kit.manifests import deployment, namespace

DEFAULT = "default"
STUBBORN = {"name": "main", "image": "busybox", "command": ["sh", "-c", "trap '' TERM; sleep 100000"]}
"""Ends by SIGKILL alone."""


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=1_767_225_600_000, nodes=3, latency="instant"))
    made = Cluster(store)
    made.advance(10_000)
    return made


def after(cluster: Cluster, holds: Callable[[], bool], limit_s: int = 900) -> int:
    """Seconds from now until it first holds, give or take the milliseconds that components pause between turns."""
    start = cluster.clock.now()
    while not holds():
        due = cluster.clock.next_due()
        assert due is not None and due <= start + limit_s * 1000, "it never holds"
        cluster.fire_next()
    seconds, rest_ms = divmod(cluster.clock.now() - start + 10, 1000)
    assert rest_ms <= 20, f"at {seconds} s and {rest_ms - 10} ms"
    return seconds


def there(cluster: Cluster, kind: Kind, name: str, space: str = DEFAULT) -> bool:
    return any(o["metadata"]["name"] == name for o in cluster.client("test").list(kind, space))


def pods(cluster: Cluster, space: str = DEFAULT) -> list[Obj]:
    return cluster.client("test").list(POD, space)


def running(cluster: Cluster, space: str = DEFAULT) -> list[Obj]:
    return [p for p in pods(cluster, space) if p["status"]["phase"] == "Running" and not is_terminating(p)]


def power(cluster: Cluster, node: str, state: str) -> None:
    machine = cluster.world.get(NODES + node)
    assert machine is not None
    since = cluster.clock.now()
    cluster.world.put(NODES + node, {**machine, "power": state, "since_ms": since}, actor="user:test")


def workload(kind: str, name: str, container: Obj = STUBBORN, **spec: Any) -> Obj:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    body = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


def test_a_namespace_waits_for_pods_that_take_all_of_their_grace(cluster: Cluster):
    stubborn = workload("Deployment", "web", replicas=2)
    stubborn["metadata"]["namespace"] = "shop"
    cluster.given(namespace("shop"), stubborn)
    cluster.settle()
    api = cluster.client("user:test")
    api.delete(NAMESPACE, Key("", "shop"))
    assert api.get(NAMESPACE, Key("", "shop"))["status"]["phase"] == "Terminating"
    cluster.advance(20_000)
    told = {c["type"]: c["message"] for c in api.get(NAMESPACE, Key("", "shop"))["status"]["conditions"]}
    assert told["NamespaceContentRemaining"] == "Some resources are remaining: pods. has 2 resource instances"
    assert after(cluster, lambda: not pods(cluster, "shop")) == 15, "deleted after 5 s, with 30 s of grace"
    assert after(cluster, lambda: not there(cluster, NAMESPACE, "shop", "")) <= 5


@pytest.mark.parametrize(("propagation", "seconds"), [("Foreground", 30), ("Background", 0), ("Orphan", 0)])
def test_how_long_a_deployment_outlives_its_deletion(cluster: Cluster, propagation: Any, seconds: int):
    cluster.given(workload("Deployment", "web", replicas=2))
    cluster.settle()
    cluster.client("user:test").delete(DEPLOYMENT, Key(DEFAULT, "web"), propagation=propagation)
    assert after(cluster, lambda: not there(cluster, DEPLOYMENT, "web")) == seconds
    if propagation == "Orphan":
        cluster.advance(120_000)
        assert len(running(cluster)) == 2 and len(cluster.client("test").list(REPLICA_SET, DEFAULT)) == 1
    else:
        assert after(cluster, lambda: not pods(cluster)) == 30 - seconds
        assert not cluster.client("test").list(REPLICA_SET, DEFAULT)


def test_a_finished_job_and_its_pods_go_when_its_time_to_live_is_over(cluster: Cluster):
    spec = {"containers": [{"name": "c", "image": "work:1"}], "restartPolicy": "Never"}
    body = {"ttlSecondsAfterFinished": 30, "template": {"spec": spec}}
    cluster.given({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": body})
    key = Key(DEFAULT, "once")

    def conditions() -> list[str]:
        status = cluster.client("test").get(JOB, key)["status"]
        return [c["type"] for c in status.get("conditions") or ()]

    assert after(cluster, lambda: "Complete" in conditions()) in (2, 3), (
        "2 s of work, news taken together for 1 s"
    )
    assert after(cluster, lambda: not there(cluster, JOB, "once")) == 30
    assert after(cluster, lambda: not pods(cluster)) == 0


def test_a_rollout_that_cannot_go_on_says_so_at_its_deadline(cluster: Cluster):
    cluster.given(
        workload("Deployment", "web", {"name": "c", "image": "nginx:404"}, progressDeadlineSeconds=60)
    )
    key = Key(DEFAULT, "web")

    def reason() -> str:
        status = cluster.client("test").get(DEPLOYMENT, key).get("status") or {}
        found_one = {c["type"]: c["reason"] for c in status.get("conditions") or ()}
        return str(found_one.get("Progressing"))

    assert 60 <= after(cluster, lambda: reason() == "ProgressDeadlineExceeded") <= 61


def test_pods_of_a_node_that_is_taken_away_run_elsewhere_at_once_and_are_gone_in_forty_seconds(
    cluster: Cluster,
):
    cluster.given(deployment("web", replicas=6))
    cluster.settle()
    lost = [p["metadata"]["name"] for p in pods(cluster) if p["spec"]["nodeName"] == "node-2"]
    assert lost
    cluster.world.delete(f"{NODES}node-2", actor="user:test")
    cluster.client("user:test").delete(NODE, Key("", "node-2"))
    assert after(cluster, lambda: not {p["metadata"]["name"] for p in pods(cluster)} & {*lost}) <= 45
    cluster.advance(5_000)
    assert len(running(cluster)) == 6
    assert not [p for p in pods(cluster) if p["spec"]["nodeName"] == "node-2"]


def test_a_stateful_pod_on_a_dead_machine_is_replaced_only_when_somebody_says_that_it_is_gone(
    cluster: Cluster,
):
    """Two of one name could both write to its disk."""
    cluster.given(
        workload("StatefulSet", "db", {"name": "c", "image": "nginx"}, replicas=3, serviceName="db")
    )
    cluster.settle()
    api, key = cluster.client("user:test"), Key(DEFAULT, "db-1")
    first = api.get(POD, key)
    power(cluster, first["spec"]["nodeName"], "off")
    assert 340 <= after(cluster, lambda: is_terminating(api.get(POD, key))) <= 350
    cluster.advance(900_000)
    assert api.get(POD, key)["metadata"]["uid"] == first["metadata"]["uid"]
    api.delete(POD, key, grace_s=0)
    cluster.advance(5_000)
    second = api.get(POD, key)
    assert second["metadata"]["uid"] != first["metadata"]["uid"]
    assert second["status"]["phase"] == "Running"
    assert second["spec"]["nodeName"] != first["spec"]["nodeName"]


def test_a_daemon_of_a_dead_machine_stays_where_it_is(cluster: Cluster):
    cluster.given(workload("DaemonSet", "agent", {"name": "c", "image": "nginx"}))
    cluster.settle()
    before = {p["spec"]["nodeName"]: p["metadata"]["uid"] for p in pods(cluster)}
    power(cluster, "node-2", "off")
    cluster.advance(900_000)
    assert {p["spec"]["nodeName"]: p["metadata"]["uid"] for p in pods(cluster)} == before
    assert not any(map(is_terminating, pods(cluster)))
    status = cluster.client("test").get(DAEMON_SET, Key(DEFAULT, "agent"))["status"]
    told = (status["desiredNumberScheduled"], status["numberReady"], status["numberMisscheduled"])
    assert told == (2, 2, 1), "none would be put there now; the one that is there may stay"
    power(cluster, "node-2", "on")
    cluster.advance(30_000)
    assert cluster.client("test").get(DAEMON_SET, Key(DEFAULT, "agent"))["status"]["numberReady"] == 3


def test_a_job_s_pod_on_a_dead_machine_is_replaced_when_it_is_evicted(cluster: Cluster):
    spec = {
        "containers": [{"name": "c", "image": "busybox", "command": ["sleep", "600"]}],
        "restartPolicy": "Never",
    }
    cluster.given(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "long"},
            "spec": {"template": {"spec": spec}},
        }
    )
    cluster.settle()
    (first,) = pods(cluster)
    power(cluster, first["spec"]["nodeName"], "off")
    assert 340 <= after(cluster, lambda: len(pods(cluster)) == 2) <= 361, "evicted; the next try 10 s later"
    cluster.advance(5_000)
    (second,) = running(cluster)
    assert second["spec"]["nodeName"] != first["spec"]["nodeName"]
    assert cluster.client("test").get(JOB, Key(DEFAULT, "long"))["status"]["active"] == 1


def test_a_replication_controller_replaces_what_a_dead_machine_held(cluster: Cluster):
    labels = {"app": "old"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    spec = {"replicas": 4, "selector": labels, "template": template}
    cluster.given(
        {"apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "old"}, "spec": spec}
    )
    cluster.settle()
    node = pods(cluster)[0]["spec"]["nodeName"]
    power(cluster, node, "off")
    assert 340 <= after(cluster, lambda: any(map(is_terminating, pods(cluster)))) <= 350
    cluster.advance(5_000)
    assert len(running(cluster)) == 4
    assert not [p for p in running(cluster) if p["spec"]["nodeName"] == node]


def test_a_new_pod_is_offered_at_the_moment_in_which_its_probe_succeeds(cluster: Cluster):
    probe = {
        "httpGet": {"path": "/", "port": 80},
        "initialDelaySeconds": 7,
        "periodSeconds": 3,
        "successThreshold": 2,
    }
    container = {"name": "c", "image": "nginx", "ports": [{"containerPort": 80}], "readinessProbe": probe}
    ports = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": ports})
    cluster.advance(1_000)
    cluster.given(workload("Deployment", "web", container, replicas=1))

    def offered() -> bool:
        slices = cluster.client("test").list(ENDPOINT_SLICE, DEFAULT)
        return any(
            e["conditions"]["ready"] for s in slices for e in s.get("endpoints") or () if "targetRef" in e
        )

    assert after(cluster, offered) == 10, "asked after 7 s and 3 s later"


def test_an_unhealthy_pod_is_taken_back_and_restarted_at_its_probes_thresholds(cluster: Cluster):
    """Healthy for 10 s, then never again: three failures, every 3 s, and the kubelet restarts it."""
    probe = {"exec": {"command": ["test", "-e", "/tmp/ok"]}, "periodSeconds": 3, "failureThreshold": 3}
    script = "touch /tmp/ok; sleep 10; rm /tmp/ok; sleep 100000"
    container = {
        "name": "c", "image": "busybox", "command": ["sh", "-c", script],
        "livenessProbe": probe,
    }  # fmt: skip
    cluster.given(workload("Deployment", "web", container, replicas=1))

    def restarts() -> int:
        found_ones = [
            s["restartCount"] for p in pods(cluster) for s in p["status"].get("containerStatuses", ())
        ]
        return max(found_ones, default=0)

    assert after(cluster, lambda: restarts() == 1) == 18 + 30, (
        "failed at 12, 15, 18 s; a shell takes all its grace"
    )
