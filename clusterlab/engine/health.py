"""Whether the installation works: Redis answers, and due clusters are run soon."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import redis

from clusterlab.engine.gauges import of_all_workers
from clusterlab.engine.hints import WAKE_UPS
from clusterlab.engine.pace import wall_ms
from clusterlab.redis_clients import shared_client

MOST_LAG_MS = 15_000


@dataclass(frozen=True)
class Health:
    """`lag_ms` is how long the most overdue cluster has been waiting for an engine."""

    redis: str
    lag_ms: int = 0
    waiting: int = 0
    workers: int = 0
    clusters: int = 0
    """That are run at this moment."""
    behind_ms: int = 0
    """By how much the cluster that is furthest behind the wall is late."""

    @property
    def is_well(self) -> bool:
        return self.redis == "ok" and self.lag_ms <= MOST_LAG_MS

    def document(self) -> dict[str, Any]:
        engine = asdict(self)
        del engine["redis"]
        return {"status": "ok" if self.is_well else "unwell", "redis": self.redis, "engine": engine}


def health() -> Health:
    client, now = shared_client(), wall_ms()
    try:
        first: Any = client.zrange(WAKE_UPS, 0, 0, withscores=True)
        waiting = int(client.zcount(WAKE_UPS, 0, now))
        workers = of_all_workers(client, now).values()
    except redis.RedisError:
        return Health("unreachable")
    lag_ms = max(now - int(first[0][1]), 0) if first else 0
    clusters = sum(figures.clusters for figures in workers)
    behind_ms = max((figures.behind_ms for figures in workers), default=0)
    return Health("ok", lag_ms, waiting, len(workers), clusters, behind_ms)
