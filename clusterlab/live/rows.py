"""Rows of the live picture: what the Map and the lists need of a node or a pod, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from simcore.apimachinery import quantity
from simcore.apimachinery.meta import Obj, controller_of, is_terminating, labels_of
from simcore.kube_apiserver.tables.pod import summary
from simcore.kube_scheduler.resources import pod_requests
from simcore.sim.timestamps import parse_time

ZONE = "topology.kubernetes.io/zone"
NOT_READY, READY, UNKNOWN = 0, 1, 2
LONGEST_TEXT, MOST_TAINTS = 200, 30
"""A row is for a list and a glyph: whoever wants more of a text that somebody has set opens the object."""


class PodStatus(IntEnum):
    """The state that a pod's glyph shows."""

    RUNNING = 0
    PENDING = 1
    STARTING = 2
    FAILED = 3
    CRASH_LOOP = 4
    TERMINATING = 5
    SUCCEEDED = 6
    UNKNOWN = 7


_STUCK = frozenset(
    (
        "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError",
        "RunContainerError",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Demand:
    """What a pod takes of its node while it is there."""

    node: str
    cpu_millis: int
    memory_bytes: int


def demand_of(pod: Obj) -> Demand:
    """A pod that has ended takes nothing."""
    node = pod["spec"].get("nodeName", "")
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return Demand(node, 0, 0)
    amounts = pod_requests(pod["spec"])
    return Demand(node, amounts.get("cpu", 0), amounts.get("memory", 0))


def pod_row(pod: Obj, *, epoch_ms: int, node_is_lost: bool) -> dict[str, Any]:
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    told, owner = summary(pod), controller_of(pod)
    return {
        "u": meta["uid"],
        "n": meta["name"],
        "ns": meta["namespace"],
        "o": spec.get("nodeName", ""),
        "s": int(pod_status(pod, node_is_lost=node_is_lost)),
        "d": told.reason[:LONGEST_TEXT],
        "y": f"{told.ready}/{len(spec.get('containers') or ())}",
        "k": told.restarts,
        "ip": status.get("podIP", "")[:LONGEST_TEXT],
        "t": parse_time(meta["creationTimestamp"]) - epoch_ms,
        "w": f"{owner['kind']}/{owner['name']}" if owner else "",
        "i": _image(spec)[:LONGEST_TEXT],
        "c": pod_requests(spec).get("cpu", 0),
    }


def _image(spec: Obj) -> str:
    """The first container's: those behind it stand by it."""
    containers = spec.get("containers") or ()
    return str(containers[0].get("image", "")) if containers else ""


def pod_status(pod: Obj, *, node_is_lost: bool) -> PodStatus:
    status = pod.get("status") or {}
    if is_terminating(pod):
        return PodStatus.TERMINATING
    if status.get("phase") in _ENDED:
        return _ENDED[status["phase"]]
    if not pod["spec"].get("nodeName"):
        return PodStatus.PENDING
    if node_is_lost:
        return PodStatus.UNKNOWN
    if any(map(_is_stuck, [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())])):
        return PodStatus.CRASH_LOOP
    return PodStatus.RUNNING if _condition(pod, "Ready") == "True" else PodStatus.STARTING


_ENDED = {"Succeeded": PodStatus.SUCCEEDED, "Failed": PodStatus.FAILED}


def _is_stuck(container: Obj) -> bool:
    """Waiting for another try, or ended badly and about to wait."""
    state = container.get("state") or {}
    reason = (state.get("waiting") or {}).get("reason", "")
    ended = state.get("terminated")
    return (
        reason.endswith("BackOff")
        or reason in _STUCK
        or (ended is not None and ended.get("exitCode", 0) != 0)
    )


def node_row(node: Obj, *, cpu_requested: int, memory_requested: int) -> dict[str, Any]:
    spec, allocatable = node.get("spec") or {}, (node.get("status") or {}).get("allocatable") or {}
    return {
        "u": node["metadata"]["uid"],
        "n": node["metadata"]["name"],
        "z": labels_of(node).get(ZONE, ""),
        "r": node_readiness(node),
        "s": int(bool(spec.get("unschedulable"))),
        "ta": [_taint(taint)[:LONGEST_TEXT] for taint in (spec.get("taints") or ())[:MOST_TAINTS]],
        "c": [quantity.milli(allocatable.get("cpu", 0)), cpu_requested],
        "m": [quantity.whole(allocatable.get("memory", 0)), memory_requested],
        "p": quantity.whole(allocatable.get("pods", 0)),
    }


def node_readiness(node: Obj) -> int:
    return {"True": READY, "Unknown": UNKNOWN}.get(_condition(node, "Ready"), NOT_READY)


def _taint(taint: Obj) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def _condition(obj: Obj, kind: str) -> str:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c["status"] for c in conditions if c["type"] == kind), "")
