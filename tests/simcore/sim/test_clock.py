"""Virtual time: timers fire in order, ties in the order they were asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.sim.clock import SimClock


@pytest.fixture
def clock() -> SimClock:
    return SimClock(epoch_ms=1_767_323_045_006)


def fire_all(clock: SimClock) -> None:
    while clock.fire_next():
        pass


def test_timers_fire_in_order_of_time_and_ties_in_order_of_asking(clock: SimClock):
    fired: list[str] = []
    for delay, name in [(20, "c"), (10, "a"), (10, "b"), (0, "first")]:
        clock.call_later(delay, lambda name=name: fired.append(f"{name}@{clock.now()}"), label=name)
    fire_all(clock)
    assert fired == ["first@0", "a@10", "b@10", "c@20"]


def test_what_is_asked_for_now_fires_after_what_is_already_due(clock: SimClock):
    fired: list[str] = []

    def first() -> None:
        fired.append("first")
        clock.call_later(0, lambda: fired.append("nested"), label="nested")

    clock.call_later(0, first, label="first")
    clock.call_later(0, lambda: fired.append("second"), label="second")
    fire_all(clock)
    assert fired == ["first", "second", "nested"]


def test_a_cancelled_timer_does_not_fire_and_does_not_hold_time_up(clock: SimClock):
    timer = clock.call_later(5, lambda: pytest.fail("cancelled"), label="x")
    clock.call_later(9, lambda: None, label="y")
    timer.cancel()
    assert not timer.is_active
    assert clock.next_due() == 9
    fire_all(clock)
    assert clock.now() == 9
    assert clock.next_due() is None


def test_a_time_that_has_passed_means_now(clock: SimClock):
    clock.advance_to(100)
    assert clock.call_at(40, lambda: None, label="late").due == 100


def test_time_cannot_be_advanced_over_a_timer(clock: SimClock):
    clock.call_later(5, lambda: None, label="x")
    with pytest.raises(AssertionError):
        clock.advance_to(6)


def test_after_a_jump_late_timers_fire_at_the_new_time(clock: SimClock):
    times: list[int] = []
    clock.call_later(5, lambda: times.append(clock.now()), label="x")
    clock.jump_to(50)
    clock.jump_to(20)
    fire_all(clock)
    assert times == [50]


def test_timestamps_are_the_epoch_plus_simulated_time(clock: SimClock):
    assert clock.timestamp() == "2026-01-02T03:04:05Z"
    assert clock.micro_timestamp() == "2026-01-02T03:04:05.006000Z"
    clock.advance_to(2_000)
    assert clock.timestamp() == "2026-01-02T03:04:07Z"
    assert clock.unix_ms() == 1_767_323_047_006


Asked = list[tuple[int, bool]]


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=40), st.integers(0, 60))
def test_the_clock_is_a_list_sorted_by_time_and_order(asked: Asked, end: int):
    """The model: who is due by the end and was not called off, by time, then by order of asking."""
    clock, fired = SimClock(), list[tuple[int, int]]()
    timers = [
        clock.call_later(delay, lambda n=n: fired.append((clock.now(), n)), label=str(n))
        for n, (delay, _) in enumerate(asked)
    ]
    for timer, (_, is_cancelled) in zip(timers, asked, strict=True):
        if is_cancelled:
            timer.cancel()
    while (due := clock.next_due()) is not None and due <= end:
        clock.fire_next()
    clock.advance_to(end)
    expected = sorted((delay, n) for n, (delay, off) in enumerate(asked) if not off and delay <= end)
    assert (fired, clock.now()) == (expected, end)
    assert clock.next_due() == min((d for d, off in asked if not off and d > end), default=None)


def test_a_timer_knows_its_label_and_is_inactive_once_it_has_fired(clock: SimClock):
    timer = clock.call_later(3, lambda: None, label="probe")
    assert clock.fire_next() is timer
    assert (timer.label, timer.is_active) == ("probe", False)
    assert clock.fire_next() is None


def test_a_timer_may_be_cancelled_by_another_of_the_same_moment(clock: SimClock):
    clock.call_later(3, lambda: later.cancel(), label="first")
    later = clock.call_later(3, lambda: pytest.fail("cancelled"), label="second")
    fire_all(clock)
    assert clock.now() == 3


def test_a_failing_timer_has_fired_and_time_is_its_own(clock: SimClock):
    clock.call_later(4, lambda: 1 // 0, label="fails")
    with pytest.raises(ZeroDivisionError):
        clock.fire_next()
    assert (clock.now(), clock.next_due()) == (4, None)


def test_nobody_may_ask_for_the_past(clock: SimClock):
    with pytest.raises(AssertionError, match="late"):
        clock.call_later(-1, lambda: None, label="late")
