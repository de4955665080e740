"""Runs a Job's pods until enough have succeeded or too many have failed.

A pod keeps a finalizer until it has been counted. Its uid goes into the status first, then the finalizer goes, then
the uid turns into a number: whenever the controller is interrupted, no pod is counted twice and none is lost.

Models: kubernetes v1.36 pkg/controller/job/job_controller.go (syncJob, manageJob).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simcore.apimachinery.errors import ApiError, NotFound
from simcore.apimachinery.kinds import JOB, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.job.count import Counter, without_finalizer
from simcore.kube_controller_manager.job.picture import Picture
from simcore.kube_controller_manager.job.pods import (
    FAILURES,
    IGNORED_FAILURES,
    TRACKING,
    UNKNOWN,
    counts_by_index,
    failures_of,
    is_indexed,
    is_tracked,
    pod_for,
    replaces_only_failed,
)
from simcore.kube_controller_manager.job.policies import judge
from simcore.kube_controller_manager.job.status import Outcome, finished, numbers, with_condition
from simcore.kube_controller_manager.job.verdict import (
    COMPLETE,
    deadline_in_ms,
    is_complete,
    is_suspended,
    verdict,
)
from simcore.kube_controller_manager.ownership import (
    Claims,
    index_by_controller,
    orphans_in,
    owned_by,
    owners_keys,
)
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pod_control import PodControl
from simcore.kube_controller_manager.pods import is_ready, namespace_is_terminating
from simcore.kube_controller_manager.replicaset.deletion_order import choose

BURST = 50
"""How many pods one reconcile creates or deletes at most (upstream: 500): nothing else happens meanwhile."""
BATCH_MS = 1_000
"""What happens to a Job's pods within this time is taken together."""
MANAGER = "kubernetes.io/job-controller"
SUSPENDED = Outcome("Suspended", "JobSuspended", "Job suspended")
RESUMED = Outcome("Suspended", "JobResumed", "Job resumed")
MORE_MS = 20
"""How soon the next burst follows: when the news of the last one has come."""


class Step:
    """What one reconcile has done so far; the counts run ahead of the picture."""

    def __init__(self, picture: Picture) -> None:
        self.active, self.ready = len(picture.active), picture.ready
        self.terminating = len(picture.terminating)
        self.failure: ApiError | None = None
        self.wait_ms: int | None = None

    def deleted(self, pods: Sequence[Obj]) -> None:
        self.active -= len(pods)
        self.terminating += len(pods)
        self.ready -= sum(map(is_ready, pods))


