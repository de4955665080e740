"""Label selectors.

Models: kubernetes v1.36 apimachinery/pkg/apis/meta/v1/validation (ValidateLabelSelector).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    all_invalid,
    forbidden,
    invalid,
    required,
    shown,
)
from simcore.kube_apiserver.validation.metadata import validate_labels
from simcore.kube_apiserver.validation.names import label_value, qualified_name

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def validate_selector(path: str, selector: Obj | None) -> Errors:
    """A metav1.LabelSelector; none at all is fine."""
    if not selector:
        return []
    errors = validate_labels(f"{path}.matchLabels", selector.get("matchLabels"))
    for i, requirement in enumerate(selector.get("matchExpressions") or ()):
        errors += _requirement(f"{path}.matchExpressions[{i}]", requirement)
    return errors


def is_parsable(selector: Obj) -> bool:
    """Whether a selector can be evaluated: what upstream calls a valid one beyond its fields."""
    return not validate_selector("", selector)


def shown_selector(selector: Obj) -> Shown:
    """The selector in the field order of upstream's type."""
    parts = []
    if selector.get("matchLabels"):
        parts.append(f'"matchLabels":{shown(selector["matchLabels"])}')
    if selector.get("matchExpressions"):
        listed = ",".join(map(_shown_requirement, selector["matchExpressions"]))
        parts.append(f'"matchExpressions":[{listed}]')
    return Shown("{" + ",".join(parts) + "}")


def label_name(path: str, name: str) -> Errors:
    """The key of a label."""
    faults = qualified_name(name)
    return all_invalid(path, name, faults) if faults else []


def _shown_requirement(requirement: Obj) -> str:
    fields = [f"{shown(f)}:{shown(requirement.get(f) or '')}" for f in ("key", "operator")]
    if requirement.get("values"):
        fields.append(f'"values":{shown(requirement["values"])}')
    return "{" + ",".join(fields) + "}"


def _requirement(path: str, requirement: Obj) -> Errors:
    errors: Errors = []
    operator, values = requirement.get("operator", ""), requirement.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            detail = "must be specified when `operator` is 'In' or 'NotIn'"
            errors.append(required(f"{path}.values", detail))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            errors.append(forbidden(f"{path}.values", detail))
    else:
        errors.append(invalid(f"{path}.operator", operator, "not a valid selector operator"))
    errors += label_name(f"{path}.key", requirement.get("key", ""))
    return errors + label_values(f"{path}.values", values)


def label_values(path: str, values: Sequence[str]) -> Errors:
    errors: Errors = []
    for i, value in enumerate(values):
        errors += all_invalid(f"{path}[{i}]", value, label_value(value))
    return errors
