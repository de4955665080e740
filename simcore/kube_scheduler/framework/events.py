"""What happens in a cluster that may let a waiting pod fit.

Models: kubernetes v1.36 kube-scheduler/framework (ClusterEvent, ActionType).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

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
    OWN_POD_CHANGED = "the Pod itself changed"


class Change(NamedTuple):
    """One event and what it happened to: a node, or a pod on a node."""

    event: ClusterEvent
    node: NodeInfo | None = None
    pod: PodInfo | None = None
