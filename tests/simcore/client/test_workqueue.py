"""A work queue holds each key once, keeps appointments, and lets failing keys wait longer and longer."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Key
from simcore.client.workqueue import WorkQueue
from simcore.sim.clock import SimClock

A, B = Key("default", "a"), Key("default", "b")


class Waker:
    def __init__(self) -> None:
        self.clock = SimClock()
        self.woken_at: list[int] = []
        self.queue = WorkQueue(self.clock, lambda: self.woken_at.append(self.clock.now()), name="test")


@pytest.fixture
def waker() -> Waker:
    return Waker()


def test_keys_come_out_in_the_order_in_which_they_came(waker: Waker):
    waker.queue.add(B, 1)
    waker.queue.add(A, 2)
    assert [waker.queue.pop(), waker.queue.pop()] == [(B, 1), (A, 2)]


def test_a_key_that_waits_already_keeps_its_place_and_takes_the_newer_cause(waker: Waker):
    waker.queue.add(A, 3)
    waker.queue.add(B, 4)
    waker.queue.add(A, 5)
    assert [waker.queue.pop(), waker.queue.pop()] == [(A, 5), (B, 4)]
    assert len(waker.queue) == 0


def test_popping_from_an_empty_queue_is_a_mistake(waker: Waker):
    with pytest.raises(StopIteration):
        waker.queue.pop()


def test_a_delayed_key_becomes_ready_at_its_time(waker: Waker):
    waker.queue.add_after(A, 250, 7)
    assert len(waker.queue) == 0
    waker.clock.fire_next()
    assert waker.woken_at == [250]
    assert waker.queue.pop() == (A, 7)


@pytest.mark.parametrize("delays", [(100, 300), (300, 100)], ids=["earlier first", "later first"])
def test_of_two_appointments_the_earlier_one_is_kept(waker: Waker, delays: tuple[int, int]):
    for delay in delays:
        waker.queue.add_after(A, delay)
    while waker.clock.fire_next():
        pass
    assert waker.woken_at == [100]


def test_failures_double_the_wait_until_the_longest(waker: Waker):
    waits = []
    for _ in range(20):
        start = waker.clock.now()
        waker.queue.add_rate_limited(A)
        waker.clock.fire_next()
        waits.append(waker.woken_at[-1] - start)
        waker.queue.pop()
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 1_000_000


def test_a_success_makes_the_next_failure_the_first(waker: Waker):
    waker.queue.add_rate_limited(A)
    waker.queue.add_rate_limited(A)
    assert waker.queue.failures(A) == 2
    waker.queue.forget(A)
    assert waker.queue.failures(A) == 0
