"""Clusters from what others have been: forks of any kept revision, and files that were exported."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from clusterlab.engine import hints, pace
from clusterlab.engine.pace import Pace, wall_ms
from clusterlab.hub import Resident
from clusterlab.labs import archive
from clusterlab.labs.access import Access, Visitor
from clusterlab.labs.founding import root_ca, write_log
from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import LONGEST_NAME, new_owner
from clusterlab.labs.spec import BadSpec, LabSpec
from clusterlab.labs.tokens import new_id
from clusterlab.redis_clients import new_log, shared_client
from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.meta import Obj
from simcore.cluster.world import CLOCK, CLUSTER, NODES, ROOT
from simcore.etcd.interface import Compacted, KeyValue, Revision
from simcore.etcd.journal import Mark
from simcore.etcd.snapshot import Snapshot


def fork_cluster(
    source: Cluster, resident: Resident, *, visitor: Visitor, revision: Revision | None = None, name: str = ""
) -> Access:
    """A cluster of its own that was the same up to a kept revision (now by default).

    Raises: BadSpec, Compacted, FutureRevision, StoreError.
    """
    state = state_at(resident, revision)
    access = adopt(state, name or f"{source.name} (fork)", visitor=visitor, example=source.example)
    access.cluster.origin_id, access.cluster.origin_revision = source.id, state.revision
    access.cluster.save(update_fields=["origin_id", "origin_revision"])
    return access


def state_at(resident: Resident, revision: Revision | None = None) -> Snapshot:
    """The state and, in its journal, the simulated time. Raises: Compacted, FutureRevision, StoreError."""
    resident.sync()
    with resident.guard:
        replica = resident.store.replica
        try:
            found = replica.range("/", at=revision)
        except Compacted:
            return _archived(resident.id, revision or 0)
        after = replica.entries_since(max(found.revision - 1, replica.kept_from - 1))
    at = after[0].origin.at if after and revision is not None else resident.clock.now()
    return Snapshot(found.revision, found.kvs, [], [Mark("end", found.revision, 0, at)])


def _archived(cluster_id: str, revision: Revision) -> Snapshot:
    """Raises: Compacted."""
    store, at = archive.past(cluster_id, revision)
    return Snapshot(revision, store.range("/").kvs, [], [Mark("end", revision, 0, at)])


def adopt(snapshot: Snapshot, name: str, *, visitor: Visitor, example: str = "") -> Access:
    """A cluster that goes on where the snapshot ends. Its goals and single steps are not taken over.

    Raises: BadSpec, StoreError.
    """
    if len(name) > LONGEST_NAME:
        raise BadSpec(f"a name has at most {LONGEST_NAME} characters")
    cluster_id, log = new_id(), snapshot.log
    end = next((mark for mark in snapshot.journal if mark.what == "end"), None)
    at = end.at if end else (log[-1].origin.at if log else 0)
    kvs = snapshot.kvs if log else [_of_its_own(kv, cluster_id) for kv in snapshot.kvs]
    new_log(cluster_id).restore(Snapshot(snapshot.revision, kvs, []), at=at)
    if log:
        marks = [mark for mark in snapshot.journal if mark.what != "end"]
        write_log(cluster_id, log, base=snapshot.revision, now=at, fired=end.fired if end else 0, marks=marks)
    world: dict[str, bytes | None] = {kv.key: kv.value for kv in kvs if kv.key.startswith(ROOT)}
    spec = _spec(world | {e.key: e.value for e in log})
    pace.write(shared_client(), cluster_id, Pace(wall_ms(), at, spec.speed, "sleeping"))
    hints.mark_seen(shared_client(), cluster_id)
    hints.hint(shared_client(), cluster_id)
    with transaction.atomic():
        cluster = Cluster.objects.create(
            id=cluster_id, name=name, example=example, nodes=spec.nodes, settings=spec.as_settings()
        )
        owner = new_owner(cluster, visitor)
    return Access(cluster, Role.OWNER, owner)


def _of_its_own(kv: KeyValue, cluster_id: str) -> KeyValue:
    """Certificate authorities are a cluster's own; what was ordered of the clock was ordered of another."""
    if kv.key not in (CLOCK, CLUSTER):
        return kv
    record: Obj = decode(kv.value)
    if kv.key == CLOCK:
        record = {k: v for k, v in record.items() if k not in ("goal", "steps")}
    else:
        record = {**record, "id": cluster_id, "root_ca": root_ca(cluster_id, record["epoch_ms"])}
    value = encode(record)
    return KeyValue(kv.key, value, kv.create_revision, kv.mod_revision, kv.version, kv.lease)


def _spec(state: dict[str, bytes | None]) -> LabSpec:
    """What the cluster would be made with today. Raises: BadSpec when it is none."""
    records: dict[str, Any] = {
        key: decode(value) for key, value in state.items() if key.startswith(ROOT) and value
    }
    if CLUSTER not in records:
        raise BadSpec("the snapshot is not one of a cluster")
    cluster, clock = records[CLUSTER], records.get(CLOCK, {})
    machines = [record for key, record in records.items() if key.startswith(NODES) and not record.get("role")]
    first = machines[0] if machines else asdict(LabSpec())
    return LabSpec(
        nodes=len(machines),
        zones=max(len({machine["zone"] for machine in machines}), 1),
        cpu=first["cpu"],
        memory=first["memory"],
        seed=cluster["seed"],
        latency=cluster["latency"],
        speed=clock.get("speed", 1.0),
        bare=cluster.get("bare", False),
    )
