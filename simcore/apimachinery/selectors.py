"""Label selectors as the API writes them.

Models: kubernetes v1.36 apimachinery/pkg/apis/meta/v1 (LabelSelectorAsSelector), apimachinery/pkg/labels.
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.apimachinery.meta import Obj


def matches(selector: Obj | None, labels: Mapping[str, str]) -> bool:
    """Whether a metav1.LabelSelector selects the labels. No selector selects nothing, an empty one everything."""
    if selector is None:
        return False
    return matches_all(selector.get("matchLabels") or {}, labels) and all(
        meets(requirement, labels) for requirement in selector.get("matchExpressions") or ()
    )


def matches_all(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether the labels hold every wanted pair, as a Service's selector asks."""
    return all(labels.get(name) == value for name, value in wanted.items())


def meets(requirement: Obj, labels: Mapping[str, str]) -> bool:
    """One of matchExpressions. A label that isn't there is not in any list of values."""
    name, operator = requirement["key"], requirement["operator"]
    values = requirement.get("values") or ()
    match operator:
        case "In":
            return labels.get(name) in values
        case "NotIn":
            return name not in labels or labels[name] not in values
        case "Exists":
            return name in labels
        case "DoesNotExist":
            return name not in labels
    raise AssertionError(f"unknown operator {operator!r} passed validation")


def is_empty(selector: Obj | None) -> bool:
    """Whether a given selector asks for nothing, and so selects everything."""
    return selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions")
