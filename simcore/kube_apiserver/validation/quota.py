"""Resource quotas and limit ranges.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidateResourceQuota, ValidateLimitRange).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import Quantity, parse
from simcore.kube_apiserver.validation.field import (
    IMMUTABLE,
    Errors,
    Shown,
    all_invalid,
    duplicate,
    forbidden,
    internal,
    invalid,
    required,
)
from simcore.kube_apiserver.validation.names import qualified_name
from simcore.kube_apiserver.validation.resources import (
    HUGE_PAGES,
    QUOTA,
    container_resource_name,
    may_be_overcommitted,
    resource_name,
    resource_quantity,
)

_SCOPES = (
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
)
_EXISTS_ONLY = ("BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity")
_CONFLICTS = (("BestEffort", "NotBestEffort"), ("NotTerminating", "Terminating"))
_COMPUTE = tuple(
    name for name in QUOTA if name in ("cpu", "memory", "pods") or name.endswith((".cpu", ".memory"))
)
_EXISTS_SAYS = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)
_TERM = ("scopeName", "operator", "values")
_LIMIT_TYPES = ("Container", "PersistentVolumeClaim", "Pod")
_LIMITS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")


def validate_resource_quota(obj: Obj) -> Errors:
    spec = obj["spec"]
    errors = _amounts("spec.hard", spec.get("hard") or {})
    errors += _scopes("spec.scopes", spec.get("scopes") or [], spec)
    selector = spec.get("scopeSelector")
    if selector is not None:
        errors += _scope_selector("spec.scopeSelector.matchExpressions", selector, spec)
    return errors


def validate_resource_quota_update(new: Obj, old: Obj) -> Errors:
    scopes, was = new["spec"].get("scopes") or [], old["spec"].get("scopes") or []
    return [] if set(scopes) == set(was) else [invalid("spec.scopes", scopes, IMMUTABLE)]


def validate_resource_quota_status(new: Obj, old: Obj) -> Errors:
    status = new.get("status") or {}
    return _amounts("status.hard", status.get("hard") or {}) + _amounts(
        "status.used", status.get("used") or {}
    )


def validate_limit_range(obj: Obj) -> Errors:
    errors: Errors = []
    seen: set[str] = set()
    for i, limit in enumerate((obj.get("spec") or {}).get("limits") or ()):
        path, kind = f"spec.limits[{i}]", limit.get("type") or ""
        errors += _limit_type(f"{path}.type", kind)
        if kind in seen:
            errors.append(duplicate(f"{path}.type", kind))
        seen.add(kind)
        errors += _limit(path, kind, limit)
    return errors


def _amounts(path: str, amounts: Obj) -> Errors:
    errors: Errors = []
    for name, amount in amounts.items():
        where = f"{path}[{name}]"
        errors += resource_name(where, name)
        if (
            "/" not in name
            and name not in QUOTA
            and not name.startswith((HUGE_PAGES, f"requests.{HUGE_PAGES}"))
        ):
            errors.append(invalid(where, name, "must be a standard resource for quota"))
        errors += resource_quantity(where, name, amount)
    return errors


def _fits(scope: str, name: str) -> bool:
    """Whether a quota with that scope may count the resource."""
    if name not in QUOTA:
        return True
    if scope == "BestEffort":
        return name == "pods"
    if scope in (
        "CrossNamespacePodAffinity",
        "NotBestEffort",
        "NotTerminating",
        "PriorityClass",
        "Terminating",
    ):
        return name in _COMPUTE
    return True


def _scopes(path: str, scopes: Sequence[str], spec: Obj) -> Errors:
    errors: Errors = []
    for scope in scopes:
        if scope not in _SCOPES:
            errors.append(invalid(path, scopes, "unsupported scope"))
        for name in sorted(spec.get("hard") or ()):
            if not _fits(scope, name):
                errors.append(invalid(path, scopes, "unsupported scope applied to resource"))
    for pair in _CONFLICTS:
        if set(pair) <= set(scopes):
            errors.append(invalid(path, scopes, "conflicting scopes"))
    return errors


def _scope_selector(path: str, selector: Obj, spec: Obj) -> Errors:
    errors: Errors = []
    for requirement in selector.get("matchExpressions") or ():
        scope, operator = requirement.get("scopeName") or "", requirement.get("operator") or ""
        values = requirement.get("values") or []
        if scope not in _SCOPES:
            errors.append(invalid(f"{path}.scopeName", scope, "unsupported scope"))
        if any(not _fits(scope, name) for name in spec.get("hard") or ()):
            errors.append(invalid(path, _shown(selector), "unsupported scope applied to resource"))
        if scope in _EXISTS_ONLY and operator != "Exists":
            errors.append(invalid(f"{path}.operator", operator, _EXISTS_SAYS))
        if operator in ("In", "NotIn"):
            if not values:
                detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
                errors.append(required(f"{path}.values", detail))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
                errors.append(invalid(f"{path}.values", values, detail))
        else:
            errors.append(invalid(f"{path}.operator", operator, "not a valid selector operator"))
    named = {requirement.get("scopeName") for requirement in selector.get("matchExpressions") or ()}
    conflicts = [pair for pair in _CONFLICTS if named.issuperset(pair)]
    return errors + [invalid(path, spec.get("scopes"), "conflicting scopes") for _ in conflicts]


def _shown(selector: Obj) -> Shown:
    """As upstream's internal type shows itself."""
    terms = [internal(term, *_TERM) for term in selector.get("matchExpressions") or ()]
    return Shown(f'{{"MatchExpressions":[{",".join(terms)}]}}')


