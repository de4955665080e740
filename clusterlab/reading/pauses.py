"""Long computations let others in: a web process has one interpreter for requests and sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

WORK_S = 0.008
PAUSE_S = 0.002
LOOK_EVERY = 32


class Pauses:
    """perhaps() is called in a loop; every WORK_S or so it sleeps for PAUSE_S."""

    def __init__(self, *, look_every: int = LOOK_EVERY) -> None:
        self._calls, self._since, self._look_every = 0, time.monotonic(), look_every

    def perhaps(self) -> None:
        self._calls += 1
        if self._calls % self._look_every == 0 and time.monotonic() - self._since > WORK_S:
            time.sleep(PAUSE_S)
            self._since = time.monotonic()


def in_parts(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Slices, with pauses between them."""
    pauses = Pauses(look_every=1)
    for start in range(0, len(items), size):
        yield items[start : start + size]
        pauses.perhaps()
