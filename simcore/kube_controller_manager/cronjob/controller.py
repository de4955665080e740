"""Makes a CronJob's Jobs, keeps the list of those that run, and removes the oldest that have ended.

Models: kubernetes v1.36 pkg/controller/cronjob/cronjob_controllerv2.go (syncCronJob).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from simcore.apimachinery.errors import AlreadyExists, ApiError, NotFound
from simcore.apimachinery.kinds import CRON_JOB, JOB
from simcore.apimachinery.meta import Key, Obj, controller_of, controller_ref, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, controller_key, own_key
from simcore.client.recorder import reference
from simcore.kube_controller_manager.cronjob.runs import MANY, next_look_ms, runs_of
from simcore.kube_controller_manager.cronjob.schedule import MINUTE_MS, Schedule, parse
from simcore.kube_controller_manager.job.status import finished
from simcore.kube_controller_manager.ownership import index_by_controller, owned_by
from simcore.kube_controller_manager.pods import namespace_is_terminating
from simcore.sim.timestamps import format_seconds, parse_time

SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
TOO_MANY = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
FORBIDDEN = "Not starting job because prior execution is running and concurrency policy is Forbid"


class CronJobController:
    name = "cronjob-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._recorder = ctx.recorder(self.name)
        self._cron_jobs, self._jobs = ctx.informers.informer(CRON_JOB), ctx.informers.informer(JOB)
        self._rescheduled: dict[Key, None] = {}  # whose schedule has changed; goes with the next look
        index_by_controller(self._jobs)
        self.watches: Sequence[Watch] = (
            Watch(CRON_JOB, self._changed),
            Watch(JOB, controller_key(CRON_JOB), owner=CRON_JOB),
        )

    def reconcile(self, key: Key) -> Result:
        cron_job = self._cron_jobs.get(key)
        is_rescheduled = key in self._rescheduled
        self._rescheduled.pop(key, None)
        if cron_job is None:
            return DONE
        schedule = _schedule(cron_job)
        if is_rescheduled:  # what the new schedule would have started in the past is not made up for
            return Result(next_look_ms(cron_job, schedule, self._clock.unix_ms()))
        jobs = owned_by(self._jobs, uid_of(cron_job))
        status = self._with_ended(cron_job, jobs, {**(cron_job.get("status") or {})})
        failure, wait_ms = None, None
        if not is_terminating(cron_job) and not cron_job["spec"].get("suspend"):
            wait_ms = next_look_ms(cron_job, schedule, self._clock.unix_ms())
            failure = self._start(cron_job, schedule, status)
        self._remove_old(cron_job, jobs)
        if status != (cron_job.get("status") or {}):
            self._client.update_status(CRON_JOB, {**cron_job, "status": status})
        if failure is not None and not namespace_is_terminating(failure.details):
            raise failure
        return Result(wait_ms)

    def _with_ended(self, cron_job: Obj, jobs: list[Obj], status: Obj) -> Obj:
        """The status without the Jobs that run no more."""
        for job in jobs:
            end, name = finished(job), job["metadata"]["name"]
            is_listed = any(ref.get("uid", "") == uid_of(job) for ref in _active(status))
            if end is None and not is_listed:
                message = f"Saw a job that the controller did not create or forgot: {name}"
                if not self._is_listed_by_now(cron_job, job):
                    self._recorder.event(cron_job, "Warning", "UnexpectedJob", message)
            elif end is not None and is_listed:
                _unlist(status, uid_of(job))
                message = f"Saw completed job: {name}, condition: {end.type}"
                self._recorder.event(cron_job, "Normal", "SawCompletedJob", message)
            completed = job.get("status", {}).get("completionTime")
            if end is not None and end.type == "Complete" and completed:
                status["lastSuccessfulTime"] = max(status.get("lastSuccessfulTime") or "", completed)
        known = dict.fromkeys(map(uid_of, jobs))
        for ref in _active(status):
            if ref.get("uid", "") not in known and self._find(cron_job, ref["name"]) is None:
                self._recorder.event(
                    cron_job, "Normal", "MissingJob", f"Active job went missing: {ref['name']}"
                )
                _unlist(status, ref.get("uid", ""))
        return status

    def _is_listed_by_now(self, cron_job: Obj, job: Obj) -> bool:
        """Asks the API: the informer may not show yet what we wrote ourselves."""
        fresh = self._client.get(CRON_JOB, key_of(cron_job))
        return any(ref.get("uid", "") == uid_of(job) for ref in _active(fresh.get("status") or {}))

    def _find(self, cron_job: Obj, name: str) -> Obj | None:
        try:
            return self._client.get(JOB, Key(cron_job["metadata"]["namespace"], name))
        except NotFound:
            return None

    def _start(self, cron_job: Obj, schedule: Schedule, status: Obj) -> ApiError | None:
        """Starts the run that is due, if one is and the policies allow it; notes it in `status`."""
        now_ms = self._clock.unix_ms()
        runs = runs_of(cron_job, schedule, now_ms, deadline=True)
        due_ms, spec = runs.latest, cron_job["spec"]
        if due_ms is None:
            return None
        if runs.missed > MANY:
            self._recorder.event(cron_job, "Warning", "TooManyMissedTimes", TOO_MANY)
        limit_s = spec.get("startingDeadlineSeconds")
        if limit_s is not None and due_ms + limit_s * 1000 < now_ms:
            when = datetime.fromtimestamp(due_ms // 1000, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
            message = f"Missed scheduled time to start a job: {when}"
            self._recorder.event(cron_job, "Warning", "MissSchedule", message)
            return None
        name = f"{cron_job['metadata']['name']}-{due_ms // MINUTE_MS}"
        if any(ref["name"] == name for ref in _active(status)):
            return None
        if spec.get("concurrencyPolicy") == "Forbid" and _active(status):
            self._recorder.event(cron_job, "Normal", "JobAlreadyActive", FORBIDDEN)
            return None
        if spec.get("concurrencyPolicy") == "Replace":
            self._remove_active(cron_job, status)
        return self._create(cron_job, name, due_ms, status)

    def _create(self, cron_job: Obj, name: str, due_ms: int, status: Obj) -> ApiError | None:
        try:
            job = self._client.create(JOB, _job_for(cron_job, name, due_ms))
        except AlreadyExists:
            found = self._find(cron_job, name)
            if found is None or (controller_of(found) or {}).get("uid") != uid_of(cron_job):
                return None  # somebody else's, who will know why
            job = found  # made before, but not noted
        except ApiError as error:
            if not namespace_is_terminating(error.details):
                self._recorder.event(
                    cron_job, "Warning", "FailedCreate", f"Error creating job: {error.message}"
                )
            return error
        else:
            self._recorder.event(cron_job, "Normal", "SuccessfulCreate", f"Created job {name}")
        status["active"] = [*_active(status), reference(job)]
        status["lastScheduleTime"] = format_seconds(due_ms)
        return None

    def _remove_active(self, cron_job: Obj, status: Obj) -> None:
        for ref in _active(status):
            self._remove(cron_job, Key(cron_job["metadata"]["namespace"], ref["name"]), ref.get("uid", ""))
            _unlist(status, ref.get("uid", ""))

    def _remove_old(self, cron_job: Obj, jobs: list[Obj]) -> None:
        """Of the Jobs that have ended, the newest are kept to be looked at."""
        spec = cron_job["spec"]
        limits = {
            "Complete": spec.get("successfulJobsHistoryLimit"),
            "Failed": spec.get("failedJobsHistoryLimit"),
        }
        for end, limit in limits.items():
            ended = [job for job in jobs if (found := finished(job)) and found.type == end]
            if limit is not None:
                for job in sorted(ended, key=_start_time)[: max(len(ended) - limit, 0)]:
                    self._remove(cron_job, key_of(job), uid_of(job))

    def _remove(self, cron_job: Obj, job: Key, uid: str) -> None:
        try:
            self._client.delete(JOB, job, uid=uid, propagation="Background")
        except NotFound:
            return  # what we wanted
        self._recorder.event(cron_job, "Normal", "SuccessfulDelete", f"Deleted job {job.name}")

    def _changed(self, old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
        if old is not None and new is not None:
            before, after = old["spec"], new["spec"]
            if any(before.get(field) != after.get(field) for field in ("schedule", "timeZone")):
                self._rescheduled[key_of(new)] = None
        return own_key(old, new)


def _schedule(cron_job: Obj) -> Schedule:
    """Without a zone the schedule is in the controller's, which is UTC."""
    return parse(cron_job["spec"]["schedule"], cron_job["spec"].get("timeZone") or "UTC")


def _active(status: Obj) -> list[Obj]:
    return status.get("active") or []


def _unlist(status: Obj, uid: str) -> None:
    left = [ref for ref in status.pop("active") if ref.get("uid", "") != uid]
    if left:
        status["active"] = left


def _start_time(job: Obj) -> tuple[bool, int, str]:
    started = (job.get("status") or {}).get("startTime")
    return started is None, parse_time(started) if started else 0, job["metadata"]["name"]


def _job_for(cron_job: Obj, name: str, due_ms: int) -> Obj:
    template, zone = cron_job["spec"]["jobTemplate"], cron_job["spec"].get("timeZone")
    wanted = template.get("metadata") or {}
    scheduled = datetime.fromtimestamp(due_ms // 1000, ZoneInfo(zone or "UTC")).isoformat()
    meta = {
        "name": name,
        "namespace": cron_job["metadata"]["namespace"],
        "annotations": {**(wanted.get("annotations") or {}), SCHEDULED: scheduled.replace("+00:00", "Z")},
        "ownerReferences": [controller_ref(cron_job)],
    }
    if wanted.get("labels"):
        meta["labels"] = wanted["labels"]
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": template["spec"]}
