"""How many look at a cluster now, over all processes: a sorted set of sockets by the time until which they count."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from clusterlab.engine.pace import wall_ms
from clusterlab.live import ticks
from clusterlab.redis_clients import shared_client

COUNTED_MS = 30_000
RENEW_S = 10.0


class Viewers:
    """One socket's place in the count, while the block runs."""

    def __init__(self, cluster_id: str, socket: str) -> None:
        self._cluster_id, self._socket, self._key = cluster_id, socket, f"{{{cluster_id}}}:viewers"
        self._renewed_at = 0.0
        self._client = shared_client()

    async def __aenter__(self) -> Viewers:
        await self.renew()
        await ticks.atell(self._cluster_id, "viewers")
        return self

    async def __aexit__(self, *_: Any) -> None:
        await asyncio.to_thread(self._client.zrem, self._key, self._socket)
        await ticks.atell(self._cluster_id, "viewers")

    async def renew(self) -> bool:
        """Whether it was due."""
        if time.monotonic() - self._renewed_at < RENEW_S:
            return False
        self._renewed_at, now = time.monotonic(), wall_ms()
        await asyncio.to_thread(self._client.zadd, self._key, {self._socket: now + COUNTED_MS})
        await asyncio.to_thread(self._client.zremrangebyscore, self._key, 0, now)
        return True

    async def count(self) -> int:
        return int(await asyncio.to_thread(self._client.zcount, self._key, wall_ms(), "+inf"))
