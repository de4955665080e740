"""Laws of the work queue and of the correlator that hold whatever comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.apimachinery.meta import Key
from simcore.client.correlator import COMBINED_PREFIX, MAX_SIMILAR, SPAM_BURST, SPAM_REFILL_MS, Correlator
from simcore.client.workqueue import MAX_DELAY_MS, WorkQueue
from simcore.sim.clock import SimClock

KEY = Key("default", "a")


class Bench:
    def __init__(self) -> None:
        self.clock = SimClock()
        self.woken: list[int] = []
        self.queue = WorkQueue(self.clock, lambda: self.woken.append(self.clock.now()), name="test")

    def run_until(self, time: int) -> None:
        while (due := self.clock.next_due()) is not None and due <= time:
            self.clock.fire_next()
        self.clock.advance_to(time)

    def popped(self) -> list[tuple[str, int]]:
        return [(key.name, cause) for key, cause in (self.queue.pop() for _ in range(len(self.queue)))]


@pytest.mark.parametrize(
    ("appointments", "kept_at", "cause"),
    [
        ([(100, 1)], 100, 1),
        ([(100, 1), (50, 2)], 50, 2),
        ([(50, 1), (100, 2)], 50, 2),
        ([(50, 9), (100, 2)], 50, 9),
        ([(100, 3), (100, 1)], 100, 3),
        ([(100, 1), (0, 2)], 0, 2),
        ([(100, 1), (-5, 2)], 0, 2),
    ],
    ids=["one", "an earlier one", "a later one", "the newest cause", "the same time", "now", "long ago"],
)
def test_the_earliest_appointment_is_kept(
    appointments: list[tuple[int, int]], kept_at: int, cause: int
) -> None:
    bench = Bench()
    for delay_ms, why in appointments:
        bench.queue.add_after(KEY, delay_ms, why)
    bench.run_until(kept_at)
    assert bench.woken == [kept_at]
    assert bench.popped() == [("a", cause)]


@pytest.mark.parametrize(
    ("failures", "delay_ms"),
    [(1, 5), (2, 10), (3, 20), (8, 640), (12, 10_240), (18, 655_360), (19, MAX_DELAY_MS), (60, MAX_DELAY_MS)],
)
def test_a_failing_key_waits_twice_as_long_each_time(failures: int, delay_ms: int) -> None:
    bench = Bench()
    for _ in range(failures):
        bench.queue.add_rate_limited(KEY)
        bench.run_until(bench.clock.now() + MAX_DELAY_MS)
        bench.popped()
    before = bench.clock.now() - MAX_DELAY_MS
    assert bench.woken[-1] - before == delay_ms
    assert bench.queue.failures(KEY) == failures
    bench.queue.forget(KEY)
    assert bench.queue.failures(KEY) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=12))
def test_every_key_comes_out_once_in_the_order_of_its_first_coming_with_its_newest_cause(
    added: list[tuple[str, int]],
) -> None:
    bench = Bench()
    for name, cause in added:
        bench.queue.add(Key("default", name), cause)
    first = list(dict.fromkeys(name for name, _ in added))
    assert bench.popped() == [(name, max(c for n, c in added if n == name)) for name in first]
    assert len(bench.woken) == len(added)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8))
def test_of_many_appointments_one_is_kept_and_none_is_left(delays: list[int]) -> None:
    bench = Bench()
    for delay_ms in delays:
        bench.queue.add_after(KEY, delay_ms)
    bench.run_until(1_000)
    assert bench.woken == [min(delays)]


@pytest.mark.parametrize(
    ("sightings", "written"),
    [(1, 1), (SPAM_BURST, SPAM_BURST), (SPAM_BURST + 1, SPAM_BURST), (100, SPAM_BURST)],
    ids=["one", "a burst", "one too many", "spam"],
)
def test_a_burst_about_one_object_is_written_and_no_more(sightings: int, written: int) -> None:
    correlator = Correlator()
    found = [correlator.observe("Pod a", "Normal", "Pulled", "image", 0) for _ in range(sightings)]
    assert sum(each is not None for each in found) == written
    assert correlator.observe("Pod b", "Normal", "Pulled", "image", 0) is not None


@pytest.mark.parametrize(
    ("waited_ms", "written"),
    [
        (SPAM_REFILL_MS - 1, 0),
        (SPAM_REFILL_MS, 1),
        (3 * SPAM_REFILL_MS, 3),
        (99 * SPAM_REFILL_MS, SPAM_BURST),
    ],
    ids=["too soon", "one more", "three more", "a burst again"],
)
def test_every_five_minutes_one_more_may_be_written(waited_ms: int, written: int) -> None:
    correlator = Correlator()
    for _ in range(SPAM_BURST):
        correlator.observe("Pod a", "Normal", "Pulled", "image", 0)
    found = [
        correlator.observe("Pod a", "Normal", "Pulled", "image", waited_ms) for _ in range(SPAM_BURST + 5)
    ]
    assert sum(each is not None for each in found) == written


@given(st.lists(st.integers(0, 14), max_size=25))
def test_a_message_is_combined_only_after_nine_different_ones(numbers: list[int]) -> None:
    correlator = Correlator()
    for place, number in enumerate(numbers):
        seen = correlator.observe(f"Pod {place}", "Normal", "Pulled", str(number), 0)
        assert seen is not None and seen.message == str(number)
    same = [correlator.observe("Pod a", "Normal", "Pulled", str(number), 0) for number in numbers]
    different = len(set(numbers))
    combined = [each for each in same if each is not None and each.message.startswith(COMBINED_PREFIX)]
    assert bool(combined) == (different >= MAX_SIMILAR)
