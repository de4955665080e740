"""What a Deployment's status says: counts, availability, progress, failure.

Models: kubernetes v1.36 pkg/controller/deployment/progress.go, sync.go (calculateStatus), util/deployment_util.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.deployment.sizes import counted, max_unavailable, wanted_pods
from simcore.kube_controller_manager.pods import condition_of
from simcore.sim.clock import Clock
from simcore.sim.timestamps import parse_time

NEW_AVAILABLE, TIMED_OUT = "NewReplicaSetAvailable", "ProgressDeadlineExceeded"
PAUSED, RESUMED = "DeploymentPaused", "DeploymentResumed"
NO_DEADLINE = 2**31 - 1


def condition(name: str, status: str, reason: str, message: str, clock: Clock) -> Obj:
    now = clock.timestamp()
    return {
        "type": name, "status": status, "reason": reason, "message": message,
        "lastUpdateTime": now, "lastTransitionTime": now,
    }  # fmt: skip


def with_condition(status: Obj, new: Obj) -> Obj:
    """Sets a condition, unless it has that status for that reason already."""
    old = condition_of({"status": status}, new["type"])
    if old is not None and old["status"] == new["status"]:
        if old["reason"] == new["reason"]:
            return status
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    others = without_condition(status, new["type"]).get("conditions") or []
    return {**status, "conditions": [*others, new]}


def without_condition(status: Obj, name: str) -> Obj:
    if condition_of({"status": status}, name) is None:
        return status
    kept = [c for c in status["conditions"] if c["type"] != name]
    rest = {k: v for k, v in status.items() if k != "conditions"}
    return rest | {"conditions": kept} if kept else rest


def counts(deployment: Obj, sets: Sequence[Obj], new: Obj | None, clock: Clock) -> Obj:
    """The status without judging progress: the counts, and whether enough pods are available."""
    available, present = counted(sets, "availableReplicas"), deployment.get("status") or {}
    numbers = {
        "observedGeneration": deployment["metadata"].get("generation", 0),
        "replicas": counted(sets, "replicas"),
        "updatedReplicas": counted([new], "replicas") if new is not None else 0,
        "readyReplicas": counted(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(wanted_pods(sets) - available, 0),
    }
    status: Obj = {name: number for name, number in numbers.items() if number}
    if all("terminatingReplicas" in (rs.get("status") or {}) for rs in sets):
        status["terminatingReplicas"] = counted(sets, "terminatingReplicas")
    for kept in ("collisionCount", "conditions"):
        if kept in present:
            status[kept] = present[kept]
    if available >= deployment["spec"]["replicas"] - max_unavailable(deployment):
        verdict = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        verdict = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    return with_condition(status, condition("Available", *verdict, clock))


def rolled(deployment: Obj, sets: Sequence[Obj], new: Obj | None, clock: Clock) -> Obj:
    """The whole status during and after a rollout."""
    status = counts(deployment, sets, new, clock)
    if not has_deadline(deployment):
        status = without_condition(status, "Progressing")
    elif not _was_complete(deployment, status):
        status = _judged(deployment, status, new, clock)
    failure = _failure(sets, new)
    if failure is None:
        return without_condition(status, "ReplicaFailure")
    verdict = condition("ReplicaFailure", failure["status"], failure["reason"], failure["message"], clock)
    since = failure["lastTransitionTime"]
    return with_condition(status, {**verdict, "lastUpdateTime": since, "lastTransitionTime": since})


def is_complete(deployment: Obj, status: Obj) -> bool:
    """Whether all pods are new and available, and no others are there."""
    wanted = deployment["spec"]["replicas"]
    numbers = [status.get(f, 0) for f in ("updatedReplicas", "replicas", "availableReplicas")]
    seen = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    return seen and all(number == wanted for number in numbers)


def deadline_in_ms(deployment: Obj, status: Obj, clock: Clock) -> int | None:
    """When to look again whether a rollout has got stuck; None when it can't."""
    progress = condition_of({"status": status}, "Progressing")
    if not has_deadline(deployment) or progress is None:
        return None
    if is_complete(deployment, status) or progress["reason"] in (TIMED_OUT, NEW_AVAILABLE, PAUSED):
        return None
    return max(_deadline_ms(deployment, progress) - clock.unix_ms(), 0) + 1000


def has_deadline(deployment: Obj) -> bool:
    return (deployment["spec"].get("progressDeadlineSeconds") or NO_DEADLINE) != NO_DEADLINE


def _deadline_ms(deployment: Obj, progress: Obj) -> int:
    deadline_ms: int = deployment["spec"]["progressDeadlineSeconds"] * 1000
    return parse_time(progress["lastUpdateTime"]) + deadline_ms


def _was_complete(deployment: Obj, status: Obj) -> bool:
    """A finished rollout stays finished, whatever becomes of its pods."""
    progress = condition_of(deployment, "Progressing")
    all_new = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    return all_new and progress is not None and progress["reason"] == NEW_AVAILABLE


def _judged(deployment: Obj, status: Obj, new: Obj | None, clock: Clock) -> Obj:
    who = (
        f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{deployment["metadata"]["name"]}"'
    )
    if is_complete(deployment, status):
        message = f"{who} has successfully progressed."
        return with_condition(status, condition("Progressing", "True", NEW_AVAILABLE, message, clock))
    if _has_moved(deployment.get("status") or {}, status):
        # written anew although the reason may be the same: lastUpdateTime is what the deadline counts from
        update = condition("Progressing", "True", "ReplicaSetUpdated", f"{who} is progressing.", clock)
        old = condition_of({"status": status}, "Progressing")
        if old is not None and old["status"] == "True":
            update["lastTransitionTime"] = old["lastTransitionTime"]
        return with_condition(without_condition(status, "Progressing"), update)
    if _has_timed_out(deployment, status, clock):
        message = f"{who} has timed out progressing."
        return with_condition(status, condition("Progressing", "False", TIMED_OUT, message, clock))
    return status


def _has_moved(old: Obj, new: Obj) -> bool:
    def outdated(status: Obj) -> int:
        return int(status.get("replicas", 0) - status.get("updatedReplicas", 0))

    grown = any(
        new.get(f, 0) > old.get(f, 0) for f in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )
    return grown or outdated(new) < outdated(old)


def _has_timed_out(deployment: Obj, status: Obj, clock: Clock) -> bool:
    progress = condition_of({"status": status}, "Progressing")
    if progress is None or progress["reason"] == NEW_AVAILABLE:
        return False
    return progress["reason"] == TIMED_OUT or _deadline_ms(deployment, progress) < clock.unix_ms()


def _failure(sets: Sequence[Obj], new: Obj | None) -> Obj | None:
    """The new ReplicaSet's own word about failures counts first."""
    found = (condition_of(rs, "ReplicaFailure") for rs in ([new] if new is not None else []) + list(sets))
    return next((c for c in found if c is not None and c["status"] == "True"), None)
