"""What must hold at every revision of a whole cluster's history, not only at its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    EVENT,
    JOB,
    POD,
    STATEFUL_SET,
)
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Revision
from simcore.etcd.memory_store import MemoryStore
from tests.kit.manifests import deployment

LATENCIES = ("instant", "realistic")


def cluster_of(nodes: int = 3, *, latency: str = "realistic", seed: int = 5) -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=seed, epoch_ms=1_767_225_600_000, nodes=nodes, latency=latency))
    cluster = Cluster(store)
    cluster.advance(10_000)
    return cluster


def pictures(
    cluster: Cluster, after: Revision, prefix: str = POD.prefix
) -> Iterator[tuple[int, dict[str, Obj]]]:
    """(time, objects by path) after each later write of a kind."""
    here = {kv.key: decode(kv.value) for kv in cluster.store.range(prefix, at=after).kvs}
    for entry in cluster.store.entries_since(after):
        if not entry.key.startswith(prefix):
            continue
        if entry.value is None:
            here.pop(entry.key, None)
        else:
            here[entry.key] = decode(entry.value)
        yield entry.origin.at, here


def is_ready(pod: Obj) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def change(cluster: Cluster, kind: Any, name: str, spec: Obj) -> Revision:
    before = cluster.store.revision
    cluster.client("user:test").patch(kind, Key("default", name), {"spec": spec})
    return before


def template(name: str, image: str, **spec: Any) -> Obj:
    labels = {"app": name}
    return {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": image}], **spec},
    }


def workload(kind: str, name: str = "web", *, image: str = "nginx:1", **spec: Any) -> Obj:
    body = {"selector": {"matchLabels": {"app": name}}, "template": template(name, image), **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize(
    ("surge", "unavailable", "most", "least"),
    [(0, 1, 6, 5), (1, 0, 7, 6), (2, 2, 8, 4), ("25%", "25%", 8, 5), ("100%", "0%", 12, 6)],
)
def test_a_rolling_update_never_has_too_many_pods_or_too_few_ready_ones(
    latency: str, surge: int | str, unavailable: int | str, most: int, least: int
) -> None:
    cluster = cluster_of(latency=latency)
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    manifest = deployment("web", 6)
    cluster.given({**manifest, "spec": {**manifest["spec"], "strategy": rolling}})
    cluster.settle()
    start = change(cluster, DEPLOYMENT, "web", {"template": template("web", "nginx:2")})
    cluster.settle()
    seen = [
        (
            len([p for p in pods.values() if not is_terminating(p)]),
            len([p for p in pods.values() if is_ready(p)]),
        )
        for _, pods in pictures(cluster, start)
    ]
    assert max(active for active, _ in seen) <= most
    assert min(ready for _, ready in seen) >= least
    pods = cluster.client("user:test").list(POD, "default")
    assert {p["spec"]["containers"][0]["image"] for p in pods} == {"nginx:2"} and len(pods) == 6


OVERTAKING: dict[str, list[tuple[int, Obj]]] = {
    "three at once": [(0, {"image": "nginx:2"}), (400, {"image": "nginx:3"}), (900, {"image": "nginx:4"})],
    "taken back": [(0, {"image": "nginx:2"}), (1_500, {"image": "nginx:1"})],
    "broken and mended": [(0, {"image": "nginx:404"}), (30_000, {"image": "nginx:3"})],
    "held and let go": [(0, {"image": "nginx:2"}), (700, {"paused": True}), (20_000, {"paused": False})],
}


@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize("changes", OVERTAKING.values(), ids=OVERTAKING.keys())
def test_rollouts_that_overtake_each_other_keep_to_the_same_bounds(
    latency: str, changes: list[tuple[int, Obj]]
) -> None:
    """Of six replicas two more at most and one less ready: 25 %, rounded up and down."""
    cluster = cluster_of(latency=latency)
    cluster.given(deployment("web", 6, image="nginx:1"))
    cluster.settle()
    start, now = cluster.store.revision, 0
    for at, wish in changes:
        cluster.advance(at - now)
        now = at
        image = wish.get("image")
        change(cluster, DEPLOYMENT, "web", {"template": template("web", image)} if image else wish)
    cluster.settle()
    for _, pods in pictures(cluster, start):
        assert sum(not is_terminating(pod) for pod in pods.values()) <= 8
        assert sum(map(is_ready, pods.values())) >= 5
    last = next(wish["image"] for _, wish in reversed(changes) if "image" in wish)
    images = [
        pod["spec"]["containers"][0]["image"] for pod in cluster.client("user:test").list(POD, "default")
    ]
    assert images == [last] * 6


@pytest.mark.parametrize("latency", LATENCIES)
def test_a_stateful_set_starts_each_pod_after_the_one_before_is_ready_and_ends_them_in_reverse(
    latency: str,
) -> None:
    cluster = cluster_of(latency=latency)
    start = cluster.store.revision
    cluster.given(workload("StatefulSet", "db", replicas=4, serviceName="db"))
    cluster.settle()
    for _, pods in pictures(cluster, start):
        numbers = sorted(int(path.rpartition("-")[2]) for path in pods)
        assert numbers == list(range(len(numbers)))
        assert all(is_ready(pods[f"{POD.prefix}default/db-{n}"]) for n in numbers[:-1])
    start = change(cluster, STATEFUL_SET, "db", {"replicas": 0})
    cluster.settle()
    ended = [pods for _, pods in pictures(cluster, start)]
    assert all(sum(map(is_terminating, pods.values())) <= 1 for pods in ended) and not ended[-1]


def test_a_daemon_set_renews_one_node_after_the_other() -> None:
    cluster = cluster_of(5)
    cluster.given(workload("DaemonSet", "agent"))
    cluster.settle()
    start = change(cluster, DAEMON_SET, "agent", {"template": template("agent", "nginx:2")})
    cluster.settle()
    for _, pods in pictures(cluster, start):
        assert sum(map(is_ready, pods.values())) >= 4
        nodes = [
            p["spec"]["nodeName"]
            for p in pods.values()
            if p["spec"].get("nodeName") and not is_terminating(p)
        ]
        assert len(nodes) == len(set(nodes))


@pytest.mark.parametrize("latency", LATENCIES)
def test_a_job_never_runs_more_pods_than_it_may_and_no_index_twice(latency: str) -> None:
    cluster = cluster_of(latency=latency)
    start = cluster.store.revision
    spec = {"containers": [{"name": "c", "image": "work:1"}], "restartPolicy": "Never"}
    body = {"completions": 9, "parallelism": 3, "completionMode": "Indexed", "template": {"spec": spec}}
    cluster.given({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"}, "spec": body})
    cluster.settle()
    for _, pods in pictures(cluster, start):
        going = [
            p for p in pods.values() if (p.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        ]
        assert len(going) <= 3
        indexes = [p["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"] for p in going]
        assert len(indexes) == len(set(indexes))
    status = cluster.client("user:test").get(JOB, Key("default", "work"))["status"]
    assert (status["succeeded"], status["completedIndexes"]) == (9, "0-8")


def test_a_service_never_offers_a_pod_that_is_not_ready_or_is_ending() -> None:
    """The slice may be late by the time that news takes; with instant news it never is."""
    cluster = cluster_of(latency="instant")
    probe = {"exec": {"command": ["sh", "-c", "test -e /tmp/ok"]}, "periodSeconds": 1, "failureThreshold": 1}
    script = "sleep 3; touch /tmp/ok; sleep 20; rm /tmp/ok; sleep 10; touch /tmp/ok; sleep 9999"
    container = {"name": "main", "image": "busybox", "command": ["sh", "-c", script], "readinessProbe": probe}
    manifest = deployment("web", 3)
    manifest["spec"]["template"]["spec"]["containers"] = [container]
    ports = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    cluster.given(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": ports}, manifest
    )
    start = cluster.store.revision
    cluster.advance(60_000)
    change(cluster, DEPLOYMENT, "web", {"replicas": 1})
    cluster.advance(60_000)
    states: dict[int, dict[str, bool]] = {}
    for at, slices in pictures(cluster, start, ENDPOINT_SLICE.prefix + "default/web"):
        states[at] = {
            e["targetRef"]["name"]: e["conditions"]["ready"]
            for s in slices.values() for e in s.get("endpoints") or ()
        }  # fmt: skip
    ready: dict[int, dict[str, bool]] = {}
    for at, pods in pictures(cluster, start):
        ready[at] = {p["metadata"]["name"]: is_ready(p) and not is_terminating(p) for p in pods.values()}
    assert any(any(offered.values()) for offered in states.values())
    for at, offered in states.items():
        there = ready[max(time for time in ready if time <= at)]
        assert all(there.get(name, False) for name, is_offered in offered.items() if is_offered)


def test_a_drain_never_takes_more_than_the_budget_allows() -> None:
    cluster = cluster_of(latency="instant")
    cluster.given(deployment("web", 6))
    budget = {"minAvailable": 5, "selector": {"matchLabels": {"app": "web"}}}
    cluster.given(
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "web"},
            "spec": budget,
        }
    )
    cluster.settle()
    start = cluster.store.revision
    before = {pod["metadata"]["name"] for pod in cluster.client("user:test").list(POD, "default")}
    for _ in range(40):
        for pod in cluster.client("user:test").list(POD, "default"):
            if pod["metadata"]["name"] in before and not is_terminating(pod):
                evict(cluster, pod)
        cluster.advance(3_000)
    pods = cluster.client("user:test").list(POD, "default")
    assert not before & {pod["metadata"]["name"] for pod in pods}
    assert all(sum(map(is_ready, pods.values())) >= 5 for _, pods in pictures(cluster, start))


def evict(cluster: Cluster, pod: Obj) -> bool:
    """Whether the budget let it go."""
    budgets = cluster.api_server.kinds.by_kind("policy/v1", "PodDisruptionBudget")
    assert budgets is not None
    status = cluster.client("user:test").get(budgets, Key("default", "web"))["status"]
    if status["disruptionsAllowed"] < 1:
        return False
    cluster.client("user:test").delete(POD, Key("default", pod["metadata"]["name"]))
    cluster.advance(100)
    return True


def test_a_crash_loop_waits_10_20_40_80_160_and_then_300_seconds() -> None:
    cluster = cluster_of(1, latency="instant")
    start = cluster.store.revision
    container = {"name": "main", "image": "busybox", "command": ["sh", "-c", "exit 1"]}
    meta = {"name": "crash"}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}})
    cluster.advance(1_300_000)
    starts: dict[int, int] = {}
    for at, pods in pictures(cluster, start):
        for pod in pods.values():
            for status in (pod.get("status") or {}).get("containerStatuses") or ():
                starts.setdefault(status["restartCount"], at)
    times = [starts[n] for n in sorted(starts)]
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits == [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]
    (told,) = [e for e in cluster.client("user:test").list(EVENT, "default") if e["reason"] == "BackOff"]
    assert told["count"] >= 4, "until the spam filter keeps the rest"
