"""InterPodAffinity: pods that want to be near other pods, or far from them.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/interpodaffinity (filtering.go, scoring.go).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.kube_scheduler.affinity_terms import NamespaceLabels, PodTerm
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo, PodShape

AFFINITY = Rejection(("node(s) didn't match pod affinity rules",), resolvable=False)
ANTI_AFFINITY = Rejection(("node(s) didn't match pod anti-affinity rules",))
EXISTING_ANTI_AFFINITY = Rejection(("node(s) didn't satisfy existing pods anti-affinity rules",))
HARD = 0
"""In place of a weight: a term that its pod requires. What it is worth when others are scored is an argument."""

Pair = tuple[str, str]
"""A topology key and a value: one domain."""


class Counts(NamedTuple):
    """Pods by domain."""

    existing_anti: Counter[Pair]
    """Whose anti-affinity keeps the pod away."""
    affinity: Counter[Pair]
    """That the pod's affinity terms all mean."""
    anti: Counter[Pair]
    """That one of its anti-affinity terms means."""


class Moved(NamedTuple):
    """A pod that counts on a node (sign 1), or no longer does (-1)."""

    shape: PodShape
    node: NodeInfo
    sign: int


class AffinityArgs(NamedTuple):
    hard_weight: int = 1
    """What an existing pod's required affinity to the new one is worth when scoring."""
    ignores_wishes: bool = False
    """Preferences of existing pods don't count for a pod that has none itself."""


DEFAULT_ARGS = AffinityArgs()


class InterPodAffinity:
    name = "InterPodAffinity"
    wakes_on = (
        ClusterEvent.POD_PLACED, ClusterEvent.POD_DELETED, ClusterEvent.POD_LABELS_CHANGED, ClusterEvent.NODE_ADDED,
        ClusterEvent.NODE_LABELS_CHANGED, ClusterEvent.OWN_POD_CHANGED,
    )  # fmt: skip

    def __init__(self, args: AffinityArgs = DEFAULT_ARGS) -> None:
        self.args = args

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        counts = Counts(Counter(), Counter(), Counter())
        for node in cycle.snapshot.nodes():
            for other in node.pods.values():
                _count(counts, pod.shape, Moved(other.shape, node, 1), cycle.snapshot.namespace_labels)
        shape = pod.shape
        if not counts.existing_anti and not shape.affinity and not shape.anti_affinity:
            return SKIP
        cycle.state[self.name] = counts
        return None

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        counts: Counts = cycle.state[self.name]
        if not _meets_affinity(counts, pod.shape, node, cycle.snapshot.namespace_labels):
            return AFFINITY
        if any(counts.anti[pair] > 0 for pair in _pairs(pod.shape.anti_affinity, node)):
            return ANTI_AFFINITY
        if counts.existing_anti and any(counts.existing_anti[pair] > 0 for pair in node.labels.items()):
            return EXISTING_ANTI_AFFINITY
        return None

    def add_pod(self, cycle: Cycle, pod: PodInfo, added: PodInfo, node: NodeInfo) -> None:
        labels = cycle.snapshot.namespace_labels
        _count(cycle.state[self.name], pod.shape, Moved(added.shape, node, 1), labels)

    def remove_pod(self, cycle: Cycle, pod: PodInfo, removed: PodInfo, node: NodeInfo) -> None:
        labels = cycle.snapshot.namespace_labels
        _count(cycle.state[self.name], pod.shape, Moved(removed.shape, node, -1), labels)

    def copy_state(self, cycle: Cycle) -> Counts:
        counts: Counts = cycle.state[self.name]
        return Counts(*(Counter(each) for each in counts))

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        points: Counter[Pair] = Counter()
        if self.is_indifferent(pod.shape):
            return False
        hard_weight = self.args.hard_weight
        for node in cycle.snapshot.nodes():
            for other in node.pods.values():
                for term, given in attractions(pod.shape, other.shape, cycle.snapshot.namespace_labels):
                    weight = given if given != HARD else hard_weight
                    if weight and term.topology_key in node.labels:
                        points[term.topology_key, node.labels[term.topology_key]] += weight
        cycle.state[f"{self.name}/score"] = points
        return bool(points)

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        points: Counter[Pair] = cycle.state[f"{self.name}/score"]
        return sum(points[pair] for pair in node.labels.items() if pair in points)

    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        least, most = min(scores.values()), max(scores.values())
        return {node: spread_out(score, least, most) for node, score in scores.items()}

    def is_indifferent(self, shape: PodShape) -> bool:
        """Whether nobody's wishes count in the scores for such a pod."""
        has_wishes = shape.preferred_affinity or shape.preferred_anti_affinity
        return self.args.ignores_wishes and not has_wishes

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        shape = pod.shape
        if change.node is not None:
            terms = [*shape.affinity, *shape.anti_affinity]
            return not terms or any(term.topology_key in change.node.labels for term in terms)
        if change.pod is None or change.event in (
            ClusterEvent.OWN_POD_CHANGED,
            ClusterEvent.POD_LABELS_CHANGED,
        ):
            return True
        other = change.pod.shape
        if change.event == ClusterEvent.POD_PLACED:
            return bool(shape.affinity) and all(_may_mean(term, other) for term in shape.affinity)
        kept_away = any(_may_mean(term, other) for term in shape.anti_affinity)
        return kept_away or any(_may_mean(term, shape) for term in other.anti_affinity)


