"""The terms of pod affinity and anti-affinity, parsed.

Models: kubernetes v1.36 kube-scheduler/framework (AffinityTerm, newAffinityTerm).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Obj

NamespaceLabels = Callable[[str], Mapping[str, str]]
"""The labels of a namespace; none when it is not known."""


class PodTerm:
    """Which pods are meant, and over which domain of nodes. Equal when they say the same."""

    __slots__ = ("_identity", "namespace_selector", "namespaces", "selector", "topology_key")

    def __init__(self, term: Obj, own_namespace: str) -> None:
        namespaces = term.get("namespaces")
        self.selector: Obj | None = term.get("labelSelector")
        self.namespace_selector: Obj | None = term.get("namespaceSelector")
        is_own = not namespaces and self.namespace_selector is None
        self.namespaces = frozenset((own_namespace,) if is_own else namespaces or ())
        self.topology_key: str = term["topologyKey"]
        told_apart = (self.selector, sorted(self.namespaces), self.namespace_selector, self.topology_key)
        self._identity: bytes = encode(told_apart)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PodTerm) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def matches(self, namespace: str, labels: Mapping[str, str], namespace_labels: NamespaceLabels) -> bool:
        """Whether a pod of that namespace and those labels is meant."""
        if namespace not in self.namespaces and (
            self.namespace_selector is None
            or not selectors.matches(self.namespace_selector, namespace_labels(namespace))
        ):
            return False
        return selectors.matches(self.selector, labels)


class WeightedTerm(NamedTuple):
    term: PodTerm
    weight: int


def required_terms(affinity: Obj | None, namespace: str) -> tuple[PodTerm, ...]:
    terms = (affinity or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or ()
    return tuple(PodTerm(term, namespace) for term in terms)


def weighted_terms(affinity: Obj | None, namespace: str) -> tuple[WeightedTerm, ...]:
    terms = (affinity or {}).get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    return tuple(WeightedTerm(PodTerm(each["podAffinityTerm"], namespace), each["weight"]) for each in terms)
