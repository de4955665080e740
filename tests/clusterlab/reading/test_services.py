"""Services with what stands behind them, now and at any kept revision."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.hub import Resident
from clusterlab.reading import services as module
from clusterlab.reading.library import Library
from clusterlab.reading.services import services
from simcore.apimachinery.kinds import ENDPOINT_SLICE, SERVICE
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import FutureRevision
from simcore.kube_apiserver.local import LocalClient


def service(name: str, **spec: Any) -> Obj:
    meta = {"name": name, "namespace": "default"}
    spec = {"selector": {"app": name}, "ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def a_slice(name: str, owner: str, *endpoints: Obj) -> Obj:
    meta = {"name": name, "namespace": "default", "labels": {"kubernetes.io/service-name": owner}}
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "addressType": "IPv4",
        "endpoints": list(endpoints), "ports": [],
    }  # fmt: skip


def endpoint(ip: str, **more: Any) -> Obj:
    return {"addresses": [ip], **more}


@pytest.fixture
def user(resident: Resident) -> LocalClient:
    return LocalClient(resident.server, "user:test")


def told(resident: Resident, name: str, revision: int | None = None) -> dict[str, Any]:
    library = resident.shared(Library)
    library.advance()
    return next(s for s in services(library, revision) if s["key"] == f"default/{name}")


def test_a_service_without_endpoints_is_told_with_its_address(resident: Resident, user: LocalClient) -> None:
    made = user.create(SERVICE, service("web"))
    found = told(resident, "web")
    assert found["clusterIP"] == made["spec"]["clusterIP"]
    assert found["ports"] == made["spec"]["ports"]
    assert (found["type"], found["slices"], found["endpoints"]) == ("ClusterIP", [], [])


def test_a_headless_service_has_none(resident: Resident, user: LocalClient) -> None:
    user.create(SERVICE, service("db", clusterIP="None"))
    assert told(resident, "db")["clusterIP"] == "None"


@pytest.mark.parametrize(
    ("made", "row"),
    [
        pytest.param(
            endpoint("10.0.0.1", targetRef={"kind": "Pod", "name": "web-1"}, nodeName="node-1"),
            {"pod": "default/web-1", "ip": "10.0.0.1", "ready": True, "node": "node-1"},
            id="a pod",
        ),
        pytest.param(
            endpoint("10.0.0.1", targetRef={"kind": "Pod", "name": "a", "namespace": "other"}),
            {"pod": "other/a", "ip": "10.0.0.1", "ready": True, "node": ""},
            id="a pod elsewhere",
        ),
        pytest.param(
            endpoint("192.0.2.7"),
            {"pod": None, "ip": "192.0.2.7", "ready": True, "node": ""},
            id="an address",
        ),
        pytest.param(
            endpoint("192.0.2.7", targetRef={"kind": "Node", "name": "node-1"}),
            {"pod": None, "ip": "192.0.2.7", "ready": True, "node": ""},
            id="something else",
        ),
        pytest.param(
            endpoint("10.0.0.1", conditions={"ready": False}),
            {"pod": None, "ip": "10.0.0.1", "ready": False, "node": ""},
            id="not ready",
        ),
        pytest.param(
            endpoint("10.0.0.1", conditions={}),
            {"pod": None, "ip": "10.0.0.1", "ready": True, "node": ""},
            id="nothing known",
        ),
    ],
)
def test_an_endpoint_is_told(resident: Resident, user: LocalClient, made: Obj, row: dict[str, Any]) -> None:
    user.create(SERVICE, service("web"))
    user.create(ENDPOINT_SLICE, a_slice("web-1", "web", made))
    assert told(resident, "web")["endpoints"] == [row]


def test_all_slices_of_a_service_count_and_no_others(resident: Resident, user: LocalClient) -> None:
    user.create(SERVICE, service("web"))
    user.create(ENDPOINT_SLICE, a_slice("a", "web", endpoint("10.0.0.1")))
    user.create(ENDPOINT_SLICE, a_slice("b", "web", endpoint("10.0.0.2"), endpoint("10.0.0.3")))
    user.create(ENDPOINT_SLICE, a_slice("c", "other", endpoint("10.0.0.9")))
    found = told(resident, "web")
    assert found["slices"] == ["a", "b"]
    assert [e["ip"] for e in found["endpoints"]] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


def test_the_past_is_told_as_it_was(resident: Resident, user: LocalClient) -> None:
    user.create(SERVICE, service("web"))
    user.create(ENDPOINT_SLICE, a_slice("a", "web", endpoint("10.0.0.1")))
    then = resident.store.revision
    user.delete(ENDPOINT_SLICE, Key("default", "a"))
    user.delete(SERVICE, Key("default", "web"))
    assert [e["ip"] for e in told(resident, "web", then)["endpoints"]] == ["10.0.0.1"]
    with pytest.raises(StopIteration):
        told(resident, "web")
    with pytest.raises(FutureRevision):
        told(resident, "web", 10**9)


def test_endpoints_are_bounded(
    resident: Resident, user: LocalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ENDPOINTS", 2)
    user.create(SERVICE, service("web"))
    user.create(ENDPOINT_SLICE, a_slice("a", "web", *(endpoint(f"10.0.0.{n}") for n in range(1, 6))))
    assert len(told(resident, "web")["endpoints"]) == 2
