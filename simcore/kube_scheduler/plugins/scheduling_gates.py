"""SchedulingGates: a gated pod does not enter the queue."""

from __future__ import annotations

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Rejection
from simcore.kube_scheduler.pod_info import PodInfo


class SchedulingGates:
    name = "SchedulingGates"
    wakes_on = (ClusterEvent.OWN_POD_CHANGED,)

    def pre_enqueue(self, pod: PodInfo) -> Rejection | None:
        gates = pod.pod["spec"].get("schedulingGates")
        if not gates:
            return None
        names = " ".join(gate["name"] for gate in gates)
        return Rejection((f"waiting for scheduling gates: [{names}]",), resolvable=False)

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return not pod.pod["spec"].get("schedulingGates")
