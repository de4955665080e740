"""Who runs a cluster: a lease in Redis with a token that grows with every new owner.

The lease outlives any step. A step takes the writer token first and looks at the lease then: when the lease was sure
for longer than the writer token lives, whoever stops in the middle of a step has lost the writer token before
another owner can have the lease, and its commit is refused.
"""

from __future__ import annotations

import time

import redis

TTL_MS = 15_000
WRITER_TTL_MS = 5_000
RENEW_AFTER_S = 3.0

_ACQUIRE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token
"""
_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def owner_key(cluster_id: str) -> str:
    return f"{{{cluster_id}}}:owner"


def fence_key(cluster_id: str) -> str:
    return f"{{{cluster_id}}}:fence"


class Lease:
    """One owner's hold on one cluster."""

    def __init__(self, client: redis.Redis, cluster_id: str) -> None:
        self._key, self._fence = owner_key(cluster_id), fence_key(cluster_id)
        self._acquire = client.register_script(_ACQUIRE)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)
        self._renewed_at = 0.0
        self.token = 0

    def acquire(self) -> bool:
        """False when somebody else holds it."""
        asked_at = time.monotonic()
        self.token = int(self._acquire(keys=[self._key, self._fence], args=[TTL_MS]))
        self._renewed_at = asked_at
        return self.token > 0

    def holds(self) -> bool:
        """Whether it is ours, and for longer than a writer token lives; renews it when that is due."""
        asked_at = time.monotonic()
        if asked_at - self._renewed_at > RENEW_AFTER_S:
            if not int(self._renew(keys=[self._key], args=[self.token, TTL_MS])):
                return False
            self._renewed_at = asked_at
        return True

    def release(self) -> None:
        self._release(keys=[self._key], args=[self.token])


assert RENEW_AFTER_S * 1000 + WRITER_TTL_MS < TTL_MS
