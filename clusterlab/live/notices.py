"""Notices between processes that somebody's access has changed: a counter, which every process with sockets reads."""

from __future__ import annotations

import logging

import redis

log = logging.getLogger(__name__)

KEPT_S = 3600


def access_key(cluster_id: str) -> str:
    return f"{{{cluster_id}}}:access-moves"


def tell_access(client: redis.Redis, cluster_id: str) -> None:
    """A notice that is lost only delays: access is asked for every few seconds anyway."""
    try:
        with client.pipeline() as pipe:
            pipe.incr(access_key(cluster_id))
            pipe.expire(access_key(cluster_id), KEPT_S)
            pipe.execute()
    except (redis.RedisError, OSError) as error:
        log.warning("cluster %s: no notice sent: %s", cluster_id, error)
