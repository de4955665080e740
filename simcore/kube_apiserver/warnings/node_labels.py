"""Labels of nodes that have a newer name.

Models: kubernetes v1.36 pkg/api/node/util.go.
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.meta import Obj

_SINCE = 'deprecated since {}; use "{}" instead'
DEPRECATED = {
    "beta.kubernetes.io/arch": _SINCE.format("v1.14", "kubernetes.io/arch"),
    "beta.kubernetes.io/os": _SINCE.format("v1.14", "kubernetes.io/os"),
    "failure-domain.beta.kubernetes.io/region": _SINCE.format("v1.17", "topology.kubernetes.io/region"),
    "failure-domain.beta.kubernetes.io/zone": _SINCE.format("v1.17", "topology.kubernetes.io/zone"),
    "beta.kubernetes.io/instance-type": _SINCE.format("v1.17", "node.kubernetes.io/instance-type"),
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": (
        "deprecated since v1.22; use Taints and Tolerations instead"
    ),
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}


def of_keys(path: str, labels: Iterable[str]) -> list[str]:
    """For a map by label: `<path>[<label>]: ...`, in the order of the labels."""
    return [f"{path}[{label}]: {DEPRECATED[label]}" for label in sorted(labels) if label in DEPRECATED]


def of_terms(path: str, terms: Iterable[Obj]) -> list[str]:
    """For a list of v1.NodeSelectorTerm at `path`."""
    return [told for i, term in enumerate(terms) for told in of_expressions(f"{path}[{i}]", term)]


def of_expressions(path: str, term: Obj) -> list[str]:
    return [
        f"{path}.matchExpressions[{i}].key: {named} is {DEPRECATED[named]}"
        for i, expression in enumerate(term.get("matchExpressions") or ())
        if (named := expression.get("key")) in DEPRECATED
    ]
