"""PodTopologySpread: pods that match a selector are spread evenly over hosts, zones or other domains.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/podtopologyspread (filtering.go, scoring.go).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.kube_scheduler.default_spread import (
    SYSTEM_DEFAULTS,
    DefaultConstraint,
    SelectorOf,
    default_constraints,
    no_selector,
)
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.plugins.node_affinity import matches_required
from simcore.kube_scheduler.plugins.taint_toleration import repels
from simcore.kube_scheduler.pod_info import PodInfo, PodShape
from simcore.kube_scheduler.spread_constraints import HOSTNAME, SpreadConstraint

SKEWED = Rejection(("node(s) didn't match pod topology spread constraints",))
NO_LABEL = Rejection(
    ("node(s) didn't match pod topology spread constraints (missing required label)",), resolvable=False
)
NO_DOMAIN = 2**31 - 1
"""The fewest pods of a domain while there is no domain."""


class Domains(NamedTuple):
    """One hard constraint and how many matching pods each domain holds."""

    constraint: SpreadConstraint
    counts: dict[str, int]

    @property
    def fewest(self) -> int:
        if len(self.counts) < self.constraint.min_domains:
            return 0
        return min(self.counts.values(), default=NO_DOMAIN)


class Soft(NamedTuple):
    """What scoring needs of the soft constraints."""

    constraints: tuple[SpreadConstraint, ...]
    ignored: frozenset[str]
    """Nodes that lack a topology key."""
    counts: tuple[dict[str, int], ...]
    """Matching pods by domain; empty for hostnames, which are counted on the node itself."""
    weights: tuple[float, ...]


class PodTopologySpread:
    name = "PodTopologySpread"
    wakes_on = (
        ClusterEvent.POD_PLACED, ClusterEvent.POD_DELETED, ClusterEvent.POD_LABELS_CHANGED, ClusterEvent.NODE_ADDED,
        ClusterEvent.NODE_DELETED, ClusterEvent.NODE_LABELS_CHANGED, ClusterEvent.NODE_TAINTS_CHANGED,
        ClusterEvent.OWN_POD_CHANGED,
    )  # fmt: skip

    def __init__(
        self,
        selector_of: SelectorOf = no_selector,
        defaults: Sequence[DefaultConstraint] = SYSTEM_DEFAULTS,
        *,
        is_system: bool = True,
    ) -> None:
        """`is_system`: the defaults are the scheduler's own, which score nodes without the keys, too."""
        self._selector_of, self._defaults, self._is_system = selector_of, defaults, is_system
        self._has_hard_defaults = any(each.is_hard for each in defaults)

    # --- hard constraints

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        hard = self.hard_constraints(pod)
        if not hard:
            return SKIP
        domains = [Domains(constraint, {}) for constraint in hard]
        for node in cycle.snapshot.nodes():
            if has_keys(node, hard):
                for constraint, counts in domains:
                    if counts_towards(node, constraint, pod.shape):
                        value = node.labels[constraint.topology_key]
                        counts[value] = counts.get(value, 0) + matching_pods(node, constraint, pod.shape)
        cycle.state[self.name] = domains
        return None

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        domains: list[Domains] = cycle.state[self.name]
        for each in domains:
            constraint = each.constraint
            value = node.labels.get(constraint.topology_key)
            if value is None:
                return NO_LABEL
            with_pod = each.counts.get(value, 0) + selectors.matches(constraint.selector, pod.shape.labels)
            if with_pod - each.fewest > constraint.max_skew:
                return SKEWED
        return None

    def add_pod(self, cycle: Cycle, pod: PodInfo, added: PodInfo, node: NodeInfo) -> None:
        self._update(cycle, pod, added, node, 1)

    def remove_pod(self, cycle: Cycle, pod: PodInfo, removed: PodInfo, node: NodeInfo) -> None:
        self._update(cycle, pod, removed, node, -1)

    def copy_state(self, cycle: Cycle) -> list[Domains]:
        domains: list[Domains] = cycle.state[self.name]
        return [Domains(constraint, dict(counts)) for constraint, counts in domains]

    def _update(self, cycle: Cycle, pod: PodInfo, other: PodInfo, node: NodeInfo, sign: int) -> None:
        domains: list[Domains] = cycle.state[self.name]
        if other.key.namespace != pod.key.namespace or not has_keys(node, [d.constraint for d in domains]):
            return
        for constraint, counts in domains:
            if selectors.matches(constraint.selector, other.shape.labels) and counts_towards(
                node, constraint, pod.shape
            ):
                value = node.labels[constraint.topology_key]
                counts[value] = counts.get(value, 0) + sign

    # --- soft constraints

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        soft = self.soft_constraints(pod)
        if not soft:
            return False
        needs_all_keys = self.needs_all_keys(pod)
        ignored = frozenset(n.name for n in nodes if needs_all_keys and not has_keys(n, soft))
        scored = [node for node in nodes if node.name not in ignored]
        counts = [
            {}
            if c.topology_key == HOSTNAME
            else dict.fromkeys([n.labels.get(c.topology_key, "") for n in scored], 0)
            for c in soft
        ]
        weights = [
            domain_weight(len(scored) if c.topology_key == HOSTNAME else len(counts[number]))
            for number, c in enumerate(soft)
        ]
        for node in cycle.snapshot.nodes():
            if needs_all_keys and not has_keys(node, soft):
                continue
            for constraint, by_domain in zip(soft, counts, strict=True):
                value = node.labels.get(constraint.topology_key, "")
                if value in by_domain and counts_towards(node, constraint, pod.shape):
                    by_domain[value] += matching_pods(node, constraint, pod.shape)
        cycle.state[f"{self.name}/score"] = Soft(soft, ignored, tuple(counts), tuple(weights))
        return True

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        soft: Soft = cycle.state[f"{self.name}/score"]
        if node.name in soft.ignored:
            return 0
        total = 0.0
        for constraint, counts, weight in zip(soft.constraints, soft.counts, soft.weights, strict=True):
            value = node.labels.get(constraint.topology_key)
            if value is not None:
                is_host = constraint.topology_key == HOSTNAME
                count = matching_pods(node, constraint, pod.shape) if is_host else counts[value]
                total += float(count) * weight + float(constraint.max_skew - 1)
        return floor(total + 0.5)

    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        soft: Soft = cycle.state[f"{self.name}/score"]
        counted = [score for node, score in scores.items() if node not in soft.ignored]
        most, least = max(counted, default=0), min(counted, default=0)
        return {
            node: 0 if node in soft.ignored else inverted(score, most, least)
            for node, score in scores.items()
        }

    def soft_constraints(self, pod: PodInfo) -> tuple[SpreadConstraint, ...]:
        return tuple(c for c in self._constraints(pod) if not c.is_hard)

    def hard_constraints(self, pod: PodInfo) -> tuple[SpreadConstraint, ...]:
        if not pod.shape.spread and not self._has_hard_defaults:
            return ()
        return tuple(c for c in self._constraints(pod) if c.is_hard)

    def needs_all_keys(self, pod: PodInfo) -> bool:
        """Whether nodes that lack one of the keys are left out of the scores."""
        return bool(pod.shape.spread) or not self._is_system

    def _constraints(self, pod: PodInfo) -> tuple[SpreadConstraint, ...]:
        return pod.shape.spread or default_constraints(self._selector_of(pod), self._defaults)

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        hard = self.hard_constraints(pod)
        if change.pod is not None and change.event != ClusterEvent.OWN_POD_CHANGED:
            labels, namespace = change.pod.shape.labels, change.pod.key.namespace
            is_companion = any(selectors.matches(c.selector, labels) for c in hard)
            return namespace == pod.key.namespace and is_companion
        return change.node is None or has_keys(change.node, hard)


def has_keys(node: NodeInfo, constraints: Sequence[SpreadConstraint]) -> bool:
    return all(constraint.topology_key in node.labels for constraint in constraints)


def counts_towards(node: NodeInfo, constraint: SpreadConstraint, shape: PodShape) -> bool:
    """Whether the node belongs to its domain as far as this constraint of this pod goes."""
    if constraint.honors_affinity and not matches_required(shape, node.name, node.labels):
        return False
    return not (constraint.honors_taints and repels(node.taints, shape.tolerations))


def matching_pods(node: NodeInfo, constraint: SpreadConstraint, shape: PodShape) -> int:
    """The pods on the node that the constraint counts: of the same namespace and not terminating."""
    return sum(
        other.key.namespace == shape.namespace
        and not other.is_terminating
        and selectors.matches(constraint.selector, other.shape.labels)
        for other in node.pods.values()
    )


def domain_weight(domains: int) -> float:
    """Keys with few domains weigh less, so that they don't drown the others."""
    return log(domains + 2)


def inverted(score: int, most: int, least: int) -> int:
    """Few pods score high."""
    return MAX_NODE_SCORE * (most + least - score) // most if most else MAX_NODE_SCORE
