"""Small notices between processes: somebody's access changed, somebody came or went. Never the cluster's events."""

from __future__ import annotations

import logging
from typing import Literal

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

Notice = Literal["access", "viewers"]


def group_of(cluster_id: str) -> str:
    return f"cluster.{cluster_id}"


async def atell(cluster_id: str, notice: Notice) -> None:
    """A notice that is lost only delays: sockets ask for themselves every few seconds."""
    try:
        await get_channel_layer().group_send(group_of(cluster_id), {"type": f"tick.{notice}"})
    except (redis.RedisError, OSError) as error:
        log.warning("cluster %s: no tick sent: %s", cluster_id, error)


def tell(cluster_id: str, notice: Notice) -> None:
    """As atell(), from a thread without an event loop."""
    async_to_sync(atell)(cluster_id, notice)
