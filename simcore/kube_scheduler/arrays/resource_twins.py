"""Array versions of NodeResourcesFit and NodeResourcesBalancedAllocation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.kube_scheduler.arrays.twins import Codes, Ints, View
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Rejection
from simcore.kube_scheduler.plugins.node_resources_balanced_allocation import (
    HALF,
    NodeResourcesBalancedAllocation,
    evenness,
)
from simcore.kube_scheduler.plugins.node_resources_fit import (
    TOO_MANY_PODS,
    NodeResourcesFit,
    ScoringStrategy,
    on_curve,
)
from simcore.kube_scheduler.resources import CPU, MEMORY, PODS

Floats = NDArray[np.float64]


class NodeResourcesFitTwin:
    is_local = True
    has_normalize = False

    def __init__(self, plugin: NodeResourcesFit) -> None:
        self.name, self._plugin, self._strategy = plugin.name, plugin, plugin.strategy

    def filters(self, view: View) -> bool:
        return True

    def scores(self, view: View) -> bool:
        return True

    def filter(self, view: View) -> Codes:
        """What is lacking, as bits: too many pods, no help possible, then a bit for each resource."""
        table = view.table
        lacking = (view.pick(table.pods()) + 1 > view.pick(table.amounts("allocatable", PODS))).astype(
            np.int64
        )
        demands = self._plugin.demands(view.pod.shape)
        names = list(demands)
        for number, name in enumerate(names):
            amount, allocatable = demands[name], view.pick(table.amounts("allocatable", name))
            lacking |= (amount > allocatable - view.pick(table.amounts("requested", name))).astype(
                np.int64
            ) << (number + 2)
            lacking |= (amount > allocatable).astype(np.int64) << 1
        found, codes = np.unique(lacking, return_inverse=True)
        shift = 0 if found.size and found[0] == 0 else 1
        rejections = [_rejection(bits, names) for bits in found.tolist() if bits]
        return Codes(codes.astype(np.int64) + shift, rejections)

    def score(self, view: View) -> Ints:
        strategy = self._strategy
        total = np.zeros(view.number, dtype=np.int64)
        weights = np.zeros(view.number, dtype=np.int64)
        for name, weight in strategy.resources:
            allocatable = _scorable(name, view)
            counts = allocatable > 0
            requested = view.pick(view.table.amounts("scored", name)) + view.pod.shape.scored_requests.get(
                name, 0
            )
            score = _resource_score(strategy, requested, np.where(counts, allocatable, 1))
            if strategy.type == "RequestedToCapacityRatio":
                counts &= score > 0
            total += np.where(counts, weight * score, 0)
            weights += np.where(counts, weight, 0)
        some = np.maximum(weights, 1)
        if strategy.type == "RequestedToCapacityRatio":
            return np.where(weights > 0, (2 * total + weights) // (2 * some), 0)
        return total // some

    def normalize(self, scores: Ints) -> Ints:
        return scores


class BalancedAllocationTwin:
    is_local = True
    has_normalize = False

    def __init__(self, plugin: NodeResourcesBalancedAllocation) -> None:
        self.name, self._resources = plugin.name, plugin.resources

    def scores(self, view: View) -> bool:
        return any(view.pod.shape.requests.get(name) for name in self._resources)

    def score(self, view: View) -> Ints:
        before, after, counts = [], [], []
        for name in self._resources:
            allocatable = _scorable(name, view)
            used = view.pick(view.table.amounts("requested", name))
            counts.append(allocatable > 0)
            capacity = np.where(allocatable > 0, allocatable, 1).astype(np.float64)
            more = view.pod.shape.requests.get(name, 0)
            before.append(np.minimum(used.astype(np.float64) / capacity, 1.0))
            after.append(np.minimum((used + more).astype(np.float64) / capacity, 1.0))
        mask = np.array(counts)
        change = _evenness(np.array(after), mask) - _evenness(np.array(before), mask)
        return HALF + (HALF + change) // 2

    def normalize(self, scores: Ints) -> Ints:
        return scores


def _rejection(bits: int, names: list[str]) -> Rejection:
    reasons = [TOO_MANY_PODS] if bits & 1 else []
    reasons += [f"Insufficient {name}" for number, name in enumerate(names) if bits >> (number + 2) & 1]
    return Rejection(tuple(reasons), resolvable=not bits & 2)


def _scorable(name: str, view: View) -> Ints:
    if name not in (CPU, MEMORY) and not view.pod.shape.scored_requests.get(name):
        return np.zeros(view.number, dtype=np.int64)
    return view.pick(view.table.amounts("allocatable", name))


def _resource_score(strategy: ScoringStrategy, requested: Ints, allocatable: Ints) -> Ints:
    score: Ints
    if strategy.type == "LeastAllocated":
        score = np.maximum(allocatable - requested, 0) * MAX_NODE_SCORE // allocatable
        return score
    if strategy.type == "MostAllocated":
        score = np.minimum(requested, allocatable) * MAX_NODE_SCORE // allocatable
        return score
    heights: Ints = np.array(
        [on_curve(strategy.curve, utilization) for utilization in range(101)], dtype=np.int64
    )
    score = heights[np.where(requested > allocatable, 100, requested * 100 // allocatable).clip(0, 100)]
    return score


def _evenness(fractions: Floats, counts: NDArray[np.bool_]) -> Ints:
    """By node, as evenness()."""
    if len(fractions) == 2:
        deviation = np.where(counts.all(axis=0), np.abs((fractions[0] - fractions[1]) / 2), 0.0)
        scores: Ints = ((1 - deviation) * MAX_NODE_SCORE).astype(np.int64)
        return scores
    each = [evenness(column[counted].tolist()) for column, counted in zip(fractions.T, counts.T, strict=True)]
    return np.array(each, dtype=np.int64)
