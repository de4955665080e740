"""This process's connections to Redis, and logs of clusters that many threads share."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from simcore.etcd.interface import Entry, KeyValue, Revision
from simcore.etcd.redis_store import RedisLog

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 30
"""Longer than any wait of ours for news, and than any script takes."""

_OPTIONS: dict[str, Any] = {
    "protocol": 2,
    "socket_connect_timeout": CONNECT_TIMEOUT_S,
    "socket_timeout": ANSWER_TIMEOUT_S,
}


@cache
def shared_client() -> redis.Redis:
    """For every thread of this process; connections are made as they are needed."""
    return redis.Redis.from_url(settings.REDIS_URL, **_OPTIONS)


@cache
def once_client() -> redis.Redis:
    """As the shared one, but what failed is not sent again: it may have happened."""
    return redis.Redis.from_url(settings.REDIS_URL, **_OPTIONS, retry=Retry(NoBackoff(), 0))


def asyncio_client() -> redis.asyncio.Redis:
    """For one event loop; close it with aclose()."""
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, **_OPTIONS)


def new_log(cluster_id: str) -> RedisLog:
    """For one thread at a time."""
    return RedisLog(shared_client(), cluster_id, wait_ms=lambda ms: time.sleep(ms / 1000), once=once_client())


class LogPool:
    """A cluster's log for any number of threads: each call borrows a RedisLog, which serves one thread at a time."""

    def __init__(self, make: Callable[[], RedisLog]) -> None:
        self._make = make
        self._idle: deque[RedisLog] = deque(maxlen=8)  # its operations are atomic

    @contextmanager
    def borrowed(self) -> Iterator[RedisLog]:
        try:
            log = self._idle.pop()
        except IndexError:
            log = self._make()
        yield log
        self._idle.append(log)

    def revision(self) -> Revision:
        with self.borrowed() as log:
            return log.revision()

    def kept_from(self) -> Revision:
        with self.borrowed() as log:
            return log.kept_from()

    def read(self, after: Revision) -> list[Entry]:
        with self.borrowed() as log:
            return log.read(after)

    def load(self) -> tuple[list[KeyValue], Revision]:
        with self.borrowed() as log:
            return log.load()

    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        with self.borrowed() as log:
            return log.append(base, entries, pins, whole=whole)

    def compact(self, before: Revision, state: Sequence[KeyValue]) -> None:
        with self.borrowed() as log:
            log.compact(before, state)


def text_fields(reply: Any) -> dict[str, str]:
    """A Redis hash as text."""
    return {name.decode(): value.decode() for name, value in reply.items()}
