"""The scheduling queue: order, back-off, and what brings a rejected pod back."""

from __future__ import annotations

import pytest

from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.queue import QueuedPod, SchedulingQueue
from simcore.sim.clock import SimClock
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.scene import Scene

FIT = frozenset({"NodeResourcesFit"})
MINUTE = 60_000


class Line:
    """A queue on a clock of its own; `woken` counts its calls."""

    def __init__(self, client: ApiClient, *, cut_backoff: bool = False) -> None:
        self.clock, self.woken, self.scene = SimClock(), 0, Scene([node()])
        framework = Framework(default_profile(client))
        self.queue = SchedulingQueue(self.clock, lambda pod: framework, self._wake, cut_backoff=cut_backoff)

    def _wake(self) -> None:
        self.woken += 1

    def add(self, *names: str, **spec: object) -> None:
        for name in names:
            self.queue.add(self.scene.info(pod(name, **spec)), 1)

    def pop(self) -> QueuedPod:
        queued = self.queue.pop()
        assert queued is not None
        return queued

    def names(self) -> list[str]:
        found = []
        while (queued := self.queue.pop()) is not None:
            found.append(queued.pod.key.name)
        return found

    def advance(self, delay_ms: int) -> None:
        end = self.clock.now() + delay_ms
        while (due := self.clock.next_due()) is not None and due <= end:
            self.clock.fire_next()
        self.clock.advance_to(end)

    def node_added(self, cpu: str = "4") -> None:
        info = Scene([node(allocatable={"cpu": cpu})]).cache.nodes()[0]
        self.queue.move(Change(ClusterEvent.NODE_ADDED, node=info), 7)


@pytest.fixture
def line(nobody: ApiClient) -> Line:
    return Line(nobody)


def test_the_highest_priority_comes_first_then_who_came_first(line: Line) -> None:
    line.add("a", "b")
    line.add("urgent", priority=10)
    line.add("c")
    assert line.names() == ["urgent", "a", "b", "c"]


def test_a_gated_pod_waits_until_its_gates_are_gone(line: Line) -> None:
    line.add("p", schedulingGates=[{"name": "example.com/a"}])
    assert line.names() == []
    assert [q.pod.key.name for q in line.queue.in_state("gated")] == ["p"]
    line.queue.update(line.scene.info(pod("p")), 2)
    assert line.pop().cause == 2


def test_a_rejected_pod_comes_back_after_an_event_and_its_backoff(line: Line) -> None:
    line.add("p")
    line.queue.failed(line.pop(), FIT)
    line.node_added()
    assert line.names() == []
    line.advance(999)
    assert line.names() == []
    line.advance(1)
    again = line.pop()
    assert (again.attempts, again.cause, again.came_from) == (2, 7, "active")


@pytest.mark.parametrize(
    ("failures", "backoff_ms"), [(1, 1_000), (2, 2_000), (4, 8_000), (5, 10_000), (40, 10_000)]
)
def test_backoff_doubles_up_to_ten_seconds(line: Line, failures: int, backoff_ms: int) -> None:
    line.add("p")
    queued = line.pop()
    queued.attempts = failures
    line.queue.failed(queued, frozenset())
    line.advance(backoff_ms - 1)
    assert line.names() == []
    line.advance(1)
    assert line.names() == ["p"]


def test_no_backoff_is_left_when_the_event_comes_late(line: Line) -> None:
    line.add("p")
    line.queue.failed(line.pop(), FIT)
    line.advance(5_000)
    line.node_added()
    assert line.names() == ["p"]


def test_while_nothing_is_active_backoff_is_cut_short_but_not_after_errors(nobody: ApiClient) -> None:
    line = Line(nobody, cut_backoff=True)
    line.add("rejected", "failed")
    line.queue.failed(line.pop(), FIT)
    line.queue.failed(line.pop(), frozenset())
    line.node_added()
    assert line.queue.has_next
    assert line.names() == ["rejected"]


@pytest.mark.parametrize(
    ("waits_for", "cpu", "comes"),
    [
        pytest.param({"NodeResourcesFit"}, "4", True, id="a plugin that waits for it"),
        pytest.param({"NodeResourcesFit"}, "1", False, id="but the node is too small"),
        pytest.param({"NodePorts", "NodeResourcesFit"}, "1", True, id="one of several is enough"),
        pytest.param({"SchedulingGates"}, "4", False, id="a plugin that waits for other things"),
        pytest.param({"Unknown"}, "1", True, id="a plugin that names no events"),
    ],
)
def test_an_event_brings_back_only_whom_it_may_help(
    line: Line, waits_for: set[str], cpu: str, comes: bool
) -> None:
    line.add("p", requests={"cpu": "2"})
    line.queue.failed(line.pop(), frozenset(waits_for))
    line.advance(1_000)
    line.node_added(cpu)
    assert line.names() == (["p"] if comes else [])


def test_after_five_minutes_a_pod_is_tried_again_without_any_event(line: Line) -> None:
    line.add("early")
    line.queue.failed(line.pop(), FIT)
    line.advance(MINUTE)
    line.add("late")
    line.queue.failed(line.pop(), FIT)
    line.advance(4 * MINUTE - 1)
    assert line.names() == []
    line.advance(1)
    assert line.names() == ["early"]
    line.advance(MINUTE)
    assert line.names() == ["late"]


def test_a_changed_pod_is_tried_again(line: Line) -> None:
    line.add("p", requests={"cpu": "9"})
    line.queue.failed(line.pop(), FIT)
    line.advance(1_000)
    line.queue.update(line.scene.info(pod("p", requests={"cpu": "1"})), 3)
    again = line.pop()
    assert (again.pod.shape.requests, again.cause) == ({"cpu": 1000}, 3)


def test_a_removed_pod_is_in_no_part_of_the_queue(line: Line) -> None:
    line.add("active", "waiting", "gone")
    line.queue.remove("uid-gone")
    line.queue.failed(line.pop(), FIT)
    line.queue.remove("uid-active")
    line.queue.remove("uid-waiting")
    assert (line.names(), len(line.queue), line.queue.has_next) == ([], 0, False)
    line.node_added()
    assert line.names() == []


def test_a_pod_that_failed_after_it_was_removed_does_not_return(line: Line) -> None:
    line.add("p")
    queued = line.pop()
    line.queue.remove("uid-p")
    line.queue.failed(queued, FIT)
    line.advance(10 * MINUTE)
    assert line.names() == []


def test_activate_asks_nobody(line: Line) -> None:
    line.add("p")
    line.queue.failed(line.pop(), FIT)
    line.queue.activate("uid-p", 9)
    assert line.pop().cause == 9
