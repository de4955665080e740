"""What a pod says about where it wants to run.

Models: kubernetes v1.36 pkg/apis/core/validation (validateAffinity, ValidateTolerations,
validateTopologySpreadConstraints).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_label, dns_subdomain, label_value
from simcore.kube_apiserver.validation.selectors import label_name, label_values, validate_selector

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED, _PREFERRED = (
    f"{when}DuringSchedulingIgnoredDuringExecution" for when in ("required", "preferred")
)
_ANY_TAINT = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
_ACTIONS, _POLICIES = ("DoNotSchedule", "ScheduleAnyway"), ("Honor", "Ignore")


def validate_affinity(path: str, affinity: Obj) -> Errors:
    errors: Errors = []
    if (nodes := affinity.get("nodeAffinity")) is not None:
        errors += _node_affinity(f"{path}.nodeAffinity", nodes)
    for field in ("podAffinity", "podAntiAffinity"):
        if (pods := affinity.get(field)) is not None:
            errors += _pod_affinity(f"{path}.{field}", pods)
    return errors


def validate_node_selector(path: str, selector: Obj) -> Errors:
    """Terms of which a node must meet one."""
    where, terms = f"{path}.nodeSelectorTerms", selector.get("nodeSelectorTerms") or ()
    if not terms:
        return [required(where, "must have at least one node selector term")]
    errors: Errors = []
    for i, term in enumerate(terms):
        errors += _node_term(f"{where}[{i}]", term, checks_values=True)
    return errors


def validate_tolerations(path: str, tolerations: Sequence[Obj]) -> Errors:
    errors: Errors = []
    for i, toleration in enumerate(tolerations):
        errors += _toleration(f"{path}[{i}]", toleration)
    return errors


def taint_effect(path: str, effect: str, *, may_be_empty: bool) -> Errors:
    if not effect:
        return [] if may_be_empty else [required(path)]
    return [] if effect in EFFECTS else [not_supported(path, effect, EFFECTS)]


def validate_spread(path: str, constraints: Sequence[Obj]) -> Errors:
    errors: Errors = []
    for i, constraint in enumerate(constraints):
        errors += _spread(f"{path}[{i}]", constraint, constraints[i + 1 :])
    return errors


def _toleration(path: str, toleration: Obj) -> Errors:
    key, operator = toleration.get("key") or "", toleration.get("operator") or ""
    value, effect = toleration.get("value") or "", toleration.get("effect") or ""
    errors = label_name(f"{path}.key", key) if key else []
    if not key and operator != "Exists":
        errors.append(invalid(f"{path}.operator", operator, _ANY_TAINT))
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        errors.append(invalid(f"{path}.effect", effect, detail))
    if operator in ("Equal", ""):
        if faults := label_value(value):
            errors.append(invalid(f"{path}.operator", value, ";".join(faults)))
    elif operator == "Exists":
        if value:
            detail = "value must be empty when `operator` is 'Exists'"
            errors.append(invalid(f"{path}.operator", value, detail))
    else:
        more = ("Lt", "Gt") if operator in ("Lt", "Gt") else ()
        errors.append(not_supported(f"{path}.operator", operator, ("Equal", "Exists", *more)))
    return errors + taint_effect(f"{path}.effect", effect, may_be_empty=True)


def _node_affinity(path: str, affinity: Obj) -> Errors:
    errors: Errors = []
    if (needed := affinity.get(_REQUIRED)) is not None:
        errors += validate_node_selector(f"{path}.{_REQUIRED}", needed)
    for i, term in enumerate(affinity.get(_PREFERRED) or ()):
        where = f"{path}.{_PREFERRED}[{i}]"
        errors += _weight(where, term)
        errors += _node_term(f"{where}.preference", term.get("preference") or {}, checks_values=False)
    return errors


def _node_term(path: str, term: Obj, *, checks_values: bool) -> Errors:
    errors: Errors = []
    for i, requirement in enumerate(term.get("matchExpressions") or ()):
        errors += _node_requirement(f"{path}.matchExpressions[{i}]", requirement, checks_values=checks_values)
    for i, requirement in enumerate(term.get("matchFields") or ()):
        errors += _node_field(f"{path}.matchFields[{i}]", requirement)
    return errors


def _node_requirement(path: str, requirement: Obj, *, checks_values: bool) -> Errors:
    operator, values = requirement.get("operator") or "", requirement.get("values") or ()
    where = f"{path}.values"
    errors: Errors = []
    if operator in ("In", "NotIn"):
        if not values:
            errors.append(required(where, "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            errors.append(forbidden(where, detail))
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            errors.append(required(where, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    else:
        errors.append(invalid(f"{path}.operator", operator, "not a valid selector operator"))
    errors += label_name(f"{path}.key", requirement.get("key") or "")
    return errors + (label_values(where, values) if checks_values else [])


def _node_field(path: str, requirement: Obj) -> Errors:
    operator, values = requirement.get("operator") or "", requirement.get("values") or ()
    errors: Errors = []
    if operator not in ("In", "NotIn"):
        errors.append(invalid(f"{path}.operator", operator, "not a valid selector operator"))
    elif len(values) != 1:
        detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        errors.append(required(f"{path}.values", detail))
    if requirement.get("key") != "metadata.name":
        return [
            *errors,
            invalid(f"{path}.key", requirement.get("key") or "", "not a valid field selector key"),
        ]
    for i, value in enumerate(values):
        errors += all_invalid(f"{path}.values[{i}]", value, dns_subdomain(value))
    return errors


def _weight(path: str, term: Obj) -> Errors:
    weight = term.get("weight") or 0
    return [] if 1 <= weight <= 100 else [invalid(f"{path}.weight", weight, "must be in the range 1-100")]


def _pod_affinity(path: str, affinity: Obj) -> Errors:
    errors: Errors = []
    for i, term in enumerate(affinity.get(_REQUIRED) or ()):
        errors += _pod_term(f"{path}.{_REQUIRED}[{i}]", term)
    for i, weighted in enumerate(affinity.get(_PREFERRED) or ()):
        where = f"{path}.{_PREFERRED}[{i}]"
        errors += _weight(where, weighted)
        errors += _pod_term(f"{where}.podAffinityTerm", weighted.get("podAffinityTerm") or {})
    return errors


def _pod_term(path: str, term: Obj) -> Errors:
    errors = validate_selector(f"{path}.labelSelector", term.get("labelSelector"))
    errors += validate_selector(f"{path}.namespaceSelector", term.get("namespaceSelector"))
    for name in term.get("namespaces") or ():
        errors += all_invalid(f"{path}.namespace", name, dns_label(name))
    errors += _label_keys(path, term)
    topology = term.get("topologyKey") or ""
    if not topology:
        errors.append(required(f"{path}.topologyKey", "can not be empty"))
    return errors + label_name(f"{path}.topologyKey", topology)


def _label_keys(path: str, term: Obj) -> Errors:
    errors: Errors = []
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = term.get(field) or ()
        if keys and term.get("labelSelector") is None:
            errors.append(forbidden(f"{path}.{field}", "must not be specified when labelSelector is not set"))
        for i, key in enumerate(keys):
            errors += label_name(f"{path}.{field}[{i}]", key)
    both = set(term.get("matchLabelKeys") or ()).intersection(term.get("mismatchLabelKeys") or ())
    for i, key in enumerate(term.get("matchLabelKeys") or ()):
        if key in both:
            errors.append(
                invalid(
                    f"{path}.matchLabelKeys[{i}]", key, "exists in both matchLabelKeys and mismatchLabelKeys"
                )
            )
    return errors


def _spread(path: str, constraint: Obj, later: Sequence[Obj]) -> Errors:
    skew, key = constraint.get("maxSkew") or 0, constraint.get("topologyKey") or ""
    action = constraint.get("whenUnsatisfiable") or ""
    errors: Errors = []
    if skew <= 0:
        errors.append(invalid(f"{path}.maxSkew", skew, "must be greater than zero"))
    if not key:
        errors.append(required(f"{path}.topologyKey", "can not be empty"))
    else:
        errors += label_name(f"{path}.topologyKey", key)
    if action not in _ACTIONS:
        errors.append(not_supported(f"{path}.whenUnsatisfiable", action, _ACTIONS))
    if any((c.get("topologyKey"), c.get("whenUnsatisfiable")) == (key, action) for c in later):
        where = f"{path}.{{topologyKey, whenUnsatisfiable}}"
        errors.append(duplicate(where, f"{{{key}, {action}}}"))
    errors += _min_domains(f"{path}.minDomains", constraint.get("minDomains"), action)
    for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        policy = constraint.get(field)
        if policy is not None and policy not in _POLICIES:
            errors.append(not_supported(f"{path}.{field}", policy, _POLICIES))
    errors += _spread_keys(f"{path}.matchLabelKeys", constraint)
    return errors + validate_selector(f"{path}.labelSelector", constraint.get("labelSelector"))


def _min_domains(path: str, domains: int | None, action: str) -> Errors:
    if domains is None:
        return []
    errors = [invalid(path, domains, "must be greater than zero")] if domains <= 0 else []
    if action != "DoNotSchedule":
        detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
        errors.append(invalid(path, domains, detail))
    return errors


def _spread_keys(path: str, constraint: Obj) -> Errors:
    keys, selector = constraint.get("matchLabelKeys") or (), constraint.get("labelSelector")
    if not keys:
        return []
    if selector is None:
        return [forbidden(path, "must not be specified when labelSelector is not set")]
    used = set(selector.get("matchLabels") or ())
    used.update(e.get("key", "") for e in selector.get("matchExpressions") or ())
    errors: Errors = []
    for i, key in enumerate(keys):
        errors += label_name(f"{path}[{i}]", key)
        if key in used:
            errors.append(invalid(f"{path}[{i}]", key, "exists in both matchLabelKeys and labelSelector"))
    return errors
