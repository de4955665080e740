"""Sets of completion indexes in the compressed form in which a Job's status writes them: `1,3-5,7`.

Models: kubernetes v1.36 pkg/controller/job/indexed_job_utils.go (orderedIntervals).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple


class Interval(NamedTuple):
    """Both ends are inclusive."""

    first: int
    last: int


Intervals = tuple[Interval, ...]
"""Ascending, with at least one number missing between any two."""


def parse(text: str, completions: int) -> Intervals:
    """What can't be read, and what isn't below `completions`, is left out."""
    found = []
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            interval = Interval(int(first), min(int(last or first), completions - 1))
            found += [interval] if interval.first <= interval.last else []
    return merged(found)


def of(numbers: Iterable[int]) -> Intervals:
    return merged(Interval(number, number) for number in numbers)


def merged(*parts: Iterable[Interval]) -> Intervals:
    """The union."""
    result: list[Interval] = []
    for interval in sorted(interval for part in parts for interval in part):
        if result and interval.first <= result[-1].last + 1:
            result[-1] = Interval(result[-1].first, max(result[-1].last, interval.last))
        else:
            result.append(interval)
    return tuple(result)


def total(intervals: Intervals) -> int:
    return sum(last - first + 1 for first, last in intervals)


def has(intervals: Intervals, number: int) -> bool:
    place = bisect_left(intervals, number, key=lambda interval: interval.last)
    return place < len(intervals) and intervals[place].first <= number


def overlap(some: Intervals, others: Intervals) -> int:
    """How many numbers are in both."""
    return total(some) + total(others) - total(merged(some, others))


def text_of(intervals: Intervals) -> str:
    """Two neighbours are written as two numbers, three and more as a range."""
    return ",".join(
        str(first) if first == last else f"{first}{',' if last == first + 1 else '-'}{last}"
        for first, last in intervals
    )


def first_free(taken: Intervals, count: int, completions: int) -> list[int]:
    """The lowest `count` indexes below `completions` that are not taken; costs no more than it returns."""
    free: list[int] = []
    candidate = 0
    for first, last in (*taken, Interval(completions, completions)):
        while candidate < min(first, completions) and len(free) < count:
            free.append(candidate)
            candidate += 1
        candidate = max(candidate, last + 1)
    return free
