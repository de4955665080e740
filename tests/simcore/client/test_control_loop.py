"""The control loop calls its reconciler for keys that changed, one at a time, and again when it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from simcore.apimachinery.errors import ServiceUnavailable
from simcore.apimachinery.kinds import CONFIG_MAP, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, ControlLoop, Result, Watch, controller_key, own_key
from simcore.sim.latency import LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, replica_set

SLOW_CALLS = LatencyProfile(Range(10, 10), Range(0, 0), Range(0, 0), Range(0, 0), Range(0, 0))
A = Key("default", "a")


class Recording:
    """Notes when it is called with which key and cause, then does what the test says."""

    name = "recording"
    watches: Sequence[Watch] = (Watch(CONFIG_MAP, own_key),)

    def __init__(self, ctx: ComponentContext, act: Callable[[int], Result] = lambda call: DONE) -> None:
        self.ctx, self.act = ctx, act
        self.calls: list[tuple[int, str, int]] = []

    def reconcile(self, key: Key) -> Result:
        self.calls.append((self.ctx.clock.now(), key.name, self.ctx.client.cause))
        return self.act(len(self.calls))

    @property
    def times(self) -> list[int]:
        return [time for time, _, _ in self.calls]


def running(plane: ControlPlane, act: Callable[[int], Result] = lambda call: DONE) -> Recording:
    ctx = plane.ctx.for_actor("recording")
    reconciler = Recording(ctx, act)
    ControlLoop(ctx, reconciler).start()
    return reconciler


def config_map(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {}}


def fails_until(call: int) -> Callable[[int], Result]:
    def act(number: int) -> Result:
        if number < call:
            raise ServiceUnavailable("not now")
        return DONE

    return act


def test_existing_objects_are_reconciled_at_the_start():
    plane = ControlPlane()
    plane.given(config_map("a"), config_map("b"))
    reconciler = running(plane)
    plane.advance(0)
    assert [name for _, name, _ in reconciler.calls] == ["a", "b"]


def test_one_timer_reconciles_one_key():
    plane = ControlPlane()
    plane.given(config_map("a"), config_map("b"))
    reconciler = running(plane)
    plane.clock.fire_next()
    assert len(reconciler.calls) == 1


def test_a_write_names_the_revision_that_made_it_necessary():
    plane = ControlPlane()
    reconciler = running(plane)
    plane.given(config_map("a"))
    revision = plane.store.revision
    plane.advance(0)
    assert reconciler.calls == [(0, "a", revision)]


def test_what_happens_to_a_key_at_one_instant_is_taken_together():
    plane = ControlPlane()
    reconciler = running(plane)
    plane.given(config_map("a"))
    plane.advance(0)
    for n in range(100):
        plane.patch(CONFIG_MAP, "a", {"data": {"n": str(n)}})
        plane.advance(0)
    plane.advance(10)
    assert reconciler.times == [0, 1]
    assert reconciler.calls[-1][2] == plane.store.revision


def test_a_failing_key_is_tried_again_later_and_later():
    plane = ControlPlane()
    reconciler = running(plane, fails_until(4))
    plane.given(config_map("a"))
    plane.advance(1000)
    assert reconciler.times == [0, 5, 15, 35]


def test_a_fault_of_a_controller_is_logged_and_does_not_stop_the_others(caplog: pytest.LogCaptureFixture):
    plane = ControlPlane()

    def act(call: int) -> Result:
        if call == 1:
            raise KeyError("spec")
        return DONE

    reconciler = running(plane, act)
    plane.given(config_map("a"), config_map("b"))
    plane.advance(100)
    assert [(time, name) for time, name, _ in reconciler.calls] == [(0, "a"), (0, "b"), (5, "a")]
    assert [record.getMessage() for record in caplog.records] == ["0 recording default/a failed"]


def test_a_success_ends_the_back_off():
    plane = ControlPlane()
    reconciler = running(plane, fails_until(3))
    plane.given(config_map("a"))
    plane.advance(100)
    reconciler.act = fails_until(5)
    plane.patch(CONFIG_MAP, "a", {"data": {"n": "1"}})
    plane.advance(100)
    assert reconciler.times == [0, 5, 15, 100, 105]


def test_a_reconciler_can_ask_to_be_called_again():
    plane = ControlPlane()
    reconciler = running(plane, lambda call: Result(400) if call < 3 else DONE)
    plane.given(config_map("a"))
    plane.advance(5000)
    assert reconciler.times == [0, 400, 800]


def test_the_next_key_waits_for_the_calls_of_the_one_before():
    plane = ControlPlane(latency=SLOW_CALLS)
    plane.given(config_map("a"), config_map("b"), config_map("c"))

    def act(call: int) -> Result:
        for _ in range(call):
            plane_client.get(CONFIG_MAP, A)
        return DONE

    reconciler = running(plane, act)
    plane_client = reconciler.ctx.client
    plane.advance(1000)
    assert reconciler.times == [0, 10, 30]


def test_events_of_a_recorder_hold_nobody_up():
    plane = ControlPlane(latency=SLOW_CALLS)
    plane.given(config_map("a"), config_map("b"))

    def act(call: int) -> Result:
        recorder.event(plane.get(CONFIG_MAP, "a"), "Normal", "Seen", f"call {call}")
        return DONE

    reconciler = running(plane, act)
    recorder = reconciler.ctx.recorder("test")
    plane.advance(1000)
    assert reconciler.times == [0, 0]


def test_an_object_that_changes_its_controller_concerns_both():
    def pod(owner: str) -> Obj:
        refs = [{"kind": "ReplicaSet", "name": owner, "uid": owner, "controller": True}]
        return {"metadata": {"name": "p", "namespace": "default", "ownerReferences": refs}}

    to_keys = controller_key(REPLICA_SET)
    assert to_keys(pod("one"), pod("two")) == [Key("default", "two"), Key("default", "one")]
    assert to_keys(pod("one"), pod("one")) == [Key("default", "one")]
    assert to_keys(None, {"metadata": {"name": "p", "namespace": "default"}}) == []


def test_changes_within_a_watchs_delay_are_taken_together():
    plane = ControlPlane()
    ctx = plane.ctx.for_actor("recording")
    reconciler = Recording(ctx)
    reconciler.watches = (Watch(CONFIG_MAP, own_key, delay_ms=500),)
    ControlLoop(ctx, reconciler).start()
    plane.given(config_map("a"))
    for n in range(4):
        plane.advance(100)
        plane.patch(CONFIG_MAP, "a", {"data": {"n": str(n)}})
    plane.advance(2_000)
    assert reconciler.times == [500]


def test_a_watch_without_delay_does_not_wait_for_one_with():
    plane = ControlPlane()
    ctx = plane.ctx.for_actor("recording")
    reconciler = Recording(ctx)
    slow = Watch(REPLICA_SET, lambda old, new: [A], delay_ms=500)
    reconciler.watches = (slow, Watch(CONFIG_MAP, own_key))
    ControlLoop(ctx, reconciler).start()
    plane.given(replica_set("a"))
    plane.advance(100)
    plane.given(config_map("a"))
    plane.advance(2_000)
    assert reconciler.times == [100, 500]
