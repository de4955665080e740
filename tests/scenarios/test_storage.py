"""Claims, volumes and load balancers in a whole cluster, with a cloud and without."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import (
    ENDPOINT_SLICE,
    ENDPOINTS,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    SERVICE,
    STATEFUL_SET,
)
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore


def founded(*, bare: bool = False) -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=1_767_225_600_000, bare=bare))
    cluster = Cluster(store)
    cluster.advance(10_000)
    return cluster


def storage_class(**more: Any) -> Obj:
    head = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}
    return head | {"provisioner": "disk.example.com"} | more


def database(replicas: int = 2) -> Obj:
    labels = {"app": "db"}
    mount = {"name": "data", "mountPath": "/data"}
    pod_spec = {"containers": [{"name": "main", "image": "redis:7", "volumeMounts": [mount]}]}
    claim_spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "fast",
    }
    spec = {
        "serviceName": "db",
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod_spec},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim_spec}],
    }
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec}


def phases(cluster: Cluster) -> dict[str, str]:
    return {
        pod["metadata"]["name"]: pod["status"]["phase"] for pod in cluster.client("t").list(POD, "default")
    }


def claims(cluster: Cluster) -> dict[str, str]:
    found_claims = cluster.client("t").list(PERSISTENT_VOLUME_CLAIM, "default")
    return {claim["metadata"]["name"]: claim["status"]["phase"] for claim in found_claims}


@pytest.mark.parametrize("mode", ["Immediate", "WaitForFirstConsumer"])
def test_a_database_has_its_disks_and_keeps_them(mode: str):
    cluster = founded()
    cluster.given(storage_class(volumeBindingMode=mode), database())
    cluster.advance(60_000)
    assert claims(cluster) == {"data-db-0": "Bound", "data-db-1": "Bound"}
    assert phases(cluster) == {"db-0": "Running", "db-1": "Running"}
    api = cluster.client("t")
    before = {v["spec"]["claimRef"]["name"]: v["metadata"]["name"] for v in api.list(PERSISTENT_VOLUME)}
    api.patch(STATEFUL_SET, Key("default", "db"), {"spec": {"replicas": 1}})
    cluster.advance(60_000)
    assert claims(cluster) == {"data-db-0": "Bound", "data-db-1": "Bound"}
    api.patch(STATEFUL_SET, Key("default", "db"), {"spec": {"replicas": 2}})
    cluster.advance(60_000)
    after = {v["spec"]["claimRef"]["name"]: v["metadata"]["name"] for v in api.list(PERSISTENT_VOLUME)}
    assert (phases(cluster), after) == ({"db-0": "Running", "db-1": "Running"}, before)


def test_a_disk_outlives_the_wish_to_delete_it_while_it_is_used():
    cluster = founded()
    cluster.given(storage_class(), database(replicas=1))
    cluster.advance(60_000)
    api = cluster.client("t")
    api.delete(PERSISTENT_VOLUME_CLAIM, Key("default", "data-db-0"))
    cluster.advance(60_000)
    assert is_terminating(api.get(PERSISTENT_VOLUME_CLAIM, Key("default", "data-db-0")))
    api.delete(STATEFUL_SET, Key("default", "db"), propagation="Background")
    cluster.advance(60_000)
    assert (claims(cluster), api.list(PERSISTENT_VOLUME)) == ({}, [])


def load_balancer() -> Obj:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


@pytest.mark.parametrize("bare", [False, True], ids=["cloud", "bare"])
def test_a_cloud_gives_addresses_and_disks_and_a_bare_cluster_does_not(bare: bool):
    cluster = founded(bare=bare)
    cluster.given(load_balancer(), storage_class(), database(replicas=1))
    cluster.advance(60_000)
    status = cluster.client("t").get(SERVICE, Key("default", "web"))["status"]
    assert bool(status["loadBalancer"].get("ingress")) is not bare
    assert claims(cluster) == {"data-db-0": "Pending" if bare else "Bound"}


def test_a_new_cluster_s_api_server_has_an_address_in_two_forms():
    cluster = founded(bare=True)
    settled = cluster.store.revision
    cluster.advance(60_000)
    assert cluster.store.revision == settled
    api = cluster.client("t")
    (slice_,) = api.list(ENDPOINT_SLICE, "default")
    endpoints = api.get(ENDPOINTS, Key("default", "kubernetes"))
    assert slice_["endpoints"][0]["addresses"] == [endpoints["subsets"][0]["addresses"][0]["ip"]]
    assert (
        endpoints["subsets"][0]["ports"]
        == slice_["ports"]
        == [{"name": "https", "port": 6443, "protocol": "TCP"}]
    )
