"""Which run of a CronJob is due, and when to look again.

Models: kubernetes v1.36 pkg/controller/cronjob/utils.go (mostRecentScheduleTime).
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.cronjob.schedule import Schedule
from simcore.sim.timestamps import parse_time

DELTA_MS = 100
"""Runs start this much late, so that clocks that disagree a little do not miss one."""
MANY = 100


class Runs(NamedTuple):
    """Times in Unix milliseconds."""

    earliest: int
    """Nothing before this is started any more."""
    latest: int | None
    """The last run that should have been started by now."""
    missed: int
    """Roughly how many should have been; 0 when there are at most one."""


def runs_of(cron_job: Obj, schedule: Schedule, now_ms: int, *, deadline: bool) -> Runs:
    """`deadline`: whether runs that are too late are left out."""
    last = (cron_job.get("status") or {}).get("lastScheduleTime")
    earliest = parse_time(last or cron_job["metadata"]["creationTimestamp"])
    limit_s = cron_job["spec"].get("startingDeadlineSeconds")
    if deadline and limit_s is not None:
        earliest = max(earliest, now_ms - limit_s * 1000)
    first = schedule.next(earliest)
    if first is None or now_ms < first:
        return Runs(earliest, None, 0)
    second = schedule.next(first)
    if second is None or now_ms < second:
        return Runs(earliest, first, 0)
    period_ms = second - first
    missed = (now_ms - first) // period_ms + 1
    latest = None
    due = schedule.next(first + (missed - 2) * period_ms)
    while due is not None and due <= now_ms:
        latest, due = due, schedule.next(due)
    return Runs(earliest, latest, missed)


def next_look_ms(cron_job: Obj, schedule: Schedule, now_ms: int) -> int | None:
    """In how many milliseconds the next run is due; None: never."""
    runs = runs_of(cron_job, schedule, now_ms, deadline=False)
    after = runs.latest if runs.latest is not None else now_ms if runs.missed else runs.earliest
    due = schedule.next(after)
    return max(due + DELTA_MS - now_ms, 1) if due is not None else None
