"""The older history of clusters in the database: a state every few thousand revisions, and the log between them.

It outlives compaction and the loss of Redis. What was written since the last turn of an engine is only in Redis.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Sum
from django.db.models.functions import Length

from clusterlab.labs.founding import write_log
from clusterlab.labs.models import Checkpoint, Cluster, LogSegment
from clusterlab.redis_clients import new_log
from simcore.etcd.interface import Compacted, Entry, FutureRevision, Revision
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.snapshot import Snapshot, dump, load
from simcore.etcd.wire import Codec, in_frames

log = logging.getLogger(__name__)

CHECKPOINT_EVERY = 5_000
"""Revisions; as many as there are keys, if these are more. The segments between two checkpoints become one."""
MOST_JOINED = 16 << 20
"""Packed bytes. Segments of more stay as they are."""


def keep(cluster_id: str, store: MemoryStore) -> None:
    """Takes in what the archive does not have yet. A database that fails now is tried again after the next turn."""
    close_old_connections()
    try:
        with transaction.atomic():
            if Cluster.objects.filter(pk=cluster_id, deleted_at=None).exists():
                _keep(cluster_id, store)
    except DatabaseError as error:
        log.warning("cluster %s: its history was not archived: %s", cluster_id, error)
    finally:
        close_old_connections()


def past(cluster_id: str, revision: Revision) -> tuple[MemoryStore, int]:
    """A store that ends at an archived revision, and the simulated time then. Raises: Compacted, FutureRevision."""
    if revision > _newest(cluster_id):
        raise FutureRevision(f"revision {revision} is not archived yet")
    store, at = _base(cluster_id, revision)
    for segment in LogSegment.objects.filter(
        cluster_id=cluster_id, last__gt=store.revision, first__lte=revision
    ):
        entries = [e for e in _entries(segment) if store.revision < e.revision <= revision]
        store.apply(entries)
        at = entries[-1].origin.at if entries else at
    return store, at


def recover(cluster_id: str) -> Revision | None:
    """Writes an archived cluster that Redis has lost back into Redis, with its history since the last checkpoint.

    None when nothing was lost or nothing is archived. Raises: StoreError.
    """
    shared, newest = new_log(cluster_id), _newest(cluster_id)
    if shared.revision() or not newest:
        return None
    store, at = past(cluster_id, newest)
    base = store.kept_from - 1 if store.kept_from else 0
    entries = store.entries_since(base)
    at = entries[-1].origin.at if entries else at
    if base:
        shared.restore(Snapshot(base, store.range("/", at=base).kvs, []), at=at)
    write_log(cluster_id, entries, base=base, now=at)
    return newest


def forget(cluster_id: str) -> None:
    Checkpoint.objects.filter(cluster_id=cluster_id).delete()
    LogSegment.objects.filter(cluster_id=cluster_id).delete()


def _keep(cluster_id: str, store: MemoryStore) -> None:
    newest = _newest(cluster_id)
    if store.revision <= newest:
        return
    if store.kept_from - 1 > newest:  # a fork or an import, or the archive has missed something
        _checkpoint(cluster_id, store, store.kept_from - 1)
        newest = store.kept_from - 1
    entries = store.entries_since(newest)
    codec = Codec()
    for part in in_frames(entries):
        first, last_of_part = part[0].revision, part[-1].revision
        LogSegment.objects.create(
            cluster_id=cluster_id, first=first, last=last_of_part, data=codec.pack(part)
        )
    last = Checkpoint.objects.filter(cluster_id=cluster_id).order_by("-revision").first()
    if store.revision - (last.revision if last else 0) >= max(CHECKPOINT_EVERY, store.keys):
        _join(cluster_id, last.revision if last else 0)
        _checkpoint(cluster_id, store, store.revision)


def _join(cluster_id: str, after: Revision) -> None:
    """One segment instead of many since a checkpoint."""
    found = LogSegment.objects.filter(cluster_id=cluster_id, first__gt=after)
    if (found.aggregate(size=Sum(Length("data")))["size"] or 0) > MOST_JOINED:
        return
    segments = list(found)
    if len(segments) > 1:
        entries = [entry for segment in segments for entry in _entries(segment)]
        LogSegment.objects.filter(pk__in=[s.pk for s in segments]).delete()
        data = Codec().pack(entries)
        first, last = segments[0].first, segments[-1].last
        LogSegment.objects.create(cluster_id=cluster_id, first=first, last=last, data=data)


def _checkpoint(cluster_id: str, store: MemoryStore, revision: Revision) -> None:
    following = store.entries_since(max(revision - 1, store.kept_from - 1))
    at = following[0].origin.at if following else 0
    data = dump(Snapshot(revision, store.range("/", at=revision).kvs, []))
    Checkpoint.objects.update_or_create(
        cluster_id=cluster_id, revision=revision, defaults={"at_ms": at, "data": data}
    )


def _base(cluster_id: str, revision: Revision) -> tuple[MemoryStore, int]:
    """The state that the revision's log follows. Raises: Compacted."""
    store, found = MemoryStore(), Checkpoint.objects.filter(cluster_id=cluster_id)
    nearest = found.filter(revision__lte=revision).order_by("-revision").first()
    if nearest is not None:
        snapshot = load(bytes(nearest.data))
        store.load(snapshot.kvs, snapshot.revision)
        return store, nearest.at_ms
    begins = LogSegment.objects.filter(cluster_id=cluster_id).order_by("first").first()
    if begins is None or begins.first > 1:
        oldest = found.order_by("revision").first()
        raise Compacted(revision, oldest.revision if oldest else 0)
    return store, 0


def _newest(cluster_id: str) -> Revision:
    segment = LogSegment.objects.filter(cluster_id=cluster_id).order_by("-last").first()
    checkpoint = Checkpoint.objects.filter(cluster_id=cluster_id).order_by("-revision").first()
    return max(segment.last if segment else 0, checkpoint.revision if checkpoint else 0)


def _entries(segment: LogSegment) -> list[Entry]:
    return Codec().unpack(bytes(segment.data))
