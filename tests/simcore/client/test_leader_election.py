"""The Leases of the components that lead: taken once, renewed without a write."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import EVENT, LEASE
from simcore.apimachinery.meta import Key, Obj
from simcore.client.leader_election import LeaderElection
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.kit.control_plane import ControlPlane

EPOCH_MS = 1_767_225_600_000


def cluster_of_one(store: MemoryStore, *, now: int = 0, ms: int = 0) -> Cluster:
    if not store.revision:
        found(store, ClusterSpec(seed=1, epoch_ms=EPOCH_MS, nodes=1, latency="instant"))
    cluster = Cluster(store, now=now)
    cluster.advance(ms)
    return cluster


def lease(cluster: Cluster, name: str) -> Obj:
    return cluster.client("user:test").get(LEASE, Key("kube-system", name))


@pytest.mark.parametrize("name", ["kube-controller-manager", "kube-scheduler"])
def test_a_component_takes_its_lease_and_renews_it_every_two_seconds(name: str) -> None:
    cluster = cluster_of_one(MemoryStore())
    spec = lease(cluster, name)["spec"]
    assert spec["acquireTime"] == spec["renewTime"] == "2026-01-01T00:00:00.000000Z"
    assert (spec["leaseDurationSeconds"], spec["leaseTransitions"]) == (15, 0)
    assert spec["holderIdentity"].startswith("localhost_")
    cluster.advance(7_900)
    assert lease(cluster, name)["spec"] == {**spec, "renewTime": "2026-01-01T00:00:06.000000Z"}


def test_renewals_are_not_written() -> None:
    cluster = cluster_of_one(MemoryStore(), ms=10_000)
    before = cluster.store.revision
    cluster.advance(600_000)
    assert cluster.store.revision == before


def test_who_leads_is_told() -> None:
    cluster = cluster_of_one(MemoryStore(), ms=1_000)
    events = cluster.client("user:test").list(EVENT, "kube-system")
    told = [e for e in events if e["reason"] == "LeaderElection"]
    assert {(e["involvedObject"]["kind"], e["source"]["component"]) for e in told} == {
        ("Lease", "kube-controller-manager"),
        ("Lease", "kube-scheduler"),
    }
    holder = lease(cluster, "kube-scheduler")["spec"]["holderIdentity"]
    assert f"{holder} became leader" in {e["message"] for e in told}


def test_the_next_process_of_a_cluster_is_the_same_leader() -> None:
    store = MemoryStore()
    first = cluster_of_one(store, ms=10_000)
    revision = store.revision
    later = cluster_of_one(store, now=first.clock.now(), ms=1_000)
    assert store.revision == revision
    assert lease(later, "kube-scheduler")["spec"]["holderIdentity"].startswith("localhost_")


def test_a_lease_of_somebody_else_is_left_alone() -> None:
    cluster = cluster_of_one(MemoryStore())
    spec = {"holderIdentity": "mine", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"}
    meta: Obj = {"name": "mine", "namespace": "kube-system"}
    cluster.given({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta, "spec": spec})
    cluster.advance(20_000)
    assert lease(cluster, "mine")["spec"] == spec


def test_a_candidate_waits_for_the_namespace() -> None:
    plane = ControlPlane()
    LeaderElection(plane.ctx.for_actor("kube-scheduler"), "kube-scheduler", "here").start()
    plane.advance(5_000)
    plane.namespace("kube-system")
    plane.advance(999)
    assert plane.list(LEASE, "kube-system") == []
    plane.advance(1)
    (found_,) = plane.list(LEASE, "kube-system")
    assert found_["spec"]["acquireTime"] == "2026-01-01T00:00:06.000000Z"
