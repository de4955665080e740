"""Kinds that are served in several versions and stored in one: to the stored version and back.

Models: kubernetes v1.36 pkg/apis/{autoscaling,events}/v1/conversion.go.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from simcore.apimachinery.kinds import EVENT_V1, HORIZONTAL_POD_AUTOSCALER_V1, Kind
from simcore.apimachinery.meta import Obj

_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics"
_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"
_BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"
_OF_EVENTS = {
    "regarding": "involvedObject",
    "note": "message",
    "reportingController": "reportingComponent",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
"""The names of events.k8s.io/v1 and those of the core group."""


class Conversion(NamedTuple):
    """Neither function changes its argument."""

    to_stored: Callable[[Obj], Obj]
    to_served: Callable[[Obj], Obj]


def to_stored(kind: Kind, obj: Obj) -> Obj:
    """An object of `kind` in the version in which it is stored."""
    return _converted(kind, kind.stored_as or kind, obj, is_served=False)


def to_served(kind: Kind, obj: Obj) -> Obj:
    """A stored object in the version of `kind`; the object itself when that is the stored one."""
    return obj if kind.stored_as is None else _converted(kind, kind, obj, is_served=True)


def _converted(kind: Kind, target: Kind, obj: Obj, *, is_served: bool) -> Obj:
    rule = _CONVERSIONS.get(kind)
    if rule is not None:
        obj = rule.to_served(obj) if is_served else rule.to_stored(obj)
    return {**obj, "apiVersion": target.api_version, "kind": target.kind}


def _event_to_stored(obj: Obj) -> Obj:
    return {_OF_EVENTS.get(name, name): value for name, value in obj.items()}


_FROM_CORE = {stored: served for served, stored in _OF_EVENTS.items()}


def _event_to_served(obj: Obj) -> Obj:
    return {_FROM_CORE.get(name, name): value for name, value in obj.items()}


def _scaler_to_stored(obj: Obj) -> Obj:
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    told, meta = _without_told(obj["metadata"])
    metrics = [_metric(_spec_to_v2, metric) for metric in told.get(_METRICS) or ()]
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    if _BEHAVIOR in told:
        spec["behavior"] = told[_BEHAVIOR]
    current = [_metric(_status_to_v2, metric) for metric in told.get(_CURRENT_METRICS) or ()]
    used = status.pop("currentCPUUtilizationPercentage", None)
    if used is not None:
        resource = {"name": "cpu", "current": {"averageUtilization": used}}
        current.append({"type": "Resource", "resource": resource})
    if current:
        status["currentMetrics"] = current
    if _CONDITIONS in told:
        status["conditions"] = told[_CONDITIONS]
    if not status.get("currentReplicas"):
        status.pop("currentReplicas", None)
    return {**obj, "metadata": meta, "spec": spec, **({"status": status} if "status" in obj else {})}


def _scaler_to_served(obj: Obj) -> Obj:
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    told: dict[str, object] = {}
    metrics, percent = _cpu_apart(spec.pop("metrics", None) or [], "target")
    current, used = _cpu_apart(status.pop("currentMetrics", None) or [], "current")
    if percent is not None:
        spec["targetCPUUtilizationPercentage"] = percent
    if used is not None:
        status["currentCPUUtilizationPercentage"] = used
    status = {"currentReplicas": 0, "desiredReplicas": 0} | status
    told[_METRICS] = [_metric(_spec_to_v1, metric) for metric in metrics]
    told[_CURRENT_METRICS] = [_metric(_status_to_v1, metric) for metric in current]
    told[_CONDITIONS] = status.pop("conditions", None)
    told[_BEHAVIOR] = spec.pop("behavior", None)
    meta, texts = obj["metadata"], {k: _text(v) for k, v in told.items() if v}
    if texts:
        meta = {**meta, "annotations": {**(meta.get("annotations") or {}), **texts}}
    return {**obj, "metadata": meta, "spec": spec, **({"status": status} if "status" in obj else {})}


def _without_told(meta: Obj) -> tuple[Obj, Obj]:
    """What the annotations tell of the newer version's fields, and the metadata without them."""
    annotations, told = dict(meta.get("annotations") or {}), {}
    for name in (_METRICS, _CURRENT_METRICS, _CONDITIONS, _BEHAVIOR):
        try:
            told[name] = json.loads(annotations.pop(name, "null"))
        except ValueError:
            continue  # as upstream: what cannot be read is not told
    if len(annotations) == len(meta.get("annotations") or {}):
        return {}, meta
    kept = {**meta, "annotations": annotations}
    return {k: v for k, v in told.items() if v}, kept if annotations else _without(kept, "annotations")


