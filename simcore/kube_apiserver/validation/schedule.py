"""Cron schedules and time zones, with the words of the parser that upstream uses.

Models: github.com/robfig/cron v3 parser.go (ParseStandard), kubernetes v1.36 pkg/apis/batch/validation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = dict(
    zip(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        range(1, 13),
        strict=True,
    )
)
_DAYS = dict(zip(("sun", "mon", "tue", "wed", "thu", "fri", "sat"), range(7), strict=True))
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_DURATION = re.compile(r"[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+")


class _Bounds(NamedTuple):
    low: int
    high: int
    names: Mapping[str, int]


_FIELDS = (
    _Bounds(0, 59, {}),
    _Bounds(0, 23, {}),
    _Bounds(1, 31, {}),
    _Bounds(1, 12, _MONTHS),
    _Bounds(0, 6, _DAYS),
)


class _Fault(ValueError):
    """What is wrong with a schedule, in the parser's words."""


def schedule_fault(schedule: str) -> str:
    """Why the schedule can't be read; '' when it can."""
    try:
        _check(schedule)
    except _Fault as fault:
        return str(fault)
    return ""


def time_zone_fault(name: str) -> str:
    """Why the time zone can't be used; '' when it can."""
    if not name:
        return "timeZone must be nil or non-empty string"
    if name.lower() == "local":
        return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
    return "" if _is_time_zone(name) else f"unknown time zone {name}"


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check(schedule: str) -> None:
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        zone, _, schedule = schedule.partition(" ")
        name = zone.partition("=")[2]
        if not _is_time_zone(name):
            raise _Fault(f"provided bad location {name}: unknown time zone {name}")
        schedule = schedule.strip()
    if schedule.startswith("@"):
        return _check_descriptor(schedule)
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        raise _Fault(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    for field, bounds in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if part:
                _check_range(part, bounds)
    return None


def _check_descriptor(descriptor: str) -> None:
    if descriptor in _DESCRIPTORS:
        return
    if not descriptor.startswith("@every "):
        raise _Fault(f"unrecognized descriptor: {descriptor}")
    duration = descriptor[len("@every ") :]
    if not _DURATION.fullmatch(duration):
        raise _Fault(f'failed to parse duration {descriptor}: time: invalid duration "{duration}"')


def _check_range(text: str, bounds: _Bounds) -> None:
    parts = text.split("/")
    ends = parts[0].split("-")
    low, high = bounds.low, bounds.high
    if ends[0] not in ("*", "?"):
        low = high = _number_or_name(ends[0], bounds.names)
        if len(ends) == 2:
            high = _number_or_name(ends[1], bounds.names)
        elif len(ends) > 2:
            raise _Fault(f"too many hyphens: {text}")
    step = 1
    if len(parts) == 2:
        step = _number(parts[1])
        high = bounds.high if len(ends) == 1 else high
    elif len(parts) > 2:
        raise _Fault(f"too many slashes: {text}")
    if low < bounds.low:
        raise _Fault(f"beginning of range ({low}) below minimum ({bounds.low}): {text}")
    if high > bounds.high:
        raise _Fault(f"end of range ({high}) above maximum ({bounds.high}): {text}")
    if low > high:
        raise _Fault(f"beginning of range ({low}) beyond end of range ({high}): {text}")
    if step == 0:
        raise _Fault(f"step of range should be a positive number: {text}")


def _number_or_name(text: str, names: Mapping[str, int]) -> int:
    named = names.get(text.lower())
    return _number(text) if named is None else named


def _number(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise _Fault(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    if int(text) < 0:
        raise _Fault(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)
