"""How a Job bears failures: it waits longer and longer, and gives up at a limit."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj, annotations_of, labels_of
from simcore.kube_controller_manager.job.pods import FAILURES, IGNORED_FAILURES, INDEX
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane, finish
from tests.simcore.kube_controller_manager.jobs import Stage

LIMIT = "Job has reached the specified backoff limit"
DEADLINE = "Job was active longer than specified deadline"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def indexes(pods: list[Obj]) -> list[str]:
    return sorted(labels_of(pod)[INDEX] for pod in pods)


def with_index(stage: Stage, index: int) -> Obj:
    (found,) = [pod for pod in stage.active if labels_of(pod)[INDEX] == str(index)]
    return found


def failing(rule: dict[str, Any], action: str) -> Obj:
    return {"rules": [{"action": action} | rule]}


def exit_codes(operator: str, *values: int) -> dict[str, Any]:
    return {"onExitCodes": {"operator": operator, "values": [*values]}}


DISRUPTED = {"onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}


def test_a_failure_in_the_second_of_a_success_is_waited_for(stage: Stage):
    stage.given(completions=3, parallelism=2, backoffLimit=1)
    first, second = stage.active
    finish(stage.plane, first)
    stage.plane.advance(2_000)
    finish(stage.plane, second, "Failed")
    stage.plane.advance(5_000)
    assert len(stage.plane.list(POD)) == 3, "it failed when it was made, as far as anybody can tell"
    stage.plane.advance(5_000)
    assert len(stage.plane.list(POD)) == 4


def test_the_next_try_comes_after_10_20_40_up_to_600_seconds(stage: Stage):
    stage.given(backoffLimit=20)
    waits = []
    for _ in range(8):
        (pod,) = stage.active
        stage.end(pod, exit_code=1)
        assert stage.active == []
        waited = 1
        while not stage.active:
            stage.after(1)
            waited += 1
        waits.append(waited)
    assert [wait // 10 * 10 for wait in waits] == [10, 20, 40, 80, 160, 320, 600, 600]


def test_a_success_ends_the_waiting(stage: Stage):
    stage.given(completions=3, parallelism=2)
    first, second = stage.active
    stage.end(first, exit_code=1)
    stage.after(5)
    assert len(stage.pods) == 2
    stage.end(second)
    assert len(stage.active) == 2


def test_who_takes_over_waits_as_long(stage: Stage):
    stage.given()
    stage.end(stage.pods[0], exit_code=1)
    stage.after(4)
    stage.plane = ControlPlane(store=stage.plane.store, at=stage.plane.clock.now())
    ControllerManager(stage.plane.ctx).start()
    stage.after(4)
    assert len(stage.pods) == 1
    stage.after(2)
    assert len(stage.pods) == 2


def test_too_many_failures_end_the_job_and_what_is_left_of_it(stage: Stage):
    stage.given(completions=4, parallelism=3, backoffLimit=1)
    stage.run(*stage.active)
    first, second, third = stage.active
    stage.end(first, exit_code=1)
    stage.end(second, exit_code=1)
    assert stage.conditions == [("FailureTarget", "BackoffLimitExceeded", LIMIT)]
    assert (len(stage.terminating), stage.status["terminating"]) == (1, 1)
    stage.stop(third)
    assert stage.conditions[1:] == [("Failed", "BackoffLimitExceeded", LIMIT)]
    assert (stage.status["failed"], "completionTime" in stage.status) == (3, False)
    assert stage.plane.events("work")[-1] == ("BackoffLimitExceeded", LIMIT)


@pytest.mark.parametrize(("limit", "restarts", "fails"), [(0, 1, True), (2, 1, False), (2, 2, True)])
def test_restarts_in_place_count_as_failures(stage: Stage, limit: int, restarts: int, fails: bool):
    stage.given(restart="OnFailure", backoffLimit=limit)
    stage.run(*stage.active)
    container = {"name": "main", "image": "x", "imageID": "", "ready": True, "restartCount": restarts}
    status = {"status": {"containerStatuses": [container]}}
    stage.plane.patch(POD, stage.pods[0]["metadata"]["name"], status, subresource="status")
    stage.after(1.1)
    assert (stage.conditions != []) is fails


def test_a_job_that_takes_too_long_is_ended_on_time(stage: Stage):
    stage.given(activeDeadlineSeconds=30)
    stage.run(*stage.active)
    stage.plane.advance(30_000 - stage.plane.clock.now() - 1)
    assert len(stage.active) == 1
    stage.plane.advance(1)
    assert stage.conditions == [("FailureTarget", "DeadlineExceeded", DEADLINE)]
    stage.stop(stage.pods[0])
    assert stage.plane.events("work")[-1] == ("DeadlineExceeded", DEADLINE)
    assert stage.status["failed"] == 1


def test_a_deadline_does_not_run_while_suspended(stage: Stage):
    stage.given(activeDeadlineSeconds=30)
    stage.after(20)
    stage.patch(suspend=True)
    stage.after(100)
    assert stage.conditions == [("Suspended", "JobSuspended", "Job suspended")]
    stage.patch(suspend=False)
    stage.after(29)
    assert stage.conditions == []
    stage.after(2)
    assert [reason for _, reason, _ in stage.conditions] == ["DeadlineExceeded", "DeadlineExceeded"]


def test_a_deleted_pod_counts_as_failed_and_is_replaced_after_the_wait(stage: Stage):
    stage.given()
    stage.run(*stage.active)
    stage.plane.delete(POD, stage.pods[0]["metadata"]["name"])
    stage.after(1.1)
    assert stage.status["failed"] == 1
    assert stage.active == []
    stage.after(10)
    assert (len(stage.active), len(stage.terminating)) == (1, 1)


def test_if_asked_only_pods_that_have_ended_are_replaced(stage: Stage):
    stage.given(podReplacementPolicy="Failed")
    stage.run(*stage.active)
    stage.plane.delete(POD, stage.pods[0]["metadata"]["name"])
    stage.after(60)
    assert (stage.active, stage.status["terminating"], stage.status.get("failed")) == ([], 1, None)
    stage.plane.patch(
        POD, stage.pods[0]["metadata"]["name"], {"status": {"phase": "Failed"}}, subresource="status"
    )
    stage.after(15)
    assert (len(stage.active), stage.status["failed"]) == (1, 1)


def test_each_index_has_a_pod_that_knows_it(stage: Stage):
    stage.given(completions=5, parallelism=2, completionMode="Indexed")
    assert indexes(stage.active) == ["0", "1"]
    pod = with_index(stage, 1)
    assert pod["metadata"]["generateName"] == "work-1-"
    assert annotations_of(pod) == {INDEX: "1"}
    assert pod["spec"]["hostname"] == "work-1"
    field = {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}
    assert pod["spec"]["containers"][0]["env"] == [
        {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": field}}
    ]
    stage.end(pod)
    assert (indexes(stage.active), stage.status["completedIndexes"]) == (["0", "2"], "1")
    for _ in range(4):
        stage.end(stage.active[-1])
    assert (stage.status["completedIndexes"], stage.status["succeeded"]) == ("0-4", 5)
    assert stage.conditions[-1][0] == "Complete"


def test_a_failed_index_comes_again_after_the_wait(stage: Stage):
    stage.given(completions=2, parallelism=2, completionMode="Indexed")
    stage.end(with_index(stage, 0), exit_code=1)
    assert indexes(stage.active) == ["1"]
    stage.after(10)
    assert indexes(stage.active) == ["0", "1"]


def test_each_index_can_have_a_limit_of_its_own(stage: Stage):
    stage.given(completions=2, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=1)
    first = with_index(stage, 0)
    assert annotations_of(first)[FAILURES] == "0"
    stage.end(first, exit_code=1)
    assert stage.status.get("failed") is None, "it keeps its finalizer until there is a next one"
    stage.after(10)
    second = with_index(stage, 0)
    assert annotations_of(second)[FAILURES] == "1"
    stage.after(1.1)
    assert stage.status["failed"] == 1
    stage.end(second, exit_code=1)
    assert (stage.status["failedIndexes"], stage.conditions) == ("0", [])
    stage.end(with_index(stage, 1))
    assert (stage.status["completedIndexes"], stage.status["failedIndexes"]) == ("1", "0")
    assert [entry[:2] for entry in stage.conditions] == [
        ("FailureTarget", "FailedIndexes"),
        ("Failed", "FailedIndexes"),
    ]
    assert stage.plane.events("work")[-1] == ("FailedIndexes", "Job has failed indexes")


def test_too_many_failed_indexes_end_the_job(stage: Stage):
    limits = {"backoffLimitPerIndex": 0, "maxFailedIndexes": 1}
    stage.given(completions=5, parallelism=3, completionMode="Indexed", **limits)
    stage.end(with_index(stage, 0), exit_code=1)
    assert stage.conditions == []
    stage.end(with_index(stage, 1), exit_code=1)
    stage.after(2)
    message = "Job has exceeded the specified maximal number of failed indexes"
    assert stage.conditions[-1] == ("Failed", "MaxFailedIndexesExceeded", message)
    assert stage.status["failedIndexes"] == "0,1"


def test_some_indexes_can_be_enough(stage: Stage):
    rules = [{"succeededIndexes": "0,3"}, {"succeededIndexes": "1-3", "succeededCount": 2}]
    stage.given(completions=4, parallelism=4, completionMode="Indexed", successPolicy={"rules": rules})
    stage.run(*stage.active)
    stage.end(with_index(stage, 1))
    assert stage.conditions == []
    stage.end(with_index(stage, 3))
    assert stage.conditions == [("SuccessCriteriaMet", "SuccessPolicy", "Matched rules at index 1")]
    for left in stage.terminating:
        stage.stop(left)
    assert stage.conditions[1:] == [("Complete", "SuccessPolicy", "Matched rules at index 1")]
    assert (stage.status["succeeded"], stage.status.get("failed")) == (2, None)


def test_an_exit_code_can_fail_the_whole_job(stage: Stage):
    stage.given(podFailurePolicy=failing(exit_codes("In", 42), "FailJob"), backoffLimit=6)
    (pod,) = stage.pods
    stage.end(pod, exit_code=42)
    message = (
        f"Container main for pod default/{pod['metadata']['name']} failed with exit code 42 "
        "matching FailJob rule at index 0"
    )
    assert stage.conditions == [
        ("FailureTarget", "PodFailurePolicy", message),
        ("Failed", "PodFailurePolicy", message),
    ]
    assert stage.plane.events("work")[-1] == ("PodFailurePolicy", message)


def test_disruptions_can_be_ignored(stage: Stage):
    stage.given(podFailurePolicy=failing(DISRUPTED, "Ignore"), backoffLimit=0)
    condition = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    stage.end(stage.active[0], exit_code=137, conditions=[condition])
    assert stage.conditions == []
    stage.after(10)
    assert (len(stage.active), stage.status.get("failed")) == (1, None)
    stage.end(stage.active[0], exit_code=1)
    assert stage.conditions[-1][:2] == ("Failed", "BackoffLimitExceeded")


def test_a_disruption_can_fail_the_job_too(stage: Stage):
    stage.given(podFailurePolicy=failing(DISRUPTED, "FailJob"))
    condition = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    (pod,) = stage.pods
    stage.end(pod, exit_code=137, conditions=[condition])
    name = pod["metadata"]["name"]
    message = f"Pod default/{name} has condition DisruptionTarget matching FailJob rule at index 0"
    assert stage.conditions[-1] == ("Failed", "PodFailurePolicy", message)


def test_an_exit_code_can_fail_its_index(stage: Stage):
    policy = failing(exit_codes("NotIn", 1, 2), "FailIndex")
    stage.given(
        completions=2,
        parallelism=2,
        completionMode="Indexed",
        backoffLimitPerIndex=5,
        podFailurePolicy=policy,
    )
    stage.end(with_index(stage, 0), exit_code=9)
    assert stage.status["failedIndexes"] == "0"
    stage.end(with_index(stage, 1), exit_code=2)
    assert stage.status["failedIndexes"] == "0"


def test_ignored_failures_of_an_index_are_counted_apart(stage: Stage):
    policy = failing(exit_codes("In", 7), "Ignore")
    stage.given(
        completions=1,
        completionMode="Indexed",
        backoffLimitPerIndex=0,
        podFailurePolicy=policy,
        parallelism=1,
    )
    stage.end(with_index(stage, 0), exit_code=7)
    stage.after(10)
    assert annotations_of(with_index(stage, 0)) == {INDEX: "0", FAILURES: "0", IGNORED_FAILURES: "1"}


def test_when_pods_are_forbidden_the_job_says_so_and_tries_again(stage: Stage):
    template = {"spec": {"containers": [{"name": "main", "image": "x"}], "restartPolicy": "Never"}}
    template["spec"]["priorityClassName"] = "missing"  # type: ignore[call-overload]
    stage.given(template=template, parallelism=8, completions=8)
    reason, message = stage.plane.events("work")[0]
    assert reason == "FailedCreate"
    assert message.endswith("is forbidden: no PriorityClass with name missing was found")
    assert stage.status["ready"] == 0
    tries = len(stage.plane.events("work"))
    stage.after(100)
    assert tries < len(stage.plane.events("work")) <= 40
