"""Work that many threads ask for at the same time is done once for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

_background = ThreadPoolExecutor(2, "coalesced")


class Coalesced(Generic[T]):
    """Calling it returns the result of a run that began after the call; threads that wait for one share it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._begun = self._done = 0
        self._outcome: tuple[T | None, BaseException | None] = (None, None)  # of the last run

    def __call__(self) -> T:
        """Raises: whatever the work raised."""
        with self._changed:
            mine = self._begun + 1
            while self._done < mine:
                if self._done == self._begun:
                    self._begun += 1
                    break
                self._changed.wait()
            else:
                return self._told()
        self._run()
        return self._told()

    def _run(self) -> None:
        outcome: tuple[T | None, BaseException | None]
        try:
            outcome = (self._work(), None)
        except BaseException as error:  # whatever it is, all who wait get it
            outcome = (None, error)
        with self._changed:
            self._outcome = outcome
            self._done = self._begun
            self._changed.notify_all()

    def _told(self) -> T:
        result, error = self._outcome
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # without an error it is the work's result


class Soon:
    """Calling it sees to it that the work is done once more, from now on; never twice at the same time.

    Who calls while nobody does it, does it; what comes in meanwhile is done in the background, all of it by one run.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._is_running = self._is_owed = False

    def __call__(self) -> None:
        with self._lock:
            if self._is_running:
                self._is_owed = True
                return
            self._is_running = True
        self._run()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            with self._lock:
                again, self._is_owed = self._is_owed, False
                self._is_running = again
            if again:
                _background.submit(self._run)
