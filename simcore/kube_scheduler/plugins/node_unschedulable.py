"""NodeUnschedulable: a cordoned node takes only pods that tolerate it."""

from __future__ import annotations

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo, Taint
from simcore.kube_scheduler.plugins.taint_toleration import is_tolerated
from simcore.kube_scheduler.pod_info import PodInfo

REJECTION = Rejection(("node(s) were unschedulable",), resolvable=False)
TAINT = Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")


class NodeUnschedulable:
    name = "NodeUnschedulable"
    wakes_on = (ClusterEvent.NODE_ADDED, ClusterEvent.NODE_TAINTS_CHANGED, ClusterEvent.OWN_POD_CHANGED)

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        if node.unschedulable and not is_tolerated(TAINT, pod.shape.tolerations):
            return REJECTION
        return None

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return change.node is None or not change.node.unschedulable
