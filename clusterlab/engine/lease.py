"""Who runs a cluster: a lease in Redis with a token that grows with every new owner.

The token is the fence: the store takes neither a step nor a commit of an owner with a lower one, so whoever stops for
longer than its lease and then goes on changes nothing. The lease also says which worker holds it, and which life of
that worker: one that was started again takes over at once what it had before it died.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import redis

TTL_MS = 10_000
WRITER_TTL_MS = 5_000
RENEW_AFTER_S = 2.0

_ACQUIRE = """
local held = redis.call('GET', KEYS[1])
if held then
  local worker, life = string.match(held, '^%d+ (.+) (%x+)$')
  if worker ~= ARGV[2] or life == ARGV[3] then return 0 end
end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[2] .. ' ' .. ARGV[3], 'PX', ARGV[1])
redis.call('DEL', KEYS[3])
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


@dataclass(frozen=True)
class Holder:
    """A worker and one life of its process."""

    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    life: str = field(default_factory=lambda: secrets.token_hex(8))

    def was(self, held: bytes | None) -> bool:
        """Whether an owner key's value is that of an earlier life of this worker."""
        if held is None:
            return False
        _, worker, life = held.decode().split(" ")
        return worker == self.worker and life != self.life


class Lease:
    """One owner's hold on one cluster."""

    def __init__(self, client: redis.Redis, cluster_id: str, holder: Holder | None = None) -> None:
        self._holder = holder or Holder()
        self._key = owner_key(cluster_id)
        self._keys = [self._key, f"{{{cluster_id}}}:fence", f"{{{cluster_id}}}:writer"]
        self._acquire = client.register_script(_ACQUIRE)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)
        self._renewed_at = 0.0
        self.token = 0

    def acquire(self) -> bool:
        """False when somebody else holds it, or another thread of this process."""
        asked_at = time.monotonic()
        args: list[str | int] = [TTL_MS, self._holder.worker, self._holder.life]
        self.token = int(self._acquire(keys=self._keys, args=args))
        self._renewed_at = asked_at
        return self.token > 0

    def holds(self) -> bool:
        """Whether it is ours as far as we know; renews it when that is due."""
        asked_at = time.monotonic()
        if asked_at - self._renewed_at > RENEW_AFTER_S:
            if not int(self._renew(keys=[self._key], args=[self._value, TTL_MS])):
                return False
            self._renewed_at = asked_at
        return True

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Keeps it while something is done that may take longer than it lives, as loading a large cluster does."""
        done = threading.Event()

        def go_on() -> None:
            while not done.wait(RENEW_AFTER_S):
                with suppress(redis.RedisError):  # it is tried again while there is time
                    self.holds()

        renewing = threading.Thread(target=go_on, name="lease", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()

    def release(self) -> None:
        self._release(keys=[self._key], args=[self._value])

    @property
    def _value(self) -> str:
        return f"{self.token} {self._holder.worker} {self._holder.life}"


assert RENEW_AFTER_S * 1000 * 2 < TTL_MS