def _limit_type(path: str, kind: str) -> Errors:
    if faults := qualified_name(kind):
        return all_invalid(path, kind, faults)
    if "/" in kind or kind in _LIMIT_TYPES:
        return []
    return [invalid(path, kind, "must be a standard limit type or fully qualified")]


def _limit(path: str, kind: str, limit: Obj) -> Errors:
    errors: Errors = []
    rule = container_resource_name if kind in ("Pod", "Container") else resource_name
    for field in _LIMITS:
        if kind == "Pod" and field in ("default", "defaultRequest"):
            if limit.get(field):
                errors.append(forbidden(f"{path}.{field}", "may not be specified when `type` is 'Pod'"))
            continue
        for name in limit.get(field) or ():
            errors += rule(f"{path}.{field}[{name}]", name)
    storage = any("storage" in (limit.get(field) or ()) for field in ("min", "max"))
    if kind == "PersistentVolumeClaim" and not storage:
        detail = "either minimum or maximum storage value is required, but neither was provided"
        errors.append(required(f"{path}.limits", detail))
    names = dict.fromkeys(name for field in _LIMITS for name in limit.get(field) or ())
    for name in sorted(names):
        errors += _order(path, name, limit)
    return errors


def _order(path: str, name: str, limit: Obj) -> Errors:
    """That the amounts of one resource don't contradict each other."""
    least, most, default, request = (
        _amount(limit, f, name) for f in ("min", "max", "default", "defaultRequest")
    )
    at = {field: f"{path}.{field}[{name}]" for field in _LIMITS}
    errors = _above(at["min"], least, most, "min value {} is greater than max value {}", least)
    says = "min value {} is greater than default request value {}"
    errors += _above(at["defaultRequest"], least, request, says, request)
    says = "default request value {} is greater than max value {}"
    errors += _above(at["defaultRequest"], request, most, says, request)
    says = "default request value {} is greater than default limit value {}"
    errors += _above(at["defaultRequest"], request, default, says, request)
    errors += _above(at["default"], least, default, "min value {} is greater than default value {}", least)
    errors += _above(at["default"], default, most, "default value {} is greater than max value {}", most)
    ratio = _amount(limit, "maxLimitRequestRatio", name)
    if ratio is not None:
        errors += _ratio(at["maxLimitRequestRatio"], ratio, least, most)
    if not may_be_overcommitted(name) and default and request and default.nanos != request.nanos:
        detail = f"default value {default} must equal to defaultRequest value {request} in {name}"
        errors.append(invalid(at["defaultRequest"], str(request), detail))
    return errors


def _ratio(path: str, ratio: Quantity, least: Quantity | None, most: Quantity | None) -> Errors:
    errors: Errors = []
    if ratio.milli < 1000:
        errors.append(invalid(path, str(ratio), f"ratio {ratio} is less than 1"))
    if least and most and least.nanos and ratio.nanos * least.nanos > most.nanos * 10**9:
        detail = f"ratio {ratio} is greater than max/min = {most.nanos / least.nanos:f}"
        errors.append(invalid(path, str(ratio), detail))
    return errors


def _amount(limit: Obj, field: str, name: str) -> Quantity | None:
    amount: Any = (limit.get(field) or {}).get(name)
    return None if amount is None else parse(amount)


def _above(
    path: str, low: Quantity | None, high: Quantity | None, says: str, shown: Quantity | None
) -> Errors:
    if low is None or high is None or low.nanos <= high.nanos:
        return []
    return [invalid(path, str(shown), says.format(low, high))]
