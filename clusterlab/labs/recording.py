"""A cluster as one snapshot with its log and journal, for a file, a replay or another installation."""

from __future__ import annotations

from clusterlab.redis_clients import new_log
from simcore.etcd.interface import Compacted, Unavailable
from simcore.etcd.snapshot import Snapshot

TRIES = 5


def record(cluster_id: str) -> Snapshot:
    """Everything that is kept. Raises: Unavailable."""
    log = new_log(cluster_id)
    for _ in range(TRIES):
        kvs, revision = log.load()
        journal = log.journal()  # before the log: what it tells of is in what is read next
        try:
            return Snapshot(revision, kvs, log.read(revision), journal)
        except Compacted:
            continue
    raise Unavailable("the log is compacted faster than it can be read")
