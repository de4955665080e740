"""Static pods: the control plane as its own node runs it, and the add-ons beside it."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import ENDPOINTS, EVENT, NODE, POD, SERVICE, STORAGE_CLASS
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from simcore.kubelet.logs import ContainerLogs
from simcore.kubelet.world import RUNTIME, STATIC
from tests.kit.manifests import pod as plain_pod

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
EPOCH_MS = 1_767_225_600_000


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=EPOCH_MS, control_plane=True, latency="instant"))
    return store


def mirror(cluster: Cluster, name: str) -> Obj:
    return cluster.client("user:test").get(POD, Key("kube-system", f"{name}-control-plane"))


def running(store: MemoryStore, ms: int = 30_000) -> Cluster:
    cluster = Cluster(store)
    cluster.advance(ms)
    return cluster


def edit(cluster: Cluster, flag: str) -> None:
    """Adds a flag to kube-apiserver's manifest on the machine's disk."""
    path = f"{STATIC}control-plane/kube-apiserver"
    manifest = cluster.world.get(path)
    assert manifest is not None
    container = manifest["spec"]["containers"][0]
    changed = {**container, "command": [*container["command"], flag]}
    spec = {**manifest["spec"], "containers": [changed]}
    cluster.world.put(path, {**manifest, "spec": spec}, actor="user:test")


def test_the_four_components_run_in_static_pods(store: MemoryStore) -> None:
    cluster = running(store)
    for name in COMPONENTS:
        pod = mirror(cluster, name)
        assert pod["status"]["phase"] == "Running" and pod["metadata"]["labels"]["component"] == name
        assert pod["spec"]["priority"] == 2_000_001_000
        assert {c["type"]: c["status"] for c in pod["status"]["conditions"]}["Ready"] == "True"
        assert "serviceAccountName" not in pod["spec"]


def test_kube_system_holds_what_kubeadm_puts_there(store: MemoryStore) -> None:
    pods = running(store).client("user:test").list(POD, "kube-system")
    owners = sorted(
        (p["metadata"]["ownerReferences"][0]["kind"], p["spec"]["containers"][0]["name"]) for p in pods
    )
    assert owners == [
        *[("DaemonSet", "kube-proxy")] * 4,
        *[("Node", name) for name in COMPONENTS],
        *[("ReplicaSet", "coredns")] * 2,
    ]
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}


def test_nothing_goes_wrong_while_a_cluster_comes_up(store: MemoryStore) -> None:
    events = running(store).client("user:test").list(EVENT)
    assert [e["message"] for e in events if e["type"] != "Normal"] == []


def test_the_dns_service_has_its_usual_address_and_both_servers(store: MemoryStore) -> None:
    cluster = running(store)
    service = cluster.client("user:test").get(SERVICE, Key("kube-system", "kube-dns"))
    assert service["spec"]["clusterIP"] == "10.96.0.10"
    found = cluster.client("user:test").get(ENDPOINTS, Key("kube-system", "kube-dns"))
    assert len(found["subsets"][0]["addresses"]) == 2


def test_names_are_answered_by_the_dns_pods_only(store: MemoryStore) -> None:
    cluster = running(store)
    api, coredns = cluster.client("user:test"), cluster.api_server.kinds.by_kind("apps/v1", "Deployment")
    assert coredns is not None
    script = "while true; do nslookup kubernetes >/dev/null && echo found || echo lost; sleep 5; done"
    container = {"name": "main", "image": "busybox", "command": ["sh", "-c", script]}
    cluster.given({**plain_pod("asks"), "spec": {"containers": [container]}})
    cluster.advance(10_000)
    api.patch(coredns, Key("kube-system", "coredns"), {"spec": {"replicas": 0}})
    cluster.advance(20_000)
    pod = api.get(POD, Key("default", "asks"))
    lines = [line.text for line in ContainerLogs(cluster.world, cluster.clock).lines(pod, "main")]
    assert lines[0] == "found" and lines[-1] == "lost"


def test_a_claim_that_names_no_class_gets_the_standard_one(store: MemoryStore) -> None:
    (found,) = running(store, 1_000).client("user:test").list(STORAGE_CLASS)
    assert found["metadata"]["name"] == "standard"
    assert found["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}


def test_a_mirror_says_where_it_comes_from(store: MemoryStore) -> None:
    meta = mirror(running(store), "etcd")["metadata"]
    annotations = meta["annotations"]
    assert annotations["kubernetes.io/config.source"] == "file"
    assert annotations["kubernetes.io/config.seen"] == "2026-01-01T00:00:00.000000000Z"
    assert annotations["kubernetes.io/config.mirror"] == annotations["kubernetes.io/config.hash"]
    assert len(annotations["kubernetes.io/config.hash"]) == 32
    assert [(o["kind"], o["name"], o["controller"]) for o in meta["ownerReferences"]] == [
        ("Node", "control-plane", True)
    ]


def test_its_node_takes_no_other_pods(store: MemoryStore) -> None:
    node = running(store).client("user:test").get(NODE, Key("", "control-plane"))
    assert node["spec"]["taints"] == [
        {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    ]
    assert node["metadata"]["labels"]["node-role.kubernetes.io/control-plane"] == ""


def test_the_api_server_is_reached_at_its_nodes_address(store: MemoryStore) -> None:
    api = running(store).client("user:test")
    subset = api.get(ENDPOINTS, Key("default", "kubernetes"))["subsets"][0]
    node = api.get(NODE, Key("", "control-plane"))
    assert subset["addresses"][0]["ip"] == node["status"]["addresses"][0]["address"]


@pytest.mark.parametrize("grace_s", [None, 0], ids=["with grace", "at once"])
def test_a_deleted_mirror_comes_back_while_its_containers_go_on(
    store: MemoryStore, grace_s: int | None
) -> None:
    cluster = running(store)
    before = mirror(cluster, "etcd")
    cluster.client("user:test").delete(POD, Key("kube-system", "etcd-control-plane"), grace_s=grace_s)
    cluster.advance(1_000)
    after = mirror(cluster, "etcd")
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["status"]["phase"] == "Running"
    assert after["status"]["containerStatuses"] == before["status"]["containerStatuses"]


def test_another_manifest_starts_the_pod_anew(store: MemoryStore) -> None:
    cluster = running(store)
    before = mirror(cluster, "kube-apiserver")
    edit(cluster, "--v=4")
    cluster.advance(30_000)
    after = mirror(cluster, "kube-apiserver")
    assert after["spec"]["containers"][0]["command"][-1] == "--v=4"
    hashes = [pod["metadata"]["annotations"]["kubernetes.io/config.hash"] for pod in (before, after)]
    assert hashes[0] != hashes[1]
    ids = [pod["status"]["containerStatuses"][0]["containerID"] for pod in (before, after)]
    assert ids[0] != ids[1] and after["status"]["phase"] == "Running"
    records = [path for path in cluster.world.list(f"{RUNTIME}control-plane/") if hashes[0] in path]
    assert records == []


def test_a_manifest_that_is_removed_takes_its_pod_away(store: MemoryStore) -> None:
    cluster = running(store)
    cluster.world.delete(f"{STATIC}control-plane/kube-scheduler", actor="user:test")
    cluster.advance(5_000)
    names = {p["metadata"]["name"] for p in cluster.client("user:test").list(POD, "kube-system")}
    assert "kube-scheduler-control-plane" not in names and "etcd-control-plane" in names


def test_a_mirror_of_nothing_is_removed(store: MemoryStore) -> None:
    cluster = running(store)
    fake = plain_pod("fake", nodeName="node-1")
    fake["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "abc"}
    cluster.given(fake)
    cluster.advance(1_000)
    assert cluster.client("user:test").list(POD, "default") == []


def test_the_static_pods_come_back_with_their_machine(store: MemoryStore) -> None:
    cluster = running(store)
    path = "/sim/nodes/control-plane"
    machine = cluster.world.get(path)
    assert machine is not None
    for power in ("off", "on"):
        cluster.world.put(
            path, {**machine, "power": power, "since_ms": cluster.clock.now()}, actor="user:test"
        )
        cluster.advance(30_000)
    status = mirror(cluster, "etcd")["status"]
    assert (status["phase"], status["containerStatuses"][0]["restartCount"]) == ("Running", 1)


def test_another_process_makes_no_second_mirror(store: MemoryStore) -> None:
    cluster = running(store)
    revision = store.revision
    later = Cluster(store, now=cluster.clock.now())
    later.advance(0)
    assert store.revision == revision


@pytest.mark.parametrize("spec", [{}, {"control_plane": True, "bare": True}], ids=["without", "bare"])
def test_a_cluster_without_a_control_plane_machine_has_none(spec: dict[str, bool]) -> None:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=0, latency="instant", **spec))  # type: ignore[arg-type]  # flags alone
    api = running(store, 5_000).client("user:test")
    assert [node["metadata"]["name"] for node in api.list(NODE)] == ["node-1", "node-2", "node-3"]
    assert api.list(POD) == []
