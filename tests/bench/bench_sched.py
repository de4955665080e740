"""Pods placed a second at 5,000 nodes: the whole cycle, binding, events and attempts through the in-process API."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator

from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.scheduler import Scheduler
from tests.bench.figure import Figure, bench
from tests.kit.control_plane import ControlPlane

NODES, WARM_UP, PODS = 5_000, 500, 3_000
PREEMPTORS = 5_000
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


# --- odd loads: preemption, one pod for each node, pods that wait


@bench("sched.preempt")
def preempt() -> Iterator[Figure]:
    """5,000 full nodes, 20,000 pods on them, and more important ones: each finds its victims."""
    plane = _plane(NODES)
    plane.given(_priority_class())
    low = {"containers": [_container("900m")]}
    plane.given(*(_on_node(number, low) for number in range(4 * NODES)))
    plane.advance(1)
    high = {"containers": [_container("900m")], "priorityClassName": "urgent"}
    seconds = _drive(
        plane, (_pod(number) | {"spec": high} for number in range(100_000, 100_000 + PREEMPTORS))
    )
    promised = sum(bool((p.get("status") or {}).get("nominatedNodeName")) for p in plane.list(POD))
    assert promised == PREEMPTORS, promised
    yield Figure("sched.preempt", PREEMPTORS / seconds, "pods/s", None, "none")


@bench("sched.daemons")
def daemons() -> Iterator[Figure]:
    """15,000 pods that each name their node, as DaemonSets make them."""
    plane, count = _plane(NODES), 3 * NODES
    seconds = _drive(plane, (_pod(n, affinity=_named(f"node-{n % NODES}")) for n in range(count)))
    assert all(pod["spec"].get("nodeName") for pod in plane.list(POD))
    yield Figure("sched.daemons", count / seconds, "pods/s", None, "none")


@bench("sched.unschedulable")
def unschedulable() -> Iterator[Figure]:
    """10,000 pods that fit nowhere wait in the queue; another pod is placed meanwhile, and nodes come."""
    plane, count = _plane(NODES), 10_000
    huge = {"containers": [_container("99")]}
    seconds = _drive(plane, (_pod(number) | {"spec": huge} for number in range(count)))
    yield Figure("sched.unschedulable", count / seconds, "attempts/s", None, "none")
    yield Figure("sched.beside_unschedulable", _placed_beside(plane), "pods/s", 3_000, "required")


@bench("sched.gated")
def gated() -> Iterator[Figure]:
    """10,000 gated pods: they must cost nothing but their place in memory."""
    plane, count = _plane(NODES), 10_000
    gates = [{"name": "example.com/quota"}]
    seconds = _drive(plane, (_pod(number, schedulingGates=gates) for number in range(count)))
    yield Figure("sched.gated", count / seconds, "pods/s", None, "none")
    yield Figure("sched.beside_gated", _placed_beside(plane), "pods/s", 3_000, "required")


@bench("sched.memory")
def memory() -> Iterator[Figure]:
    """What the scheduler itself holds of a node and of a placed pod, beside the API server's objects."""
    plane = _plane(1_000, start=False)
    tracemalloc.start()
    scheduler = Scheduler(plane.ctx.for_actor("kube-scheduler"))
    before = tracemalloc.get_traced_memory()[0]
    scheduler.start()
    of_nodes = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    plane.given(*(_pod(number) for number in range(2_000)))
    plane.advance(1)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    successor = Scheduler(plane.ctx.for_actor("kube-scheduler"))
    successor.start()
    of_all = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    yield Figure("sched.memory_per_node", of_nodes / 1_000, "bytes", None, "none", lower_is_better=True)
    of_pods = (of_all - of_nodes) / 2_000
    yield Figure("sched.memory_per_pod", of_pods, "bytes", None, "none", lower_is_better=True)


def _plane(nodes: int, *, start: bool = True) -> ControlPlane:
    plane = ControlPlane()
    for number in range(nodes):
        node = _node(number)
        plane.given(node)
        plane.api.update_status(NODE, node)
    if start:
        Scheduler(plane.ctx.for_actor("kube-scheduler")).start()
    return plane


def _drive(plane: ControlPlane, pods: Iterator[Obj]) -> float:
    """Seconds that the scheduler takes over them; their creation is not counted."""
    plane.given(*pods)
    gc.collect()
    gc.freeze()  # as the engine's processes do
    began = time.perf_counter()
    plane.advance(1)
    return time.perf_counter() - began


def _placed_beside(plane: ControlPlane) -> float:
    """Pods placed a second while others wait; after a warm-up, as in sched.basic."""
    _drive(plane, (_pod(number) for number in range(500_000, 500_000 + WARM_UP)))
    return PODS / _drive(plane, (_pod(number) for number in range(600_000, 600_000 + PODS)))


def _container(cpu: str) -> Obj:
    return {"name": "main", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": {"cpu": cpu}}}


def _on_node(number: int, spec: Obj) -> Obj:
    return _pod(number) | {"spec": {**spec, "nodeName": f"node-{number % NODES}"}}


def _named(node: str) -> Obj:
    fields = [{"key": "metadata.name", "operator": "In", "values": [node]}]
    return {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchFields": fields}]}
        }
    }


def _priority_class() -> Obj:
    head = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}}
    return head | {"value": 1000}
