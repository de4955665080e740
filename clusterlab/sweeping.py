"""Memory of clusters that were let go: they are full of cycles, and the collector hardly ever looks at what is old."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

SWEEP_EVERY_S = 20.0
"""A sweep stops the whole process, for a second when it holds very much."""


class Sweeper:
    """For any thread; at worst one sweep too many."""

    def __init__(
        self, collect: Callable[[], object] = gc.collect, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._collect, self._clock = collect, clock
        self._has_garbage, self._swept_at = False, -SWEEP_EVERY_S

    def note(self) -> None:
        """A cluster was let go."""
        self._has_garbage = True

    def look(self) -> None:
        """Sweeps when there is something and the last time is long enough ago."""
        now = self._clock()
        if self._has_garbage and now - self._swept_at >= SWEEP_EVERY_S:
            self._has_garbage, self._swept_at = False, now
            self._collect()
