"""Makes a cluster: founded and settled in memory, then written to the store as a whole, so that it opens running."""

from __future__ import annotations

import redis

from clusterlab.engine import hints, pace
from clusterlab.engine.lease import WRITER_TTL_MS
from clusterlab.engine.pace import Pace, wall_ms
from clusterlab.labs.spec import LabSpec
from clusterlab.redis_clients import new_log
from simcore.apimachinery.meta import Obj
from simcore.cluster.cluster import Cluster, Restless
from simcore.cluster.founding import found
from simcore.etcd.memory_store import MemoryStore

HEAD_START_MS = 90_000
"""Simulated time that passes before anybody looks. The epoch lies so far back, so now is now."""
QUIET_MS = 10_000
PAGE = 2_000
"""Entries of one commit."""
FOUNDER = 0
"""The token of whoever makes a cluster: every owner's is higher."""


def found_cluster(client: redis.Redis, cluster_id: str, spec: LabSpec, manifests: list[Obj]) -> None:
    """Raises: ApiError for a manifest that is refused; nothing is written then. StoreError."""
    store = MemoryStore()
    found(store, spec.founding(wall_ms() - HEAD_START_MS))
    cluster = Cluster(store)
    cluster.given(*manifests)
    try:
        cluster.settle(quiet_ms=QUIET_MS, limit_ms=HEAD_START_MS)
        cluster.run_until(max(HEAD_START_MS, cluster.clock.now()))
    except Restless:
        pass  # an example that keeps crashing never settles
    _write(cluster_id, store, cluster.clock.now())
    pace.write(client, cluster_id, Pace(wall_ms(), cluster.clock.now(), spec.speed, "running"))
    hints.mark_seen(client, cluster_id)
    hints.hint(client, cluster_id)


def _write(cluster_id: str, store: MemoryStore, now: int) -> None:
    log, token = new_log(cluster_id), FOUNDER
    revision = log.acquire(token, WRITER_TTL_MS)
    assert revision == 0, (cluster_id, revision)
    entries = store.entries_since(0)
    base = begin = 0
    while begin < len(entries):
        end = min(begin + PAGE, len(entries))
        while end < len(entries) and entries[end].revision == entries[end - 1].revision:
            end += 1
        log.commit(token, base, entries[begin:end], at=now)
        base, begin = entries[end - 1].revision, end
    log.release(token)