def _cpu_apart(metrics: list[Obj], member: str) -> tuple[list[Obj], int | None]:
    """The metrics but the first on the use of CPUs, and that one's percentage."""
    for at, metric in enumerate(metrics):
        resource = metric.get("resource") or {}
        percent = (resource.get(member) or {}).get("averageUtilization")
        if metric.get("type") == "Resource" and resource.get("name") == "cpu" and percent is not None:
            return metrics[:at] + metrics[at + 1 :], percent
    return metrics, None


_FIELDS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _metric(change: Callable[[str, Obj], Obj], metric: Obj) -> Obj:
    name = _FIELDS.get(metric.get("type", ""), "")
    source = metric.get(name)
    return {**metric, name: change(name, source)} if isinstance(source, dict) else metric


def _spec_to_v1(name: str, source: Obj) -> Obj:
    target, flat = source.get("target") or {}, {k: v for k, v in source.items() if k in ("name", "container")}
    if name in ("resource", "containerResource"):
        flat["targetAverageUtilization"] = target.get("averageUtilization")
        flat["targetAverageValue"] = target.get("averageValue")
        return _told(flat)
    flat = _metric_name(name, source)
    if name == "object":
        flat["target"] = source.get("describedObject")
        flat["averageValue"] = target.get("averageValue")
    else:
        flat["targetAverageValue"] = target.get("averageValue")
    if name != "pods":
        flat["targetValue"] = target.get("value")
    return _told(flat)


def _spec_to_v2(name: str, source: Obj) -> Obj:
    percent = source.get("targetAverageUtilization")
    average = source.get("averageValue" if name == "object" else "targetAverageValue")
    value = source.get("targetValue") if average is None else None
    kind = "Utilization" if percent is not None else "AverageValue" if average is not None else "Value"
    target = _told({"type": kind, "averageUtilization": percent, "averageValue": average, "value": value})
    if name in ("resource", "containerResource"):
        return _told({"name": source.get("name"), "container": source.get("container"), "target": target})
    return _told({"describedObject": source.get("target"), "metric": _identifier(source), "target": target})


def _status_to_v1(name: str, source: Obj) -> Obj:
    current = source.get("current") or {}
    average = {"currentAverageValue": current.get("averageValue")}
    if name in ("resource", "containerResource"):
        flat = {k: v for k, v in source.items() if k in ("name", "container")}
        return _told({**flat, **average, "currentAverageUtilization": current.get("averageUtilization")})
    flat = _metric_name(name, source)
    if name == "object":
        return _told({**flat, "target": source.get("describedObject"), "currentValue": current.get("value")})
    return _told({**flat, **average, "currentValue": current.get("value")})


def _status_to_v2(name: str, source: Obj) -> Obj:
    current = _told(
        {
            "averageUtilization": source.get("currentAverageUtilization"),
            "averageValue": source.get("currentAverageValue"),
            "value": source.get("currentValue"),
        }
    )
    if name in ("resource", "containerResource"):
        return _told({"name": source.get("name"), "container": source.get("container"), "current": current})
    return _told({"describedObject": source.get("target"), "metric": _identifier(source), "current": current})


def _metric_name(name: str, source: Obj) -> Obj:
    metric = source.get("metric") or {}
    return {
        "metricName": metric.get("name"),
        "metricSelector" if name == "external" else "selector": metric.get("selector"),
    }


def _identifier(source: Obj) -> Obj:
    selector = source.get("metricSelector") or source.get("selector")
    return _told({"name": source.get("metricName"), "selector": selector})


def _told(obj: Obj) -> Obj:
    return {name: value for name, value in obj.items() if value is not None}


def _without(obj: Obj, name: str) -> Obj:
    return {k: v for k, v in obj.items() if k != name}


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_CONVERSIONS = {
    EVENT_V1: Conversion(_event_to_stored, _event_to_served),
    HORIZONTAL_POD_AUTOSCALER_V1: Conversion(_scaler_to_stored, _scaler_to_served),
}
