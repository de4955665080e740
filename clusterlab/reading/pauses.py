"""Long computations let others in: a web process has one interpreter for requests and sockets."""

from __future__ import annotations

import time

WORK_S = 0.008
PAUSE_S = 0.002
LOOK_EVERY = 32


class Pauses:
    """perhaps() is called in a loop; every WORK_S or so it sleeps for PAUSE_S."""

    def __init__(self) -> None:
        self._calls, self._since = 0, time.monotonic()

    def perhaps(self) -> None:
        self._calls += 1
        if self._calls % LOOK_EVERY == 0 and time.monotonic() - self._since > WORK_S:
            time.sleep(PAUSE_S)
            self._since = time.monotonic()
