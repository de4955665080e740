"""What somebody does again and again, or very much of: steps stay small, it says what is wrong, it ends well."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, EVENT, NAMESPACE, POD, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_controller_manager.replicaset.controller import BURST
from tests.bench.bad_inputs import labelled, mounting, overlapping, sh, workload
from tests.kit.manifests import config_map, deployment, namespace

MOST_WRITES = 2 * BURST + 10
"""Of one firing of a timer: a burst of pods with their Events."""
DEFAULT = "default"


def cluster_of(nodes: int = 3) -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=1_767_225_600_000, nodes=nodes, latency="instant"))
    cluster = Cluster(store)
    cluster.advance(10_000)
    return cluster


def largest_step(cluster: Cluster, ms: int) -> int:
    """The most writes of one firing in that time."""
    end, most = cluster.clock.now() + ms, 0
    while (due := cluster.clock.next_due()) is not None and due <= end:
        before = cluster.store.revision
        cluster.fire_next()
        most = max(most, cluster.store.revision - before)
    cluster.clock.advance_to(end)
    return most


def writes(cluster: Cluster, ms: int) -> int:
    """To objects; the simulated world's records don't count."""
    before = cluster.store.revision
    cluster.advance(ms)
    return sum(entry.key.startswith("/registry/") for entry in cluster.store.entries_since(before))


def by_name(objects: list[Obj]) -> dict[str, Obj]:
    return {obj["metadata"]["name"]: obj for obj in objects}


def test_scaling_up_and_down_without_end_comes_in_small_steps_and_ends_where_the_last_word_says():
    cluster = cluster_of()
    api = cluster.client("user:restless")
    cluster.given(deployment("jumpy", replicas=1))
    steps = []
    for turn in range(8):
        api.patch(DEPLOYMENT, Key(DEFAULT, "jumpy"), {"spec": {"replicas": 120 * (turn % 2)}})
        steps.append(largest_step(cluster, 700))
    assert max(steps) <= MOST_WRITES
    api.patch(DEPLOYMENT, Key(DEFAULT, "jumpy"), {"spec": {"replicas": 5}})
    cluster.settle()
    assert len(api.list(POD, DEFAULT)) == 5
    assert api.get(DEPLOYMENT, Key(DEFAULT, "jumpy"))["status"]["readyReplicas"] == 5
    assert writes(cluster, 60_000) == 0


def test_deployments_of_one_selector_leave_each_other_s_pods_alone():
    cluster = cluster_of(5)
    cluster.given(*(overlapping(n) for n in range(20)))
    cluster.settle()
    api = cluster.client("user:restless")
    sets = {rs["metadata"]["uid"]: rs for rs in api.list(REPLICA_SET, DEFAULT)}
    owners = [(controller_of(pod) or {})["uid"] for pod in api.list(POD, DEFAULT)]
    assert len(sets) == 20 and all(owners.count(uid) == 2 for uid in sets)
    assert {rs["status"]["readyReplicas"] for rs in sets.values()} == {2}
    assert writes(cluster, 120_000) == 0
    for n in range(1, 20):
        api.delete(DEPLOYMENT, Key(DEFAULT, f"rival-{n}"))
    cluster.settle()
    assert len(api.list(POD, DEFAULT)) == 2


def test_a_pod_that_mounts_very_many_config_maps_costs_a_change_no_more_than_any_other():
    cluster = cluster_of()
    cluster.given(*(config_map(f"m-{n}", k="v") for n in range(1_000)), mounting(1_000))
    cluster.settle()
    api = cluster.client("user:restless")
    (status,) = [d["status"] for d in api.list(DEPLOYMENT, DEFAULT)]
    assert status["readyReplicas"] == 3
    for n in range(50):
        api.patch(CONFIG_MAP, Key(DEFAULT, f"m-{n}"), {"data": {"k": str(n)}})
    assert writes(cluster, 120_000) == 0, "the files change, no object does"


def test_of_very_many_config_maps_the_missing_one_is_named():
    cluster = cluster_of()
    cluster.given(*(config_map(f"m-{n}") for n in range(200) if n != 150), mounting(200))
    cluster.advance(30_000)
    told = {e["message"] for e in cluster.client("test").list(EVENT, DEFAULT) if e["reason"] == "FailedMount"}
    assert told == {'MountVolume.SetUp failed for volume "all" : configmap "m-150" not found'}
    cluster.given(config_map("m-150"))
    cluster.advance(180_000)
    assert all(p["status"]["phase"] == "Running" for p in cluster.client("test").list(POD, DEFAULT))


def test_a_huge_label_set_costs_no_more_writes_than_a_small_one():
    counts = []
    for labels in (1, 2_000):
        cluster = cluster_of()
        before = cluster.store.revision
        cluster.given(labelled("wide", 10, labels))
        cluster.settle()
        counts.append(cluster.store.revision - before)
        (status,) = [d["status"] for d in cluster.client("test").list(DEPLOYMENT, DEFAULT)]
        assert status["readyReplicas"] == 10
    assert counts[0] == counts[1]


def flapping(replicas: int) -> tuple[Obj, Obj]:
    probe = {"exec": {"command": ["test", "-e", "/tmp/ok"]}, "periodSeconds": 1, "failureThreshold": 1}
    script = "while true; do touch /tmp/ok; sleep 5; rm /tmp/ok; sleep 5; done"
    ports = {"selector": {"app": "flapping"}, "ports": [{"port": 80}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "flapping"}, "spec": ports}
    pods = {"containers": [{**sh(script), "readinessProbe": probe}]}
    return service, workload("Deployment", "flapping", replicas, pods)


@pytest.mark.parametrize("replicas", [10, 40])
def test_flapping_pods_of_a_service_cost_a_write_each_and_few_for_all(replicas: int):
    cluster = cluster_of(4)
    cluster.given(*flapping(replicas))
    cluster.advance(20_000)
    start = cluster.store.revision
    cluster.advance(60_000)
    by_kind: dict[str, int] = {}
    for entry in cluster.store.entries_since(start):
        kind = entry.key.split("/")[2]
        by_kind[kind] = by_kind.get(kind, 0) + 1
    flips = 12 * replicas
    assert 0.8 * flips <= by_kind.pop("pods") <= 1.2 * flips
    assert by_kind.pop("events", 0) <= flips, "counted, and then kept by the spam filter"
    assert by_kind.pop("runtime") <= flips, "the kubelets' own records"
    assert max(by_kind.values()) <= 40, "slices, endpoints, the Deployment: a few for each of twelve moments"


def test_a_namespace_full_of_finalizers_says_what_holds_it_up_and_goes_when_they_do():
    cluster = cluster_of()
    cluster.given(namespace("storm"))
    held = [config_map(f"m-{n}", namespace="storm") for n in range(300)]
    for one in held:
        one["metadata"]["finalizers"] = ["example.com/never"]
    cluster.given(*held)
    api = cluster.client("user:restless")
    api.delete(NAMESPACE, Key("", "storm"))
    cluster.advance(30_000)
    told = {c["type"]: c["message"] for c in api.get(NAMESPACE, Key("", "storm"))["status"]["conditions"]}
    assert told["NamespaceFinalizersRemaining"] == (
        "Some content in the namespace has finalizers remaining: example.com/never in 300 resource instances"
    )
    assert told["NamespaceContentRemaining"] == (
        "Some resources are remaining: configmaps. has 300 resource instances"
    )
    assert all(is_terminating(m) for m in api.list(CONFIG_MAP, "storm"))
    assert writes(cluster, 300_000) == 0, "it looks again, and writes nothing"
    for one in held:
        api.patch(CONFIG_MAP, Key("storm", one["metadata"]["name"]), {"metadata": {"finalizers": None}})
    cluster.advance(30_000)
    assert "storm" not in by_name(api.list(NAMESPACE))


def test_autoscalers_whose_bounds_are_moved_without_end_come_to_rest_afterwards():
    cluster = cluster_of()
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 8}
    hpa = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}}
    cluster.given(deployment("web", cpu="100m"), {**hpa, "spec": spec})
    cluster.settle()
    kind = cluster.api_server.kinds.by_kind("autoscaling/v2", "HorizontalPodAutoscaler")
    assert kind is not None
    api, steps = cluster.client("user:restless"), []
    for turn in range(30):
        api.patch(kind, Key(DEFAULT, "web"), {"spec": {"minReplicas": 1 + 5 * (turn % 2)}})
        steps.append(largest_step(cluster, 4_000))
    assert max(steps) <= 20
    api.patch(kind, Key(DEFAULT, "web"), {"spec": {"minReplicas": 2, "maxReplicas": 3}})
    cluster.advance(400_000)
    assert api.get(DEPLOYMENT, Key(DEFAULT, "web"))["status"]["readyReplicas"] in (2, 3)
    assert writes(cluster, 60_000) == 0
