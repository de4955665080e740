"""NodeResourcesBalancedAllocation: prefers nodes that the pod makes more evenly used, cpu against memory."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Cycle
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.plugins.node_resources_fit import scorable
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.resources import CPU, MEMORY

HALF = MAX_NODE_SCORE // 2


class NodeResourcesBalancedAllocation:
    name = "NodeResourcesBalancedAllocation"

    def __init__(self, resources: tuple[str, ...] = (CPU, MEMORY)) -> None:
        self.resources = resources

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        """Pods that request nothing would all look balanced on the same node."""
        return any(pod.shape.requests.get(name) for name in self.resources)

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        before, after = [], []
        for name in self.resources:
            allocatable = scorable(name, node, pod.shape)
            if allocatable:
                used = node.requested.get(name, 0)
                before.append(fraction(used, allocatable))
                after.append(fraction(used + pod.shape.requests.get(name, 0), allocatable))
        return HALF + (HALF + evenness(after) - evenness(before)) // 2


def fraction(used: int, allocatable: int) -> float:
    """As float64 divides, at most 1."""
    return min(float(used) / float(allocatable), 1.0)


def evenness(fractions: Sequence[float]) -> int:
    """100 minus the standard deviation in percent, cut to a whole number."""
    if len(fractions) < 2:
        deviation = 0.0
    elif len(fractions) == 2:
        deviation = abs((fractions[0] - fractions[1]) / 2)
    else:
        mean = sum(fractions) / len(fractions)
        deviation = sqrt(sum((f - mean) * (f - mean) for f in fractions) / len(fractions))
    return int((1 - deviation) * MAX_NODE_SCORE)