class JobController:
    name = "job-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._recorder = ctx.recorder(self.name)
        self._jobs, self._pods = ctx.informers.informer(JOB), ctx.informers.informer(POD)
        self._pending_pods, self._pending_status = PendingWrites(self._pods), PendingWrites(self._jobs)
        self._pod_control = PodControl(ctx.client, self._recorder, self._pending_pods)
        self._counter = Counter(ctx, self._recorder, self._pending_pods, self._pending_status)
        self._claims = Claims(ctx.client, JOB, POD, finalizer=TRACKING)
        index_by_controller(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(JOB, _changed_spec),
            Watch(JOB, _changed_status, BATCH_MS),
            Watch(POD, owners_keys(JOB, self._jobs), BATCH_MS, owner=JOB),
        )

    def reconcile(self, key: Key) -> Result:
        job = self._jobs.get(key)
        if job is None:
            self._pending_pods.forget(key)
            self._pending_status.forget(key)
            return DONE
        if finished(job) or job["spec"].get("managedBy", MANAGER) != MANAGER:
            return DONE
        if not (self._pending_pods.are_seen(key) and self._pending_status.are_seen(key)):
            return DONE  # the news of our own writes will bring us back
        if self._claim(key, job):
            return Result(BATCH_MS)
        return self._sync(key, _started(job, self._clock.timestamp()))

    def _sync(self, key: Key, job: Obj) -> Result:
        now_ms = self._clock.unix_ms()
        picture = Picture(job, owned_by(self._pods, uid_of(job)))
        step, outcome = Step(picture), verdict(picture, now_ms)
        status = {**(job.get("status") or {})}
        if outcome is not None:
            step.failure = self._pod_control.delete(key, job, picture.active)
            if step.failure is None:
                step.deleted(picture.active)
            else:
                outcome = None
        elif not is_terminating(job):
            self._manage(key, picture, step)
        if outcome is None and step.failure is None:
            if is_complete(picture, step.active):
                outcome = COMPLETE
            elif not is_terminating(job):
                status = self._with_suspension(job, status)
        status = {name: value for name, value in status.items() if name != "active"} | {
            "ready": step.ready, "terminating": step.terminating, **numbers(active=step.active),
        }  # fmt: skip
        self._counter.count(key, picture, {**job, "status": status}, outcome)
        if step.failure is not None and not namespace_is_terminating(step.failure.details):
            raise step.failure
        waits = (step.wait_ms, deadline_in_ms(job, now_ms))
        return Result(min((wait for wait in waits if wait is not None and wait > 0), default=None))

    def _claim(self, key: Key, job: Obj) -> bool:
        """Whether a pod has changed hands."""
        moved = self._claims.adopt(job, orphans_in(self._pods, key.namespace))
        moved += self._claims.release(job, owned_by(self._pods, uid_of(job)))
        for pod in moved:
            self._pending_pods.wrote(key, pod)
        return bool(moved)

    def _manage(self, key: Key, picture: Picture, step: Step) -> None:
        """Takes one step towards the wanted number of active pods; deletions come first."""
        job, active = picture.job, picture.active
        wanted = 0 if is_suspended(job) else _wanted(picture)
        superfluous = self._superfluous(picture, max(len(active) - wanted, 0))
        if superfluous:
            self._let_go(key, job, superfluous, step)
            return
        waited_for = step.terminating if replaces_only_failed(job) else 0
        missing = wanted - waited_for - len(active)
        if missing > 0 and not is_suspended(job):
            self._create(key, picture, min(missing, BURST), step)

    def _superfluous(self, picture: Picture, count: int) -> list[Obj]:
        """At least `count` pods, and all but one of each index."""
        doubles: list[Obj] = []
        left = picture.active
        if is_indexed(picture.job):
            by_index: dict[int, list[Obj]] = {}
            for pod in left:
                by_index.setdefault(picture.index(pod), []).append(pod)
            doubles = by_index.pop(UNKNOWN, [])
            for same in by_index.values():
                doubles += choose(same, len(same) - 1, {}, self._clock.unix_ms())
            left = [pod for pod in left if pod not in doubles]
        more = max(count - len(doubles), 0)
        return [*doubles, *(choose(left, more, {}, self._clock.unix_ms()) if more else ())][:BURST]

    def _let_go(self, key: Key, job: Obj, pods: list[Obj], step: Step) -> None:
        """Without their finalizers, so that they count neither as failures nor as successes."""
        for pod in pods:
            if is_tracked(pod):
                try:
                    self._pending_pods.wrote(key, without_finalizer(self._client, pod))
                except NotFound:
                    continue  # what we wanted
        step.failure = self._pod_control.delete(key, job, pods)
        step.deleted(pods)

    def _create(self, key: Key, picture: Picture, count: int, step: Step) -> None:
        job, now_ms = picture.job, self._clock.unix_ms()
        indexes = picture.free_indexes(count) if is_indexed(job) else [UNKNOWN] * count
        if counts_by_index(job):
            waits = {index: picture.index_backoff_ms(index, now_ms) for index in indexes}
            indexes = [index for index in indexes if not waits[index]]
            wait_ms = 0 if indexes else min(waits.values(), default=0)
        else:
            wait_ms = picture.backoff_ms(now_ms)
        if wait_ms:
            step.active, step.wait_ms = 0, wait_ms  # upstream, too, calls nothing active while it waits
            return
        step.failure = self._pod_control.create(key, job, _pods(picture, indexes))
        if step.failure is None:
            step.active += len(indexes)
        if count == BURST:
            step.wait_ms = MORE_MS

    def _with_suspension(self, job: Obj, status: Obj) -> Obj:
        now = self._clock.timestamp()
        if is_suspended(job):
            changed = with_condition(status, SUSPENDED, "True", now)
            if changed is not status:
                self._recorder.event(job, "Normal", "Suspended", "Job suspended")
            return changed
        changed = with_condition(status, RESUMED, "False", now)
        if changed is status:
            return status
        self._recorder.event(job, "Normal", "Resumed", "Job resumed")
        return {**changed, "startTime": now}


def _started(job: Obj, now: str) -> Obj:
    status = job.get("status") or {}
    if is_suspended(job) or status.get("startTime"):
        return job
    return {**job, "status": {**status, "startTime": now}}


def _wanted(picture: Picture) -> int:
    """How many pods should be active."""
    spec = picture.job["spec"]
    parallelism: int = spec["parallelism"]
    if spec.get("completions") is None:
        return len(picture.active) if picture.succeeded else parallelism
    return min(max(picture.completions - picture.succeeded, 0), parallelism)


def _pods(picture: Picture, indexes: Sequence[int]) -> Iterator[Obj]:
    for index in indexes:
        yield pod_for(picture.job, index, _counters(picture, index))


def _counters(picture: Picture, index: int) -> dict[str, str]:
    """Annotations that pass the failures of an index on to its next pod."""
    if not counts_by_index(picture.job):
        return {}
    failed = picture.awaiting_replacement.get(index)
    if failed is None:
        return {FAILURES: "0"}
    counts = judge(picture.job, failed).counts
    ignored = failures_of(failed, IGNORED_FAILURES) + (not counts)
    found = {FAILURES: str(failures_of(failed) + counts)}
    return found | {IGNORED_FAILURES: str(ignored)} if ignored else found


def _changed_spec(old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
    if old is not None and new is not None and _generation(old) == _generation(new):
        return ()
    return own_key(old, new)


def _changed_status(old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
    if old is None or new is None or _generation(old) != _generation(new):
        return ()
    return (key_of(new),)


def _generation(job: Obj) -> object:
    return job["metadata"].get("generation"), is_terminating(job)
