"""VolumeZone: bound volumes that carry a zone or region label are used there alone.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/volumezone/volume_zone.go.
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Obj, labels_of
from simcore.kube_scheduler.framework.events import VOLUME_EVENTS, Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.node_order import REGION, ZONE
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.volumes import Volumes, claim_keys, class_of, concerns

CONFLICT = Rejection(("node(s) had no available volume zone",), resolvable=False)
TODAYS = {
    "failure-domain.beta.kubernetes.io/zone": ZONE,
    "failure-domain.beta.kubernetes.io/region": REGION,
    ZONE: ZONE,
    REGION: REGION,
}
"""A label that volumes and nodes carry, and what it is called now."""


class Place(NamedTuple):
    key: str
    values: frozenset[str]


class VolumeZone:
    name = "VolumeZone"
    wakes_on = (*VOLUME_EVENTS, ClusterEvent.NODE_ADDED, ClusterEvent.NODE_LABELS_CHANGED)

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        if not pod.shape.volumes:
            return SKIP
        places: list[Place] = []
        for key in claim_keys(pod):
            claim = self._volumes.claim(key)
            if claim is None:
                return _refused(f'persistentvolumeclaim "{key.name}" not found')
            name = claim["spec"].get("volumeName")
            if not name:
                if why := self._why_unbound(claim):
                    return _refused(why)
                continue
            volume = self._volumes.volume(name)
            if volume is None:
                return _refused(f'persistentvolume "{name}" not found')
            places += _places(volume)
        if not places:
            return SKIP
        cycle.state[self.name] = places
        return None

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        if not any(key in node.labels for key in TODAYS):
            return None
        for key, values in cycle.state[self.name]:
            if node.labels.get(key, node.labels.get(TODAYS[key])) not in values:
                return CONFLICT
        return None

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return concerns(pod, change)

    def _why_unbound(self, claim: Obj) -> str:
        name = class_of(claim)
        if not name:
            return "PersistentVolumeClaim had no pv name and storageClass name"
        if self._volumes.storage_class(name) is None:
            return f'storageclass.storage.k8s.io "{name}" not found'
        return "" if self._volumes.waits_for_consumer(claim) else "PersistentVolume had no name"


def _places(volume: Obj) -> list[Place]:
    labels = labels_of(volume)
    return [Place(key, frozenset(labels[key].split("__"))) for key in TODAYS if key in labels]


def _refused(why: str) -> PreFiltered:
    return PreFiltered(rejection=Rejection((why,), resolvable=False))
