"""Whether a Job has come to its end, and which.

Models: kubernetes v1.36 pkg/controller/job/job_controller.go (syncJob).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.job import intervals
from simcore.kube_controller_manager.job.picture import Picture
from simcore.kube_controller_manager.job.pods import counts_by_index, has_failed, is_indexed
from simcore.kube_controller_manager.job.policies import judge, success
from simcore.kube_controller_manager.job.status import Outcome, condition
from simcore.kube_controller_manager.pods import is_finished
from simcore.sim.timestamps import parse_time

COMPLETE = Outcome("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
BACKOFF_LIMIT = Outcome(
    "FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
)
DEADLINE = Outcome("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")
TOO_MANY_INDEXES = Outcome(
    "FailureTarget",
    "MaxFailedIndexesExceeded",
    "Job has exceeded the specified maximal number of failed indexes",
)
SOME_INDEXES = Outcome("FailureTarget", "FailedIndexes", "Job has failed indexes")


def verdict(picture: Picture, now_ms: int) -> Outcome | None:
    """None: the Job goes on, or is complete as soon as nothing is active (is_complete)."""
    job = picture.job
    if (met := condition(job, "SuccessCriteriaMet")) is not None:
        return met
    if (target := condition(job, "FailureTarget")) is not None:
        return target.final()
    return _policy_failure(picture) or _limit(picture, now_ms) or _indexes(picture)


def is_complete(picture: Picture, active: int) -> bool:
    """Without a number of completions, one success is enough, and nothing new is started after it."""
    wanted: int | None = picture.job["spec"].get("completions")
    return active == 0 and (picture.succeeded > 0 if wanted is None else picture.succeeded >= wanted)


def is_suspended(job: Obj) -> bool:
    return bool(job["spec"].get("suspend"))


def deadline_in_ms(job: Obj, now_ms: int) -> int | None:
    """In how many milliseconds the Job will have been active for too long; 0 or less: it has.

    The time begins anew when a suspended Job goes on, which is when it stops to be called suspended.
    """
    if condition(job, "Suspended"):
        return None
    started, limit_s = (job.get("status") or {}).get("startTime"), job["spec"].get("activeDeadlineSeconds")
    if limit_s is None or not started or is_suspended(job):
        return None
    return int(parse_time(started) + limit_s * 1000 - now_ms)


def _policy_failure(picture: Picture) -> Outcome | None:
    if "podFailurePolicy" not in picture.job["spec"]:
        return None
    failed = (pod for pod in picture.pods if has_failed(pod, picture.job))
    messages = (message for pod in failed if (message := judge(picture.job, pod).message))
    message = next(messages, "")
    return Outcome("FailureTarget", "PodFailurePolicy", message) if message else None


def _limit(picture: Picture, now_ms: int) -> Outcome | None:
    limit = picture.job["spec"]["backoffLimit"]
    if picture.failed > limit or _restarts_too_often(picture, limit):
        return BACKOFF_LIMIT
    due_ms = deadline_in_ms(picture.job, now_ms)
    return DEADLINE if due_ms is not None and due_ms <= 0 else None


def _restarts_too_often(picture: Picture, limit: int) -> bool:
    """Containers that are restarted in place count by their restarts."""
    if picture.job["spec"]["template"]["spec"].get("restartPolicy") != "OnFailure":
        return False
    restarts = sum(
        container.get("restartCount", 0)
        for pod in picture.pods
        if not is_finished(pod)
        for field in ("initContainerStatuses", "containerStatuses")
        for container in (pod.get("status") or {}).get(field) or ()
    )
    return bool(restarts >= max(limit, 1))


def _indexes(picture: Picture) -> Outcome | None:
    job = picture.job
    if not is_indexed(job):
        return None
    if counts_by_index(job):
        failed, most = intervals.total(picture.failed_indexes), job["spec"].get("maxFailedIndexes")
        if most is not None and failed > most:
            return TOO_MANY_INDEXES
        if failed and failed + picture.succeeded >= picture.completions:
            return SOME_INDEXES
    message = success(job, picture.succeeded_indexes)
    return Outcome("SuccessCriteriaMet", "SuccessPolicy", message) if message else None
