"""The clock of an API server in a web process: simulated time told from the cluster's pace."""

from __future__ import annotations

import time
from collections.abc import Callable

from clusterlab.engine.pace import Pace, wall_ms
from simcore.sim.clock import SimTime, Timer
from simcore.sim.timestamps import format_micros, format_seconds

FRESH_S = 0.5


class PaceClock:
    """Reads the pace again when what it knows is older than FRESH_S. It only tells time; nothing is scheduled by it."""

    def __init__(self, epoch_ms: int, read_pace: Callable[[], Pace]) -> None:
        self.epoch_ms, self._read_pace = epoch_ms, read_pace
        self._pace, self._read_at = Pace(), 0.0
        self._latest: SimTime = 0  # time never goes back, whatever anchor comes

    @property
    def pace(self) -> Pace:
        if time.monotonic() - self._read_at > FRESH_S:
            self.refresh()
        return self._pace

    def refresh(self) -> Pace:
        self._pace, self._read_at = self._read_pace(), time.monotonic()
        return self._pace

    def now(self) -> SimTime:
        self._latest = max(self._latest, self.pace.sim_at(wall_ms()))
        return self._latest

    def unix_ms(self) -> int:
        return self.epoch_ms + self.now()

    def timestamp(self) -> str:
        return format_seconds(self.unix_ms())

    def micro_timestamp(self) -> str:
        return format_micros(self.unix_ms())

    def call_later(self, delay_ms: int, fire: Callable[[], None], *, label: str) -> Timer:
        raise AssertionError(f"a web process schedules nothing: {label}")

    def call_at(self, due: SimTime, fire: Callable[[], None], *, label: str) -> Timer:
        raise AssertionError(f"a web process schedules nothing: {label}")
