"""Whether a node's kubelet still answers, judged by its Lease and its own words.

Models: kubernetes v1.36 pkg/controller/nodelifecycle/node_lifecycle_controller.go (tryUpdateNodeHealth).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.pods import condition_of
from simcore.sim.timestamps import format_seconds, parse_time

MONITOR_PERIOD_MS = 5_000
GRACE_MS = 40_000
STARTUP_GRACE_MS = 60_000
"""For a node whose kubelet has never posted a status."""

JUDGED = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")


def ready_status(node: Obj) -> str:
    """True, False, Unknown; '' when nobody has said anything yet."""
    condition = condition_of(node, "Ready")
    return condition["status"] if condition else ""


def silent_at_ms(node: Obj, lease: Obj | None) -> int:
    """When, in Unix milliseconds, the node counts as silent if nothing more is heard of it.

    The grace period begins when the monitor notices a heartbeat, which is at its next look.
    """
    ready = condition_of(node, "Ready")
    if ready is None:
        return parse_time(node["metadata"]["creationTimestamp"]) + STARTUP_GRACE_MS
    renewed = ((lease or {}).get("spec") or {}).get("renewTime")
    posted = ready.get("lastHeartbeatTime") or node["metadata"]["creationTimestamp"]
    heard_ms = max(parse_time(renewed) if renewed else 0, parse_time(posted))
    return next_check_ms(heard_ms) + GRACE_MS


def next_check_ms(time_ms: int) -> int:
    """The first look of the monitor, which comes every five seconds, after that moment."""
    return (time_ms // MONITOR_PERIOD_MS + 1) * MONITOR_PERIOD_MS


def silenced(node: Obj, now_ms: int) -> Obj:
    """The status of a node that nothing has been heard of: all that its kubelet would know is unknown."""
    status = node.get("status") or {}
    now, born = format_seconds(now_ms), node["metadata"]["creationTimestamp"]
    conditions = [_doubted(c, now) if c["type"] in JUDGED else c for c in status.get("conditions") or ()]
    present = {c["type"] for c in conditions}
    for name in JUDGED:
        if name not in present:
            conditions.append(
                {
                    "type": name,
                    "status": "Unknown",
                    "reason": "NodeStatusNeverUpdated",
                    "message": "Kubelet never posted node status.",
                    "lastHeartbeatTime": born,
                    "lastTransitionTime": now,
                }
            )
    return {**status, "conditions": conditions}


def _doubted(condition: Obj, now: str) -> Obj:
    if condition["status"] == "Unknown":
        return condition
    return {
        **condition,
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastTransitionTime": now,
    }
