"""Input that asks for too much: every step stays small, and the limits can be seen."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, DAEMON_SET, EVENT, JOB, POD, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_controller_manager.replicaset.controller import BURST
from simcore.kubelet.logs import MOST_BYTES, MOST_LINES, ContainerLogs, LogOptions
from tests.kit.manifests import deployment

MOST_WRITES = 2 * BURST + 10
"""Of one firing of a timer: a burst of pods with their Events."""


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=1_767_225_600_000))
    cluster = Cluster(store)
    cluster.advance(10_000)
    return cluster


def largest_step(cluster: Cluster, firings: int) -> int:
    """The most writes of one firing."""
    most = 0
    for _ in range(firings):
        before = cluster.store.revision
        cluster.clock.fire_next()
        most = max(most, cluster.store.revision - before)
    return most


def reasons(cluster: Cluster, name: str) -> set[str]:
    events = cluster.client("test").list(EVENT, "default")
    return {event["reason"] for event in events if event["involvedObject"]["name"] == name}


def test_two_billion_replicas_come_in_bursts(cluster: Cluster):
    cluster.given(deployment("huge", replicas=2_147_483_647))
    assert 1 < largest_step(cluster, 60) <= MOST_WRITES
    (rs,) = cluster.client("test").list(REPLICA_SET, "default")
    assert rs["spec"]["replicas"] == 2_147_483_647
    assert len(cluster.client("test").list(POD, "default")) < 10 * BURST


def test_a_quota_stops_them_and_says_so(cluster: Cluster):
    quota: Obj = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few"}}
    cluster.given(quota | {"spec": {"hard": {"pods": "7"}}})
    cluster.advance(1_000)
    cluster.given(deployment("huge", replicas=2_147_483_647))
    cluster.advance(30_000)
    assert len(cluster.client("test").list(POD, "default")) == 7
    (rs,) = cluster.client("test").list(REPLICA_SET, "default")
    (condition,) = rs["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert "exceeded quota: few, requested: pods=1, used: pods=7, limited: pods=7" in condition["message"]
    assert "FailedCreate" in reasons(cluster, rs["metadata"]["name"])


def test_a_daemon_set_that_fits_nowhere_rests(cluster: Cluster):
    labels = {"app": "nowhere"}
    spec: dict[str, Any] = {"containers": [{"name": "c", "image": "x"}], "nodeSelector": {"no": "where"}}
    body = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}}
    cluster.given({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d"}, "spec": body})
    cluster.advance(10_000)
    status = cluster.client("test").get(DAEMON_SET, Key("default", "d"))["status"]
    assert (status["desiredNumberScheduled"], status["currentNumberScheduled"]) == (0, 0)
    before = cluster.store.revision
    cluster.advance(200_000)
    assert cluster.store.revision == before


def test_a_daemon_that_is_too_big_waits_on_every_node_and_says_why(cluster: Cluster):
    labels = {"app": "big"}
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": "64"}}}
    body = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    cluster.given({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d"}, "spec": body})
    cluster.advance(20_000)
    pods = cluster.client("test").list(POD, "default")
    assert len(pods) == 3
    assert {condition["reason"] for pod in pods for condition in pod["status"]["conditions"]} == {
        "Unschedulable"
    }


def config_map(name: str, *owners: Obj) -> Obj:
    refs = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": o["metadata"]["name"], "uid": o["metadata"]["uid"],
         "blockOwnerDeletion": True}
        for o in owners
    ]  # fmt: skip
    meta: Obj = {"name": name, "namespace": "default"} | ({"ownerReferences": refs} if refs else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


@pytest.mark.parametrize("propagation", ["Background", "Foreground"])
def test_a_circle_of_owners_can_be_deleted(cluster: Cluster, propagation: Any):
    api = cluster.client("test")
    first = api.create(CONFIG_MAP, config_map("a"))
    second = api.create(CONFIG_MAP, config_map("b", first))
    third = api.create(CONFIG_MAP, config_map("c", second))
    refs = config_map("a", third)["metadata"]["ownerReferences"]
    api.patch(CONFIG_MAP, Key("default", "a"), {"metadata": {"ownerReferences": refs}})
    cluster.advance(5_000)
    assert not any(is_terminating(m) for m in api.list(CONFIG_MAP, "default")), "nobody's owner is missing"
    api.delete(CONFIG_MAP, Key("default", "b"), propagation=propagation)
    cluster.advance(30_000)
    assert [m["metadata"]["name"] for m in api.list(CONFIG_MAP, "default")] == ["kube-root-ca.crt"]
    before = cluster.store.revision
    cluster.advance(60_000)
    assert cluster.store.revision == before


def test_a_bomb_of_cron_jobs_goes_off_a_bit_at_a_time(cluster: Cluster):
    container = {"name": "c", "image": "x"}
    template = {"spec": {"containers": [container], "restartPolicy": "Never"}}
    job = {"spec": {"template": template, "parallelism": 2_147_483_647, "completions": 2_147_483_647}}
    for n in range(10):
        spec = {"schedule": "@every 1s", "jobTemplate": job}
        meta = {"name": f"bomb-{n}"}
        cluster.given({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec})
    assert largest_step(cluster, 400) <= MOST_WRITES


def given_pod(cluster: Cluster, name: str, *command: str, **container: Any) -> None:
    body = {"name": "c", "image": "busybox", "command": [*command], **container}
    meta = {"name": name, "namespace": "default"}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [body]}})


def log_of(cluster: Cluster, name: str) -> list[str]:
    pod = cluster.client("test").get(POD, Key("default", name))
    return [line.text for line in ContainerLogs(cluster.world, cluster.clock).lines(pod, "c")]


@pytest.mark.parametrize(
    "script",
    [
        "while true; do echo endless; done",
        "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.001; done",
        "while true; do echo " + "x" * 3000 + "; sleep 0.01; done",
    ],
    ids=["without a pause", "quick", "wide"],
)
def test_a_container_that_logs_without_end_costs_nothing_and_its_log_has_a_bound(
    cluster: Cluster, script: str
) -> None:
    before = cluster.store.revision
    given_pod(cluster, "loud", "sh", "-c", script)
    cluster.advance(3_600_000)
    assert cluster.store.revision - before < 30
    lines = log_of(cluster, "loud")
    assert 0 < len(lines) <= MOST_LINES
    pod = cluster.client("test").get(POD, Key("default", "loud"))
    text = ContainerLogs(cluster.world, cluster.clock).read(pod, "c", LogOptions())
    assert 0 < len(text.encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    "script",
    [
        "while true; do :; done",
        "f() { f; f; }; f",
        "a=x; while true; do a=$a$a; done",
        "while true; do (while true; do :; done) & done",
        "for i in $(seq 1 1000000); do touch /tmp/$i; done",
        "cat /dev/zero; sh -c 'while :; do sh -c \"while :; do :; done\"; done'",
        "echo $(($((2**62))*$((2**62))))" + "; :" * 3000,
    ],
    ids=["nothing", "recursion", "doubling", "fork bomb", "files", "shells in shells", "long"],
)
def test_a_shell_without_end_is_given_up_and_the_cluster_goes_on(cluster: Cluster, script: str) -> None:
    given_pod(cluster, "loop", "sh", "-c", script)
    before = cluster.store.revision
    cluster.advance(60_000)
    assert cluster.store.revision - before < 60
    record = sum(len(kv.value) for kv in cluster.store.range("/sim/runtime/").kvs)
    assert record < 200_000
    cluster.given(deployment("fine", replicas=1))
    cluster.advance(10_000)
    phases = {
        p["metadata"]["name"][:4]: p["status"]["phase"] for p in cluster.client("test").list(POD, "default")
    }
    assert phases["fine"] == "Running"


def test_restarts_without_end_leave_one_record_and_a_few_events(cluster: Cluster) -> None:
    given_pod(cluster, "crash", "sh", "-c", "exit 1")
    cluster.advance(1_000)
    size = len(cluster.store.range("/sim/runtime/").kvs)
    cluster.advance(36 * 3_600_000)
    status = cluster.client("test").get(POD, Key("default", "crash"))["status"]["containerStatuses"][0]
    assert status["restartCount"] > 420
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert len(cluster.store.range("/sim/runtime/").kvs) == size
    assert sum(len(kv.value) for kv in cluster.store.range("/sim/runtime/").kvs) < 5_000
    told = [
        e for e in cluster.client("test").list(EVENT, "default") if e["involvedObject"]["name"] == "crash"
    ]
    assert len(told) < 20
    assert max(e.get("count", 0) for e in told) > 100, "what repeats is counted"


def test_a_forbidding_bomb_holds_back_and_says_so(cluster: Cluster) -> None:
    spec = {
        "containers": [{"name": "c", "image": "x", "command": ["sleep", "9999"]}],
        "restartPolicy": "Never",
    }
    body = {
        "schedule": "* * * * *",
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {"spec": {"template": {"spec": spec}}},
    }
    cluster.given({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "slow"}, "spec": body})
    cluster.advance(600_000)
    assert len(cluster.client("test").list(JOB, "default")) == 1
    assert "JobAlreadyActive" in reasons(cluster, "slow")


@pytest.mark.parametrize("count", [1, 20])
def test_a_pod_of_many_containers_that_all_crash_stays_small(cluster: Cluster, count: int) -> None:
    containers = [{"name": f"c{n}", "image": "busybox", "command": ["false"]} for n in range(count)]
    meta = {"name": "many", "namespace": "default"}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": containers}})
    assert largest_step(cluster, 50) <= 10 * count + 20
    cluster.advance(900_000)
    assert sum(len(kv.value) for kv in cluster.store.range("/sim/runtime/").kvs) < 3_000 * (count + 2)
