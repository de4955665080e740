"""Counts ended pods exactly once and finishes Jobs.

Models: kubernetes v1.36 pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers).
"""

from __future__ import annotations

from simcore.apimachinery.errors import Conflict, NotFound
from simcore.apimachinery.kinds import JOB, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.interfaces import ApiClient
from simcore.client.recorder import EventRecorder
from simcore.kube_controller_manager.job import intervals
from simcore.kube_controller_manager.job.picture import Picture
from simcore.kube_controller_manager.job.pods import (
    TRACKING,
    UNKNOWN,
    counts_by_index,
    has_failed,
    is_indexed,
    is_tracked,
)
from simcore.kube_controller_manager.job.policies import judge
from simcore.kube_controller_manager.job.status import (
    Outcome,
    with_condition,
    with_counted,
    with_uncounted,
)
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pods import phase_of

MOST_UNCOUNTED = 500
"""Pods that one reconcile counts at most; the others come with the next."""


class Counter:
    """`outcome` is what the Job is coming to; None while it goes on."""

    def __init__(
        self, ctx: ComponentContext, recorder: EventRecorder, pods: PendingWrites, jobs: PendingWrites
    ) -> None:
        self._client, self._clock, self._recorder = ctx.client, ctx.clock, recorder
        self._pending_pods, self._pending_status = pods, jobs

    def count(self, key: Key, picture: Picture, job: Obj, outcome: Outcome | None) -> None:
        """`job` carries the status as it is to be, but for what is counted here."""
        tracked = [pod for pod in picture.pods if is_tracked(pod)]
        uids = dict.fromkeys(map(uid_of, tracked))
        status = with_counted(job["status"], uids)
        ended = [pod for pod in tracked if self._may_be_counted(picture, pod, outcome)]
        if is_indexed(job):
            ended.sort(key=picture.index)
        status, taken = self._noted(picture, status, ended, outcome)
        status = self._with_indexes(picture, status)
        if outcome is not None and outcome.type != "Failed":
            status = with_condition(status, outcome, "True", self._clock.timestamp())
        job = self._flush(key, picture.job, {**job, "status": status})
        for pod in taken:
            self._drop_finalizer(key, pod)
            del uids[uid_of(pod)]
        status = with_counted(job["status"], uids)
        final = outcome.final() if outcome is not None and len(taken) == len(ended) else None
        if final is not None and not status["uncountedTerminatedPods"] and not status["terminating"]:
            status = with_condition(status, final, "True", self._clock.timestamp())
            if final.type == "Complete":
                status["completionTime"] = self._clock.timestamp()
            job = self._flush(key, job, {**job, "status": status})
            self._tell(job, final)
        else:
            self._flush(key, job, {**job, "status": status})

    def _noted(
        self, picture: Picture, status: Obj, ended: list[Obj], outcome: Outcome | None
    ) -> tuple[Obj, list[Obj]]:
        """The status with the pods' uids, and the pods whose finalizers may go then."""
        uncounted = status["uncountedTerminatedPods"]
        known = {*uncounted.get("succeeded", ()), *uncounted.get("failed", ())}
        succeeded: list[str] = []
        failed: list[str] = []
        taken: list[Obj] = []
        indexes = 0
        for pod in ended:
            taken.append(pod)
            uid = uid_of(pod)
            if phase_of(pod) == "Succeeded" and uid not in uncounted.get("failed", ()):
                if is_indexed(picture.job):
                    indexes += 1
                elif uid not in known:
                    succeeded.append(uid)
            elif uid not in known and self._counts_as_failed(picture, pod, outcome):
                failed.append(uid)
            if len(known) + indexes + len(succeeded) + len(failed) >= MOST_UNCOUNTED:
                break
        return with_uncounted(status, succeeded, failed), taken

    def _may_be_counted(self, picture: Picture, pod: Obj, outcome: Outcome | None) -> bool:
        if is_terminating(picture.job) or outcome is not None or phase_of(pod) == "Succeeded":
            return True
        if not has_failed(pod, picture.job):
            return False
        return picture.awaiting_replacement.get(picture.index(pod)) is not pod

    def _counts_as_failed(self, picture: Picture, pod: Obj, outcome: Outcome | None) -> bool:
        """When a Job fails, what had not ended has failed with it."""
        if not has_failed(pod, picture.job) and not (outcome is not None and outcome.is_failure):
            return False
        if is_indexed(picture.job) and picture.index(pod) == UNKNOWN:
            return False
        return judge(picture.job, pod).counts

    def _with_indexes(self, picture: Picture, status: Obj) -> Obj:
        if not is_indexed(picture.job):
            return status
        succeeded, text = picture.succeeded, intervals.text_of(picture.succeeded_indexes)
        found = {
            name: value for name, value in status.items() if name not in ("succeeded", "completedIndexes")
        }
        found |= {"succeeded": succeeded, "completedIndexes": text} if succeeded else {}
        if counts_by_index(picture.job):
            found["failedIndexes"] = intervals.text_of(picture.failed_indexes)
        return found

    def _flush(self, key: Key, before: Obj, job: Obj) -> Obj:
        if job["status"] == before.get("status"):
            return job
        written = self._client.update_status(JOB, job)
        self._pending_status.wrote(key, written)
        return written

    def _drop_finalizer(self, key: Key, pod: Obj) -> None:
        try:
            self._pending_pods.wrote(key, without_finalizer(self._client, pod))
        except NotFound:
            return  # as good

    def _tell(self, job: Obj, final: Outcome) -> None:
        if final.type == "Failed":
            self._recorder.event(job, "Warning", final.reason, final.message)
            return
        wanted = job["spec"].get("completions")
        if wanted is not None and job["status"].get("succeeded", 0) > wanted:
            message = "Too many succeeded pods running after completion count reached"
            self._recorder.event(job, "Warning", "TooManySucceededPods", message)
        self._recorder.event(job, "Normal", "Completed", "Job completed")


def without_finalizer(client: ApiClient, pod: Obj) -> Obj:
    """Takes the tracking finalizer off; returns the pod as it is now. Raises: NotFound."""
    try:
        return client.patch(POD, key_of(pod), _without(pod))
    except Conflict:  # somebody else wrote it meanwhile
        return client.patch(POD, key_of(pod), _without(_same(client.get(POD, key_of(pod)), pod)))


def _same(found: Obj, pod: Obj) -> Obj:
    if uid_of(found) != uid_of(pod):
        raise NotFound.named(POD, pod["metadata"]["name"])
    return found


def _without(pod: Obj) -> Obj:
    meta = pod["metadata"]
    kept = [finalizer for finalizer in meta.get("finalizers") or () if finalizer != TRACKING]
    return {"metadata": {"resourceVersion": meta["resourceVersion"], "finalizers": kept or None}}
