"""Defaults of storage, network, access, policy and autoscaling kinds.

Models: kubernetes v1.36 pkg/apis/{core,storage,networking,rbac,policy,scheduling,autoscaling}/v*/defaults.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero, quantities, quantity
from simcore.kube_apiserver.defaulting.volume import SHARED_SOURCES, default_claim_spec

_RBAC = "rbac.authorization.k8s.io"
_OLD_SOURCES = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))
BUDGET_STATUS = {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}
_CPU_AT_80: Obj = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}
_UP: Obj = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_DOWN: Obj = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}


def default_claim(obj: Obj) -> Obj:
    status = fill_zero(obj.get("status") or {}, {"phase": "Pending"})
    status = change(status, "capacity", quantities)
    spec = default_claim_spec(obj.get("spec") or {})
    return {**obj, "spec": _with_both_sources(spec), "status": status}


def _with_both_sources(spec: Obj) -> Obj:
    """`dataSource` and `dataSourceRef` say the same; the older one knows claims and snapshots only."""
    source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
    if source is None and ref is None:
        return spec
    if source is not None and (source.get("apiGroup") or "", source.get("kind")) not in _OLD_SOURCES:
        source = None
    if ref is not None:
        ref = {key: value for key, value in ref.items() if key != "namespace"}
    both = {"dataSource": source or ref, "dataSourceRef": ref or source}
    return {**spec, **both} if both["dataSource"] else {k: v for k, v in spec.items() if k not in both}


def default_volume(obj: Obj) -> Obj:
    """A PersistentVolume."""
    spec = fill_zero(obj.get("spec") or {}, {"persistentVolumeReclaimPolicy": "Retain"})
    spec = change(fill(spec, {"volumeMode": "Filesystem"}), "capacity", quantities)
    for source, function in SHARED_SOURCES.items():
        spec = change(spec, source, function)
    return {**obj, "spec": spec, "status": fill_zero(obj.get("status") or {}, {"phase": "Pending"})}


def default_storage_class(obj: Obj) -> Obj:
    return fill(obj, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"})


def default_ingress(obj: Obj) -> Obj:
    return {
        **obj,
        "spec": obj.get("spec") or {},
        "status": fill(obj.get("status") or {}, {"loadBalancer": {}}),
    }


def default_ingress_class(obj: Obj) -> Obj:
    namespaced = change(
        obj.get("spec") or {}, "parameters", lambda target: fill(target, {"scope": "Cluster"})
    )
    return {**obj, "spec": namespaced}


def default_network_policy(obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    types = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    spec = fill(fill_zero(spec, {"policyTypes": types}), {"podSelector": {}})
    ports = each(lambda port: fill_zero(port, {"protocol": "TCP"}))
    for direction in ("ingress", "egress"):
        spec = change(spec, direction, each(lambda rule: change(rule, "ports", ports)))
    return {**obj, "spec": spec}


def default_role(obj: Obj) -> Obj:
    return obj if "rules" in obj else {**obj, "rules": None}


def default_binding(obj: Obj) -> Obj:
    done = change(fill(obj, {"roleRef": {}}), "roleRef", lambda role: fill_zero(role, {"apiGroup": _RBAC}))
    return change(done, "subjects", each(_subject))


def default_budget(obj: Obj) -> Obj:
    """A PodDisruptionBudget."""
    return {**obj, "spec": obj.get("spec") or {}, "status": fill(obj.get("status") or {}, BUDGET_STATUS)}


def default_priority_class(obj: Obj) -> Obj:
    return fill(obj, {"preemptionPolicy": "PreemptLowerPriority", "value": 0})


def default_autoscaler(obj: Obj) -> Obj:
    """A HorizontalPodAutoscaler."""
    spec = fill(obj.get("spec") or {}, {"minReplicas": 1})
    spec = fill_zero(spec, {"metrics": [_CPU_AT_80]})
    spec = change(spec, "metrics", each(_metric))
    spec = change(spec, "behavior", _behavior)
    status = fill(obj.get("status") or {}, {"desiredReplicas": 0})
    return {
        **obj,
        "spec": spec,
        "status": status if "currentMetrics" in status else {**status, "currentMetrics": None},
    }


def _subject(subject: Obj) -> Obj:
    return fill_zero(subject, {"apiGroup": _RBAC}) if subject.get("kind") in ("User", "Group") else subject


def _metric(metric: Obj) -> Obj:
    for source in ("resource", "containerResource", "pods", "object", "external"):
        metric = change(metric, source, lambda given: change(given, "target", _target))
    return metric


def _target(target: Obj) -> Obj:
    return change(change(target, "value", quantity), "averageValue", quantity)


def _behavior(behavior: Obj) -> Obj:
    done = fill(behavior, {"scaleUp": {}, "scaleDown": {}})
    return change(change(done, "scaleUp", _rules(_UP)), "scaleDown", _rules(_DOWN))


def _rules(defaults: Obj) -> Any:
    return lambda given: fill(fill_zero(given, {"policies": defaults["policies"]}), defaults)
