"""What the counts in a workload's status may say.

Models: kubernetes v1.36 pkg/apis/{apps,autoscaling,core,policy}/validation/validation.go (*Status, *StatusUpdate).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import Errors, invalid, not_negative

_NOT_MORE_THAN_ALL = "cannot be greater than status.replicas"


def validate_deployment_status(new: Obj, old: Obj) -> Errors:
    errors = _counts(
        new,
        "observedGeneration",
        *("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas"),
        *("terminatingReplicas", "collisionCount"),
    )
    errors += _not_more_than_all(new, "updatedReplicas", "readyReplicas", "availableReplicas")
    return errors + _available_are_ready(new, "cannot be greater than readyReplicas") + _collisions(new, old)


def validate_replica_set_status(new: Obj, old: Obj) -> Errors:
    """Of ReplicationControllers too."""
    parts = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    errors = _counts(new, "replicas", *parts, "terminatingReplicas", "observedGeneration")
    errors += _not_more_than_all(new, *parts)
    return errors + _available_are_ready(new, "cannot be greater than readyReplicas")


def validate_stateful_set_status(new: Obj, old: Obj) -> Errors:
    parts = ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")
    errors = _counts(new, "replicas", *parts, "observedGeneration", "collisionCount")
    errors += _not_more_than_all(new, *parts)
    errors += _available_are_ready(new, "cannot be greater than status.readyReplicas")
    return errors + _collisions(new, old)


def validate_daemon_set_status(new: Obj, old: Obj) -> Errors:
    errors = _counts(
        new,
        *("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"),
        *("observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable"),
        "collisionCount",
    )
    return errors + _collisions(new, old)


def validate_autoscaler_status(new: Obj, old: Obj) -> Errors:
    return _counts(new, "currentReplicas", "desiredReplicas")


def validate_budget_status(new: Obj, old: Obj) -> Errors:
    return _counts(new, "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")


def _counts(obj: Obj, *names: str) -> Errors:
    status = obj.get("status") or {}
    return [error for name in names for error in not_negative(f"status.{name}", status.get(name))]


def _not_more_than_all(obj: Obj, *names: str) -> Errors:
    status = obj.get("status") or {}
    every = status.get("replicas") or 0
    counts = {name: status.get(name) or 0 for name in names}
    return [invalid(f"status.{name}", n, _NOT_MORE_THAN_ALL) for name, n in counts.items() if n > every]


def _available_are_ready(obj: Obj, detail: str) -> Errors:
    status = obj.get("status") or {}
    available = status.get("availableReplicas") or 0
    if available <= (status.get("readyReplicas") or 0):
        return []
    return [invalid("status.availableReplicas", available, detail)]


def _collisions(new: Obj, old: Obj) -> Errors:
    status, was = new.get("status") or {}, old.get("status") or {}
    count = status.get("collisionCount") or 0
    if count >= (was.get("collisionCount") or 0):
        return []
    return [invalid("status.collisionCount", count, "cannot be decremented")]
