"""A CronJob starts Jobs at its times, as its policies allow, and keeps a few of those that have ended."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from simcore.apimachinery.kinds import CRON_JOB, JOB, POD
from simcore.apimachinery.meta import Obj, annotations_of, controller_of, key_of
from simcore.kube_controller_manager.cronjob.controller import SCHEDULED, TOO_MANY
from simcore.kube_controller_manager.job.controller import BURST
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane
from tests.simcore.kube_controller_manager.jobs import job

FIRST = 1_767_225_600 // 60  # the minute in which every test begins
MINUTE = 60


class Stage:
    """A CronJob `tick` from 2026-01-01T00:00:00Z on; Jobs end when the test says so."""

    def __init__(self, plane: ControlPlane | None = None) -> None:
        self.plane = plane or ControlPlane()
        ControllerManager(self.plane.ctx).start()

    def given(self, schedule: str = "* * * * *", **spec: Any) -> None:
        template = {"metadata": {"labels": {"a": "b"}}, "spec": job()["spec"]}
        self.plane.given(
            {
                "apiVersion": "batch/v1",
                "kind": "CronJob",
                "metadata": {"name": "tick"},
                "spec": {"schedule": schedule, "jobTemplate": template} | spec,
            }
        )

    def until(self, seconds: float) -> None:
        """Seconds from the beginning."""
        self.plane.advance(int(seconds * 1000) - self.plane.clock.now())

    def end(self, name: str, phase: str = "Succeeded") -> None:
        if phase == "Failed":
            self.plane.patch(JOB, name, {"spec": {"activeDeadlineSeconds": 1}})
            self.plane.advance(3_000)
            return
        for pod in self.plane.list(POD):
            owner = controller_of(pod)
            if owner and owner["name"] == name:
                self.plane.api.patch(POD, key_of(pod), {"status": {"phase": phase}}, subresource="status")
        self.plane.advance(2_000)

    def patch(self, **spec: Any) -> None:
        self.plane.patch(CRON_JOB, "tick", {"spec": spec})

    @property
    def jobs(self) -> list[int]:
        """The minutes after the beginning for which there are Jobs."""
        names = [j["metadata"]["name"] for j in self.plane.list(JOB)]
        return [int(name.removeprefix("tick-")) - FIRST for name in names]

    @property
    def status(self) -> Obj:
        found: Obj = self.plane.get(CRON_JOB, "tick")["status"]
        return found

    @property
    def active(self) -> list[str]:
        return [ref["name"] for ref in self.status.get("active") or ()]

    @property
    def events(self) -> list[tuple[str, str]]:
        return self.plane.events("tick")


def name(minute: int) -> str:
    return f"tick-{FIRST + minute}"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_job_starts_a_tenth_of_a_second_after_its_time(stage: Stage):
    stage.given()
    stage.until(60.099)
    assert stage.jobs == []
    stage.until(60.1)
    (made,) = stage.plane.list(JOB)
    assert made["metadata"]["name"] == name(1)
    assert made["metadata"]["labels"]["a"] == "b"
    assert annotations_of(made)[SCHEDULED] == "2026-01-01T00:01:00Z"
    owner = controller_of(made)
    assert owner is not None and (owner["kind"], owner["name"]) == ("CronJob", "tick")
    assert stage.status["lastScheduleTime"] == "2026-01-01T00:01:00Z"
    (ref,) = stage.status["active"]
    assert {ref["apiVersion"], ref["kind"], ref["name"]} == {"batch/v1", "Job", name(1)}
    assert stage.events == [("SuccessfulCreate", f"Created job {name(1)}")]


def test_it_sees_its_jobs_end(stage: Stage):
    stage.given()
    stage.until(61)
    stage.end(name(1))
    assert stage.active == []
    assert stage.status["lastSuccessfulTime"] == "2026-01-01T00:01:01Z"
    assert ("SawCompletedJob", f"Saw completed job: {name(1)}, condition: Complete") in stage.events


def test_it_goes_by_the_clock_of_its_zone(stage: Stage):
    stage.given("30 9 * * *", timeZone="Asia/Seoul")
    stage.until(1801)
    assert stage.jobs == [30]
    (made,) = stage.plane.list(JOB)
    assert annotations_of(made)[SCHEDULED] == "2026-01-01T09:30:00+09:00"


def test_runs_may_overlap_by_default(stage: Stage):
    stage.given()
    stage.until(3.5 * MINUTE)
    assert stage.jobs == [1, 2, 3]
    assert stage.active == [name(1), name(2), name(3)]


def test_if_forbidden_a_run_waits_for_the_one_before(stage: Stage):
    stage.given(concurrencyPolicy="Forbid")
    stage.until(3.5 * MINUTE)
    assert stage.jobs == [1]
    news = "Not starting job because prior execution is running and concurrency policy is Forbid"
    assert ("JobAlreadyActive", news) in stage.events
    stage.end(name(1))
    assert stage.jobs == [1, 3], "the latest of the missed runs is made up for"
    assert stage.status["lastScheduleTime"] == "2026-01-01T00:03:00Z"


def test_a_run_can_replace_the_one_before(stage: Stage):
    stage.given(concurrencyPolicy="Replace")
    stage.until(3.5 * MINUTE)
    assert (stage.jobs, stage.active) == ([3], [name(3)])
    assert ("SuccessfulDelete", f"Deleted job {name(2)}") in stage.events


def test_suspended_it_starts_nothing_and_then_the_last_that_was_missed(stage: Stage):
    stage.given(suspend=True)
    stage.until(3.5 * MINUTE)
    assert stage.jobs == []
    stage.patch(suspend=False)
    stage.until(3.6 * MINUTE)
    assert stage.jobs == [3]


def test_a_run_that_is_too_late_is_left_out(stage: Stage):
    stage.given("*/5 * * * *", suspend=True, startingDeadlineSeconds=60)
    stage.until(6 * MINUTE + 30)
    stage.patch(suspend=False)
    stage.until(7 * MINUTE)
    assert stage.jobs == []
    stage.until(10 * MINUTE + 1)
    assert stage.jobs == [10]


def test_of_many_missed_runs_one_is_made_up_for_and_a_warning_tells(stage: Stage):
    stage.given(suspend=True)
    stage.until(150.5 * MINUTE)
    stage.patch(suspend=False)
    stage.until(150.6 * MINUTE)
    assert stage.jobs == [150]
    assert ("TooManyMissedTimes", TOO_MANY) in stage.events


def test_a_new_schedule_does_not_make_up_for_its_past(stage: Stage):
    stage.given("0 * * * *")
    stage.until(30.5 * MINUTE)
    stage.patch(schedule="*/7 * * * *")
    stage.until(34.5 * MINUTE)
    assert stage.jobs == []
    stage.until(35.5 * MINUTE)
    assert stage.jobs == [35]


def test_three_that_succeeded_and_one_that_failed_are_kept(stage: Stage):
    stage.given()
    for minute in range(1, 8):
        stage.until(minute * MINUTE + 5)
        stage.end(name(minute), "Failed" if minute in (2, 4) else "Succeeded")
    assert stage.jobs == [4, 5, 6, 7]
    assert ("SuccessfulDelete", f"Deleted job {name(1)}") in stage.events


def test_how_many_are_kept_can_be_chosen(stage: Stage):
    stage.given(successfulJobsHistoryLimit=0, failedJobsHistoryLimit=2)
    for minute in range(1, 5):
        stage.until(minute * MINUTE + 5)
        stage.end(name(minute), "Failed" if minute > 1 else "Succeeded")
    assert stage.jobs == [3, 4]


def test_a_job_that_somebody_deleted_is_missed(stage: Stage):
    stage.given("@hourly")
    stage.until(60 * MINUTE + 1)
    stage.plane.delete(JOB, name(60), propagation="Background")
    stage.plane.advance(1000)
    assert stage.active == []
    assert ("MissingJob", f"Active job went missing: {name(60)}") in stage.events
    assert stage.jobs == [], "a run is started once"


def test_a_job_that_it_did_not_make_is_wondered_at(stage: Stage):
    stage.given("@hourly")
    made = job("stranger")
    meta = stage.plane.get(CRON_JOB, "tick")["metadata"]
    ref = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": "tick",
        "uid": meta["uid"],
        "controller": True,
    }
    stage.plane.given({**made, "metadata": {"name": "stranger", "ownerReferences": [ref]}})
    stage.plane.advance(1000)
    message = "Saw a job that the controller did not create or forgot: stranger"
    assert ("UnexpectedJob", message) in stage.events


def test_a_foreign_job_of_that_name_is_not_taken(stage: Stage):
    stage.given()
    stage.plane.given(job(name(1)))
    stage.until(70)
    assert (stage.active, stage.jobs) == ([], [1])
    stage.until(2 * MINUTE + 1)
    assert (stage.active, stage.jobs) == ([name(2)], [1, 2])


def test_deleted_it_takes_its_jobs_along(stage: Stage):
    stage.given()
    stage.until(2.5 * MINUTE)
    stage.plane.delete(CRON_JOB, "tick", propagation="Background")
    stage.until(5 * MINUTE)
    assert (stage.plane.list(JOB), stage.plane.list(POD)) == ([], [])


def test_who_takes_over_goes_on(stage: Stage):
    stage.given("*/2 * * * *")
    stage.until(3 * MINUTE)
    before = stage.plane.store.revision
    successor = Stage(ControlPlane(store=stage.plane.store, at=stage.plane.clock.now()))
    successor.until(4 * MINUTE)
    assert successor.plane.store.revision == before
    successor.until(4 * MINUTE + 1)
    assert successor.jobs == [2, 4]


def test_a_date_that_never_comes_is_never_due(stage: Stage):
    stage.given("0 0 30 2 *")
    stage.until(10 * MINUTE)
    assert (stage.jobs, stage.status) == ([], {})


def test_a_bomb_of_cron_jobs_goes_off_a_bit_at_a_time(stage: Stage):
    bomb = {"spec": job(parallelism=2_147_483_647, completions=2_147_483_647)["spec"]}
    for n in range(5):
        spec = {"schedule": "@every 1s", "jobTemplate": bomb}
        meta = {"name": f"bomb-{n}"}
        stage.plane.given({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec})
    made = [0]
    while made[-1] < 3 * BURST:
        stage.plane.clock.fire_next()
        made.append(len(stage.plane.list(POD)))
    assert max(after - before for before, after in pairwise(made)) == BURST
