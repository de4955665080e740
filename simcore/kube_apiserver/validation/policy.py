"""Disruption budgets, priorities and autoscalers.

Models: kubernetes v1.36 pkg/apis/{policy,scheduling,autoscaling}/validation.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.field import (
    NOT_NEGATIVE,
    Errors,
    all_invalid,
    forbidden,
    immutable,
    internal,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.int_or_percent import int_or_percent, not_over_100_percent
from simcore.kube_apiserver.validation.names import path_segment
from simcore.kube_apiserver.validation.selectors import validate_selector

_MOST_PRIORITY = 1_000_000_000
_SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
_METRICS = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_TARGETS = ("AverageValue", "Utilization", "Value")
_BUDGET = ("minAvailable", "selector", "maxUnavailable", "unhealthyPodEvictionPolicy")
_MOST_STABILIZATION_S, _MOST_PERIOD_S = 3600, 1800


def validate_budget(obj: Obj) -> Errors:
    """A PodDisruptionBudget."""
    spec = obj["spec"]
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    errors: Errors = []
    if least is not None and most is not None:
        detail = "minAvailable and maxUnavailable cannot be both set"
        errors.append(invalid("spec", internal(spec, *_BUDGET), detail))
    for field, value in (("minAvailable", least), ("maxUnavailable", most)):
        if value is not None:
            errors += int_or_percent(f"spec.{field}", value) + not_over_100_percent(f"spec.{field}", value)
    errors += validate_selector("spec.selector", spec.get("selector"))
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in ("AlwaysAllow", "IfHealthyBudget"):
        path = "spec.unhealthyPodEvictionPolicy"
        errors.append(not_supported(path, policy, ("AlwaysAllow", "IfHealthyBudget")))
    return errors


def validate_priority_class(obj: Obj) -> Errors:
    name, value = obj["metadata"].get("name", ""), obj.get("value") or 0
    errors: Errors = []
    if name.startswith("system-"):
        if _SYSTEM.get(name) != value:
            why = "priority class names with 'system-' prefix are reserved for system use only"
            fault = "name" if name not in _SYSTEM else "value"
            detail = f"{why}. error: {_system_fault(name, fault)}"
            errors.append(forbidden("metadata.name", detail))
    elif value > _MOST_PRIORITY:
        detail = f"maximum allowed value of a user defined priority is {_MOST_PRIORITY}"
        errors.append(forbidden("value", detail))
    policy = obj.get("preemptionPolicy")
    if policy is not None and policy not in ("PreemptLowerPriority", "Never"):
        errors.append(not_supported("preemptionPolicy", policy, ("PreemptLowerPriority", "Never")))
    return errors


def validate_priority_class_update(new: Obj, old: Obj) -> Errors:
    errors: Errors = []
    if new.get("value", 0) != old.get("value", 0):
        errors.append(forbidden("value", "may not be changed in an update."))
    return errors + immutable("preemptionPolicy", new.get("preemptionPolicy"), old.get("preemptionPolicy"))


def validate_autoscaler(obj: Obj) -> Errors:
    """A HorizontalPodAutoscaler."""
    spec = obj["spec"]
    least, most, target = (
        spec.get("minReplicas"),
        spec.get("maxReplicas") or 0,
        spec.get("scaleTargetRef") or {},
    )
    errors: Errors = []
    if least is not None and least < 1:
        errors.append(invalid("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < 1:
        errors.append(invalid("spec.maxReplicas", most, "must be greater than 0"))
    if least is not None and most < least:
        errors.append(invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    errors += _reference("spec.scaleTargetRef", target)
    for i, metric in enumerate(spec.get("metrics") or ()):
        errors += _metric(f"spec.metrics[{i}]", metric)
    for direction in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(direction)
        if rules is not None:
            errors += _scaling(f"spec.behavior.{direction}", rules)
    return errors


def _system_fault(name: str, fault: str) -> str:
    if fault == "name":
        return f"{name} is not a known system priority class"
    return f"value of {name} PriorityClass must be {_SYSTEM[name]}"


def _reference(path: str, target: Obj) -> Errors:
    errors: Errors = []
    for field in ("kind", "name"):
        value = target.get(field)
        where = f"{path}.{field}"
        errors += all_invalid(where, value, path_segment(value)) if value else [required(where)]
    return errors


def _metric(path: str, metric: Obj) -> Errors:
    kind = metric.get("type")
    if not kind:
        return [required(f"{path}.type", "must specify a metric source type")]
    if kind not in _METRICS:
        return [not_supported(f"{path}.type", kind, sorted(_METRICS))]
    field = _METRICS[kind]
    errors: Errors = []
    if metric.get(field) is None:
        detail = "must populate the given metric source"
        errors.append(required(f"{path}.{field}", detail))
    others = [f for f in _METRICS.values() if f != field and metric.get(f) is not None]
    detail = "must populate the given metric source only"
    errors += [forbidden(f"{path}.{f}", detail) for f in others]
    return errors + (
        _source(f"{path}.{field}", field, metric[field]) if metric.get(field) is not None else []
    )


def _source(path: str, field: str, source: Obj) -> Errors:
    errors: Errors = []
    if field in ("resource", "containerResource"):
        if not source.get("name"):
            errors.append(required(f"{path}.name", "must specify a resource name"))
        if field == "containerResource" and not source.get("container"):
            errors.append(required(f"{path}.container", "must specify a container"))
    else:
        name = (source.get("metric") or {}).get("name")
        if not name:
            errors.append(required(f"{path}.metric.name", "must specify a metric name"))
        if field == "object":
            errors += _reference(f"{path}.describedObject", source.get("describedObject") or {})
    return errors + _target(f"{path}.target", field, source.get("target") or {})


def _target(path: str, field: str, target: Obj) -> Errors:
    kind = target.get("type")
    utilization, value, average = (target.get(f) for f in ("averageUtilization", "value", "averageValue"))
    errors: Errors = []
    if kind not in _TARGETS:
        missing = required(f"{path}.type", "must specify a metric target type")
        errors.append(
            invalid(f"{path}.type", kind, "must be either Utilization, Value, or AverageValue")
            if kind
            else missing
        )
    if utilization is not None and utilization < 1:
        errors.append(invalid(f"{path}.averageUtilization", utilization, "must be greater than 0"))
    for name, amount in (("value", value), ("averageValue", average)):
        if amount is not None and parse(amount).nanos <= 0:
            errors.append(invalid(f"{path}.{name}", str(parse(amount)), "must be positive"))
    return errors + _needed_target(path, field, utilization, value, average)


def _needed_target(path: str, field: str, utilization: Any, value: Any, average: Any) -> Errors:
    if field in ("resource", "containerResource"):
        if utilization is None and average is None:
            where = f"{path}.averageUtilization"
            return [required(where, "must set either a target raw value or a target utilization")]
        if utilization is not None and average is not None:
            return [
                forbidden(
                    f"{path}.averageValue", "may not set both a target raw value and a target utilization"
                )
            ]
        return []
    if field == "pods":
        detail = "must specify a positive target averageValue"
        return [] if average is not None else [required(f"{path}.averageValue", detail)]
    if value is None and average is None:
        detail = "must set either a target value for metric or a per-pod target"
        return [required(f"{path}.averageValue", detail)]
    if field == "external" and value is not None and average is not None:
        detail = "may not set both a target value for metric and a per-pod target"
        return [forbidden(f"{path}.value", detail)]
    return []


def _scaling(path: str, rules: Obj) -> Errors:
    errors: Errors = []
    window, choice = rules.get("stabilizationWindowSeconds"), rules.get("selectPolicy")
    if window is not None and window < 0:
        detail = "must be greater than or equal to zero"
        errors.append(invalid(f"{path}.stabilizationWindowSeconds", window, detail))
    if window is not None and window > _MOST_STABILIZATION_S:
        detail = f"must be less than or equal to {_MOST_STABILIZATION_S}"
        errors.append(invalid(f"{path}.stabilizationWindowSeconds", window, detail))
    tolerance = rules.get("tolerance")
    if tolerance is not None and parse(tolerance).nanos < 0:
        errors.append(invalid(f"{path}.tolerance", str(parse(tolerance)), NOT_NEGATIVE))
    if choice is not None and choice not in ("Disabled", "Max", "Min"):
        errors.append(not_supported(f"{path}.selectPolicy", choice, ("Disabled", "Max", "Min")))
    policies = rules.get("policies") or ()
    if not policies:
        errors.append(required(f"{path}.policies", "must specify at least one Policy"))
    for i, policy in enumerate(policies):
        errors += _scaling_policy(f"{path}.policies[{i}]", policy)
    return errors


def _scaling_policy(path: str, policy: Obj) -> Errors:
    kind, value, period = policy.get("type") or "", policy.get("value") or 0, policy.get("periodSeconds") or 0
    errors: Errors = []
    if kind not in ("Percent", "Pods"):
        errors.append(not_supported(f"{path}.type", kind, ("Percent", "Pods")))
    if value <= 0:
        errors.append(invalid(f"{path}.value", value, "must be greater than zero"))
    if period <= 0:
        errors.append(invalid(f"{path}.periodSeconds", period, "must be greater than zero"))
    if period > _MOST_PERIOD_S:
        detail = f"must be less than or equal to {_MOST_PERIOD_S}"
        errors.append(invalid(f"{path}.periodSeconds", period, detail))
    return errors
