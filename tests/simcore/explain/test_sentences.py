"""One write in a short sentence."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.explain.sentences import failing_containers, of_record, sentence

GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


def obj(meta: Obj | None = None, **body: Any) -> Obj:
    return {"metadata": meta or {}, **body}


def status(**fields: Any) -> Obj:
    return obj(spec={}, status=fields)


def condition(name: str, value: str = "True", **more: str) -> Obj:
    return {"type": name, "status": value, **more}


def container(name: str = "c", **state: Any) -> Obj:
    return {"name": name, "ready": False, "restartCount": 0, "state": state}


def pod(*containers: Obj, meta: Obj | None = None, **fields: Any) -> Obj:
    fields.setdefault("phase", "Pending")
    spec = {"containers": [{"name": c["name"]} for c in containers]}
    return obj(meta, spec=spec, status={"containerStatuses": list(containers), **fields})


def node(*taints: str, unschedulable: bool = False) -> Obj:
    given = [dict(zip(("key", "effect"), taint.split(":"), strict=True)) for taint in taints]
    return obj(spec={"taints": given, "unschedulable": unschedulable})


def slice_of(*ready: bool | None) -> Obj:
    return obj(endpoints=[{"conditions": {} if r is None else {"ready": r}} for r in ready])


CREATING = container(waiting={"reason": "ContainerCreating"})
CRASHED = container(waiting={"reason": "CrashLoopBackOff"})
RUNNING = container(running={})
READY = {**RUNNING, "ready": True}
CASES: dict[str, tuple[str, Obj | None, Obj | None, str]] = {
    "a deletion": ("Pod", obj(), None, "Pod deleted"),
    "a deletion of a record": ("", obj(), None, "deleted"),
    "a creation": ("ConfigMap", None, obj(), "ConfigMap created"),
    "a creation of many": ("Deployment", None, obj(spec={"replicas": 3}), "Deployment created, 3 wanted"),
    "a creation of none": ("Deployment", None, obj(spec={"replicas": 0}), "Deployment created, 0 wanted"),
    "an event": ("Event", None, obj(reason="Pulled", message="in 2s"), "Pulled: in 2s"),
    "an event of the new kind": ("Event", None, obj(reason="Pulled", note="in 3s"), "Pulled: in 3s"),
    "an event again": ("Event", obj(count=1), obj(reason="BackOff", count=4), "BackOff again (4x)"),
    "a slice": ("EndpointSlice", None, slice_of(True, False), "EndpointSlice created with 1 of 2 endpoints ready"),
    "a slice that grows": ("EndpointSlice", slice_of(), slice_of(None, True), "2 of 2 endpoints ready"),
    "endpoints": (
        "Endpoints",
        obj(subsets=[]),
        obj(subsets=[{"addresses": [{}, {}], "notReadyAddresses": [{}]}]),
        "2 of 3 endpoints ready",
    ),
    "a pod that is to stop": ("Pod", pod(), pod(meta=GOING), "Pod told to stop"),
    "another that is to go": ("Service", obj(), obj(GOING), "Service marked for deletion"),
    "a pod that has its node": (
        "Pod",
        obj(spec={}),
        obj(spec={"nodeName": "node-1"}),
        "placed on node-1",
    ),
    "a pod that nobody can place": (
        "Pod",
        pod(),
        pod(conditions=[condition("PodScheduled", "False", reason="Unschedulable")]),
        "no node fits",
    ),
    "a container that starts": ("Pod", pod(), pod(CREATING), "changed spec.containers[0], status.containerStatuses[0]"),
    "a container that crashed": ("Pod", pod(RUNNING), pod(CRASHED), "container c: CrashLoopBackOff"),
    "a container that failed": (
        "Pod",
        pod(RUNNING),
        pod(container(terminated={"exitCode": 3, "reason": "Error"})),
        "container c: exit code 3",
    ),
    "a container that is done": (
        "Pod",
        pod(RUNNING, phase="Running"),
        pod(container(terminated={"exitCode": 0, "reason": "Completed"}), phase="Running"),
        "Completed",
    ),
    "a pod that runs": ("Pod", pod(CREATING), pod(RUNNING, phase="Running"), "Running"),
    "a pod that is ready": (
        "Pod",
        pod(RUNNING, phase="Running"),
        pod(READY, phase="Running", conditions=[condition("Ready")]),
        "is ready",
    ),
    "one container more": (
        "Pod",
        pod(RUNNING, phase="Running"),
        pod(READY, phase="Running"),
        "a container is ready",
    ),
    "a pod that is ready no more": (
        "Pod",
        pod(READY, phase="Running", conditions=[condition("Ready")]),
        pod(RUNNING, phase="Running", conditions=[condition("Ready", "False")]),
        "is no longer ready",
    ),
    "an address": (
        "Pod",
        pod(CREATING),
        pod(CREATING, podIP="10.1.0.5"),
        "has an address",
    ),
    "an image": ("Pod", pod(CREATING), pod({**CREATING, "imageID": "sha256:0"}), "image is there"),
    "a count that grows": (
        "Deployment",
        obj(spec={"replicas": 1}),
        obj(spec={"replicas": 5}),
        "scaled from 1 to 5",
    ),
    "a count that nobody had given": ("Deployment", obj(spec={}), obj(spec={"replicas": 2}), "scaled from 0 to 2"),
    "available pods": (
        "Deployment",
        obj(spec={"replicas": 3}, status={"availableReplicas": 1}),
        obj(spec={"replicas": 3}, status={"availableReplicas": 2}),
        "2 of 3 available",
    ),
    "ready pods": ("ReplicaSet", status(replicas=2), status(replicas=2, readyReplicas=1), "1 of 2 ready"),
    "pods made": ("ReplicaSet", status(replicas=0), status(replicas=2), "2 of 2 made"),
    "a condition": (
        "Deployment",
        status(replicas=1),
        status(replicas=1, conditions=[condition("Progressing", reason="NewReplicaSetCreated")]),
        "Progressing: NewReplicaSetCreated",
    ),
    "a condition without a reason": (
        "Deployment",
        status(replicas=1),
        status(replicas=1, conditions=[condition("Available", "False")]),
        "Available: False",
    ),
    "a generation seen": ("Deployment", status(observedGeneration=1), status(observedGeneration=2), "newest spec seen"),
    "another count": ("Deployment", status(updatedReplicas=1), status(updatedReplicas=2), "status counted again"),
    "a job's pods": ("Job", status(), status(active=2), "2 active"),
    "a job's failures go first": ("Job", status(active=1), status(failed=1), "1 failed"),
    "a job's successes": ("Job", status(active=1), status(succeeded=1), "1 succeeded"),
    "a job's end": ("Job", status(), status(conditions=[condition("Complete")]), "Job complete"),
    "a job's failure": ("Job", status(), status(conditions=[condition("Failed")]), "Job failed"),
    "a node that is ready": ("Node", status(), status(conditions=[condition("Ready")]), "is ready"),
    "a node that is not": (
        "Node",
        status(conditions=[condition("Ready")]),
        status(conditions=[condition("Ready", "False")]),
        "is not ready",
    ),
    "a node that is silent": (
        "Node",
        status(conditions=[condition("Ready")]),
        status(conditions=[condition("Ready", "Unknown")]),
        "stopped answering",
    ),
    "a node closed": ("Node", node(), node(unschedulable=True), "cordoned"),
    "a node opened": ("Node", node(unschedulable=True), node(), "uncordoned"),
    "a taint": ("Node", node("a:NoSchedule"), node("a:NoSchedule", "b:NoExecute"), "tainted b:NoExecute"),
    "a taint less": ("Node", node("a:NoSchedule"), node(), "no longer tainted a:NoSchedule"),
    "a field": ("ConfigMap", obj(data={"a": "1"}), obj(data={"a": "2"}), "changed data.a"),
    "three fields": (
        "ConfigMap",
        obj(data={}),
        obj(data={"a": "1", "b": "2", "c": "3"}),
        "changed data.a, data.b and 1 more",
    ),
    "nothing that anybody asked for": (
        "ConfigMap",
        obj({"resourceVersion": "1"}),
        obj({"resourceVersion": "2"}),
        "written again",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "old", "new", "told"), CASES.values(), ids=CASES)
def test_a_write_in_a_sentence(kind: str, old: Obj | None, new: Obj | None, told: str) -> None:
    assert sentence(kind, old, new) == told


RECORDS: dict[str, tuple[str, Obj | None, Obj | None, str]] = {
    "paused": ("/sim/clock", {}, {"paused": True}, "paused"),
    "a pace": ("/sim/clock", {}, {"speed": 2.5}, "speed 2.5x"),
    "the usual pace": ("/sim/clock", None, {}, "speed 1x"),
    "a new machine": ("/sim/nodes/n", None, {"power": "on"}, "machine added"),
    "a machine less": ("/sim/nodes/n", {"power": "on"}, None, "machine removed"),
    "off": ("/sim/nodes/n", {"power": "on"}, {"power": "off"}, "switched off"),
    "on": ("/sim/nodes/n", {"power": "off"}, {"power": "on"}, "switched on"),
    "no kubelet": ("/sim/nodes/n", {"power": "on"}, {"power": "on", "cut": "kubelet"}, "its kubelet stopped"),
    "no network": ("/sim/nodes/n", {}, {"cut": "network"}, "cut off from the network"),
    "no cut": ("/sim/nodes/n", {"cut": "kubelet"}, {}, "its kubelet is heard again"),
    "a fault": (
        "/sim/faults/f",
        None,
        {"kind": "dns", "targets": [], "since_ms": 5, "until_ms": None},
        "cluster DNS does not answer",
    ),
    "a fault less": ("/sim/faults/f", {"kind": "dns", "targets": []}, None, "cluster DNS answers again"),
    "another word of a machine": ("/sim/nodes/n", {"a": 1}, {"a": 2}, "record written"),
    "containers": ("/sim/runtime/n/p", None, {}, "containers changed"),
    "no containers": ("/sim/runtime/n/p", {}, None, "containers gone"),
    "anything": ("/sim/other", {}, {}, "record written"),
    "nothing": ("/sim/other", {}, None, "record removed"),
}


@pytest.mark.parametrize(("path", "old", "new", "told"), RECORDS.values(), ids=RECORDS)
def test_a_record_of_the_world_in_a_sentence(path: str, old: Obj | None, new: Obj | None, told: str) -> None:
    assert of_record(path, old, new) == told


STATES: dict[str, tuple[Obj, dict[str, str]]] = {
    "running": (RUNNING, {}),
    "starting": (CREATING, {}),
    "waiting for nobody knows what": (container(waiting={}), {}),
    "done": (container(terminated={"exitCode": 0}), {}),
    "crashing": (CRASHED, {"c": "CrashLoopBackOff"}),
    "ended badly": (container(terminated={"exitCode": 137, "reason": "OOMKilled"}), {"c": "exit code 137"}),
}


@pytest.mark.parametrize(("given", "failing"), STATES.values(), ids=STATES)
def test_containers_that_fail(given: Obj, failing: dict[str, str]) -> None:
    assert failing_containers(pod(given)) == failing


def test_init_containers_fail_too() -> None:
    inits = [container("i", waiting={"reason": "ErrImagePull"})]
    assert failing_containers(pod(CREATING, initContainerStatuses=inits)) == {"i": "ErrImagePull"}
