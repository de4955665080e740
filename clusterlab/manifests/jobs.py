"""How far a large upload is, for whoever waits for it; and how it is called off."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis

TOLD_EVERY_S = 0.1
KEPT_S = 600
PHASES = ("reading", "trying", "applying", "done")

Progress = Callable[[str, int, int], None]
"""(phase, done, total). Raises: Cancelled."""


class Cancelled(Exception):
    """Whoever sent the upload has called it off. Nothing was applied."""


def untold(_phase: str, _done: int, _total: int) -> None:
    """Nobody has asked to be told."""


class Job:
    """One upload under a name that its sender has chosen; kept in Redis, so that any web process can tell of it."""

    def __init__(self, client: redis.Redis, cluster_id: str, member: int, name: str) -> None:
        self._client, self._key = client, f"{{{cluster_id}}}:upload:{member}:{name}"
        self._told_at = self._began = 0.0
        self._phase = ""

    def tell(self, phase: str, done: int, total: int) -> None:
        """Raises: Cancelled."""
        now = time.monotonic()
        if phase == self._phase and now - self._told_at < TOLD_EVERY_S:
            return
        if phase != self._phase:
            self._began = now
        self._told_at, self._phase = now, phase
        rate = done / (now - self._began) if now > self._began else 0.0
        with self._client.pipeline() as pipe:
            pipe.hset(
                self._key, mapping={"phase": phase, "done": done, "total": total, "rate": round(rate, 1)}
            )
            pipe.expire(self._key, KEPT_S)
            pipe.hget(self._key, "cancelled")
            *_, cancelled = pipe.execute()
        if cancelled and phase != "done":
            raise Cancelled

    def state(self) -> dict[str, Any] | None:
        """None when nothing is known under this name."""
        found: Any = self._client.hgetall(self._key)
        if not found:
            return None
        told = {name.decode(): value.decode() for name, value in found.items()}
        return {
            "phase": told.get("phase", PHASES[0]),
            "done": int(told.get("done", 0)),
            "total": int(told.get("total", 0)),
            "rate": float(told.get("rate", 0)),
            "cancelled": "cancelled" in told,
        }

    def cancel(self) -> None:
        """Before the changes are written; afterwards it has no effect."""
        with self._client.pipeline() as pipe:
            pipe.hset(self._key, "cancelled", 1)
            pipe.expire(self._key, KEPT_S)
            pipe.execute()
