"""Resources of a pod as a whole, and how they go with those of its containers.

Models: kubernetes v1.36 pkg/apis/core/validation (validatePodResources, validatePodResourceConsistency).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.apimachinery.resource_usage import pod_amounts
from simcore.kube_apiserver.validation.field import Errors, forbidden, invalid
from simcore.kube_apiserver.validation.resources import HUGE_PAGES, pod_resource_name, validate_requirements

_CONTAINERS = ("containers", "initContainers")


def validate_pod_resources(path: str, resources: Obj, spec: Obj) -> Errors:
    if (spec.get("os") or {}).get("name") == "windows":
        return [forbidden(path, "may not be set for a windows pod")]
    errors: Errors = []
    if resources.get("claims") is not None:
        errors.append(forbidden(f"{path}.claims", "claims may not be set for Resources at pod-level"))
    claims = frozenset(claim.get("name") or "" for claim in spec.get("resourceClaims") or ())
    errors += validate_requirements(path, resources, claims, pod_resource_name)
    errors += _covers(path, "requests", resources, spec)
    errors += _covers(path, "limits", resources, spec)
    limits = resources.get("limits") or {}
    for i, container in enumerate(spec.get("containers") or ()):
        for name, amount in ((container.get("resources") or {}).get("limits") or {}).items():
            if name in limits and parse(amount).nanos > parse(limits[name]).nanos:
                where = f"{path}.containers[{i}][{name}].limits"
                detail = f"must be less than or equal to pod limits of {parse(limits[name])}"
                errors.append(invalid(where, str(parse(amount)), detail))
    return errors


def _covers(path: str, side: str, resources: Obj, spec: Obj) -> Errors:
    """That the pod has what its containers have together; of limits, those that cannot be overcommitted."""
    own = pod_amounts({field: spec[field] for field in _CONTAINERS if field in spec}, side)
    errors: Errors = []
    for name, amount in (resources.get(side) or {}).items():
        total, given = own.get(name), parse(amount)
        is_covered = total is None or total.nanos <= given.nanos
        if not is_covered and (side == "requests" or name.startswith(HUGE_PAGES)):
            detail = f"must be greater than or equal to aggregate container {side} of {total}"
            errors.append(invalid(f"{path}.{side}[{name}]", str(given), detail))
    return errors
