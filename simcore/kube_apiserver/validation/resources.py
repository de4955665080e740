"""Names and amounts of resources: requests and limits of containers, quotas, capacities.

Models: kubernetes v1.36 pkg/apis/core/validation (validateResourceRequirements), pkg/apis/core/helper.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import Quantity, parse
from simcore.kube_apiserver.validation.field import (
    NOT_NEGATIVE,
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_label, qualified_name

HUGE_PAGES = "hugepages-"
COMPUTE = ("cpu", "memory")
COUNTED = (
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)
_PREFIXED = tuple(
    f"{side}.{name}" for side in ("requests", "limits") for name in (*COMPUTE, "ephemeral-storage")
)
QUOTA = (*COMPUTE, "ephemeral-storage", *_PREFIXED, "requests.storage", *COUNTED)
_STANDARD = frozenset((*QUOTA, "storage"))
_CONTAINER = (*COMPUTE, "ephemeral-storage")

NameRule = Callable[[str, str], Errors]
"""(path, resource name) to the faults of the name."""


def is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether a device plugin may offer the resource."""
    return not is_native(name) and not name.startswith("requests.") and not qualified_name(f"requests.{name}")


def may_be_overcommitted(name: str) -> bool:
    return is_native(name) and not name.startswith(HUGE_PAGES)


def resource_name(path: str, name: str) -> Errors:
    if faults := qualified_name(name):
        return all_invalid(path, name, faults)
    is_standard = name in _STANDARD or name.startswith((HUGE_PAGES, f"requests.{HUGE_PAGES}"))
    if "/" not in name and not is_standard:
        return [invalid(path, name, "must be a standard resource type or fully qualified")]
    return []


def container_resource_name(path: str, name: str) -> Errors:
    if name in _CONTAINER:
        return []
    errors = resource_name(path, name)
    if "/" not in name:
        if not name.startswith(HUGE_PAGES):
            errors.append(invalid(path, name, "must be a standard resource for containers"))
    elif not is_native(name) and not is_extended(name):
        errors.append(invalid(path, name, "doesn't follow extended resource name standard"))
    return errors


def pod_resource_name(path: str, name: str) -> Errors:
    errors = resource_name(path, name)
    if not errors and name not in COMPUTE and not name.startswith(HUGE_PAGES):
        errors.append(not_supported(path, name, ("cpu", "hugepages-", "memory")))
    return errors


def resource_quantity(path: str, name: str, amount: Any) -> Errors:
    quantity = parse(amount)
    errors: Errors = []
    if quantity.nanos < 0:
        errors.append(invalid(path, str(quantity), NOT_NEGATIVE))
    if (name in COUNTED or is_extended(name)) and quantity.nanos % 10**9:
        errors.append(invalid(path, str(quantity), "must be an integer"))
    return errors


def validate_requirements(
    path: str,
    requirements: Obj,
    claims: frozenset[str] = frozenset(),
    name_rule: NameRule = container_resource_name,
) -> Errors:
    """`limits` and `requests`, and that no request exceeds its limit."""
    limits, requests = requirements.get("limits") or {}, requirements.get("requests") or {}
    if not limits and not requests and not requirements.get("claims"):
        return []
    errors: Errors = []
    for name, amount in limits.items():
        errors += _amount(f"{path}.limits[{name}]", name, amount, name_rule)
    for name, amount in requests.items():
        errors += _amount(f"{path}.requests[{name}]", name, amount, name_rule)
        errors += _within_limit(path, name, amount, limits.get(name))
    names = {*limits, *requests}
    if not names.intersection(COMPUTE) and any(name.startswith(HUGE_PAGES) for name in names):
        errors.append(forbidden(path, "HugePages require cpu or memory"))
    return errors + _claims(f"{path}.claims", requirements.get("claims") or (), claims)


def _amount(path: str, name: str, amount: Any, name_rule: NameRule) -> Errors:
    if name in COMPUTE and _is_plain(amount):
        return []
    errors = name_rule(path, name) + resource_quantity(path, name, amount)
    if name.startswith(HUGE_PAGES) and not _is_divisible(name, parse(amount)):
        detail = f"{parse(amount)} is not positive integer multiple of {name}"
        errors.append(invalid(path, str(parse(amount)), detail))
    return errors


@lru_cache(maxsize=4096)
def _is_plain(amount: Any) -> bool:
    return parse(amount).nanos >= 0


def _is_divisible(name: str, quantity: Quantity) -> bool:
    page = parse(name[len(HUGE_PAGES) :])
    return quantity.nanos > 0 and page.nanos > 0 and quantity.nanos % page.nanos == 0


def _within_limit(path: str, name: str, amount: Any, limit: Any) -> Errors:
    if limit is None:
        if may_be_overcommitted(name):
            return []
        return [required(f"{path}.limits", "Limit must be set for non overcommitable resources")]
    if amount == limit:
        return []
    asked, most = parse(amount), parse(limit)
    if asked.nanos != most.nanos and not may_be_overcommitted(name):
        return [invalid(f"{path}.requests", str(asked), f"must be equal to {name} limit of {most}")]
    if asked.nanos > most.nanos:
        return [
            invalid(f"{path}.requests", str(asked), f"must be less than or equal to {name} limit of {most}")
        ]
    return []


def _claims(path: str, claims: Any, known: frozenset[str]) -> Errors:
    errors: Errors = []
    seen: set[str] = set()
    for i, claim in enumerate(claims):
        name, request = claim.get("name", ""), claim.get("request")
        if not name:
            errors.append(required(f"{path}[{i}]"))
            continue
        key = f"{name}/{request}" if request else name
        if name in seen or key in seen:
            errors.append(duplicate(f"{path}[{i}]", key if name not in seen else name))
        elif request:
            errors += all_invalid(f"{path}[{i}].request", request, dns_label(request))
        seen.add(key)
        if name not in known:
            listed = f": {', '.join(sorted(known))}" if known else " which is empty"
            detail = f"must be one of the names in pod.spec.resourceClaims{listed}"
            fault = invalid(f"{path}[{i}]", name, detail)
            text = fault.message.replace("Invalid value", "Not found", 1)
            errors.append(type(fault)(fault.path, "FieldValueNotFound", text))
    return errors
