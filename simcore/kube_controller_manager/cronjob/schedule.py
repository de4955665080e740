"""When a cron schedule is due.

Models: github.com/robfig/cron v3 (parser.go, spec.go, constantdelay.go). The schedules have been validated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
_HOUR_MS = 60 * MINUTE_MS
_YEARS = 5  # a schedule that is not due within these never is
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_UNITS_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}


class Schedule(Protocol):
    def next(self, after_ms: int) -> int | None:
        """The first time that is due after a time, in Unix milliseconds; None when there is none."""
        ...


@lru_cache(maxsize=1024)
def parse(text: str, zone: str) -> Schedule:
    """Raises: ZoneInfoNotFoundError."""
    if text.startswith("@every "):
        return Every(_duration_ms(text.removeprefix("@every ")))
    minute, hour, day, month, weekday = _DESCRIPTORS.get(text, text).split()
    return Calendar(
        _field(minute, 0, 59), _field(hour, 0, 23), _field(day, 1, 31), _field(month, 1, 12, _MONTHS),
        _field(weekday, 0, 6, _DAYS), _is_any(day) or _is_any(weekday), ZoneInfo(zone),
    )  # fmt: skip


@dataclass(frozen=True)
class Every:
    """Whole seconds after the last time, at least one."""

    period_ms: int

    def next(self, after_ms: int) -> int | None:
        return after_ms // 1000 * 1000 + self.period_ms


@dataclass(frozen=True)
class Calendar:
    """The minutes of a clock on the wall: those that daylight saving skips are skipped, those it repeats come twice."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    both_days: bool
    """Whether day and weekday must match; otherwise one of them is enough."""
    zone: tzinfo

    def next(self, after_ms: int) -> int | None:
        time_ms = (after_ms // MINUTE_MS + 1) * MINUTE_MS
        last_year = self._local(time_ms).year + _YEARS
        while (local := self._local(time_ms)).year <= last_year:
            if local.month not in self.months:
                time_ms = _unix_ms(_next_month(local))
            elif not self._is_day(local):
                time_ms = max(_unix_ms(_midnight(local) + timedelta(days=1)), time_ms + MINUTE_MS)
            elif local.hour not in self.hours:
                time_ms += _HOUR_MS - local.minute * MINUTE_MS
            elif local.minute not in self.minutes:
                later = min((m for m in self.minutes if m > local.minute), default=60)
                time_ms += (later - local.minute) * MINUTE_MS
            else:
                return time_ms
        return None

    def _local(self, time_ms: int) -> datetime:
        return datetime.fromtimestamp(time_ms // 1000, self.zone)

    def _is_day(self, local: datetime) -> bool:
        matches = (local.day in self.days, local.isoweekday() % 7 in self.weekdays)
        return all(matches) if self.both_days else any(matches)


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, fold=0)


def _next_month(local: datetime) -> datetime:
    first = _midnight(local).replace(day=1)
    return first.replace(year=local.year + local.month // 12, month=local.month % 12 + 1)


def _unix_ms(local: datetime) -> int:
    return int(local.timestamp()) * 1000


def _field(text: str, low: int, high: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, names)
            end = _number(last, names) if last else (high if step else start)
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: Mapping[str, int] | None) -> int:
    return names[text] if names and text in names else int(text)


def _is_any(text: str) -> bool:
    """`*/2` is not any: with it, a weekday or a day of the month is enough again."""
    return any(part in ("*", "?", "*/1", "?/1") for part in text.split(","))


def _duration_ms(text: str) -> int:
    parts = re.findall(r"([\d.]+)(ns|us|µs|ms|s|m|h)", text)
    total_ms = sum(float(number) * _UNITS_MS[unit] for number, unit in parts)
    return max(int(total_ms) // 1000 * 1000, 1000)
