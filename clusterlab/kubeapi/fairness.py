"""Seats for the requests that are worked on at once, so that no client takes them from the others.

A client that has many requests waiting while others want something is flooding: it gets what the others leave, and a
few percent in any case. Whoever has few requests is served at once. Models: the purpose of kubernetes'
priority and fairness, not its queues.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SEATS = 8
FEW = 4
"""Requests of one client at once that are no flood."""
MOST_WAITING = 1_500
"""Of one client; the next is held for a while and then turned away."""
MOST_HELD = 512
HOLD_S = 3.0
LONGEST_WAIT_S = 15.0
MEMORY_S = 1.0
"""Over which a client's business is averaged."""
QUIET, BUSY = 0.02, 0.1
"""Share of the time in which others have requests: up to QUIET a flood goes on, from BUSY on it gets LEAST."""
LEAST = 0.04
FORGOTTEN = 0.01


class TooMany(Exception):
    """The client has more requests waiting than anybody may."""


@dataclass
class Flow:
    """One client's requests."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    running: int = 0
    held: int = 0
    ready_at: float = 0.0
    """When a flood may go on."""
    business: float = 0.0
    """Share of the last time in which there was a request of this client, at `seen_at`."""
    seen_at: float = 0.0

    @property
    def present(self) -> int:
        return len(self.waiting) + self.running

    @property
    def is_flood(self) -> bool:
        return self.present > FEW

    def look(self, now: float) -> float:
        """The business up to now; before each change of `present`."""
        target = 1.0 if self.present else 0.0
        self.business = target + (self.business - target) * math.exp((self.seen_at - now) / MEMORY_S)
        self.seen_at = now
        return self.business


class FairGate:
    """On one event loop."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._flows: dict[str, Flow] = {}  # go when they have no request and have been quiet for a while
        self._running = self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None  # gone when it has fired

    @asynccontextmanager
    async def seat(self, client: str) -> AsyncIterator[None]:
        """Holds a seat while the block runs. Raises: TooMany."""
        flow = self._flows.setdefault(client, Flow(seen_at=self._clock()))
        await self._sit_down(flow)
        began = self._clock()
        try:
            yield
        finally:
            self._stand_up(client, flow, began)

    def others(self, flow: Flow) -> float:
        """How busy the busiest of the other clients is."""
        if len(self._flows) == 1:
            return 0.0
        now = self._clock()
        return max((other.look(now) for other in self._flows.values() if other is not flow), default=0.0)

    async def _sit_down(self, flow: Flow) -> None:
        flow.look(self._clock())
        if len(flow.waiting) >= MOST_WAITING:
            await self._turn_away(flow)
        if self._running < SEATS and not flow.waiting and not self._must_wait(flow, joining=1):
            flow.running += 1
            self._running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        flow.waiting.append(turn)
        self._waiting += 1
        self._serve_waiting()
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._give_back(flow)
            elif turn in flow.waiting:
                flow.waiting.remove(turn)
                self._waiting -= 1
            if isinstance(error, TimeoutError):
                raise TooMany from None
            raise

    async def _turn_away(self, flow: Flow) -> None:
        """Not at once, so that who asks again immediately doesn't keep us busy with that. Raises: TooMany."""
        if flow.held < MOST_HELD:
            flow.held += 1
            try:
                await asyncio.sleep(HOLD_S)
            finally:
                flow.held -= 1
        raise TooMany

    def _must_wait(self, flow: Flow, *, joining: int = 0) -> bool:
        """Whether a flood has to leave the seats to others for now."""
        if flow.present + joining <= FEW or self.others(flow) <= FORGOTTEN:
            return False
        return flow.running > 0 or self._clock() < flow.ready_at

    def _stand_up(self, client: str, flow: Flow, began: float) -> None:
        now = self._clock()
        flow.look(now)
        if flow.is_flood:
            share = allowed_share(self.others(flow))
            flow.ready_at = now + (now - began) * (1 / share - 1)
        self._give_back(flow)
        if len(self._flows) > 1:
            quiet = [name for name, f in self._flows.items() if not f.present and not f.held]
            for name in quiet:
                if self._flows[name].look(now) < FORGOTTEN:
                    del self._flows[name]
        self._flows.setdefault(client, flow)

    def _give_back(self, flow: Flow) -> None:
        flow.running -= 1
        self._running -= 1
        self._serve_waiting()

    def _serve_waiting(self) -> None:
        """Free seats to those who wait: few requests before many, and of those the one that waits longest."""
        if not self._waiting:
            return
        while self._running < SEATS:
            eligible = [f for f in self._flows.values() if f.waiting and not self._must_wait(f)]
            if not eligible:
                break
            flow = min(eligible, key=lambda f: (f.is_flood, f.running))
            turn = flow.waiting.popleft()
            self._waiting -= 1
            if not turn.done():
                turn.set_result(None)
                flow.running += 1
                self._running += 1
        self._look_again()

    def _look_again(self) -> None:
        """When the next flood may go on."""
        due = [f.ready_at for f in self._flows.values() if f.waiting and not f.running]
        if self._timer is not None or not due:
            return
        delay = max(min(due) - self._clock(), 0.001)
        self._timer = asyncio.get_running_loop().call_later(delay, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._serve_waiting()


def allowed_share(others: float) -> float:
    """How much of the time a flood may take while others are as busy as that."""
    if others <= QUIET:
        return 1.0
    if others >= BUSY:
        return LEAST
    return 1.0 - (1.0 - LEAST) * (others - QUIET) / (BUSY - QUIET)
