"""Keys waiting to be worked on: each at most once, some not before a time, failing ones ever later.

Models: kubernetes v1.36 client-go/util/workqueue (delaying and rate-limiting queues).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simcore.apimachinery.meta import Key
from simcore.sim.clock import Clock, Timer

BASE_DELAY_MS = 5
MAX_DELAY_MS = 1_000_000


class WorkQueue:
    """First in, first out. A key that is added again keeps its place and takes the newer cause."""

    def __init__(self, clock: Clock, wake: Callable[[], None], *, name: str) -> None:
        """`wake` is called whenever a key has become ready."""
        self._clock, self._wake, self._name = clock, wake, name
        self._ready: dict[Key, int] = {}
        self._waiting: dict[Key, Timer] = {}  # the earliest appointment of a key; goes when it is kept
        self._causes: dict[Key, int] = {}  # the newest cause of a waiting key; goes with the appointment
        self._failures: dict[Key, int] = {}  # goes with forget()

    def __len__(self) -> int:
        return len(self._ready)

    def add(self, key: Key, cause: int = 0) -> None:
        """`cause` is the revision that asks for the work."""
        self._ready[key] = max(cause, self._ready.get(key, 0))
        self._wake()

    def add_after(self, key: Key, delay_ms: int, cause: int = 0) -> None:
        """Of several appointments of one key the earliest is kept, with the newest cause."""
        if delay_ms <= 0:
            self.add(key, cause)
            return
        self._causes[key] = max(cause, self._causes.get(key, 0))
        waiting = self._waiting.get(key)
        if waiting is not None:
            if waiting.due <= self._clock.now() + delay_ms:
                return
            waiting.cancel()
        self._waiting[key] = self._clock.call_later(
            delay_ms, partial(self._keep_appointment, key), label=f"{self._name} {key}"
        )

    def add_rate_limited(self, key: Key, cause: int = 0) -> None:
        """After 5 ms, 10 ms, 20 ms ... up to 1,000 s, doubling with every failure since forget()."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, min(BASE_DELAY_MS << min(failures, 30), MAX_DELAY_MS), cause)

    def failures(self, key: Key) -> int:
        return self._failures.get(key, 0)

    def forget(self, key: Key) -> None:
        """The work succeeded: the next failure counts as the first."""
        self._failures.pop(key, None)

    def pop(self) -> tuple[Key, int]:
        """The oldest ready key and its cause. Raises: StopIteration when nothing is ready."""
        key = next(iter(self._ready))
        return key, self._ready.pop(key)

    def _keep_appointment(self, key: Key) -> None:
        del self._waiting[key]
        self.add(key, self._causes.pop(key))