def _may_mean(term: PodTerm, shape: PodShape) -> bool:
    """Without looking at namespaces' labels: a term that selects namespaces by them may mean any."""
    in_reach = term.namespace_selector is not None or shape.namespace in term.namespaces
    return in_reach and selectors.matches(term.selector, shape.labels)


def spread_out(score: int, least: int, most: int) -> int:
    """0 for the least, 100 for the most; 0 for all when they are equal."""
    if most == least:
        return 0
    return int(float(MAX_NODE_SCORE) * (float(score - least) / float(most - least)))


def attractions(
    shape: PodShape, other: PodShape, namespace_labels: NamespaceLabels
) -> Iterator[tuple[PodTerm, int]]:
    """What a running pod adds to the score of its domains, by term; negative where it repels, or HARD."""
    for terms, sign in ((shape.preferred_affinity, 1), (shape.preferred_anti_affinity, -1)):
        for term, weight in terms:
            if term.matches(other.namespace, other.labels, namespace_labels):
                yield term, sign * weight
    for term, weight in attractions_of(other):
        if term.matches(shape.namespace, shape.labels, namespace_labels):
            yield term, weight


def attractions_of(shape: PodShape) -> Iterator[tuple[PodTerm, int]]:
    """The terms by which a running pod draws or repels others, with their weights or HARD."""
    for term in shape.affinity:
        yield term, HARD
    for term, weight in shape.preferred_affinity:
        yield term, weight
    for term, weight in shape.preferred_anti_affinity:
        yield term, -weight


def means_all(terms: Sequence[PodTerm], shape: PodShape, namespace_labels: NamespaceLabels) -> bool:
    """Whether there are terms and every one means pods of this shape."""
    return bool(terms) and all(t.matches(shape.namespace, shape.labels, namespace_labels) for t in terms)


def _count(counts: Counts, shape: PodShape, moved: Moved, labels: NamespaceLabels) -> None:
    other, node, sign = moved
    for term in other.anti_affinity:
        if term.matches(shape.namespace, shape.labels, labels):
            _add(counts.existing_anti, (term,), node, sign)
    if means_all(shape.affinity, other, labels):
        _add(counts.affinity, shape.affinity, node, sign)
    for term in shape.anti_affinity:
        if term.matches(other.namespace, other.labels, labels):
            _add(counts.anti, (term,), node, sign)


def _add(counter: Counter[Pair], terms: Iterable[PodTerm], node: NodeInfo, sign: int) -> None:
    for pair in _pairs(terms, node):
        counter[pair] += sign
        if not counter[pair]:
            del counter[pair]


def _pairs(terms: Iterable[PodTerm], node: NodeInfo) -> Iterator[Pair]:
    for term in terms:
        if term.topology_key in node.labels:
            yield term.topology_key, node.labels[term.topology_key]


def _meets_affinity(counts: Counts, shape: PodShape, node: NodeInfo, labels: NamespaceLabels) -> bool:
    if any(term.topology_key not in node.labels for term in shape.affinity):
        return False
    if all(counts.affinity[pair] > 0 for pair in _pairs(shape.affinity, node)):
        return True
    # The first pod of a group that wants to be together has nobody to be near to.
    return not counts.affinity and means_all(shape.affinity, shape, labels)
