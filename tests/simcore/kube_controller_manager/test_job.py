"""A Job runs pods until enough have succeeded; each is counted once."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import EVENT, JOB, POD
from simcore.apimachinery.meta import controller_of, is_terminating, key_of
from simcore.kube_controller_manager.job.controller import BURST
from simcore.kube_controller_manager.job.pods import TRACKING
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.sim.latency import REALISTIC, LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, pod
from tests.simcore.kube_controller_manager.jobs import Stage, job

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(900, 900), Range(0, 0), Range(0, 0), Range(0, 0))
REACHED = "Reached expected number of succeeded pods"
START = "2026-01-01T00:00:00Z"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_one_pod_and_its_end(stage: Stage):
    stage.given()
    (made,) = stage.pods
    assert made["metadata"]["finalizers"] == [TRACKING]
    assert (made["metadata"]["generateName"], controller_of(made)["name"]) == ("work-", "work")  # type: ignore[index]
    assert stage.status == {
        "active": 1,
        "ready": 0,
        "startTime": START,
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }
    stage.run(made)
    assert stage.status["ready"] == 1
    stage.end(made)
    assert "finalizers" not in stage.pods[0]["metadata"]
    assert {name: value for name, value in stage.status.items() if name != "conditions"} == {
        "completionTime": "2026-01-01T00:00:02Z",
        "ready": 0,
        "startTime": START,
        "succeeded": 1,
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }
    assert stage.conditions == [
        ("SuccessCriteriaMet", "CompletionsReached", REACHED),
        ("Complete", "CompletionsReached", REACHED),
    ]
    assert stage.plane.events("work") == [
        ("SuccessfulCreate", f"Created pod: {made['metadata']['name']}"),
        ("Completed", "Job completed"),
    ]


def test_no_more_run_at_once_than_may_and_no_more_than_are_needed(stage: Stage):
    stage.given(completions=5, parallelism=3)
    seen = []
    while stage.active:
        seen.append(len(stage.active))
        stage.end(stage.active[0])
    assert seen == [3, 3, 3, 2, 1]
    assert stage.status["succeeded"] == 5


def test_news_of_pods_are_taken_together_for_a_second(stage: Stage):
    stage.given(completions=4, parallelism=2)
    stage.after(5)
    first, second = stage.pods
    for ended in (first, second):
        stage.plane.patch(
            POD, ended["metadata"]["name"], {"status": {"phase": "Succeeded"}}, subresource="status"
        )
    stage.plane.advance(999)
    assert len(stage.pods) == 2
    stage.plane.advance(1)
    assert len(stage.pods) == 4
    assert stage.status["succeeded"] == 2


def test_without_completions_one_success_is_enough_and_the_others_may_finish(stage: Stage):
    stage.given(parallelism=3)
    first, second, third = stage.pods
    stage.end(first)
    assert len(stage.active) == 2
    assert stage.conditions == []
    stage.end(second, exit_code=1)
    assert len(stage.pods) == 3
    stage.end(third)
    assert [name for name, *_ in stage.conditions] == ["SuccessCriteriaMet", "Complete"]
    assert (stage.status["succeeded"], stage.status["failed"]) == (2, 1)


def test_parallelism_can_be_changed_and_the_pods_that_go_are_no_failures(stage: Stage):
    stage.given(completions=9, parallelism=4)
    stage.run(*stage.pods)
    stage.patch(parallelism=1)
    assert (len(stage.active), stage.status["terminating"]) == (1, 3)
    assert all(TRACKING not in p["metadata"].get("finalizers", ()) for p in stage.terminating)
    for gone in stage.terminating:
        stage.stop(gone)
    assert (stage.status["active"], stage.status["terminating"]) == (1, 0)
    assert "failed" not in stage.status
    stage.patch(parallelism=2)
    assert len(stage.active) == 2


def test_no_parallelism_means_no_pods(stage: Stage):
    stage.given(parallelism=0)
    assert stage.pods == []
    assert stage.conditions == []


def test_a_suspended_job_waits_and_starts_anew(stage: Stage):
    stage.given(suspend=True, parallelism=2, completions=2)
    assert stage.pods == []
    assert stage.conditions == [("Suspended", "JobSuspended", "Job suspended")]
    assert "startTime" not in stage.status
    stage.after(59.9)
    stage.patch(suspend=False)
    assert stage.status["startTime"] == "2026-01-01T00:01:00Z"
    assert stage.conditions == []
    stage.run(*stage.pods)
    stage.patch(suspend=True)
    assert stage.active == []
    events = [
        (e["reason"], e["count"]) for e in stage.plane.list(EVENT) if e["involvedObject"]["name"] == "work"
    ]
    assert {("Suspended", 2), ("Resumed", 1)} < {*events}
    for gone in stage.terminating:
        stage.stop(gone)
    assert "failed" not in stage.status
    assert stage.status["conditions"][0]["reason"] == "JobSuspended"


def test_a_job_by_another_controller_is_left_alone(stage: Stage):
    stage.given(managedBy="example.com/other")
    stage.after(5)
    assert (stage.pods, stage.status) == ([], {})


def test_deleting_a_job_takes_its_pods_along(stage: Stage):
    stage.given(completions=2, parallelism=2)
    stage.end(stage.pods[0])
    stage.plane.delete(JOB, "work", propagation="Background")
    stage.after(5)
    assert stage.pods == []


def test_deleted_in_the_foreground_it_goes_last(stage: Stage):
    stage.given(completions=2, parallelism=2)
    stage.run(*stage.pods)
    stage.plane.delete(JOB, "work", propagation="Foreground")
    stage.after(2)
    assert len(stage.terminating) == 2
    assert is_terminating(stage.job)
    for gone in stage.terminating:
        stage.stop(gone)
    with pytest.raises(NotFound):
        stage.plane.get(JOB, "work")


def test_orphaned_pods_lose_the_finalizer(stage: Stage):
    stage.given()
    stage.plane.delete(JOB, "work", propagation="Orphan")
    stage.after(5)
    (left,) = stage.pods
    assert (left["metadata"].get("finalizers"), controller_of(left)) == (None, None)


def test_a_pod_that_matches_is_adopted_and_counted(stage: Stage):
    selector, labels = {"matchLabels": {"my": "own"}}, {"my": "own"}
    spec = {"containers": [{"name": "main", "image": "x"}], "restartPolicy": "Never"}
    template = {"metadata": {"labels": labels}, "spec": spec}
    stage.plane.given(pod("older", labels=labels))
    stage.given(manualSelector=True, selector=selector, template=template)
    stage.after(3)
    (adopted,) = stage.pods
    assert adopted["metadata"]["finalizers"] == [TRACKING]
    stage.end(adopted)
    assert stage.status["succeeded"] == 1


def test_a_finished_job_goes_when_its_time_to_live_is_over(stage: Stage):
    stage.given(ttlSecondsAfterFinished=30)
    stage.end(stage.pods[0])
    assert stage.status["completionTime"] == "2026-01-01T00:00:01Z"
    stage.after(29.79)
    assert stage.job
    stage.after(0.1)
    stage.after(2)
    assert (stage.plane.list(JOB), stage.pods) == ([], [])


def test_a_time_to_live_of_zero_can_be_given_afterwards(stage: Stage):
    stage.given()
    stage.end(stage.pods[0])
    stage.after(1000)
    stage.patch(ttlSecondsAfterFinished=0)
    assert stage.plane.list(JOB) == []


@pytest.mark.parametrize("latency", [SLOW_WATCH, REALISTIC], ids=["slow watch", "realistic"])
def test_late_news_make_no_pod_too_many(latency: LatencyProfile):
    stage = Stage(latency)
    stage.given(completions=6, parallelism=3)
    for _ in range(40):
        if stage.active:
            stage.end(stage.active[0])
        stage.after(1)
    assert len(stage.pods) == 6
    assert (stage.status["succeeded"], stage.status.get("failed")) == (6, None)
    assert stage.reasons.count("SuccessfulCreate") == 6
    assert stage.reasons.count("Completed") == 1


def test_who_takes_over_counts_on(stage: Stage):
    stage.given(completions=3, parallelism=2)
    stage.end(stage.pods[0])
    stage.after(5)
    before = stage.plane.store.revision
    stage.plane = ControlPlane(store=stage.plane.store, at=stage.plane.clock.now())
    ControllerManager(stage.plane.ctx).start()
    stage.after(5)
    assert stage.plane.store.revision == before
    while stage.active:
        stage.end(stage.active[0])
    assert (stage.status["succeeded"], len(stage.pods)) == (3, 3)


def test_two_billion_pods_come_in_bursts_and_many_completions_cost_nothing(stage: Stage):
    stage.given(completions=2_147_483_647, parallelism=2_147_483_647)
    before = len(stage.plane.list(POD))
    assert before % BURST == 0 and before <= 10 * BURST
    stage.after(0.02)
    assert len(stage.plane.list(POD)) == before + BURST


def test_ended_pods_are_counted_in_portions(stage: Stage):
    stage.given(completions=600, parallelism=600)
    stage.after(2)
    assert len(stage.pods) == 600
    for ended in stage.pods:
        stage.plane.api.patch(POD, key_of(ended), {"status": {"phase": "Succeeded"}}, subresource="status")
    stage.plane.advance(1000)
    assert stage.status["succeeded"] == 500
    stage.after(3)
    assert stage.status["succeeded"] == 600
    assert [name for name, *_ in stage.conditions] == ["SuccessCriteriaMet", "Complete"]


def test_a_finished_job_is_not_looked_at_again(stage: Stage):
    stage.given()
    stage.end(stage.pods[0])
    before = stage.plane.store.revision
    stage.plane.delete(POD, stage.pods[0]["metadata"]["name"])
    stage.after(5)
    assert stage.pods == []
    assert stage.plane.store.revision == before + 1


def test_two_jobs_do_not_meet(stage: Stage):
    stage.given()
    stage.plane.given(job("other"))
    stage.plane.advance(100)
    for made in stage.pods:
        stage.end(made)
    assert {j["status"]["succeeded"] for j in stage.plane.list(JOB)} == {1}
