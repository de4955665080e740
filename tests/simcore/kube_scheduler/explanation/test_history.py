"""A pod's attempts are found in the scheduler's own writes."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.explanation import history
from simcore.kube_scheduler.explanation.history import PastAttempt, Written, attempts_of


def event(reason: str, message: str, uid: str = "uid-p") -> Obj:
    return {"kind": "Event", "reason": reason, "message": message, "involvedObject": {"uid": uid}}


def pod(uid: str, node: str = "", *, is_target: bool = False) -> Obj:
    conditions = [{"type": "DisruptionTarget", "status": "True"}] if is_target else []
    spec = {"nodeName": node} if node else {}
    return {"kind": "Pod", "metadata": {"uid": uid}, "spec": spec, "status": {"conditions": conditions}}


def failed(revision: int, at: int = 0, cause: int = 1) -> Written:
    return Written(revision, at, cause, event("FailedScheduling", "no room"))


def test_each_event_about_the_pod_is_an_attempt() -> None:
    writes = [
        failed(10),
        Written(12, 500, 11, event("FailedScheduling", "another pod's", "uid-other")),
        failed(20, 1_000, 19),
        Written(30, 2_000, 29, event("Scheduled", "Successfully assigned default/p to node-1")),
    ]
    assert attempts_of("uid-p", writes) == [
        PastAttempt(1, 10, 9, 0, "", "no room"),
        PastAttempt(2, 20, 19, 1_000, "", "no room"),
        PastAttempt(3, 30, 29, 2_000, "node-1", "Successfully assigned default/p to node-1"),
    ]


def test_other_events_and_objects_are_no_attempts() -> None:
    writes = [
        Written(1, 0, 1, event("Preempted", "by somebody")),
        Written(2, 0, 1, pod("uid-p")),
        Written(3, 0, 1, {"kind": "Event", "reason": "Scheduled", "message": "", "involvedObject": {}}),
    ]
    assert attempts_of("uid-p", writes) == []


def test_what_an_attempt_saw_lies_before_its_binding() -> None:
    scheduled = event("Scheduled", "Successfully assigned default/p to node-1")
    (found,) = attempts_of("uid-p", [Written(7, 0, 5, pod("uid-p", "node-1")), Written(8, 0, 5, scheduled)])
    assert (found.revision, found.seen) == (8, 6)


def test_what_an_attempt_saw_lies_before_the_end_of_its_victims() -> None:
    writes = [
        Written(6, 0, 5, pod("uid-victim", "node-1", is_target=True)),
        Written(7, 0, 5, event("Preempted", "by p", "uid-victim")),
        failed(8, 0, 5),
    ]
    (found,) = attempts_of("uid-p", writes)
    assert (found.revision, found.seen) == (8, 5)


def test_writes_of_another_cause_or_instant_belong_to_another_attempt() -> None:
    bound = pod("uid-p", "node-1")
    assert attempts_of("uid-p", [Written(7, 0, 4, bound), failed(8, 0, 5)])[0].seen == 7
    assert attempts_of("uid-p", [Written(7, 9, 5, bound), failed(8, 0, 5)])[0].seen == 7


def test_a_write_about_somebody_else_ends_the_search() -> None:
    writes = [
        Written(6, 0, 5, pod("uid-p", "node-1")),
        Written(7, 0, 5, pod("uid-other", "node-2")),
        failed(8, 0, 5),
    ]
    assert attempts_of("uid-p", writes)[0].seen == 7


def test_only_the_newest_are_kept_under_their_numbers() -> None:
    found = attempts_of("uid-p", [failed(n, n, n) for n in range(1, history.MOST_KEPT + 6)])
    assert (len(found), found[0].number, found[-1].number) == (history.MOST_KEPT, 6, history.MOST_KEPT + 5)
