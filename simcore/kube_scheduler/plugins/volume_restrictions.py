"""VolumeRestrictions: a disk that can be mounted once is not mounted twice; a ReadWriteOncePod claim has one pod.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from simcore.apimachinery.meta import Key, Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import DISKS, PodInfo
from simcore.kube_scheduler.volumes import Volumes, claim_keys, concerns, refs_of

DISK_TAKEN = Rejection(("node(s) had no available disk",))
CLAIM_TAKEN = Rejection((
    "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
))  # fmt: skip
IDENTITY = {
    "gcePersistentDisk": ("pdName",), "awsElasticBlockStore": ("volumeID",), "iscsi": ("iqn",),
    "rbd": ("pool", "image"),
}  # fmt: skip
"""What makes two disks the same."""


@dataclass
class Taken:
    """Who else uses the pod's exclusive claims."""

    claims: frozenset[Key]
    pods: int


class VolumeRestrictions:
    name = "VolumeRestrictions"
    wakes_on = (
        ClusterEvent.POD_DELETED, ClusterEvent.NODE_ADDED, ClusterEvent.CLAIM_CHANGED,
    )  # fmt: skip

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        if not pod.shape.volumes:
            return SKIP
        exclusive = []
        for key in claim_keys(pod):
            claim = self._volumes.claim(key)
            if claim is None:
                why = f'persistentvolumeclaim "{key.name}" not found'
                return PreFiltered(rejection=Rejection((why,), resolvable=False))
            if "ReadWriteOncePod" in (claim["spec"].get("accessModes") or ()):
                exclusive.append(key)
        claims = frozenset(exclusive)
        if not claims and not any(disk in volume for volume in pod.shape.volumes for disk in DISKS):
            return SKIP
        nodes = cycle.snapshot.nodes()
        pods = sum(refs_of(node.pods.values(), claims) for node in nodes) if claims else 0
        cycle.state[self.name] = Taken(claims, pods)
        return None

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        if any(_clash(pod, other) for other in node.pods.values() if other.shape.volumes):
            return DISK_TAKEN
        taken: Taken = cycle.state[self.name]
        return CLAIM_TAKEN if taken.pods > 0 else None

    def add_pod(self, cycle: Cycle, pod: PodInfo, added: PodInfo, node: NodeInfo) -> None:
        taken: Taken = cycle.state[self.name]
        taken.pods += refs_of((added,), taken.claims)

    def remove_pod(self, cycle: Cycle, pod: PodInfo, removed: PodInfo, node: NodeInfo) -> None:
        taken: Taken = cycle.state[self.name]
        taken.pods -= refs_of((removed,), taken.claims)

    def copy_state(self, cycle: Cycle) -> Taken:
        taken: Taken = cycle.state[self.name]
        return Taken(taken.claims, taken.pods)

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return concerns(pod, change) and (change.pod is None or bool(change.pod.shape.volumes))


def _clash(pod: PodInfo, other: PodInfo) -> bool:
    return any(
        _same_disk(kind, mine[kind], theirs[kind])
        for kind in DISKS
        for mine in pod.shape.volumes
        if kind in mine
        for theirs in other.shape.volumes
        if kind in theirs
    )


def _same_disk(kind: str, one: Obj, other: Obj) -> bool:
    """The same disk, and not read by both alone; an EBS volume is never shared."""
    if any(one.get(field) != other.get(field) for field in IDENTITY[kind]):
        return False
    if kind == "rbd" and not set(one.get("monitors") or ()) & set(other.get("monitors") or ()):
        return False
    return kind == "awsElasticBlockStore" or not (one.get("readOnly") and other.get("readOnly"))
