"""Laws of every history hold in scenarios that seeds make up; and each law notices when it is broken."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import DEPLOYMENT, ENDPOINT_SLICE, POD
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.etcd.interface import Put
from simcore.sim.trace import Origin
from tests.scenarios.generated import new_cluster, played
from tests.scenarios.laws import LAWS, Watchman, at_rest, breaches_of

SEEDS = range(16)
T0, T1, T2 = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z", "2026-01-01T00:00:20Z")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_law_is_broken_in_a_generated_scenario(seed: int):
    assert breaches_of(played(seed)) == [], f"repeat with `python -m tests.scenarios.laws 1 {seed}`"


def pod(**fields: Any) -> Obj:
    meta = {"name": "p", "namespace": "default", "uid": "1", "generation": 1, "creationTimestamp": T0}
    spec = {"nodeName": "node-1", "containers": [{"name": "c", "image": "x"}]}
    whole: Obj = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": spec,
        "status": {"phase": "Running"},
    }
    return merged(whole, fields)


def merged(obj: Obj, change: Obj) -> Obj:
    """Members are put in, objects into objects; None takes one away."""
    made = dict(obj)
    for name, value in change.items():
        if value is None:
            made.pop(name, None)
        elif isinstance(value, dict):
            made[name] = merged(made.get(name) or {}, value)
        else:
            made[name] = value
    return made


def ready(status: str, at: str) -> Obj:
    return {"conditions": [{"type": "Ready", "status": status, "lastTransitionTime": at}]}


def container(restarts: int, **state: Any) -> Obj:
    return {"containerStatuses": [{"name": "c", "restartCount": restarts, "ready": True, "state": state}]}


ENDING = {"deletionTimestamp": T1, "deletionGracePeriodSeconds": 30, "finalizers": ["a"]}

BROKEN: dict[str, tuple[Obj, Obj, str]] = {
    "another uid": ({}, {"metadata": {"uid": "2"}}, "uid changed"),
    "two controllers": (
        {},
        {"metadata": {"ownerReferences": [{"controller": True}, {"controller": True}]}},
        "two controllers",
    ),
    "saved": ({"metadata": ENDING}, {"metadata": dict.fromkeys(ENDING)}, "a deletion was taken back"),
    "more grace": (
        {"metadata": ENDING},
        {"metadata": {"deletionGracePeriodSeconds": 31}},
        "the grace became longer",
    ),
    "late finalizer": (
        {"metadata": ENDING},
        {"metadata": {"finalizers": ["a", "b"]}},
        "a finalizer came after the deletion",
    ),
    "uncounted": (
        {},
        {"spec": {"priority": 1}},
        "generation went from 1 to 1, the spec changed",
    ),
    "counted": (
        {},
        {"metadata": {"generation": 2}, "status": {"message": "x"}},
        "generation went from 1 to 2, the spec did not change",
    ),
    "foreseen": (
        {},
        {"status": {"observedGeneration": 2}},
        "a generation was observed that is not there yet",
    ),
    "unlearned": (
        {"status": {"observedGeneration": 1}},
        {"status": {"observedGeneration": 0}},
        "an older generation was observed",
    ),
    "touched": (
        {"status": ready("False", T0)},
        {"status": ready("False", T1)},
        "Ready stayed False and its time changed",
    ),
    "back in time": (
        {"status": ready("False", T2)},
        {"status": ready("True", T1)},
        "Ready changed before it had changed",
    ),
    "backwards": ({}, {"status": {"phase": "Pending"}}, "from Running to Pending"),
    "revived": (
        {"status": {"phase": "Failed"}},
        {"status": {"phase": "Succeeded"}},
        "from Failed to Succeeded",
    ),
    "moved": ({}, {"spec": {"nodeName": "node-2"}}, "left node-1"),
    "restarted": (
        {"status": {"startTime": T0}},
        {"status": {"startTime": T1}},
        "startTime changed",
    ),
    "forgotten": (
        {"status": container(3)},
        {"status": container(0)},
        "c had 3 restarts and has 0",
    ),
    "too ready": (
        {"status": {"phase": "Pending"}},
        {"status": ready("True", T1)},
        "ready, but not all of its containers are",
    ),
    "short": (
        {},
        {"status": container(0, terminated={"startedAt": T1, "finishedAt": T0})},
        "c ended before it began",
    ),
}


@pytest.mark.parametrize(("before", "change", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_breach_by_a_pod_is_told(before: Obj, change: Obj, told: str):
    old = pod(**before)
    assert told in [what for law in LAWS for what in law(old, merged(old, change))]
    assert [what for law in LAWS for what in law(old, old)] == []


OTHERS: dict[str, tuple[str, Obj, Obj, str]] = {
    "counts": (
        "ReplicaSet",
        {},
        {"status": {"replicas": 1, "readyReplicas": 2}},
        "available, ready and all are [0, 2, 1]",
    ),
    "lost success": (
        "Job",
        {"status": {"succeeded": 2}},
        {"status": {"succeeded": 1}},
        "succeeded became fewer",
    ),
    "too many": (
        "Job",
        {"spec": {"parallelism": 2}},
        {"status": {"active": 3}},
        "more pods at once than may be",
    ),
    "won and lost": (
        "Job",
        {},
        {"status": {"conditions": [{"type": t, "status": "True"} for t in ("Complete", "Failed")]}},
        "complete and failed",
    ),
    "new address": (
        "Service",
        {"spec": {"clusterIP": "10.96.0.9"}},
        {"spec": {"clusterIP": "10.96.0.8"}},
        "clusterIP changed",
    ),
    "new disk": (
        "PersistentVolumeClaim",
        {"spec": {"volumeName": "a"}},
        {"spec": {"volumeName": "b"}},
        "volumeName changed",
    ),
    "unscheduled": (
        "CronJob",
        {"status": {"lastScheduleTime": T1}},
        {"status": {"lastScheduleTime": T0}},
        "it was scheduled before it had been",
    ),
    "unsaid": ("Event", {"count": 3}, {"count": 2}, "an event happened less often than before"),
}


@pytest.mark.parametrize(("kind", "before", "change", "told"), OTHERS.values(), ids=OTHERS.keys())
def test_a_breach_by_another_object_is_told(kind: str, before: Obj, change: Obj, told: str):
    old = merged({"kind": kind, "metadata": {"name": "o", "uid": "1"}, "spec": {}}, before)
    assert told in [what for law in LAWS for what in law(old, merged(old, change))]


def test_what_is_on_a_machine_at_once_is_watched():
    cluster = new_cluster(1)
    cluster.advance(10_000)
    start = cluster.store.revision
    greedy = {"containers": [{"name": "c", "resources": {"requests": {"cpu": "3"}}}]}
    for name in "ab":
        whole = pod(metadata={"name": name}, spec=greedy, status={"podIP": "10.244.1.9"})
        path = POD.path(Key("default", name))
        cluster.store.txn((), [Put(path, encode(whole))], origin=Origin("test", 0, 0))
    found = [text.rpartition(": ")[2] for text in Watchman().breaches(cluster) if f" {start + 2}," in text]
    assert found == ["6000m", "two pods on node-1 have one address"]


def test_a_service_that_goes_on_offering_what_is_not_ready_is_told():
    cluster = new_cluster(4)
    start = cluster.store.revision
    target = {"kind": "Pod", "namespace": "default", "name": "p"}
    point = {"addresses": ["10.244.1.2"], "conditions": {"ready": True}, "targetRef": target}
    slice_ = {"kind": "EndpointSlice", "metadata": {"name": "web-1", "uid": "2"}, "endpoints": [point]}
    well, unwell = (
        pod(
            status={
                **ready(status, T0),
                "containerStatuses": [{"name": "c", "restartCount": 0, "ready": True}],
            }
        )
        for status in ("True", "False")
    )
    paths = POD.path(Key("default", "p")), ENDPOINT_SLICE.path(Key("default", "web-1"))
    history = (
        (10, 0, well),
        (10, 1, slice_),
        (20, 0, unwell),
        (22, 0, unwell),
        (25, 0, unwell),
        (30, 0, well),
    )
    for at, number, obj in history:
        value = encode({"apiVersion": "v1", **obj})
        cluster.store.txn((), [Put(paths[number], value)], origin=Origin("test", 0, at))
    found = [text for text in Watchman().breaches(cluster, start) if "offers" in text]
    assert found == [f"25 ms: {paths[1]} offers p, unwell for 5 ms"]


def test_a_status_that_says_something_else_than_what_is_there_is_told():
    cluster = played(0)
    assert list(at_rest(cluster)) == []
    api = cluster.client("test")
    (web, *_) = api.list(DEPLOYMENT, "default")
    api.update_status(DEPLOYMENT, {**web, "status": {**web["status"], "replicas": 99, "readyReplicas": 98}})
    found = list(at_rest(cluster))
    assert len(found) == 1 and "tells of 99 pods, 98 of them ready" in found[0]


def test_a_service_that_offers_what_is_not_ready_is_told():
    cluster = new_cluster(3)
    ports = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": ports})
    cluster.advance(10_000)
    api = cluster.client("test")
    (slice_,) = [s for s in api.list(ENDPOINT_SLICE, "default") if s["metadata"]["name"].startswith("web-")]
    ghost = {"kind": "Pod", "namespace": "default", "name": "ghost"}
    point = {"addresses": ["10.244.1.2"], "conditions": {"ready": True}, "targetRef": ghost}
    api.patch(ENDPOINT_SLICE, key_of(slice_), {"endpoints": [point]})
    assert list(at_rest(cluster)) == ["Service web offers ['ghost']"]
