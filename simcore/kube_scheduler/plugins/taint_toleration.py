"""TaintToleration: nodes repel pods; PreferNoSchedule taints cost points."""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.framework.normalize import to_percent
from simcore.kube_scheduler.node_info import NodeInfo, Taint
from simcore.kube_scheduler.pod_info import PodInfo

REJECTION = Rejection(("node(s) had untolerated taint(s)",), resolvable=False)


class TaintToleration:
    name = "TaintToleration"
    wakes_on = (ClusterEvent.NODE_ADDED, ClusterEvent.NODE_TAINTS_CHANGED, ClusterEvent.OWN_POD_CHANGED)

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        return REJECTION if repels(node.taints, pod.shape.tolerations) else None

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        return dislikes(node.taints, pod.shape.tolerations)

    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        return to_percent(scores, reverse=True)

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return change.node is None or not repels(change.node.taints, pod.shape.tolerations)


def repels(taints: Iterable[Taint], tolerations: list[Obj]) -> bool:
    """Whether one of the taints forbids a pod with these tolerations."""
    return any(
        taint.effect in ("NoSchedule", "NoExecute") and not is_tolerated(taint, tolerations)
        for taint in taints
    )


def dislikes(taints: Iterable[Taint], tolerations: list[Obj]) -> int:
    """How many PreferNoSchedule taints a pod with these tolerations runs into."""
    return sum(
        taint.effect == "PreferNoSchedule" and not is_tolerated(taint, tolerations) for taint in taints
    )


def is_tolerated(taint: Taint, tolerations: list[Obj]) -> bool:
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def _tolerates(toleration: Obj, taint: Taint) -> bool:
    if toleration.get("effect") not in (None, "", taint.effect):
        return False
    if toleration.get("key") not in (None, "", taint.key):
        return False
    return toleration.get("operator") == "Exists" or (toleration.get("value") or "") == taint.value
