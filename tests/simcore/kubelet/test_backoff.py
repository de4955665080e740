"""The back-off of restarts and pulls, as numbers."""

from __future__ import annotations

import pytest

from simcore.kubelet.backoff import FORGET_MS, go_duration, note_restart, pull_delay, restart_delay
from simcore.kubelet.records import ContainerRecord, Run


def test_each_restart_doubles_the_next_delay_up_to_five_minutes() -> None:
    c, now, delays = ContainerRecord(), 0, []
    for number in range(8):
        run = Run(number, now, now + 1000, 1, "Error")
        delays.append(restart_delay(c, run))
        now = run.finished + delays[-1]
        note_restart(c, run, now)
    assert delays == [0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]


@pytest.mark.parametrize(("lived_ms", "delay"), [(FORGET_MS, 300_000), (FORGET_MS + 1, 0)])
def test_a_long_life_is_forgiven(lived_ms: int, delay: int) -> None:
    c = ContainerRecord(backoff_ms=300_000, backoff_at=5000)
    run = Run(9, 5000, 5000 + lived_ms, 1, "Error")
    assert restart_delay(c, run) == delay
    note_restart(c, run, run.finished + delay)
    assert c.backoff_ms == (300_000 if delay else 10_000)


def test_pulls_back_off_from_ten_seconds_to_five_minutes() -> None:
    assert [pull_delay(n) for n in range(1, 9)] == [
        10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000
    ]  # fmt: skip
    assert pull_delay(10**6) == 300_000


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0s"), (1, "1ms"), (312, "312ms"), (1000, "1s"), (1200, "1.2s"), (1205, "1.205s"), (60_000, "1m0s"),
        (160_000, "2m40s"), (90_500, "1m30.5s"), (3_600_000, "1h0m0s"),
    ],
)  # fmt: skip
def test_durations_are_written_as_go_writes_them(ms: int, text: str) -> None:
    assert go_duration(ms) == text
