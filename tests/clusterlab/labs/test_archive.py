"""The archive keeps what Redis forgets or loses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import redis

from clusterlab.engine.steps import Replica
from clusterlab.engine.worker import Worker
from clusterlab.hub import hub
from clusterlab.labs import archive, creating, services
from clusterlab.labs.access import Visitor
from clusterlab.labs.forking import fork_cluster
from clusterlab.labs.models import Checkpoint, Cluster, LogSegment
from clusterlab.labs.spec import LabSpec
from clusterlab.redis_clients import new_log
from simcore.cluster.world import CLUSTER
from simcore.etcd.interface import Compacted, Entry, FutureRevision, KeyValue, Put
from simcore.etcd.shared_store import SharedStore, replica_of
from simcore.sim.trace import Origin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("client_of_redis")]


@pytest.fixture(autouse=True)
def short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "CHECKPOINT_EVERY", 100)


@pytest.fixture
def cluster() -> Cluster:
    spec = LabSpec(nodes=1, seed=3, latency="instant", bare=True)
    return creating.create_cluster("mine", spec, visitor=Visitor()).cluster


def write(cluster: Cluster, count: int) -> None:
    store = SharedStore(new_log(cluster.id))
    for number in range(count):
        store.txn((), [Put("/sim/note", b"%d" % number)], origin=Origin("user:ada", 0, 0))


def kept(cluster: Cluster) -> Replica:
    """What a worker does at the end of a turn."""
    replica = Replica(cluster.id)
    archive.keep(cluster.id, replica.store)
    return replica


def log_of(cluster: Cluster) -> list[Entry]:
    return new_log(cluster.id).read(0)


def test_any_archived_revision_can_be_read(cluster: Cluster) -> None:
    for count in (40, 130, 20):
        write(cluster, count)
        kept(cluster)
    whole = replica_of(new_log(cluster.id))
    for revision in (1, 17, whole.revision - 100, whole.revision - 1, whole.revision):
        store, at = archive.past(cluster.id, revision)
        assert store.range("/").kvs == whole.range("/", at=revision).kvs
        assert at == whole.entries_since(revision - 1)[0].origin.at
    with pytest.raises(FutureRevision):
        archive.past(cluster.id, whole.revision + 1)


def test_segments_are_put_together_at_a_checkpoint(cluster: Cluster) -> None:
    for _ in range(6):
        write(cluster, 40)
        kept(cluster)
    segments = list(LogSegment.objects.filter(cluster=cluster))
    assert Checkpoint.objects.filter(cluster=cluster).count() >= 1
    assert len(segments) < 6
    assert segments[0].first == 1
    assert all(one.last + 1 == other.first for one, other in pairwise(segments))


def test_keeping_twice_keeps_once(cluster: Cluster) -> None:
    kept(cluster)
    before = LogSegment.objects.count()
    kept(cluster)
    assert LogSegment.objects.count() == before


def test_a_fork_of_a_compacted_revision_comes_from_the_archive(cluster: Cluster) -> None:
    write(cluster, 50)
    replica = kept(cluster)
    wanted = replica.committed - 30
    state = _without_identity(replica.store.range("/", at=wanted).kvs)
    replica.log.compact(replica.committed - 5, replica.store.range("/", at=replica.committed - 6).kvs)
    forked = fork_cluster(cluster, hub.get(cluster.id), visitor=Visitor(), revision=wanted)
    assert _without_identity(replica_of(new_log(forked.cluster.id)).range("/").kvs) == state


@pytest.mark.parametrize("writes", [10, 400], ids=["without a checkpoint", "with checkpoints"])
def test_a_cluster_that_redis_has_lost_is_recovered(cluster: Cluster, writes: int) -> None:
    write(cluster, writes)
    before = kept(cluster)
    new_log(cluster.id).destroy()
    assert archive.recover(cluster.id) == before.committed
    after = Replica(cluster.id)
    assert after.store.range("/").kvs == before.store.range("/").kvs
    assert archive.recover(cluster.id) is None


def test_a_fork_is_archived_from_its_own_beginning(cluster: Cluster) -> None:
    forked = fork_cluster(cluster, hub.get(cluster.id), visitor=Visitor()).cluster
    begin = kept(forked).store.revision
    write(forked, 3)
    kept(forked)
    assert archive.past(forked.id, begin + 2)[0].revision == begin + 2
    with pytest.raises(Compacted):
        archive.past(forked.id, begin - 1)


def test_a_worker_archives_what_its_turn_has_made(cluster: Cluster, client_of_redis: redis.Redis) -> None:
    client_of_redis.delete(f"{{{cluster.id}}}:seen")
    Worker(keep=archive.keep).run(cluster.id)
    assert LogSegment.objects.get(cluster=cluster).last == new_log(cluster.id).revision()


def test_a_deleted_cluster_leaves_no_archive(cluster: Cluster) -> None:
    replica = kept(cluster)
    services.delete_cluster(cluster)
    archive.keep(cluster.id, replica.store)
    assert not LogSegment.objects.exists()


def test_a_database_that_fails_stops_no_engine(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    def fail(*_: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(archive, "_keep", fail)
    kept(cluster)


def _without_identity(kvs: list[KeyValue]) -> list[KeyValue]:
    """A fork has a certificate authority of its own."""
    return [kv for kv in kvs if kv.key != CLUSTER]
