"""The check for pods too many sees one, and none where there is none."""

from __future__ import annotations

from msgspec.structs import replace

from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Entry
from simcore.etcd.memory_store import MemoryStore
from tests.faults.rollouts import pods_too_many
from tests.kit.manifests import deployment


def history() -> list[Entry]:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=0, nodes=2))
    cluster = Cluster(store)
    cluster.given(deployment("web", 3))
    cluster.settle()
    return store.entries_since(0)


def test_a_sound_history_has_no_pod_too_many():
    assert list(pods_too_many(history(), most_replicas={"web": 3})) == []


def test_a_pod_that_nobody_asked_for_is_found():
    entries = history()
    last = next(e for e in reversed(entries) if e.key.startswith("/registry/pods/") and e.version == 1)
    doubled = replace(last, key=last.key + "x", revision=entries[-1].revision + 1)
    assert len(list(pods_too_many([*entries, doubled]))) == 1


def test_a_deployment_that_asks_for_too_much_is_found():
    assert next(pods_too_many(history(), most_replicas={"web": 2})).endswith("web asks for 3 pods, 2 at most")
