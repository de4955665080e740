"""How simulated time follows wall time: an anchor where the two met, and a speed.

The engine writes the anchor into `{cid}:pace` whenever it changes; everybody can tell the simulated time from it,
also while no engine holds the cluster.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import redis

from clusterlab.redis_clients import text_fields

State = Literal["running", "paused", "sleeping"]
SLOWEST, FASTEST = 0.1, 1000.0
FLAT_OUT = 0.0
"""The speed of a cluster whose time goes as fast as it can; between two steps it seems to stand."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Pace:
    """At wall time `wall_ms` it was `sim_ms` in the cluster."""

    wall_ms: int = 0
    sim_ms: int = 0
    speed: float = 1.0
    state: State = "sleeping"

    def sim_at(self, wall: int) -> int:
        if self.state != "running":
            return self.sim_ms
        return self.sim_ms + int(max(wall - self.wall_ms, 0) * self.speed)

    def wall_at(self, sim: int) -> float:
        """When simulated time reaches `sim`, as wall milliseconds. Only for a running cluster."""
        assert self.state == "running", self
        if self.speed == FLAT_OUT:
            return self.wall_ms
        return self.wall_ms + (sim - self.sim_ms) / self.speed

    def moved(self, wall: int, sim: int, **changes: Any) -> Pace:
        """The same pace with its anchor at another place."""
        return replace(self, wall_ms=wall, sim_ms=sim, **changes)


def key_of(cluster_id: str) -> str:
    return f"{{{cluster_id}}}:pace"


def read(client: redis.Redis, cluster_id: str) -> Pace:
    """A cluster that never ran sleeps at time 0."""
    fields = text_fields(client.hgetall(key_of(cluster_id)))
    if not fields:
        return Pace()
    state: Any = fields["state"]
    return Pace(int(fields["wall_ms"]), int(fields["sim_ms"]), float(fields["speed"]), state)


def write(client: redis.Redis, cluster_id: str, pace: Pace) -> None:
    client.hset(
        key_of(cluster_id),
        mapping={"wall_ms": pace.wall_ms, "sim_ms": pace.sim_ms, "speed": pace.speed, "state": pace.state},
    )
