"""Which pods go first when there are too many.

Models: kubernetes v1.36 pkg/controller/controller_utils.go (ActivePodsWithRanks).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcore.apimachinery.meta import Obj, annotations_of, uid_of
from simcore.kube_controller_manager.pods import is_ready, phase_of, ready_since_ms
from simcore.sim.timestamps import parse_time

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def choose(active: list[Obj], count: int, pods_per_node: Mapping[str, int], now_ms: int) -> list[Obj]:
    """The `count` pods that are missed least.

    Unassigned before assigned, pending before running, unready before ready, cheap before costly, on crowded
    nodes before lonely ones, ready for a short time before long, often restarted first, young before old.
    Times count by their order of magnitude, so that ages within a factor of two leave the choice to the uid.
    """

    def rank(pod: Obj) -> tuple[Any, ...]:
        node = pod["spec"].get("nodeName", "")
        since = ready_since_ms(pod)
        return (
            bool(node), _PHASES.get(phase_of(pod), 2), is_ready(pod), _cost(pod), -pods_per_node.get(node, 0),
            _magnitude(since, now_ms), -_restarts(pod),
            _magnitude(parse_time(pod["metadata"]["creationTimestamp"]), now_ms), uid_of(pod),
        )  # fmt: skip

    return sorted(active, key=rank)[:count]


def _cost(pod: Obj) -> int:
    try:
        return int(annotations_of(pod).get(DELETION_COST, "0"))
    except ValueError:
        return 0  # upstream reads an unreadable cost as none


def _magnitude(since_ms: int | None, now_ms: int) -> int:
    """The order of magnitude, to the base of 2, of the time that has passed."""
    return -1 if since_ms is None else max(now_ms - since_ms, 0).bit_length()


def _restarts(pod: Obj) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return max((status.get("restartCount", 0) for status in statuses), default=0)
