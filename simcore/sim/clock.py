"""Virtual time: an integer number of milliseconds and a heap of timers, with an order for ties."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from simcore.sim.timestamps import format_micros, format_seconds

SimTime = int
"""Milliseconds since the cluster's epoch."""


class Timer:
    """One appointment. A cancelled timer stays in the heap and is skipped when its time comes."""

    __slots__ = ("due", "fire", "label")

    def __init__(self, due: SimTime, fire: Callable[[], None], label: str) -> None:
        self.due, self.label = due, label
        self.fire: Callable[[], None] | None = fire

    def cancel(self) -> None:
        self.fire = None

    @property
    def is_active(self) -> bool:
        return self.fire is not None


class Clock(Protocol):
    """What a component may know of time."""

    def now(self) -> SimTime: ...

    def unix_ms(self) -> int:
        """Now as Unix milliseconds: the cluster's epoch plus now()."""
        ...

    def timestamp(self) -> str:
        """Now as metav1.Time writes it: RFC 3339, UTC, whole seconds."""
        ...

    def micro_timestamp(self) -> str:
        """Now as metav1.MicroTime writes it."""
        ...

    def call_later(self, delay_ms: int, fire: Callable[[], None], *, label: str) -> Timer:
        """Fires once, `delay_ms` from now (0: later at this instant, after what is already due)."""
        ...

    def call_at(self, due: SimTime, fire: Callable[[], None], *, label: str) -> Timer:
        """Fires once at `due`; a time that has passed means now."""
        ...


class SimClock:
    """The clock of one cluster. Ties fire in the order in which they were asked for."""

    def __init__(self, *, epoch_ms: int = 0, start: SimTime = 0) -> None:
        self.epoch_ms = epoch_ms
        self._now = start
        self._order = 0
        self._timers: list[tuple[SimTime, int, Timer]] = []
        """By due time and order of asking; an entry leaves when it fires or is found cancelled."""

    def now(self) -> SimTime:
        return self._now

    def unix_ms(self) -> int:
        return self.epoch_ms + self._now

    def timestamp(self) -> str:
        return format_seconds(self.epoch_ms + self._now)

    def micro_timestamp(self) -> str:
        return format_micros(self.epoch_ms + self._now)

    def call_later(self, delay_ms: int, fire: Callable[[], None], *, label: str) -> Timer:
        assert delay_ms >= 0, (label, delay_ms)
        return self.call_at(self._now + delay_ms, fire, label=label)

    def call_at(self, due: SimTime, fire: Callable[[], None], *, label: str) -> Timer:
        self._order += 1
        timer = Timer(max(due, self._now), fire, label)
        heapq.heappush(self._timers, (timer.due, self._order, timer))
        return timer

    def next_due(self) -> SimTime | None:
        """When the earliest active timer fires; None when nothing is to come."""
        while self._timers and self._timers[0][2].fire is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def fire_next(self) -> Timer | None:
        """Moves time to the earliest timer and fires it. None when nothing is to come."""
        if self.next_due() is None:
            return None
        timer = heapq.heappop(self._timers)[2]
        fire, timer.fire = timer.fire, None
        assert fire is not None
        self._now = max(self._now, timer.due)
        fire()
        return timer

    def jump_to(self, time: SimTime) -> None:
        """Time has gone on elsewhere: timers that were due before `time` fire late, at `time`."""
        self._now = max(self._now, time)

    def advance_to(self, time: SimTime) -> None:
        """Moves time forward without firing; the caller has fired everything due before `time`."""
        due = self.next_due()
        assert due is None or due >= time, (due, time)
        self._now = max(self._now, time)
