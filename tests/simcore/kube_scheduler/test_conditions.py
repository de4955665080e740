"""The PodScheduled condition, as a patch of the pod's status."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.conditions import SCHEDULER_ERROR, UNSCHEDULABLE, says_already, status_patch

NOW, BEFORE = "2026-01-01T00:01:00Z", "2026-01-01T00:00:00Z"
OTHER = {"type": "Ready", "status": "False"}


def condition(message: str, since: str = NOW, reason: str = UNSCHEDULABLE, **more: object) -> Obj:
    fields = {"type": "PodScheduled", "status": "False", "lastProbeTime": None, "lastTransitionTime": since}
    return fields | {"reason": reason, "message": message} | more


def pod(*conditions: Obj, generation: int = 0, nominated: str = "") -> Obj:
    status: Obj = {"conditions": list(conditions)} | ({"nominatedNodeName": nominated} if nominated else {})
    return {"metadata": {"generation": generation} if generation else {}, "status": status}


def patch(of: Obj, message: str, nominated: str | None = None, reason: str = UNSCHEDULABLE) -> Obj | None:
    return status_patch(of, reason, message, nominated, NOW)


def test_a_new_condition_joins_the_others() -> None:
    assert patch(pod(OTHER), "no room") == {"status": {"conditions": [OTHER, condition("no room")]}}
    assert patch({"metadata": {}}, "no room") == {"status": {"conditions": [condition("no room")]}}


def test_a_changed_one_keeps_its_place_and_since_when_it_holds() -> None:
    old = condition("no room", BEFORE)
    assert patch(pod(old, OTHER), "less room") == {
        "status": {"conditions": [condition("less room", BEFORE), OTHER]}
    }


def test_what_turns_false_turns_now() -> None:
    old = condition("", BEFORE) | {"status": "True"}
    assert patch(pod(old), "no room") == {"status": {"conditions": [condition("no room", NOW)]}}


def test_a_reason_of_its_own_for_errors() -> None:
    found = patch(pod(), "refused", reason=SCHEDULER_ERROR)
    assert found == {"status": {"conditions": [condition("refused", reason="SchedulerError")]}}


def test_the_pods_generation_stands_in_it() -> None:
    found = patch(pod(generation=3), "no room")
    assert found == {"status": {"conditions": [condition("no room", observedGeneration=3)]}}


def test_what_is_said_already_needs_no_patch() -> None:
    assert patch(pod(condition("no room", BEFORE)), "no room") is None


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        pytest.param("", "node-1", "node-1", id="promised"),
        pytest.param("node-1", "node-2", "node-2", id="promised another"),
        pytest.param("node-1", "", None, id="taken back"),
    ],
)
def test_a_nomination_is_written_when_it_changes(before: str, after: str, written: str | None) -> None:
    waiting = pod(condition("no room", BEFORE), nominated=before)
    assert patch(waiting, "no room", after) == {"status": {"nominatedNodeName": written}}


@pytest.mark.parametrize("after", [None, "node-1"], ids=["left as it is", "the same"])
def test_a_nomination_that_stays_is_not_written(after: str | None) -> None:
    assert patch(pod(condition("no room", BEFORE), nominated="node-1"), "no room", after) is None


def test_whether_a_pod_carries_a_message() -> None:
    assert says_already(pod(OTHER, condition("no room")), "no room")
    assert not says_already(pod(condition("no room")), "less room")
    assert not says_already({"metadata": {}}, "no room")
    assert not says_already(pod({"type": "Ready", "message": "no room"}), "no room")
