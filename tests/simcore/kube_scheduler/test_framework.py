"""The runner: each extension point's plugins in their order, and what it makes of their answers."""

from __future__ import annotations

from collections import Counter, deque

import pytest

from simcore.apimachinery.meta import Key
from simcore.kube_scheduler.attempts import MOST_PER_POD, MOST_PODS, Attempt, MemoryAttemptLog
from simcore.kube_scheduler.diagnosis import NO_NODES, Diagnosis
from simcore.kube_scheduler.framework.interfaces import (
    Cycle,
    Failure,
    Handle,
    PostFiltered,
    PreFiltered,
    Rejection,
    Verdict,
    Wait,
)
from simcore.kube_scheduler.framework.normalize import to_percent
from simcore.kube_scheduler.framework.profile import Profile, Weighted
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.heap import NamedHeap
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.plugins.priority_sort import PrioritySort
from simcore.kube_scheduler.pod_info import PodInfo
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.scene import Scene

NO = Rejection(("no",))


class Scripted:
    """Answers every point as it was told, and notes that it was asked."""

    def __init__(self, name: str, calls: list[str], **answers: object) -> None:
        self.name, self._calls, self._answers = name, calls, answers

    def _answer(self, point: str) -> object:
        self._calls.append(f"{self.name} {point}")
        return self._answers.get(point)


class Limiting(Scripted):
    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        answer = self._answer("pre_filter")
        assert answer is None or isinstance(answer, PreFiltered)
        return answer

    def post_filter(self, handle: Handle, cycle: Cycle, pod: PodInfo, failure: Failure) -> PostFiltered:
        answer = self._answer("post_filter")
        assert isinstance(answer, PostFiltered)
        return answer


class Holding(Scripted):
    def reserve(self, cycle: Cycle, pod: PodInfo, node: str) -> Rejection | None:
        answer = self._answer("reserve")
        return answer if isinstance(answer, Rejection) else None

    def unreserve(self, cycle: Cycle, pod: PodInfo, node: str) -> None:
        self._answer("unreserve")

    def permit(self, cycle: Cycle, pod: PodInfo, node: str) -> Rejection | Wait | None:
        answer = self._answer("permit")
        return answer if isinstance(answer, Rejection | Wait) else None

    def pre_bind(self, cycle: Cycle, pod: PodInfo, node: str) -> int | None:
        self._answer("pre_bind")
        return None

    def bind(self, cycle: Cycle, pod: PodInfo, node: str) -> bool:
        return bool(self._answer("bind"))

    def post_bind(self, cycle: Cycle, pod: PodInfo, node: str) -> None:
        self._answer("post_bind")


def framework(*plugins: Scripted) -> Framework:
    return Framework(Profile([Weighted(PrioritySort()), *(Weighted(plugin) for plugin in plugins)]))


def cycle_and_pod() -> tuple[Cycle, PodInfo]:
    scene = Scene([node()])
    return Cycle(scene.cache, 1), scene.info(pod())


def test_names_from_several_prefilters_are_cut_down_to_the_common_ones() -> None:
    runner = framework(
        Limiting("B", [], pre_filter=PreFiltered(nodes=frozenset("xy"))),
        Limiting("A", [], pre_filter=PreFiltered(nodes=frozenset("yz"))),
    )
    outcome = runner.pre_filter(*cycle_and_pod())
    assert (outcome.nodes, outcome.limited_by, outcome.verdict) == (frozenset("y"), ("A", "B"), None)


def test_names_that_exclude_each_other_reject_the_pod() -> None:
    runner = framework(
        Limiting("B", [], pre_filter=PreFiltered(nodes=frozenset("x"))),
        Limiting("A", [], pre_filter=PreFiltered(nodes=frozenset("z"))),
    )
    verdict = runner.pre_filter(*cycle_and_pod()).verdict
    assert verdict is not None
    assert verdict.rejection.reasons == ("node(s) didn't satisfy plugin(s) [A B] simultaneously",)


def test_a_prefilter_that_rejects_ends_the_search() -> None:
    calls: list[str] = []
    runner = framework(Limiting("A", calls, pre_filter=PreFiltered(rejection=NO)), Limiting("B", calls))
    assert runner.pre_filter(*cycle_and_pod()).verdict == Verdict("A", NO)
    assert calls == ["A pre_filter"]


def test_a_prefilter_that_was_put_off_is_asked_later() -> None:
    calls: list[str] = []
    runner = framework(Limiting("A", calls), Limiting("B", calls, pre_filter=PreFiltered(skip=True)))
    cycle, info = cycle_and_pod()
    runner.pre_filter(cycle, info, frozenset({"B"}))
    assert (calls, cycle.skipped) == (["A pre_filter"], set())
    runner.finish_pre_filter(cycle, info)
    runner.finish_pre_filter(cycle, info)
    assert (calls, cycle.skipped) == (["A pre_filter", "B pre_filter"], {"B"})


def test_the_first_postfilter_that_succeeds_ends_the_round() -> None:
    calls: list[str] = []
    runner = framework(
        Limiting("A", calls, post_filter=PostFiltered(False, None, "one")),
        Limiting("B", calls, post_filter=PostFiltered(True, "node-1")),
        Limiting("C", calls, post_filter=PostFiltered(False)),
    )
    assert runner.post_filter(*cycle_and_pod(), Failure(1, 1, dict, list)) == PostFiltered(True, "node-1")
    assert calls == ["A post_filter", "B post_filter"]


def test_postfilters_without_success_all_speak() -> None:
    runner = framework(
        Limiting("A", [], post_filter=PostFiltered(False, None, "one")),
        Limiting("B", [], post_filter=PostFiltered(False, "", "two")),
    )
    assert runner.post_filter(*cycle_and_pod(), Failure(1, 1, dict, list)) == PostFiltered(
        False, "", "one, two"
    )


