"""NodePorts: a host port can be taken once on a node."""

from __future__ import annotations

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo

REJECTION = Rejection(("node(s) didn't have free ports for the requested pod ports",))


class NodePorts:
    name = "NodePorts"
    wakes_on = (ClusterEvent.POD_DELETED, ClusterEvent.NODE_ADDED)

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        return None if pod.shape.host_ports else SKIP

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        return REJECTION if node.has_port_conflict(pod.shape.host_ports) else None

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return change.pod is None or bool(change.pod.shape.host_ports)
