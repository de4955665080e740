"""A Service of type LoadBalancer has an address of its own for as long as it is one."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import SERVICE
from simcore.apimachinery.meta import Obj
from simcore.cloud_controller_manager.manager import CloudControllerManager
from simcore.cloud_controller_manager.service import CLEANUP, COUNT
from simcore.sim.latency import REALISTIC
from tests.kit.control_plane import ControlPlane


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    CloudControllerManager(plane.ctx).start()
    return plane


def service(name: str = "lb", kind: str = "LoadBalancer", **spec: Any) -> Obj:
    body = {"type": kind, "ports": [{"port": 80}], "selector": {"a": "b"}} | spec
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": body}


def addresses(plane: ControlPlane, name: str = "lb") -> list[str]:
    status = plane.get(SERVICE, name)["status"]
    return [place["ip"] for place in status["loadBalancer"].get("ingress", ())]


def test_it_gets_an_address_and_events_tell(plane: ControlPlane):
    plane.given(service())
    plane.advance(10)
    (address,) = addresses(plane)
    assert address.rpartition(".")[0] in ("203.0.113", "198.51.100", "192.0.2")
    assert plane.get(SERVICE, "lb")["status"]["loadBalancer"]["ingress"][0]["ipMode"] == "VIP"
    assert plane.get(SERVICE, "lb")["metadata"]["finalizers"] == [CLEANUP]
    assert plane.events("lb") == [
        ("EnsuringLoadBalancer", "Ensuring load balancer"),
        ("EnsuredLoadBalancer", "Ensured load balancer"),
    ]


def test_others_get_none(plane: ControlPlane):
    plane.given(service("plain", "ClusterIP"), service("ports", "NodePort"))
    plane.given(service("elsewhere", loadBalancerClass="example.com/mine"))
    plane.advance(10)
    assert [addresses(plane, name) for name in ("plain", "ports", "elsewhere")] == [[], [], []]
    assert plane.events() == []


def test_an_address_can_be_asked_for(plane: ControlPlane):
    plane.given(service(loadBalancerIP="192.0.2.77"))
    plane.advance(10)
    assert addresses(plane) == ["192.0.2.77"]


def test_deleted_it_gives_the_address_back_first(plane: ControlPlane):
    plane.given(service())
    plane.advance(10)
    plane.delete(SERVICE, "lb")
    plane.advance(10)
    with pytest.raises(NotFound):
        plane.get(SERVICE, "lb")
    assert plane.events("lb")[2] == ("DeletingLoadBalancer", "Deleting load balancer")


def test_of_another_type_it_gives_the_address_back(plane: ControlPlane):
    plane.given(service())
    plane.advance(10)
    plane.patch(SERVICE, "lb", {"spec": {"type": "ClusterIP"}})
    plane.advance(10)
    assert addresses(plane) == []
    assert "finalizers" not in plane.get(SERVICE, "lb")["metadata"]
    assert plane.events("lb")[-1] == ("DeletedLoadBalancer", "Deleted load balancer")


@pytest.mark.parametrize("is_late", [False, True], ids=["news at once", "news are late"])
def test_no_address_is_given_twice(is_late: bool):
    plane = ControlPlane(latency=REALISTIC) if is_late else ControlPlane()
    CloudControllerManager(plane.ctx).start()
    for n in range(120):
        plane.given(service(f"lb-{n}"))
    plane.advance(60_000)
    given = [address for n in range(120) for address in addresses(plane, f"lb-{n}")]
    assert len({*given}) == 120


def test_when_all_are_gone_the_next_is_told(plane: ControlPlane):
    everything = [
        {"ip": f"{block}.{n}"} for block in ("203.0.113", "198.51.100", "192.0.2") for n in range(1, 255)
    ]
    assert len(everything) == COUNT
    plane.given(service("greedy", loadBalancerClass="example.com/mine"))
    plane.patch(
        SERVICE, "greedy", {"status": {"loadBalancer": {"ingress": everything}}}, subresource="status"
    )
    plane.given(service())
    plane.advance(10)
    assert addresses(plane) == []
    message = "Error syncing load balancer: failed to ensure load balancer: no address is left"
    assert plane.events("lb")[-1] == ("SyncLoadBalancerFailed", message)


def test_who_takes_over_writes_nothing(plane: ControlPlane):
    plane.given(service())
    plane.advance(10)
    before = plane.store.revision
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    CloudControllerManager(successor.ctx).start()
    successor.advance(10_000)
    assert plane.store.revision == before
