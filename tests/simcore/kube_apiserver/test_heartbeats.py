"""The Lease of a node that beats by itself."""

from __future__ import annotations

from simcore.apimachinery.kinds import LEASE
from simcore.apimachinery.meta import Key
from simcore.apimachinery.schema import Schema
from tests.simcore.kube_apiserver.http.door import EPOCH_MS, Door

LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
STORED = "2026-01-01T00:00:05.000000Z"


class Beating:
    """node-1 has a heart, and it beat at 10 s."""

    def renewed_at_ms(self, name: str, namespace: str = "kube-node-lease") -> int | None:
        return EPOCH_MS + 10_000 if name == "node-1" else None


def door_with_leases(schema: Schema) -> Door:
    door = Door(schema, heartbeats=Beating())
    door.post("/api/v1/namespaces", {"metadata": {"name": "kube-node-lease"}})
    for name in ("node-1", "node-2"):
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": STORED}
        door.local.create(LEASE, {"metadata": {"name": name, "namespace": "kube-node-lease"}, "spec": spec})
    return door


def test_who_reads_a_lease_sees_the_last_heartbeat(schema: Schema):
    door = door_with_leases(schema)
    _, one = door.get(f"{LEASES}/node-1")
    _, every = door.get(LEASES)
    assert one["spec"]["renewTime"] == "2026-01-01T00:00:10.000000Z"
    assert [lease["spec"]["renewTime"] for lease in every["items"]] == [
        "2026-01-01T00:00:10.000000Z",
        "2026-01-01T00:00:05.000000Z",
    ]
    assert door.local.get(LEASE, Key("kube-node-lease", "node-1"))["spec"] == one["spec"]


def test_a_written_heartbeat_counts_when_it_is_newer(schema: Schema):
    door = door_with_leases(schema)
    later = "2026-01-01T00:00:17.000000Z"
    door.local.patch(LEASE, Key("kube-node-lease", "node-1"), {"spec": {"renewTime": later}})
    assert door.local.get(LEASE, Key("kube-node-lease", "node-1"))["spec"]["renewTime"] == later


def test_nothing_is_written_for_a_heartbeat(schema: Schema):
    door = door_with_leases(schema)
    before = door.store.revision
    door.clock.advance_to(60_000)
    door.get(LEASES)
    assert door.store.revision == before
