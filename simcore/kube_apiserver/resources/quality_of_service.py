"""A pod's quality-of-service class.

Models: kubernetes v1.36 pkg/apis/core/helper/qos (ComputePodQOS).
"""

from __future__ import annotations

from itertools import chain

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse

_COUNTED = ("cpu", "memory")


def quality_of_service(spec: Obj) -> str:
    """`Guaranteed`, `Burstable` or `BestEffort`, from requests and limits of processor and memory."""
    pod_level = spec.get("resources")
    resources = (
        [pod_level]
        if pod_level and (pod_level.get("requests") or pod_level.get("limits"))
        else [
            container.get("resources") or {}
            for container in chain(spec.get("containers") or (), spec.get("initContainers") or ())
        ]
    )
    requests = [_counted(r.get("requests")) for r in resources]
    limits = [_counted(r.get("limits")) for r in resources]
    if not any(requests) and not any(limits):
        return "BestEffort"
    is_guaranteed = all(len(limit) == len(_COUNTED) for limit in limits) and _sum(requests) == _sum(limits)
    return "Guaranteed" if is_guaranteed else "Burstable"


def _counted(amounts: Obj | None) -> dict[str, int]:
    if not amounts:
        return {}
    return {name: nanos for name in _COUNTED if name in amounts and (nanos := parse(amounts[name]).nanos) > 0}


def _sum(amounts: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(each.get(name, 0) for each in amounts) for name in _COUNTED}
