"""Every store under one roof: a test that takes `store` runs once on each implementation."""

from __future__ import annotations

from itertools import count

import pytest
import redis

from simcore.etcd.interface import Store
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore

_numbers = count(1)


@pytest.fixture
def log(redis_url: str) -> RedisLog:
    """An empty cluster's log in Redis."""
    return RedisLog(
        redis.Redis.from_url(redis_url, protocol=2), f"t{next(_numbers)}", wait_ms=lambda ms: None
    )


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Store:
    return MemoryStore() if request.param == "memory" else SharedStore(request.getfixturevalue("log"))
