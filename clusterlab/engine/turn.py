"""An owner's turn with one cluster: steps at the cluster's pace until it rests, sleeps or others wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

import redis

from clusterlab.engine import hints, pace
from clusterlab.engine.gauges import Gauges
from clusterlab.engine.lease import RENEW_AFTER_S, TTL_MS, Lease
from clusterlab.engine.pace import Pace, wall_ms
from clusterlab.engine.steps import Replica
from simcore.etcd.interface import Fenced

SLICE_S = 20.0
"""A turn ends after so long, so that waiting clusters get one, too; well under the broker's visibility timeout."""
REST_MS = 3_000
"""Nothing written and nothing due within so long: the cluster is handed back with a wake-up."""
LISTEN_MS = 400
"""The longest wait for news at a stretch; a stop is noticed after it."""
MOST_LAG_MS = 250
"""When the engine is further behind the wall, the pace gives way: time is not caught up in a burst."""
LOOK_EVERY_S = 2.0
"""How often an owner asks whether anybody still looks, and says that it is still there."""
HEIR_MS = 3_000
"""After the life of a lease that was renewed right before it: then its owner is dead and the next look succeeds."""
YIELD_S = 0.001
NEVER = -1
"""Simulated time is never negative: nothing is due by then."""


class Ended(Enum):
    """Why a turn ended."""

    AGAIN = "the slice is over"
    RESTING = "nothing is due soon"
    PAUSED = "paused"
    SLEEPING = "nobody looks"


class Turn:
    """The time from acquiring the lease to handing back."""

    def __init__(
        self,
        client: redis.Redis,
        replica: Replica,
        lease: Lease,
        should_stop: Callable[[], bool],
        gauges: Gauges | None = None,
    ) -> None:
        self._client, self._replica, self._lease, self._should_stop = client, replica, lease, should_stop
        self._gauges = gauges or Gauges()
        self._pace = pace.read(client, replica.id)
        self._looked_at = 0.0
        self._quiet_since = time.monotonic()

    def run(self) -> Ended:
        """Raises: StoreError, redis.RedisError; the replica is of no use then."""
        ends_at, has_news = time.monotonic() + SLICE_S, True
        while time.monotonic() < ends_at and not self._should_stop() and not self._replica.is_uncut:
            if not self._is_looked_at():
                self._stand_still("sleeping")
                return Ended.SLEEPING
            if not self._lease.holds():
                raise Fenced(f"cluster {self._replica.id} has another owner")
            self._follow_the_clock_record()
            if has_news or self._is_due():
                has_news = self._step()
                continue
            if self._is_at_rest():
                return Ended.PAUSED if self._pace.state == "paused" else Ended.RESTING
            has_news = self._replica.wait(self._wait_ms())
        return Ended.AGAIN

    def wake_up_at(self) -> int | None:
        """The wall time at which something is due; None when nothing ever is or time stands still."""
        due = self._replica.next_due
        return int(self._pace.wall_at(due)) + 1 if due is not None and self._pace.state == "running" else None

    def _is_looked_at(self) -> bool:
        if time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return True
        self._looked_at = time.monotonic()
        hints.schedule(self._client, self._replica.id, wall_ms() + TTL_MS + HEIR_MS)
        return hints.is_seen(self._client, self._replica.id)

    def _follow_the_clock_record(self) -> None:
        """Speed and pause are records of the cluster; the pace follows them from where time stands now."""
        pacing = self._replica.cluster.pacing
        if pacing.is_paused:
            if self._pace.state != "paused":
                self._stand_still("paused")
        elif self._pace.state != "running" or self._pace.speed != pacing.speed:
            wall = wall_ms()
            self._set(Pace(wall, self._sim(wall), pacing.speed, "running"))

    def _stand_still(self, state: pace.State) -> None:
        wall = wall_ms()
        self._set(self._pace.moved(wall, self._sim(wall), state=state))

    def _step(self) -> bool:
        """Whether another step should follow at once."""
        replica, began = self._replica, time.monotonic()
        before, fired = replica.committed, replica.cluster.fired
        stepped = replica.step(self._lease.token, self._target())
        if not stepped.took_turn:
            time.sleep(YIELD_S)
            return True
        self._gauges.step(
            replica.id,
            timers=replica.cluster.fired - fired,
            revisions=stepped.revision - before,
            took_s=time.monotonic() - began,
            behind_ms=self._behind_ms() if stepped.is_behind else 0,
        )
        if stepped.revision > before:
            self._quiet_since = time.monotonic()
        if self._is_flat_out or self._replica.cluster.pacing.is_paused:
            self._set(self._pace.moved(wall_ms(), self._replica.now))
        elif stepped.is_behind:
            self._give_way()
        return False

    def _give_way(self) -> None:
        if self._behind_ms() > MOST_LAG_MS:
            self._set(self._pace.moved(wall_ms(), self._replica.now))

    def _behind_ms(self) -> int:
        """By how much simulated time is late, in real time. Flat out it never is."""
        if self._pace.state != "running" or self._is_flat_out:
            return 0
        return int((self._pace.sim_at(wall_ms()) - self._replica.now) / self._pace.speed)

    def _is_due(self) -> bool:
        due, target = self._replica.next_due, self._target()
        if self._replica.cluster.pacing.steps_left:
            return True
        return due is not None and (target is None or due <= target)

    @property
    def _is_flat_out(self) -> bool:
        return self._pace.state == "running" and self._pace.speed == pace.FLAT_OUT

    def _target(self) -> int | None:
        """How far time may go; None: as far as it gets."""
        if self._is_flat_out:
            return None
        return self._sim(wall_ms()) if self._pace.state == "running" else NEVER

    def _sim(self, wall: int) -> int:
        return max(self._pace.sim_at(wall), self._replica.now)

    def _is_at_rest(self) -> bool:
        if time.monotonic() - self._quiet_since < REST_MS / 1000:
            return False
        due = self.wake_up_at()
        return due is None or due - wall_ms() > REST_MS

    def _wait_ms(self) -> int:
        due = self.wake_up_at()
        return LISTEN_MS if due is None else min(max(due - wall_ms(), 1), LISTEN_MS)

    def _set(self, new: Pace) -> None:
        self._pace = new
        pace.write(self._client, self._replica.id, new)


assert 1000 * max(LOOK_EVERY_S, RENEW_AFTER_S) < HEIR_MS
