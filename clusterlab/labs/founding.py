"""Makes a cluster: founded and settled in memory, then written to the store as a whole, so that it opens running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import redis

from clusterlab.engine import hints, pace
from clusterlab.engine.lease import WRITER_TTL_MS
from clusterlab.engine.pace import Pace, wall_ms
from clusterlab.kubeapi.authentication_keys import authority_key
from clusterlab.labs.spec import LabSpec
from clusterlab.redis_clients import new_log
from simcore.apimachinery.certificates import Authorities
from simcore.apimachinery.meta import Obj
from simcore.cluster.cluster import Cluster, Restless
from simcore.cluster.founding import found
from simcore.etcd.interface import Entry, Revision
from simcore.etcd.journal import Mark
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
    cluster, store = founded(cluster_id, spec, manifests)
    write_log(cluster_id, store.entries_since(0), base=0, now=cluster.clock.now())
    pace.write(client, cluster_id, Pace(wall_ms(), cluster.clock.now(), spec.speed, "running"))
    hints.mark_seen(client, cluster_id)
    hints.hint(client, cluster_id)


def founded(cluster_id: str, spec: LabSpec, manifests: list[Obj]) -> tuple[Cluster, MemoryStore]:
    """A cluster in memory that has come to rest. Raises: ApiError for a manifest that is refused."""
    store, epoch_ms = MemoryStore(), wall_ms() - HEAD_START_MS
    found(store, replace(spec.founding(epoch_ms), id=cluster_id, root_ca=root_ca(cluster_id, epoch_ms)))
    cluster = Cluster(store, authority_key=authority_key(cluster_id))
    cluster.given(*manifests)
    try:
        cluster.settle(quiet_ms=QUIET_MS, limit_ms=HEAD_START_MS)
        cluster.run_until(max(HEAD_START_MS, cluster.clock.now()))
    except Restless:
        pass  # an example that keeps crashing never settles
    return cluster, store


def root_ca(cluster_id: str, epoch_ms: int) -> str:
    """In PEM. It is written down, so that a replay knows it wherever it runs."""
    return Authorities(authority_key(cluster_id), epoch_ms).client.pem


def write_log(
    cluster_id: str,
    entries: list[Entry],
    *,
    base: Revision,
    now: int,
    fired: int = 0,
    marks: Sequence[Mark] = (),
) -> None:
    """Commits a history that follows `base`, page by page, and its journal. Raises: StoreError."""
    log = new_log(cluster_id)
    revision = log.acquire(FOUNDER, WRITER_TTL_MS)
    assert revision == base, (cluster_id, revision)
    begin = 0
    while begin < len(entries):
        end = min(begin + PAGE, len(entries))
        while end < len(entries) and entries[end].revision == entries[end - 1].revision:
            end += 1
        is_last = end == len(entries)
        log.commit(FOUNDER, base, entries[begin:end], at=now, fired=fired, marks=marks if is_last else ())
        base, begin = entries[end - 1].revision, end
    log.release(FOUNDER)
