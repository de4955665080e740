"""What a kubelet says of its node."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import LEASE, NODE
from simcore.apimachinery.meta import Key
from simcore.kubelet.heartbeats import Heartbeats
from tests.kit.control_plane import EPOCH_MS
from tests.simcore.kubelet.conftest import Site


def test_the_node_has_the_labels_and_the_range_of_its_machine(site: Site) -> None:
    node = site.node()
    assert node["metadata"]["labels"] == {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": "node-1",
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": "region-1",
        "topology.kubernetes.io/zone": "zone-a",
    }
    assert node["metadata"]["annotations"] == {"node.alpha.kubernetes.io/ttl": "0"}
    assert (node["spec"]["podCIDR"], node["spec"]["podCIDRs"]) == ("10.244.1.0/24", ["10.244.1.0/24"])


def test_its_status_tells_capacity_addresses_and_versions(site: Site) -> None:
    status = site.node()["status"]
    capacity = {"cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    assert (status["capacity"], status["allocatable"]) == (capacity, capacity)
    assert status["addresses"] == [
        {"type": "InternalIP", "address": "172.18.0.2"},
        {"type": "Hostname", "address": "node-1"},
    ]
    assert status["nodeInfo"]["kubeletVersion"].startswith("v1.36.")
    assert status["nodeInfo"]["containerRuntimeVersion"].startswith("containerd://")


def test_its_conditions_have_the_kubelet_s_words(site: Site) -> None:
    conditions = {
        c["type"]: (c["status"], c["reason"], c["message"]) for c in site.node()["status"]["conditions"]
    }
    assert conditions == {
        "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
    }


def test_its_lease_belongs_to_the_node(site: Site) -> None:
    lease = site.plane.api.get(LEASE, Key("kube-node-lease", "node-1"))
    assert lease["spec"]["holderIdentity"] == "node-1"
    assert lease["spec"]["leaseDurationSeconds"] == 40
    assert lease["metadata"]["ownerReferences"] == [
        {"apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": site.node()["metadata"]["uid"]}
    ]


def test_every_node_has_a_range_of_its_own_in_the_order_of_the_numbers() -> None:
    site = Site(nodes=11)
    ranges = {node["metadata"]["name"]: node["spec"]["podCIDR"] for node in site.plane.api.list(NODE)}
    assert ranges == {f"node-{n}": f"10.244.{n}.0/24" for n in range(1, 12)}


def test_a_node_that_somebody_made_before_is_taken_over_with_what_it_has() -> None:
    site = Site(nodes=0)
    made = {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1", "labels": {"team": "a"}},
        "spec": {"podCIDR": "10.244.7.0/24", "podCIDRs": ["10.244.7.0/24"]},
    }  # fmt: skip
    site.plane.api.create(NODE, made)
    site.advance(0)
    site.power("on")
    node = site.node()
    assert node["metadata"]["labels"]["team"] == "a"
    assert node["metadata"]["labels"]["kubernetes.io/hostname"] == "node-1"
    assert node["spec"]["podCIDR"] == "10.244.7.0/24"
    assert site.run()["status"]["podIP"] == "10.244.7.2"


def test_a_deleted_node_s_range_is_given_to_the_next() -> None:
    site = Site(nodes=2)
    site.plane.api.delete(NODE, Key("", "node-1"))
    site.advance(0)
    site.power("on", node="node-3")
    assert site.node("node-3")["spec"]["podCIDR"] == "10.244.1.0/24"


def test_a_healthy_node_costs_no_writes(site: Site) -> None:
    before = site.writes()
    site.advance(3_600_000)
    assert site.writes() == before


def test_the_renewal_is_the_last_multiple_of_ten_seconds(site: Site) -> None:
    beats = Heartbeats(site.world, site.plane.clock)
    site.advance(34_999)
    assert beats.renewed_at_ms("node-1") == EPOCH_MS + 30_000


def test_it_is_not_before_the_machine_was_switched_on(site: Site) -> None:
    beats = Heartbeats(site.world, site.plane.clock)
    site.power("off")
    site.advance(34_000)
    site.power("on")
    site.advance(3_000)
    assert beats.renewed_at_ms("node-1") == EPOCH_MS + 34_000
    site.advance(3_000)
    assert beats.renewed_at_ms("node-1") == EPOCH_MS + 40_000


@pytest.mark.parametrize("node", ["node-1", "elsewhere"], ids=["switched off", "without a machine"])
def test_who_has_no_kubelet_has_no_heartbeat(site: Site, node: str) -> None:
    site.power("off")
    assert Heartbeats(site.world, site.plane.clock).renewed_at_ms(node) is None
