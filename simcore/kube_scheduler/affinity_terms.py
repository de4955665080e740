"""The terms of pod affinity and anti-affinity, parsed.

Models: kubernetes v1.36 kube-scheduler/framework (AffinityTerm, newAffinityTerm).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.apimachinery.meta import Obj

NamespaceLabels = Callable[[str], Mapping[str, str]]
"""The labels of a namespace; none when it is not known."""


class PodTerm(NamedTuple):
    """Which pods are meant, and over which domain of nodes."""

    selector: Obj | None
    namespaces: frozenset[str]
    namespace_selector: Obj | None
    topology_key: str

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
    return tuple(_term(term, namespace) for term in terms)


def weighted_terms(affinity: Obj | None, namespace: str) -> tuple[WeightedTerm, ...]:
    terms = (affinity or {}).get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    return tuple(WeightedTerm(_term(each["podAffinityTerm"], namespace), each["weight"]) for each in terms)


def _term(term: Obj, own_namespace: str) -> PodTerm:
    namespaces, selector = term.get("namespaces"), term.get("namespaceSelector")
    return PodTerm(
        term.get("labelSelector"),
        frozenset(namespaces or (() if selector is not None else (own_namespace,))),
        selector,
        term["topologyKey"],
    )
