"""A schedule is due as the parser that Kubernetes uses has it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.kube_controller_manager.cronjob.schedule import parse


def due(schedule: str, after: str, count: int = 3, zone: str = "UTC") -> list[str]:
    """The next times on the zone's clock."""
    time_ms = int(datetime.fromisoformat(after).timestamp() * 1000)
    found = []
    for _ in range(count):
        following = parse(schedule, zone).next(time_ms)
        if following is None:
            break
        time_ms = following
        found.append(datetime.fromtimestamp(time_ms / 1000, ZoneInfo(zone)).strftime("%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("* * * * *", ["01-01 00:01", "01-01 00:02", "01-01 00:03"]),
        ("*/20 * * * *", ["01-01 00:20", "01-01 00:40", "01-01 01:00"]),
        ("5-50/20 3 * * *", ["01-01 03:05", "01-01 03:25", "01-01 03:45"]),
        ("50/5 0 * * *", ["01-01 00:50", "01-01 00:55", "01-02 00:50"]),
        ("0 0,12 * * *", ["01-01 12:00", "01-02 00:00", "01-02 12:00"]),
        ("30 6 * * mon-FRI", ["01-01 06:30", "01-02 06:30", "01-05 06:30"]),
        ("0 0 31 * *", ["01-31 00:00", "03-31 00:00", "05-31 00:00"]),
        ("0 0 1 jan,jul ?", ["07-01 00:00", "01-01 00:00", "07-01 00:00"]),
        ("@hourly", ["01-01 01:00", "01-01 02:00", "01-01 03:00"]),
        ("@weekly", ["01-04 00:00", "01-11 00:00", "01-18 00:00"]),
        ("@every 1h30m", ["01-01 01:30", "01-01 03:00", "01-01 04:30"]),
    ],
)
def test_fields_ranges_steps_names_and_descriptors(schedule: str, times: list[str]):
    assert due(schedule, "2026-01-01T00:00:00Z") == times


def test_a_day_or_a_weekday_is_enough_unless_one_is_any():
    both = due("0 0 13 * 5", "2026-02-10T00:00:00Z", 4)
    assert both == ["02-13 00:00", "02-20 00:00", "02-27 00:00", "03-06 00:00"]
    assert due("0 0 13 * *", "2026-02-14T00:00:00Z", 1) == ["03-13 00:00"]
    assert due("0 0 */31 * 1", "2026-02-02T00:00:00Z", 2) == ["02-09 00:00", "02-16 00:00"]
    assert due("0 0 * * 1", "2026-02-02T00:00:00Z", 1) == ["02-09 00:00"]


def test_february_29_comes_every_fourth_year_and_february_30_never():
    assert due("0 12 29 2 *", "2026-01-01T00:00:00Z", 1) == ["02-29 12:00"]
    assert due("0 12 30 2 *", "2026-01-01T00:00:00Z") == []


def test_a_zone_has_its_own_midnight():
    assert due("0 0 * * *", "2026-01-01T00:00:00Z", 1, "Asia/Seoul") == ["01-02 00:00"]
    midnight = parse("0 0 * * *", "Asia/Seoul").next(0)
    assert midnight == 15 * 3_600_000


def test_an_hour_that_daylight_saving_skips_is_skipped():
    after = "2026-03-28T12:00:00+01:00"
    assert due("30 2 * * *", after, 2, "Europe/Berlin") == ["03-30 02:30", "03-31 02:30"]


def test_an_hour_that_is_repeated_counts_twice():
    after = "2026-10-24T12:00:00+02:00"
    assert due("30 2 * * *", after, 3, "Europe/Berlin") == ["10-25 02:30", "10-25 02:30", "10-26 02:30"]


def test_a_midnight_that_is_skipped_does_not_stop_the_days():
    after = "2026-09-05T12:00:00-04:00"  # Chile's clocks go from 00:00 to 01:00 on 6 September
    assert due("0 12 * * *", after, 2, "America/Santiago") == ["09-06 12:00", "09-07 12:00"]


@given(
    st.sampled_from(["*/7 * * * *", "0 3 1,15 * *", "59 23 * 2 0", "@every 90s", "15 */5 * * 1-5"]),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.integers(1_700_000_000, 1_900_000_000),
)
def test_times_only_go_forward_and_none_is_left_out(schedule: str, zone: str, start_s: int):
    found = parse(schedule, zone)
    times = [start_s * 1000]
    for _ in range(5):
        following = found.next(times[-1])
        assert following is not None
        times.append(following)
    assert all(one < other for one, other in pairwise(times))
    if not schedule.startswith("@"):
        assert [found.next(time - 1) for time in times[1:]] == times[1:]
        assert all(datetime.fromtimestamp(time / 1000, UTC).second == 0 for time in times[1:])


def test_an_interval_is_at_least_a_second():
    assert parse("@every 10ms", "UTC").next(1500) == 2000
