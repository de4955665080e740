"""A cluster on its store: founded, bootstrapped, driven by its clock, built anew at any time."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NAMESPACE, NODE, POD, SERVICE
from simcore.apimachinery.meta import Key
from simcore.cluster.cluster import Cluster, Restless
from simcore.cluster.founding import SYSTEM_NAMESPACES, ClusterSpec, found, machine
from simcore.cluster.history import history_hash
from simcore.cluster.world import CLOCK, CLUSTER, NODES
from simcore.etcd.interface import Compacted, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin
from tests.kit.manifests import config_map, deployment, namespace, pod

EPOCH_MS = 1_767_323_045_000


def founded(**spec: object) -> MemoryStore:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=EPOCH_MS, **spec))  # type: ignore[arg-type]  # by name
    return store


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster(founded(nodes=2))
    made.advance(5_000)
    return made


def test_a_founded_store_holds_the_records_in_one_revision():
    store = founded(nodes=4, zones=3, cpu="8", speed=20.0, root_ca="PEM", id="c1")
    assert store.revision == 1
    assert decode(store.get(CLUSTER).value) == {  # type: ignore[union-attr]
        "seed": 3, "epoch_ms": EPOCH_MS, "latency": "realistic", "bare": False, "control_plane": False,
        "root_ca": "PEM", "id": "c1",
    }  # fmt: skip
    assert decode(store.get(CLOCK).value) == {"speed": 20.0, "paused": False}  # type: ignore[union-attr]
    machines = {kv.key.removeprefix(NODES): decode(kv.value) for kv in store.range(NODES).kvs}
    assert {name: (m["zone"], m["cpu"], m["power"]) for name, m in machines.items()} == {
        "node-1": ("zone-a", "8", "on"),
        "node-2": ("zone-b", "8", "on"),
        "node-3": ("zone-c", "8", "on"),
        "node-4": ("zone-a", "8", "on"),
    }


def test_only_an_empty_store_is_founded():
    store = founded()
    with pytest.raises(AssertionError):
        found(store, ClusterSpec(seed=1, epoch_ms=0))


def test_a_machine_that_comes_later_says_since_when():
    spec = ClusterSpec(seed=1, epoch_ms=0, memory="16Gi", zones=2)
    added = machine(spec, 3, since_ms=7_000)
    assert (added["memory"], added["zone"], added["since_ms"]) == ("16Gi", "zone-a", 7_000)


def test_a_store_that_was_not_founded_is_no_cluster():
    with pytest.raises(AssertionError, match="has not been founded"):
        Cluster(MemoryStore())


def test_an_api_server_that_starts_first_makes_what_every_cluster_has():
    api = Cluster(founded(bare=True, nodes=1)).client("test")
    assert {o["metadata"]["name"] for o in api.list(NAMESPACE)} == set(SYSTEM_NAMESPACES)
    assert api.get(SERVICE, Key("default", "kubernetes"))["spec"]["clusterIP"] == "10.96.0.1"


def test_one_that_starts_again_makes_nothing(cluster: Cluster):
    cluster.settle()
    before = cluster.store.revision
    successor = Cluster(cluster.store, now=cluster.clock.now())
    assert (successor.store.revision, successor.fired) == (before, 0)


def test_nodes_are_ready_soon(cluster: Cluster):
    ready = {
        node["metadata"]["name"]: [c["status"] for c in node["status"]["conditions"] if c["type"] == "Ready"]
        for node in cluster.client("test").list(NODE)
    }
    assert ready == {"node-1": ["True"], "node-2": ["True"]}


def test_what_is_given_without_a_namespace_goes_to_the_default_one(cluster: Cluster):
    api, manifest = cluster.client("test"), config_map("notes")
    del manifest["metadata"]["namespace"]
    cluster.given(namespace("shop"), manifest, config_map("notes", namespace="shop"))
    assert [o["metadata"]["namespace"] for o in api.list(CONFIG_MAP) if o["metadata"]["name"] == "notes"] == [
        "default",
        "shop",
    ]
    assert "namespace" not in manifest["metadata"], "the manifest is the caller's"


def test_a_kind_that_is_not_there_is_our_own_mistake(cluster: Cluster):
    with pytest.raises(AssertionError, match="Cat"):
        cluster.given({"apiVersion": "v1", "kind": "Cat", "metadata": {"name": "tom"}})


def test_running_until_a_time_includes_it(cluster: Cluster):
    fired: list[int] = []
    start = cluster.clock.now()
    for delay in (100, 101):
        cluster.clock.call_later(delay, lambda: fired.append(cluster.clock.now() - start), label="test")
    cluster.run_until(start + 100)
    assert (fired, cluster.clock.now()) == ([100], start + 100)
    cluster.advance(1)
    assert (fired, cluster.clock.now()) == ([100, 101], start + 101)


def test_timers_are_counted_and_firing_without_any_counts_nothing(cluster: Cluster):
    cluster.settle()
    before = cluster.fired
    cluster.clock.call_later(1, lambda: None, label="test")
    cluster.advance(1)
    assert cluster.fired == before + 1


def test_settling_stands_quiet_time_after_the_last_write(cluster: Cluster):
    cluster.given(deployment("web", 2))
    cluster.settle(quiet_ms=7_000)
    last = cluster.store.entries_since(0)[-1]  # type: ignore[attr-defined]  # it is a MemoryStore
    assert cluster.clock.now() == last.origin.at + 7_000
    pods = cluster.client("test").list(POD, "default")
    assert {p["status"]["phase"] for p in pods} == {"Running"}


def test_a_cluster_that_never_rests_is_called_restless(cluster: Cluster):
    crashing = pod("crashing", image="busybox:1.36")
    crashing["spec"]["containers"][0]["command"] = ["sh", "-c", "sleep 1; exit 1"]
    cluster.given(crashing)
    with pytest.raises(Restless, match="still writing at "):
        cluster.settle(quiet_ms=400_000, limit_ms=30_000)


def test_entries_from_outside_wake_who_they_concern_and_time_moves_on_to_theirs(cluster: Cluster):
    before, now = cluster.store.revision, cluster.clock.now()
    cluster.client("user:ada").create(DEPLOYMENT, deployment("web", 1))
    (made,) = cluster.store.entries_since(before)  # type: ignore[attr-defined]
    cluster.take([replace(made, origin=replace(made.origin, at=now + 2_000))])
    assert cluster.clock.now() == now + 2_000
    cluster.advance(10_000)
    assert len(cluster.client("test").list(POD, "default")) == 1
    cluster.take([])
    assert cluster.clock.now() == now + 12_000


def test_the_hash_of_a_history_needs_all_of_it():
    store = founded()
    one = history_hash(store)
    store.txn([], [Put("/sim/x", b"{}")], origin=Origin("test", 0, 0))
    assert history_hash(store) != one
    store.compact(2)
    with pytest.raises(Compacted):
        history_hash(store)
