"""Endpoints that somebody keeps by hand are found in EndpointSlices, too."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import ENDPOINT_SLICE, ENDPOINTS, SERVICE
from simcore.apimachinery.meta import Obj, controller_of, labels_of
from simcore.kube_controller_manager.endpoints.mirroring import MIRROR, SKIP
from simcore.kube_controller_manager.endpoints.slices import MANAGED_BY, SERVICE_NAME
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane

PORT = {"name": "http", "port": 8080, "protocol": "TCP"}


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    ControllerManager(plane.ctx).start()
    plane.given(service())
    return plane


def service(**spec: Any) -> Obj:
    body = {"ports": [{"name": "http", "port": 80}]} | spec
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": body}


def endpoints(*ready: str, unready: tuple[str, ...] = (), **meta: Any) -> Obj:
    subset: Obj = {"ports": [PORT]}
    for field, addresses in (("addresses", ready), ("notReadyAddresses", unready)):
        if addresses:
            subset[field] = [{"ip": address} for address in addresses]
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "db"} | meta, "subsets": [subset]}


def mirrored(plane: ControlPlane) -> list[tuple[str, bool]]:
    """(address, ready) of all slices."""
    return [
        (endpoint["addresses"][0], endpoint["conditions"]["ready"])
        for slice_ in plane.list(ENDPOINT_SLICE)
        for endpoint in slice_["endpoints"] or ()
    ]


def test_addresses_are_copied(plane: ControlPlane):
    plane.given(endpoints("192.0.2.1", "192.0.2.2", unready=("192.0.2.3",), labels={"a": "b"}))
    plane.advance(10)
    assert mirrored(plane) == [("192.0.2.1", True), ("192.0.2.2", True), ("192.0.2.3", False)]
    (slice_,) = plane.list(ENDPOINT_SLICE)
    assert labels_of(slice_) == {"a": "b", MANAGED_BY: MIRROR, SERVICE_NAME: "db"}
    assert (slice_["addressType"], slice_["ports"]) == ("IPv4", [PORT])
    owner = controller_of(slice_)
    assert owner is not None and owner["kind"] == "Endpoints"


def test_families_have_slices_of_their_own(plane: ControlPlane):
    plane.given(endpoints("192.0.2.1", "2001:db8::1"))
    plane.advance(10)
    assert sorted(s["addressType"] for s in plane.list(ENDPOINT_SLICE)) == ["IPv4", "IPv6"]


def test_a_change_is_followed_in_the_same_slice(plane: ControlPlane):
    plane.given(endpoints("192.0.2.1"))
    plane.advance(10)
    (before,) = plane.list(ENDPOINT_SLICE)
    plane.patch(ENDPOINTS, "db", {"subsets": endpoints("192.0.2.9")["subsets"]})
    plane.advance(10)
    (after,) = plane.list(ENDPOINT_SLICE)
    assert (after["metadata"]["name"], mirrored(plane)) == (before["metadata"]["name"], [("192.0.2.9", True)])
    plane.patch(ENDPOINTS, "db", {"subsets": []})
    plane.advance(10)
    assert plane.list(ENDPOINT_SLICE) == []


@pytest.mark.parametrize(
    "meta",
    [{"labels": {SKIP: "true"}}, {"annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}}],
    ids=["told to skip", "a lock of old"],
)
def test_some_are_not_copied(plane: ControlPlane, meta: Obj):
    plane.given(endpoints("192.0.2.1", **meta))
    plane.advance(10)
    assert plane.list(ENDPOINT_SLICE) == []


def test_it_follows_its_service(plane: ControlPlane):
    plane.given(endpoints("192.0.2.1"))
    plane.advance(10)
    plane.patch(SERVICE, "db", {"spec": {"selector": {"app": "db"}}})
    plane.advance(10)
    assert mirrored(plane) == []
    assert labels_of(plane.list(ENDPOINT_SLICE)[0])[MANAGED_BY] != MIRROR


def test_a_deleted_service_leaves_nothing(plane: ControlPlane):
    plane.given(endpoints("192.0.2.1"))
    plane.advance(10)
    plane.delete(SERVICE, "db")
    plane.advance(10)
    assert plane.list(ENDPOINT_SLICE) == []


def test_who_takes_over_writes_nothing(plane: ControlPlane):
    plane.given(endpoints("192.0.2.1", "2001:db8::1"))
    plane.advance(10)
    before = plane.store.revision
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    ControllerManager(successor.ctx).start()
    successor.advance(10_000)
    assert plane.store.revision == before
