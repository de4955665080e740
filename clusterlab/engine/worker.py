"""A worker's part: takes the lease, gives the cluster a turn, hands it back and says when to come again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis

from clusterlab import redis_clients
from clusterlab.engine import hints
from clusterlab.engine.failpoints import HANDING_BACK, reach
from clusterlab.engine.gauges import PUBLISH_EVERY_S, Gauges
from clusterlab.engine.lease import Holder, Lease, owner_key
from clusterlab.engine.pace import wall_ms
from clusterlab.engine.steps import Warm
from clusterlab.engine.turn import Ended, Turn
from clusterlab.sweeping import Sweeper
from simcore.etcd.interface import Revision, StoreError
from simcore.etcd.memory_store import MemoryStore

log = logging.getLogger(__name__)

Keep = Callable[[str, MemoryStore], None]

MOST_WARM = 64
TICK_S = 0.1
RETRY_MS = 1_000
FAULT_RETRY_MS = 10_000


@dataclass(frozen=True)
class _Outcome:
    """What is known of a cluster when its turn is over."""

    ended: Ended | None = None
    again_at: int | None = None
    """The wall time at which it needs the next turn."""
    committed: Revision | None = None
    """How far its owner has seen it."""


class Worker:
    """What one engine process shares among its threads."""

    def __init__(self, name: str = "worker", *, keep: Keep = lambda cluster_id, store: None) -> None:
        """`name` is the worker's own in the whole installation, and the same when it is started again.

        `keep` archives the history that a turn has made.
        """
        self._keep = keep
        self._client, self._holder = redis_clients.shared_client(), Holder(name)
        self._warm, self._sweeper, self.gauges = Warm(MOST_WARM), Sweeper(), Gauges()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Turns end within a step or a short wait; the clusters are handed back."""
        self._stopping.set()

    def run(self, cluster_id: str) -> Ended | None:
        """Gives the cluster a turn, if nobody has it. None: somebody has, or the turn was lost."""
        lease = Lease(self._client, cluster_id, self._holder)
        if self._stopping.is_set() or not lease.acquire():
            return None
        try:
            with self.gauges.turn(cluster_id):
                done = self._turn(cluster_id, lease)
        except (StoreError, redis.RedisError) as error:
            log.warning("cluster %s: the turn is lost: %s", cluster_id, error)
            self._sweeper.note()
            done = _Outcome(again_at=wall_ms() + RETRY_MS)
        except Exception:  # a fault in one cluster must not end the others'
            log.exception("cluster %s: the engine failed", cluster_id)
            self._sweeper.note()
            done = _Outcome(again_at=wall_ms() + FAULT_RETRY_MS)
        self._hand_back(cluster_id, lease, done)
        if done.ended is Ended.AGAIN:
            hints.send(cluster_id)
        return done.ended

    def _turn(self, cluster_id: str, lease: Lease) -> _Outcome:
        if redis_clients.new_log(cluster_id).revision() == 0:
            return _Outcome()  # deleted
        with lease.renewed():
            replica = self._warm.take(cluster_id, lease.token)
        turn = Turn(self._client, replica, lease, self._stopping.is_set, self.gauges)
        ended = turn.run()
        with lease.renewed():
            self._keep(cluster_id, replica.store)
            is_cut = replica.compact()  # after that a replay begins where the cluster is built anew
        if ended is not Ended.SLEEPING and not (is_cut and replica.is_quickly_built):
            self._warm.keep(replica, lease.token)
        else:
            self._sweeper.note()
        again_at = {Ended.AGAIN: wall_ms() + hints.RETRY_MS, Ended.RESTING: turn.wake_up_at()}.get(ended)
        return _Outcome(ended, again_at, replica.committed)

    def tick(self) -> None:
        """Hints what this worker had before it died, then what is due, for as long as the process runs."""
        self._look_for_mine()
        published_at = -PUBLISH_EVERY_S
        while not self._stopping.wait(TICK_S):
            try:
                for cluster_id in hints.due(self._client):
                    hints.send(cluster_id)
                if time.monotonic() - published_at > PUBLISH_EVERY_S:
                    published_at = time.monotonic()
                    self.gauges.publish(self._client, self._holder.worker, wall_ms())
                    if self._warm.drop_useless():
                        self._sweeper.note()
                self._sweeper.look()
            except (StoreError, redis.RedisError) as error:
                log.warning("the wake-ups cannot be read: %s", error)
                time.sleep(RETRY_MS / 1000)

    def _look_for_mine(self) -> None:
        """Every cluster with an owner has a wake-up for the case that the owner dies."""
        try:
            for cluster_id in hints.all_awaited(self._client):
                held: Any = self._client.get(owner_key(cluster_id))
                if self._holder.was(held):
                    hints.send(cluster_id)
        except redis.RedisError as error:
            log.warning("what this worker had before cannot be read, its leases run out: %s", error)

    def _hand_back(self, cluster_id: str, lease: Lease, done: _Outcome) -> None:
        """Whoever writes between our last look and the release finds an owner and hints nobody, so look once more."""
        reach(HANDING_BACK)
        try:
            if done.again_at is None:
                hints.forget(self._client, cluster_id)
            else:
                hints.schedule(self._client, cluster_id, done.again_at)
            lease.release()
            seen = done.committed
            if seen is not None and redis_clients.new_log(cluster_id).revision() > seen:
                hints.hint(self._client, cluster_id)
        except (StoreError, redis.RedisError) as error:
            log.warning("cluster %s: not handed back, the lease runs out: %s", cluster_id, error)
