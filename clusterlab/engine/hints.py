"""Wake-ups: a sorted set of cluster ids by the wall time at which somebody should look after them.

The set is the truth and survives everything that Redis survives. A Celery task is only the fast way to say "now";
a ticker in every worker repeats what was due and did not happen.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Any
from zlib import crc32

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from clusterlab.celery import app
from clusterlab.engine import gauges
from clusterlab.engine.lease import owner_key
from clusterlab.engine.pace import wall_ms
from clusterlab.redis_clients import shared_client

log = logging.getLogger(__name__)

WAKE_UPS = "engine:wake-ups"
RETRY_MS = 5_000
"""A hint that nobody followed is given again so much later."""
HINT_EVERY_MS = 300
"""Writers hint after each write; one hint in this time is enough."""
MOST_AT_ONCE = 200


def queue_of(cluster_id: str, living: Collection[str] = ()) -> str:
    """The same cluster goes to the same worker, which may still have it in memory, unless only others are living.

    A worker is called `<its queue>@<its machine>`.
    """
    queues: list[str] = settings.ENGINE_QUEUES
    heard = {name.partition("@")[0] for name in living}
    number, served = crc32(cluster_id.encode()), [queue for queue in queues if queue in heard]
    own = queues[number % len(queues)]
    return own if own in served or not served else served[number % len(served)]


def schedule(client: redis.Redis, cluster_id: str, wall: int) -> None:
    client.zadd(WAKE_UPS, {cluster_id: wall})


def forget(client: redis.Redis, cluster_id: str) -> None:
    client.zrem(WAKE_UPS, cluster_id)


def send(cluster_id: str) -> None:
    """A broker that cannot be reached is no error: the wake-up stays in the set."""
    try:
        queue = queue_of(cluster_id, gauges.living(shared_client(), wall_ms()))
        app.send_task("engine.run", args=[cluster_id], queue=queue, retry=False)
    except (redis.RedisError, OSError, OperationalError) as error:
        log.warning("no hint sent for cluster %s: %s", cluster_id, error)


def hint(client: redis.Redis, cluster_id: str) -> None:
    """Somebody wrote or looked: an engine should run the cluster, unless one does already.

    What the hint is about has happened, so a Redis that fails now is no error of the writer's.
    """
    try:
        if client.exists(owner_key(cluster_id)):
            return
        if client.set(f"{{{cluster_id}}}:hinted", 1, nx=True, px=HINT_EVERY_MS):
            schedule(client, cluster_id, wall_ms() + RETRY_MS)
            send(cluster_id)
    except redis.RedisError as error:
        log.warning("no hint for cluster %s: %s", cluster_id, error)


def due(client: redis.Redis) -> list[str]:
    """Takes what is due; each is due again in RETRY_MS unless its engine says otherwise."""
    now = wall_ms()
    reply: Any = client.zrangebyscore(WAKE_UPS, 0, now, start=0, num=MOST_AT_ONCE)
    found = [name.decode() for name in reply]
    if found:
        client.zadd(WAKE_UPS, dict.fromkeys(found, now + RETRY_MS), xx=True)
    return found


def all_awaited(client: redis.Redis) -> list[str]:
    """Every cluster that is awake or has something to come."""
    reply: Any = client.zrange(WAKE_UPS, 0, -1)
    return [name.decode() for name in reply]


def mark_seen(client: redis.Redis, cluster_id: str) -> None:
    """Keeps the cluster awake for a while from now. A Redis that fails is told again with the next look."""
    with suppress(redis.RedisError):
        client.set(seen_key(cluster_id), 1, ex=settings.SLEEP_AFTER_S)


def is_seen(client: redis.Redis, cluster_id: str) -> bool:
    return bool(client.exists(seen_key(cluster_id)))


def seen_key(cluster_id: str) -> str:
    return f"{{{cluster_id}}}:seen"
