"""What the cluster's clock record asks for: how fast time goes, how many single timers, and until when.

    {"speed": 1.0, "paused": false}                            speed 0: as fast as it can
    {... "paused": true, "steps": 5}                           five timers fire, then `steps` is gone
    {... "goal": {"text": "deployment/web available", "until_ms": 95000, "state": "running"}}
                                                               time stands still once it is true (`reached`, with `at`)
                                                               or `until_ms` has come (`gave up`)

The record is a part of the history, and everything here happens between two timers, so a replay does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simcore.apimachinery.kinds import KindTable
from simcore.apimachinery.meta import Obj
from simcore.cluster.condition import BadCondition, parse
from simcore.cluster.tally import Tallies
from simcore.cluster.world import CLOCK, World
from simcore.etcd.interface import Store
from simcore.sim.clock import Clock, SimTime, Timer

ACTOR = "clock"
MOST_STEPS = 1_000


class Pacing:
    """Follows the record; whoever runs the cluster calls read() when it changed, after_timer() after each timer and
    after_input() when others have written."""

    def __init__(self, store: Store, world: World, clock: Clock, kinds: Callable[[], KindTable]) -> None:
        self._store, self._world, self._clock, self._kinds = store, world, clock, kinds
        self._record: Obj = {}
        self._goal: Tallies | None = None  # of the running goal; goes when it ends
        self._deadline: Timer | None = None
        self.steps_left = 0
        self.read()

    @property
    def is_paused(self) -> bool:
        return bool(self._record.get("paused"))

    @property
    def speed(self) -> float:
        """Simulated milliseconds per real one; 0: as fast as it can."""
        return float(self._record.get("speed", 1.0))

    def read(self) -> None:
        self._record = self._world.get(CLOCK) or {}
        self.steps_left = min(int(self._record.get("steps", 0)), MOST_STEPS) if self.is_paused else 0
        self._forget_goal()
        goal = self._record.get("goal") or {}
        if goal.get("state") == "running":
            self._pursue(goal["text"], goal["until_ms"])

    def after_timer(self, *, fired: bool, wrote: bool) -> None:
        """`fired`: there was one; `wrote`: it changed the store."""
        if self.steps_left:
            self.steps_left = self.steps_left - 1 if fired else 0
            if not self.steps_left:
                self._write({k: v for k, v in self._record.items() if k != "steps"})
        if wrote:
            self._look()

    def after_input(self) -> None:
        if self._goal is not None:
            self._clock.call_later(0, self._look, label="goal")

    def _pursue(self, text: str, until_ms: SimTime) -> None:
        try:
            condition = parse(text, self._kinds())
        except BadCondition as error:
            message = str(error)
            self._deadline = self._clock.call_later(
                0, lambda: self._end("gave up", message=message), label="goal"
            )
            return
        self._goal = Tallies(condition, self._store)
        self._clock.call_later(0, self._look, label="goal")
        self._deadline = self._clock.call_at(until_ms, lambda: self._end("gave up"), label="goal")

    def _look(self) -> None:
        if self._goal is not None and self._goal.is_true():
            self._end("reached")

    def _end(self, state: str, **more: Any) -> None:
        goal = {**self._record["goal"], "state": state, "at": self._clock.now(), **more}
        self._write({**self._record, "paused": True, "goal": goal})
        self._forget_goal()

    def _forget_goal(self) -> None:
        self._goal = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _write(self, record: Obj) -> None:
        self._record = record
        self._world.put(CLOCK, record, actor=ACTOR)
