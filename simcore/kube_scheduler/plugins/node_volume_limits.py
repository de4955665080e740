"""NodeVolumeLimits: a node attaches as many volumes of a CSI driver as its CSINode says.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.
"""

from __future__ import annotations

from collections import Counter

from simcore.apimachinery.meta import Key, Obj
from simcore.kube_scheduler.framework.events import VOLUME_EVENTS, Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.volumes import Volumes, claim_keys, class_of, concerns

REJECTION = Rejection(("node(s) exceed max volume count",))


class NodeVolumeLimits:
    name = "NodeVolumeLimits"
    wakes_on = (*VOLUME_EVENTS, ClusterEvent.POD_DELETED, ClusterEvent.NODE_ADDED)

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        return None if pod.shape.volumes and claim_keys(pod) else SKIP

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        limits = self._limits(node.name)
        if not limits:
            return None
        wanted = self._attached(pod)
        if not any(driver in limits for driver in wanted.values()):
            return None
        there: dict[str, str] = {}
        for other in node.pods.values():
            if other.shape.volumes:
                there |= self._attached(other)
        counts = Counter({**there, **wanted}.values())
        new = {driver for handle, driver in wanted.items() if handle not in there}
        return (
            REJECTION if any(counts[driver] > limits.get(driver, counts[driver]) for driver in new) else None
        )

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return concerns(pod, change) and (change.pod is None or bool(change.pod.shape.volumes))

    def _limits(self, node: str) -> dict[str, int]:
        """By driver; a driver without a limit is not named."""
        csi_node = self._volumes.csi_node(node)
        drivers = (csi_node or {}).get("spec", {}).get("drivers") or ()
        counts = {driver["name"]: (driver.get("allocatable") or {}).get("count") for driver in drivers}
        return {name: count for name, count in counts.items() if count is not None}

    def _attached(self, pod: PodInfo) -> dict[str, str]:
        """The driver of each volume that the pod needs, by the volume's handle; claims without one by their own."""
        found: dict[str, str] = {}
        for key in claim_keys(pod):
            claim = self._volumes.claim(key)
            if claim is not None:
                found |= self._of_claim(key, claim)
        return found

    def _of_claim(self, key: Key, claim: Obj) -> dict[str, str]:
        volume = self._volumes.volume(claim["spec"].get("volumeName") or "")
        if volume is not None:
            source = volume["spec"].get("csi")
            return {f"{source['driver']}/{source['volumeHandle']}": source["driver"]} if source else {}
        storage_class = self._volumes.storage_class(class_of(claim))
        return {f"claim/{key}": storage_class["provisioner"]} if storage_class else {}
