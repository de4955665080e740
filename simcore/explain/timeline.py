"""The kept history at a glance: how much changed when, and how much of that was bad news."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from simcore.etcd.interface import Entry, Revision
from simcore.sim.clock import SimTime

BAD_NEWS: dict[str, tuple[bytes, ...]] = {
    "/registry/events/": (b'"type":"Warning"',),
    "/registry/pods/": (b'BackOff"', b'"phase":"Failed"', b'"reason":"Err', b'"reason":"OOMKilled"'),
    "/registry/minions/": (b'"status":"Unknown"',),
}
"""What makes a change bad news, by where its object is; looked for in the bytes, because every change is asked."""


class Bucket(NamedTuple):
    """A stretch of simulated time. All bounds are inclusive; a quiet stretch stands at the revision before it."""

    first: Revision
    last: Revision
    at_first: SimTime
    at_last: SimTime
    changes: int
    bad: int


def is_bad(entry: Entry) -> bool:
    if entry.value is None:
        return False
    words = BAD_NEWS.get(entry.key[: entry.key.find("/", 10) + 1], ())
    return any(word in entry.value for word in words)


class Density:
    """Running totals by revision. Grows by take()."""

    def __init__(self) -> None:
        self._revisions: list[Revision] = []
        self._times: list[SimTime] = []
        self._changes, self._bad = [0], [0]  # before each revision, and after the last

    def take(self, entries: Sequence[Entry]) -> None:
        """In order; the entries of a revision may come apart."""
        for entry in entries:
            if not self._revisions or self._revisions[-1] != entry.revision:
                self._revisions.append(entry.revision)
                self._times.append(max(entry.origin.at, self._times[-1] if self._times else 0))
                self._changes.append(self._changes[-1])
                self._bad.append(self._bad[-1])
            self._changes[-1] += 1
            self._bad[-1] += is_bad(entry)

    def forget(self, before: Revision) -> None:
        """Drops what is older."""
        place = bisect_left(self._revisions, before)
        for kept in (self._revisions, self._times, self._changes, self._bad):
            del kept[:place]

    def buckets(self, count: int) -> list[Bucket]:
        """Equal stretches of the kept simulated time, at most `count`."""
        if not self._revisions:
            return []
        start, span = self._times[0], self._times[-1] - self._times[0] + 1
        bounds = [start + span * number // count for number in range(count + 1)]
        places = [bisect_left(self._times, bound) for bound in bounds]
        return [
            self._bucket(places[n], places[n + 1], bounds[n], bounds[n + 1] - 1)
            for n in range(count)
            if bounds[n] < bounds[n + 1]
        ]

    def _bucket(self, low: int, high: int, at_first: SimTime, at_last: SimTime) -> Bucket:
        before = max(low - 1, 0)
        first, last = (low, high - 1) if low < high else (before, before)
        changes, bad = self._changes[high] - self._changes[low], self._bad[high] - self._bad[low]
        return Bucket(self._revisions[first], self._revisions[last], at_first, at_last, changes, bad)
