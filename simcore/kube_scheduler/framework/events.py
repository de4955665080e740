"""What happens in a cluster that may let a waiting pod fit.

Models: kubernetes v1.36 kube-scheduler/framework (ClusterEvent, ActionType).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo


class ClusterEvent(StrEnum):
    """The value is what a user reads: "retries when: Node added, Pod deleted"."""

    NODE_ADDED = "Node added"
    NODE_ALLOCATABLE_CHANGED = "Node allocatable changed"
    NODE_LABELS_CHANGED = "Node labels changed"
    NODE_TAINTS_CHANGED = "Node taints changed"
    NODE_DELETED = "Node deleted"
    POD_PLACED = "Pod scheduled"
    POD_LABELS_CHANGED = "Pod labels changed"
    POD_DELETED = "Pod deleted"
    CLAIM_CHANGED = "PersistentVolumeClaim added or changed"
    VOLUME_CHANGED = "PersistentVolume added or changed"
    STORAGE_CLASS_CHANGED = "StorageClass added or changed"
    CSI_NODE_CHANGED = "CSINode added or changed"
    OWN_POD_CHANGED = "the Pod itself changed"


VOLUME_EVENTS = (
    ClusterEvent.CLAIM_CHANGED, ClusterEvent.VOLUME_CHANGED, ClusterEvent.STORAGE_CLASS_CHANGED,
    ClusterEvent.CSI_NODE_CHANGED,
)  # fmt: skip


class Change(NamedTuple):
    """One event and what it happened to: a node, a pod on a node, or another object."""

    event: ClusterEvent
    node: NodeInfo | None = None
    pod: PodInfo | None = None
    obj: Obj | None = None