def test_reserve_stops_at_the_first_no_and_unreserve_goes_backwards() -> None:
    calls: list[str] = []
    runner = framework(Holding("A", calls), Holding("B", calls, reserve=NO), Holding("C", calls))
    cycle, info = cycle_and_pod()
    assert runner.reserve(cycle, info, "node-1") == Verdict("B", NO)
    runner.unreserve(cycle, info, "node-1")
    assert calls == ["A reserve", "B reserve", "C unreserve", "B unreserve", "A unreserve"]


def test_permit_collects_who_wants_to_wait_unless_somebody_rejects() -> None:
    cycle, info = cycle_and_pod()
    waiting = framework(Holding("A", [], permit=Wait(5)), Holding("B", []))
    assert waiting.permit(cycle, info, "node-1") == (None, {"A": Wait(5)})
    rejecting = framework(Holding("A", [], permit=Wait(5)), Holding("B", [], permit=NO))
    assert rejecting.permit(cycle, info, "node-1") == (Verdict("B", NO), {})


def test_the_first_binder_that_takes_the_pod_binds_it() -> None:
    calls: list[str] = []
    runner = framework(Holding("A", calls), Holding("B", calls, bind=True), Holding("C", calls, bind=True))
    runner.bind(*cycle_and_pod(), "node-1")
    assert [call for call in calls if call.endswith(" bind")] == ["A bind", "B bind"]
    assert [call.split()[1] for call in calls] == ["pre_bind"] * 3 + ["bind"] * 2 + ["post_bind"] * 3


def test_a_plugin_cannot_stand_twice_in_a_profile() -> None:
    with pytest.raises(AssertionError, match="twice"):
        framework(Holding("A", []), Holding("A", []))


@pytest.mark.parametrize(
    ("scores", "reverse", "percent"),
    [
        ({"a": 5, "b": 20}, False, {"a": 25, "b": 100}),
        ({"a": 5, "b": 20}, True, {"a": 75, "b": 0}),
        ({"a": 0, "b": 0}, False, {"a": 0, "b": 0}),
        ({"a": 0, "b": 0}, True, {"a": 100, "b": 100}),
        ({}, False, {}),
    ],
)
def test_scores_become_percent_of_the_best(
    scores: dict[str, int], reverse: bool, percent: dict[str, int]
) -> None:
    assert to_percent(scores, reverse=reverse) == percent


def test_reasons_stand_in_the_order_of_their_text() -> None:
    diagnosis = Diagnosis(12)
    diagnosis.count("A", Rejection(("zzz",)), 10)
    diagnosis.count("B", Rejection(("Insufficient cpu", "Too many pods"), resolvable=False), 2)
    assert diagnosis.message() == "0/12 nodes are available: 10 zzz, 2 Insufficient cpu, 2 Too many pods."
    assert (diagnosis.plugins, diagnosis.resolvable) == ({"A", "B"}, 10)


def test_the_message_has_its_parts_one_after_the_other() -> None:
    assert Diagnosis(0).message() == NO_NODES
    assert Diagnosis(3, pre_filter="no such volume", post_filter="and no luck").message() == (
        "0/3 nodes are available: no such volume. and no luck"
    )
    assert Diagnosis(1, Counter({"full": 1})).message() == "0/1 nodes are available: 1 full."


def test_a_heap_forgets_what_is_taken_out_and_keeps_the_newest_rank() -> None:
    heap: NamedHeap[str] = NamedHeap()
    for name, rank in (("a", 3), ("b", 1), ("c", 1), ("a", 0), ("d", 9)):
        heap.push(name, (rank,), name)
    heap.remove("b")
    heap.remove("never there")
    assert (len(heap), heap.first_rank()) == (3, (0,))
    assert [heap.pop(), heap.pop(), heap.pop(), heap.pop()] == ["a", "c", "d", None]
    assert heap.first_rank() is None


def test_a_promise_moves_with_its_pod_and_binds_only_the_less_important() -> None:
    scene, nominator = Scene([]), Nominator()
    high, low = scene.info(pod("high", priority=10)), scene.info(pod("low"))
    nominator.set(high, "node-1")
    nominator.set(high, "node-2")
    assert (nominator.node_of(high.uid), nominator.on("node-1"), nominator.on("node-2")) == (
        "node-2",
        (),
        (high,),
    )
    assert nominator.nodes_with_rivals(low) == ["node-2"]
    assert nominator.nodes_with_rivals(high) == []
    nominator.set(high, "")
    assert not nominator


def test_the_attempt_log_keeps_the_last_attempts_of_the_last_pods() -> None:
    log = MemoryAttemptLog()
    for number in range(MOST_PER_POD + 5):
        log.record(_attempt("busy", number))
    assert [a.number for a in log.of("busy")] == list(range(5, MOST_PER_POD + 5))
    for number in range(MOST_PODS):
        log.record(_attempt(f"pod-{number}", 1))
    assert (log.of("busy"), len(log.of("pod-0"))) == ((), 1)
    log.forget("pod-0")
    log.forget("pod-0")
    assert log.of("pod-0") == ()


def _attempt(uid: str, number: int) -> Attempt:
    return Attempt(Key("default", uid), uid, number, 0, 0, "active", "", 0, 0, 0, 0)


def test_the_log_holds_a_lone_attempt_as_it_is() -> None:
    log = MemoryAttemptLog()
    log.record(_attempt("p", 1))
    assert not isinstance(log.of("p"), deque)
    assert [a.number for a in log.of("p")] == [1]
