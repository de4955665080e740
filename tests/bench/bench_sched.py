"""The scheduler alone, as scheduler_perf measures it: nodes and pending pods are there, then the clock starts."""

from __future__ import annotations

import time
from collections.abc import Iterator

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.scheduler import Scheduler
from tests.bench.figure import Figure, bench
from tests.kit.control_plane import ControlPlane

NODES = 5_000
PODS = 10_000
BAR = 3_000
"""Ten times what the real scheduler (v1.36.2) does here on two cores: 265 to 289."""


@bench("sched.basic")
def basic() -> Iterator[Figure]:
    """Pods with requests on nodes that are all alike; all default plugins on, each attempt recorded, Events written."""
    plane = ControlPlane()
    plane.given(*map(node, range(NODES)))
    Scheduler(plane.ctx.for_actor("kube-scheduler")).start()
    plane.advance(1_000)
    plane.given(*map(pod, range(PODS)))
    started = time.perf_counter()
    plane.advance(60_000)
    took = time.perf_counter() - started
    bound = sum(1 for found in plane.list(POD) if found["spec"].get("nodeName"))
    assert bound == PODS, f"{bound} of {PODS} pods are bound"
    yield Figure("sched.basic", PODS / took, "pods/s", BAR, "10x the real scheduler")


def node(number: int) -> Obj:
    name, capacity = f"node-{number}", {"cpu": "4", "memory": "32Gi", "pods": "110"}
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"zone-{number % 3}"}
    ready = {"type": "Ready", "status": "True"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"capacity": capacity, "allocatable": capacity, "conditions": [ready]},
    }


def pod(number: int) -> Obj:
    requests = {"cpu": "100m", "memory": "500Mi"}
    container = {"name": "pause", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": requests}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"pod-{number}"},
        "spec": {"containers": [container]},
    }
