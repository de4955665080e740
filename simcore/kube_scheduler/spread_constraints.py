"""Topology spread constraints, parsed.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/podtopologyspread/common.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from simcore.apimachinery.meta import Obj

HOSTNAME = "kubernetes.io/hostname"


class SpreadConstraint(NamedTuple):
    """How unevenly matching pods may be spread over the domains of a topology key."""

    max_skew: int
    topology_key: str
    selector: Obj | None
    min_domains: int = 1
    honors_affinity: bool = True
    """Nodes that the pod's node affinity excludes don't count."""
    honors_taints: bool = False
    """Nodes whose taints the pod doesn't tolerate don't count."""
    is_hard: bool = True


def spread_constraints(spec: Obj, labels: Mapping[str, str]) -> tuple[SpreadConstraint, ...]:
    return tuple(_constraint(each, labels) for each in spec.get("topologySpreadConstraints") or ())


def _constraint(given: Obj, labels: Mapping[str, str]) -> SpreadConstraint:
    return SpreadConstraint(
        given["maxSkew"],
        given["topologyKey"],
        _selector(given, labels),
        given.get("minDomains") or 1,
        given.get("nodeAffinityPolicy", "Honor") == "Honor",
        given.get("nodeTaintsPolicy", "Ignore") == "Honor",
        given["whenUnsatisfiable"] == "DoNotSchedule",
    )


def _selector(given: Obj, labels: Mapping[str, str]) -> Obj | None:
    """With the pod's own values of matchLabelKeys."""
    selector: Obj | None = given.get("labelSelector")
    own = [
        {"key": key, "operator": "In", "values": [labels[key]]}
        for key in given.get("matchLabelKeys") or ()
        if key in labels
    ]
    if not own or selector is None:
        return selector
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or ()), *own]}
