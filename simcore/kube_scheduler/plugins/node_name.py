"""NodeName: a pod that names its node goes nowhere else."""

from __future__ import annotations

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo

REJECTION = Rejection(("node(s) didn't match the requested node name",), resolvable=False)


class NodeName:
    name = "NodeName"
    wakes_on = (ClusterEvent.NODE_ADDED,)

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        return REJECTION if pod.node_name and pod.node_name != node.name else None

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return change.node is None or not pod.node_name or pod.node_name == change.node.name
