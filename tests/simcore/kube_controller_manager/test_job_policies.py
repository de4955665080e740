"""What a failed pod means, and which indexes are enough."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.job import intervals
from simcore.kube_controller_manager.job.picture import Picture
from simcore.kube_controller_manager.job.pods import FAILURES, INDEX, TRACKING, finished_ms, pod_for
from simcore.kube_controller_manager.job.policies import judge, success
from simcore.kube_controller_manager.job.status import Outcome, with_condition, with_counted, with_uncounted

NOW = "2026-01-01T00:00:00Z"


def failed_pod(*codes: int, init: tuple[int, ...] = (), conditions: tuple[tuple[str, str], ...] = ()) -> Obj:
    def ended(names: str, exit_codes: tuple[int, ...]) -> list[Obj]:
        return [
            {"name": f"{names}{n}", "state": {"terminated": {"exitCode": code}}}
            for n, code in enumerate(exit_codes)
        ]

    status = {
        "phase": "Failed",
        "containerStatuses": ended("c", codes),
        "initContainerStatuses": ended("i", init),
        "conditions": [{"type": name, "status": value} for name, value in conditions],
    }
    return {"metadata": {"name": "p", "namespace": "ns"}, "status": status}


def job(*rules: Obj, **spec: Any) -> Obj:
    return {"metadata": {"name": "j"}, "spec": {"podFailurePolicy": {"rules": [*rules]}} | spec}


def on_exit(operator: str, *values: int, action: str = "FailJob", **more: Any) -> Obj:
    return {"action": action, "onExitCodes": {"operator": operator, "values": [*values]} | more}


def on_condition(name: str, *, action: str = "FailJob", **more: Any) -> Obj:
    return {"action": action, "onPodConditions": [{"type": name} | more]}


def failed_with(container: str, code: int, position: int = 0) -> str:
    return f"Container {container} for pod ns/p failed with exit code {code} matching FailJob rule at index {position}"


@pytest.mark.parametrize(
    ("rules", "pod", "message"),
    [
        ([on_exit("In", 3, 4)], failed_pod(4), failed_with("c0", 4)),
        ([on_exit("In", 3)], failed_pod(4), ""),
        ([on_exit("NotIn", 3)], failed_pod(4), failed_with("c0", 4)),
        ([on_exit("NotIn", 3)], failed_pod(0), ""),
        ([on_exit("In", 7)], failed_pod(0, init=(7,)), failed_with("i0", 7)),
        ([on_exit("In", 1, containerName="c1")], failed_pod(1, 0), ""),
        ([on_exit("In", 1, containerName="c1")], failed_pod(0, 1), failed_with("c1", 1)),
        ([on_exit("In", 9), on_exit("In", 1)], failed_pod(1), failed_with("c0", 1, 1)),
        (
            [on_condition("DisruptionTarget")],
            failed_pod(1, conditions=(("DisruptionTarget", "True"),)),
            "Pod ns/p has condition DisruptionTarget matching FailJob rule at index 0",
        ),
        ([on_condition("DisruptionTarget")], failed_pod(1, conditions=(("DisruptionTarget", "False"),)), ""),
        (
            [on_condition("Config", status="False")],
            failed_pod(1, conditions=(("Config", "False"),)),
            "Pod ns/p has condition Config matching FailJob rule at index 0",
        ),
    ],
    ids=["in", "not in the list", "not in", "success is no failure", "init container", "another container",
         "that container", "second rule", "condition", "condition that does not hold", "status asked for"],
)  # fmt: skip
def test_the_first_rule_that_matches_decides(rules: list[Obj], pod: Obj, message: str):
    assert judge(job(*rules), pod).message == message


@pytest.mark.parametrize(("action", "counts"), [("Ignore", False), ("Count", True), ("FailIndex", True)])
def test_other_actions_fail_no_job(action: str, counts: bool):
    verdict = judge(job(on_exit("In", 1, action=action)), failed_pod(1))
    assert (verdict.action, verdict.message, verdict.counts) == (action, "", counts)


def test_without_a_rule_that_matches_a_failure_counts():
    assert judge(job(), failed_pod(1)).counts
    assert judge({"spec": {}}, failed_pod(1)) == judge(job(on_exit("In", 2)), failed_pod(1))


@pytest.mark.parametrize(
    ("rules", "succeeded", "message"),
    [
        ([{"succeededCount": 2}], "0,5", "Matched rules at index 0"),
        ([{"succeededCount": 3}], "0,5", ""),
        ([{"succeededIndexes": "1-3"}], "0-3", "Matched rules at index 0"),
        ([{"succeededIndexes": "1-3"}], "1,2", ""),
        ([{"succeededIndexes": "1-3", "succeededCount": 2}], "1,2", "Matched rules at index 0"),
        ([{"succeededIndexes": "1-3", "succeededCount": 2}], "2,7-9", ""),
        ([{"succeededIndexes": "9"}, {"succeededCount": 1}], "4", "Matched rules at index 1"),
        ([{"succeededCount": 0}], "", ""),
    ],
    ids=str,
)
def test_which_successes_are_enough(rules: list[Obj], succeeded: str, message: str):
    wanted = {"spec": {"completions": 10, "successPolicy": {"rules": rules}}}
    assert success(wanted, intervals.parse(succeeded, 10)) == message


def test_a_condition_is_changed_in_its_place():
    first = with_condition({}, Outcome("Suspended", "JobSuspended", "Job suspended"), "True", NOW)
    second = with_condition(first, Outcome("Complete", "", ""), "True", NOW)
    resumed = Outcome("Suspended", "JobResumed", "Job resumed")
    third = with_condition(second, resumed, "False", "2026-01-01T00:00:09Z")
    assert [(c["type"], c["status"]) for c in third["conditions"]] == [
        ("Suspended", "False"),
        ("Complete", "True"),
    ]
    assert third["conditions"][0]["lastTransitionTime"] == "2026-01-01T00:00:09Z"
    assert with_condition(third, resumed, "False", "later") is third
    assert with_condition({}, resumed, "False", NOW) == {}, "what never was need not be denied"


def test_uids_turn_into_numbers_once_the_finalizers_are_gone():
    status = with_uncounted({"uncountedTerminatedPods": {}, "failed": 1}, ["a", "b"], ["c"])
    assert status["uncountedTerminatedPods"] == {"succeeded": ["a", "b"], "failed": ["c"]}
    half = with_counted(status, {"b"})
    assert (half["succeeded"], half["failed"], half["uncountedTerminatedPods"]) == (
        1,
        2,
        {"succeeded": ["b"]},
    )
    whole = with_counted(half, {})
    assert (whole["succeeded"], whole["uncountedTerminatedPods"]) == (2, {})
    assert with_counted(whole, {}) == whole


def pod(status: Obj, **meta: Any) -> Obj:
    return {"metadata": {"creationTimestamp": NOW} | meta, "status": status}


def ended_at(second: int) -> Obj:
    return {"state": {"terminated": {"finishedAt": f"2026-01-01T00:00:0{second}Z"}}}


@pytest.mark.parametrize(
    ("made", "second"),
    [
        (pod({"containerStatuses": [ended_at(3), ended_at(7)]}), 7),
        (pod({"containerStatuses": [{"state": {"running": {}}}], "conditions": [
            {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:05Z"}]}), 5),
        (pod({}, deletionTimestamp="2026-01-01T00:00:34Z", deletionGracePeriodSeconds=30), 4),
        (pod({"phase": "Failed"}), 0),
    ],
    ids=["last container", "no longer ready", "told to end", "nothing is known"],
)  # fmt: skip
def test_when_a_pod_ended(made: Obj, second: int):
    assert finished_ms(made) == 1_767_225_600_000 + second * 1000


def test_long_names_leave_room_for_the_index():
    template = {
        "spec": {"containers": [{"name": "c", "env": [{"name": "JOB_COMPLETION_INDEX", "value": "mine"}]}]}
    }
    meta = {"name": "x" * 63, "namespace": "ns", "uid": "u"}
    owner = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {"template": template}}
    made = pod_for(owner, 12)
    assert made["metadata"]["generateName"] == f"{'x' * 54}-12-"
    assert made["spec"]["containers"] == template["spec"]["containers"], "the user's own variable stays"


def test_of_several_failures_of_an_index_the_last_is_replaced():
    def failed(name: str, failures: int) -> Obj:
        annotations = {INDEX: "0", FAILURES: str(failures)}
        return pod({"phase": "Failed"}, name=name, uid=name, annotations=annotations, finalizers=[TRACKING])

    spec = {"completions": 1, "completionMode": "Indexed", "backoffLimitPerIndex": 9, "backoffLimit": 99}
    picture = Picture({"spec": spec}, [failed("a", 2), failed("b", 0), failed("c", 1)])
    assert picture.awaiting_replacement[0]["metadata"]["name"] == "a"
    assert picture.index_backoff_ms(0, 1_767_225_600_000) == 40_000
