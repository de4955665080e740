"""Pods placed a second at 5,000 nodes: the whole cycle, binding, events and attempts through the in-process API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.scheduler import Scheduler
from tests.bench.figure import Figure, bench
from tests.kit.control_plane import ControlPlane

NODES, WARM_UP, PODS = 5_000, 500, 3_000
LABELS = {"app": "measured"}
SELECTOR = {"matchLabels": LABELS}


@bench("sched.basic")
def basic() -> Iterator[Figure]:
    yield _figure("sched.basic", 3_000, _pod)


@bench("sched.anti")
def anti() -> Iterator[Figure]:
    yield _figure(
        "sched.anti",
        1_500,
        lambda n: _pod(n, affinity=_affinity("podAntiAffinity", "kubernetes.io/hostname")),
    )


@bench("sched.spread")
def spread() -> Iterator[Figure]:
    constraint = {
        "maxSkew": 5,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": SELECTOR,
    }
    yield _figure("sched.spread", 2_000, lambda n: _pod(n, topologySpreadConstraints=[constraint]))


@bench("sched.affinity")
def affinity() -> Iterator[Figure]:
    zone = "topology.kubernetes.io/zone"
    yield _figure("sched.affinity", 1_500, lambda n: _pod(n, affinity=_affinity("podAffinity", zone)))


def _figure(name: str, bar: float, pod: Callable[[int], Obj]) -> Figure:
    plane = ControlPlane()
    for number in range(NODES):
        node = _node(number)
        plane.given(node)
        plane.api.update_status(NODE, node)
    Scheduler(plane.ctx.for_actor("kube-scheduler")).start()
    _place(plane, pod, range(WARM_UP))
    seconds = _place(plane, pod, range(WARM_UP, WARM_UP + PODS))
    return Figure(name, PODS / seconds, "pods/s", bar, "required")


def _place(plane: ControlPlane, pod: Callable[[int], Obj], numbers: range) -> float:
    """Seconds from the first cycle until all are bound; their creation is not counted."""
    plane.given(*(pod(number) for number in numbers))
    began = time.perf_counter()
    plane.advance(1)
    seconds = time.perf_counter() - began
    pending = sum(not found["spec"].get("nodeName") for found in plane.list(POD))
    assert not pending, f"{pending} pods found no node"
    return seconds


def _node(number: int) -> Obj:
    name = f"node-{number}"
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"zone-{'abc'[number % 3]}"}
    allocatable = {"cpu": "4", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"allocatable": allocatable, "capacity": allocatable},
    }


def _pod(number: int, **spec: object) -> Obj:
    requests = {"cpu": "100m", "memory": "500Mi"}
    container = {"name": "main", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": requests}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"pod-{number}", "labels": LABELS},
        "spec": {"containers": [container], **spec},
    }


def _affinity(field: str, topology_key: str) -> Obj:
    term = {"labelSelector": SELECTOR, "topologyKey": topology_key}
    return {field: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
