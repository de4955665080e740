"""How far the engines have come and how late they are: each worker publishes its figures, anybody adds them up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

import redis

PUBLISHED = "engine:figures"
PUBLISH_EVERY_S = 2.0
SILENT_MS = 6_000
"""A worker that has published nothing for so long should not be relied on."""
FORGET_AFTER_MS = 30_000
"""After so long it is gone."""


@dataclass
class Figures:
    """Totals since the worker's start, but for the last two, which are of now."""

    turns: int = 0
    lost_turns: int = 0
    steps: int = 0
    timers: int = 0
    revisions: int = 0
    step_ms: float = 0.0
    clusters: int = 0
    behind_ms: int = 0
    """By how much the cluster that is furthest behind the wall is late, in real time."""


class Gauges:
    """One worker's. For any thread."""

    def __init__(self) -> None:
        self._figures, self._lock = Figures(), threading.Lock()
        self._behind: dict[str, int] = {}  # of the clusters that are run now

    @contextmanager
    def turn(self, cluster_id: str) -> Iterator[None]:
        with self._lock:
            self._figures.turns += 1
            self._behind[cluster_id] = 0
        is_lost = True
        try:
            yield
            is_lost = False
        finally:
            with self._lock:
                self._figures.lost_turns += is_lost
                self._behind.pop(cluster_id, None)

    def step(self, cluster_id: str, *, timers: int, revisions: int, took_s: float, behind_ms: int) -> None:
        with self._lock:
            self._figures.steps += 1
            self._figures.timers += timers
            self._figures.revisions += revisions
            self._figures.step_ms += took_s * 1000
            self._behind[cluster_id] = behind_ms

    def now(self) -> Figures:
        with self._lock:
            behind = max(self._behind.values(), default=0)
            return Figures(**asdict(self._figures) | {"clusters": len(self._behind), "behind_ms": behind})

    def publish(self, client: redis.Redis, worker: str, wall: int) -> None:
        client.hset(PUBLISHED, worker, json.dumps({**asdict(self.now()), "at": wall}))


def of_all_workers(client: redis.Redis, wall: int) -> dict[str, Figures]:
    """By worker; those that are gone are forgotten."""
    found = dict(_published(client, wall))
    for name, (silent_ms, _) in found.items():
        if silent_ms > FORGET_AFTER_MS:
            client.hdel(PUBLISHED, name)
    return {name: told for name, (silent_ms, told) in sorted(found.items()) if silent_ms <= FORGET_AFTER_MS}


def living(client: redis.Redis, wall: int) -> list[str]:
    """The workers that have been heard of lately."""
    return sorted(name for name, (silent_ms, _) in _published(client, wall) if silent_ms <= SILENT_MS)


def _published(client: redis.Redis, wall: int) -> Iterator[tuple[str, tuple[int, Figures]]]:
    """Each worker's name, for how long it has been silent, and what it told. Another release may tell other things."""
    reply: Any = client.hgetall(PUBLISHED)
    for name, data in reply.items():
        told = json.loads(data)
        known = {field.name: told[field.name] for field in fields(Figures) if field.name in told}
        yield name.decode(), (wall - told["at"], Figures(**known))
