"""The PodScheduled condition of a pod that was not placed.

Models: kubernetes v1.36 pkg/scheduler/schedule_one.go (handleSchedulingFailure, updatePod).
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj

UNSCHEDULABLE, SCHEDULER_ERROR = "Unschedulable", "SchedulerError"


def status_patch(pod: Obj, reason: str, message: str, nominated: str | None, now: str) -> Obj | None:
    """The merge patch of the pod's status; None when it says all that already."""
    status = pod.get("status") or {}
    changes: dict[str, Any] = {}
    old = next((c for c in status.get("conditions") or () if c["type"] == "PodScheduled"), None)
    new = _condition(pod, reason, message, old, now)
    if new != old:
        conditions = status.get("conditions") or []
        changes["conditions"] = (
            [new if c is old else c for c in conditions] if old is not None else [*conditions, new]
        )
    if nominated is not None and nominated != (status.get("nominatedNodeName") or ""):
        changes["nominatedNodeName"] = nominated or None
    return {"status": changes} if changes else None


def _condition(pod: Obj, reason: str, message: str, old: Obj | None, now: str) -> Obj:
    since = old["lastTransitionTime"] if old is not None and old["status"] == "False" else now
    condition = {
        "type": "PodScheduled", "status": "False", "lastProbeTime": None, "lastTransitionTime": since,
        "reason": reason, "message": message,
    }  # fmt: skip
    generation = pod["metadata"].get("generation")
    return condition | ({"observedGeneration": generation} if generation else {})


def says_already(pod: Obj, message: str) -> bool:
    """Whether the pod's condition carries this message."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "PodScheduled" and c.get("message") == message for c in conditions)
