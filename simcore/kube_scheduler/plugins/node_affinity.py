"""NodeAffinity: nodeSelector and node affinity, required and preferred."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.framework.normalize import to_percent
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo, PodShape

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
REJECTION = Rejection(("node(s) didn't match Pod's node affinity/selector",), resolvable=False)
ENFORCED = Rejection(("node(s) didn't match scheduler-enforced node affinity",), resolvable=False)
CONFLICT = Rejection(("pod affinity terms conflict",), resolvable=False)
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


class NodeAffinity:
    name = "NodeAffinity"
    wakes_on = (ClusterEvent.NODE_ADDED, ClusterEvent.NODE_LABELS_CHANGED, ClusterEvent.OWN_POD_CHANGED)

    def __init__(self, added_affinity: Obj | None = None) -> None:
        self.added = added_affinity or {}

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        shape = pod.shape
        if not shape.node_selector and not shape.node_affinity.get(REQUIRED) and not self.added.get(REQUIRED):
            return SKIP
        names = named_nodes(shape.node_affinity)
        if names is None:
            return None
        return PreFiltered(nodes=names) if names else PreFiltered(rejection=CONFLICT)

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        if not matches_terms(self.added.get(REQUIRED), node.name, node.labels):
            return ENFORCED
        return None if matches_required(pod.shape, node.name, node.labels) else REJECTION

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        return bool(self.preferences(pod))

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        return sum(
            each["weight"]
            for each in self.preferences(pod)
            if matches_term(each["preference"], node.name, node.labels)
        )

    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        return to_percent(scores)

    def preferences(self, pod: PodInfo) -> list[Obj]:
        own, added = pod.shape.node_affinity.get(PREFERRED), self.added.get(PREFERRED)
        return [*(own or ()), *(added or ())]

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        node = change.node
        return node is None or matches_required(pod.shape, node.name, node.labels)


def matches_required(shape: PodShape, name: str, labels: Mapping[str, str]) -> bool:
    """Whether a node meets the pod's nodeSelector and required node affinity."""
    if any(labels.get(key) != value for key, value in shape.node_selector.items()):
        return False
    return matches_terms(shape.node_affinity.get(REQUIRED), name, labels)


def matches_terms(selector: Obj | None, name: str, labels: Mapping[str, str]) -> bool:
    """One term must match; no selector matches every node."""
    return not selector or any(matches_term(t, name, labels) for t in selector["nodeSelectorTerms"])


def matches_term(term: Obj, name: str, labels: Mapping[str, str]) -> bool:
    """Everything in the term must hold; an empty term matches no node."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    return all(holds(e, labels.get(e["key"])) for e in expressions) and all(holds(f, name) for f in fields)


def holds(requirement: Obj, value: str | None) -> bool:
    """Whether a label's value (None: no such label) meets `{key, operator, values}`."""
    operator, values = requirement["operator"], requirement.get("values") or ()
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    left, right = _integer(value), _integer(values[0]) if values else None
    if left is None or right is None:
        return False
    return left > right if operator == "Gt" else left < right


def named_nodes(affinity: Obj) -> frozenset[str] | None:
    """The only nodes that can match, when every term names them by `metadata.name`; else None."""
    found: set[str] = set()
    for term in (affinity.get(REQUIRED) or {}).get("nodeSelectorTerms") or ():
        fields = [f for f in term.get("matchFields") or () if f["operator"] == "In"]
        if not fields:
            return None
        found |= set.intersection(*(set(f["values"]) for f in fields))
    return frozenset(found) if affinity.get(REQUIRED) else None


def _integer(text: str | None) -> int | None:
    """As Go's strconv.ParseInt reads it."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else None
