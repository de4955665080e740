"""Whether a pod's node selector and required affinity allow a node.

Models: kubernetes v1.36 component-helpers/scheduling/corev1/nodeaffinity.
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.apimachinery.meta import Obj, labels_of
from simcore.apimachinery.selectors import matches_all, meets


def allows(spec: Obj, node: Obj) -> bool:
    labels = labels_of(node)
    if not matches_all(spec.get("nodeSelector") or {}, labels):
        return False
    required = required_terms(spec)
    return required is None or any(_fits(term, node, labels) for term in required)


def required_terms(spec: Obj) -> list[Obj] | None:
    """None: the pod asks for nothing. An empty list allows no node."""
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity")) or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required["nodeSelectorTerms"] if required else None


def _fits(term: Obj, node: Obj, labels: Mapping[str, str]) -> bool:
    """All expressions and fields hold; a term without any allows nothing."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    known = {"metadata.name": node["metadata"]["name"]}
    if not expressions and not fields:
        return False
    return all(_holds(e, labels) for e in expressions) and all(_holds(f, known) for f in fields)


def _holds(requirement: Obj, labels: Mapping[str, str]) -> bool:
    operator = requirement["operator"]
    if operator not in ("Gt", "Lt"):
        return meets(requirement, labels)
    try:
        value, bound = int(labels[requirement["key"]]), int(requirement["values"][0])
    except (KeyError, ValueError):
        return False  # no label, or no number in it
    return value > bound if operator == "Gt" else value < bound
