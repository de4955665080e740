"""NodeResourcesFit: what the pod requests must be free; by default, the emptiest node scores best."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Cycle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo, PodShape
from simcore.kube_scheduler.resources import CPU, MEMORY, PODS, Amounts

Strategy = Literal["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"]
TOO_MANY_PODS = "Too many pods"


class Point(NamedTuple):
    """Of the scoring curve: utilization 0..100, score 0..10."""

    utilization: int
    score: int


class ScoringStrategy(NamedTuple):
    type: Strategy = "LeastAllocated"
    resources: tuple[tuple[str, int], ...] = ((CPU, 1), (MEMORY, 1))
    """Names and weights."""
    curve: tuple[Point, ...] = ()
    """For RequestedToCapacityRatio: by rising utilization."""


class Ignored(NamedTuple):
    """Extended resources that the filter leaves to somebody else."""

    names: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    """What stands before the slash."""

    def covers(self, name: str) -> bool:
        return "/" in name and (name in self.names or name.partition("/")[0] in self.groups)


NOTHING_IGNORED = Ignored()


class NodeResourcesFit:
    name = "NodeResourcesFit"
    wakes_on = (
        ClusterEvent.POD_DELETED, ClusterEvent.NODE_ADDED, ClusterEvent.NODE_ALLOCATABLE_CHANGED,
        ClusterEvent.OWN_POD_CHANGED,
    )  # fmt: skip

    def __init__(self, strategy: ScoringStrategy | None = None, ignored: Ignored = NOTHING_IGNORED) -> None:
        self.strategy, self._ignored = strategy or ScoringStrategy(), ignored

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        lacking = insufficient(self.demands(pod.shape), node)
        too_many = len(node.pods) + 1 > node.allocatable.get(PODS, 0)
        if not too_many and not lacking:
            return None
        reasons = (TOO_MANY_PODS,) if too_many else ()
        resolvable = not any(pod.shape.requests[name] > node.allocatable.get(name, 0) for name in lacking)
        return Rejection(reasons + tuple(f"Insufficient {name}" for name in lacking), resolvable)

    def demands(self, shape: PodShape) -> Amounts:
        """What the filter looks at."""
        if not self._ignored.names and not self._ignored.groups:
            return shape.requests
        return {name: amount for name, amount in shape.requests.items() if not self._ignored.covers(name)}

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        strategy, total, weights = self.strategy, 0, 0
        for name, weight in strategy.resources:
            allocatable = scorable(name, node, pod.shape)
            if not allocatable:
                continue
            requested = node.scored.get(name, 0) + pod.shape.scored_requests.get(name, 0)
            score = resource_score(strategy, requested, allocatable)
            if score or strategy.type != "RequestedToCapacityRatio":
                total, weights = total + weight * score, weights + weight
        if not weights:
            return 0
        if strategy.type == "RequestedToCapacityRatio":
            return (2 * total + weights) // (2 * weights)
        return total // weights

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        if change.node is not None:
            allocatable = change.node.allocatable
            return all(amount <= allocatable.get(n, 0) for n, amount in self.demands(pod.shape).items())
        return True  # every pod that goes leaves at least its place


def insufficient(requests: Amounts, node: NodeInfo) -> list[str]:
    """The resources that the node has too little of."""
    allocatable, requested = node.allocatable, node.requested
    return [
        name
        for name, amount in requests.items()
        if amount > allocatable.get(name, 0) - requested.get(name, 0)
    ]


def scorable(name: str, node: NodeInfo, shape: PodShape) -> int:
    """The allocatable amount to score by; 0 when the resource does not count for this pod or node."""
    if name not in (CPU, MEMORY) and not shape.scored_requests.get(name):
        return 0
    return node.allocatable.get(name, 0)


def resource_score(strategy: ScoringStrategy, requested: int, allocatable: int) -> int:
    """0..100 for one resource; `requested` includes the pod."""
    if strategy.type == "LeastAllocated":
        return max(allocatable - requested, 0) * MAX_NODE_SCORE // allocatable
    if strategy.type == "MostAllocated":
        return min(requested, allocatable) * MAX_NODE_SCORE // allocatable
    utilization = 100 if requested > allocatable else requested * 100 // allocatable
    return on_curve(strategy.curve, utilization)


def on_curve(curve: tuple[Point, ...], utilization: int) -> int:
    """The height of the broken line, 0..100; flat beyond both ends."""
    before: Point | None = None
    for point in curve:
        if utilization <= point.utilization:
            if before is None:
                break
            rise, run = 10 * (point.score - before.score), point.utilization - before.utilization
            step = rise * (utilization - before.utilization)
            return 10 * before.score + (step // run if step >= 0 else -(-step // run))
        before = point
    return 10 * (point.score if before is None else curve[-1].score)
