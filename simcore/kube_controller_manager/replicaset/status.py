"""What a ReplicaSet's status says.

Models: kubernetes v1.36 pkg/controller/replicaset/replica_set_utils.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.apimachinery.selectors import matches_all
from simcore.kube_controller_manager.owned_pods import Group
from simcore.kube_controller_manager.pods import condition_of, is_available, ready_since_ms
from simcore.sim.clock import Clock

Groups = Mapping[Group, dict[Key, Obj]]


def of(rs: Obj, groups: Groups, failure: ApiError | None, clock: Clock) -> Obj:
    """The whole status; `failure` is why the last step of scaling failed."""
    wanted = labels_of(rs["spec"]["template"])
    counts = {"ready": 0, "unready": 0, "terminating": 0, "finished": 0, "labelled": 0, "available": 0}
    for group, pods in groups.items():
        counts[group.state] += len(pods)
        if group.state in ("ready", "unready") and matches_all(wanted, dict(group.labels)):
            counts["labelled"] += len(pods)
        if group.state == "ready":
            counts["available"] += _available(rs, pods, clock.unix_ms())
    active = counts["ready"] + counts["unready"]
    status: Obj = {
        "replicas": active, "fullyLabeledReplicas": counts["labelled"], "readyReplicas": counts["ready"],
        "availableReplicas": counts["available"], "terminatingReplicas": counts["terminating"],
        "observedGeneration": rs["metadata"].get("generation", 0),
        "conditions": _conditions(rs, active, failure, clock),
    }  # fmt: skip
    if rs["kind"] == "ReplicationController":
        del status["terminatingReplicas"]
    always = ("replicas", "terminatingReplicas")
    return {name: value for name, value in status.items() if value or name in always}


def next_available_ms(rs: Obj, groups: Groups, clock: Clock) -> int | None:
    """In how many milliseconds the next ready pod will have been ready for long enough."""
    min_ready_ms = (rs["spec"].get("minReadySeconds") or 0) * 1000
    if not min_ready_ms:
        return None
    ready = (pod for group, pods in groups.items() if group.state == "ready" for pod in pods.values())
    waits = [(ready_since_ms(pod) or 0) + min_ready_ms - clock.unix_ms() for pod in ready]
    return min((wait for wait in waits if wait > 0), default=None)


def _available(rs: Obj, ready: dict[Key, Obj], now_ms: int) -> int:
    min_ready_s = rs["spec"].get("minReadySeconds") or 0
    if not min_ready_s:
        return len(ready)
    return sum(is_available(pod, min_ready_s, now_ms) for pod in ready.values())


def _conditions(rs: Obj, active: int, failure: ApiError | None, clock: Clock) -> list[Obj]:
    present = (rs.get("status") or {}).get("conditions") or []
    standing = condition_of(rs, "ReplicaFailure")
    if failure is None:
        return [c for c in present if c is not standing]
    if standing is not None:
        return list(present)
    reason = "FailedCreate" if active < rs["spec"]["replicas"] else "FailedDelete"
    condition = {
        "type": "ReplicaFailure", "status": "True", "reason": reason, "message": failure.message,
        "lastTransitionTime": clock.timestamp(),
    }  # fmt: skip
    return [*present, condition]
