"""Every namespace has a ServiceAccount `default` and the cluster's CA, whatever becomes of them."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, NAMESPACE, SERVICE_ACCOUNT
from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.namespace_contents import ROOT_CA
from tests.kit.control_plane import ControlPlane

CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    ControllerManager(plane.ctx, root_ca=CA).start()
    plane.advance(10)
    return plane


def contents(plane: ControlPlane, namespace: str) -> tuple[list[str], list[str]]:
    def names(objects: list[Obj]) -> list[str]:
        return [obj["metadata"]["name"] for obj in objects]

    return names(plane.list(SERVICE_ACCOUNT, namespace)), names(plane.list(CONFIG_MAP, namespace))


def test_a_new_namespace_gets_both_at_once(plane: ControlPlane):
    plane.namespace("team")
    plane.advance(10)
    assert contents(plane, "team") == (["default"], [ROOT_CA])
    assert plane.get(CONFIG_MAP, ROOT_CA, "team")["data"] == {"ca.crt": CA}


def test_what_is_deleted_comes_back(plane: ControlPlane):
    plane.delete(SERVICE_ACCOUNT, "default")
    plane.delete(CONFIG_MAP, ROOT_CA)
    plane.advance(10)
    assert contents(plane, "default") == (["default"], [ROOT_CA])


def test_a_changed_ca_is_put_right(plane: ControlPlane):
    plane.patch(CONFIG_MAP, ROOT_CA, {"data": {"ca.crt": "mine", "more": "x"}})
    plane.advance(10)
    assert plane.get(CONFIG_MAP, ROOT_CA)["data"] == {"ca.crt": CA}


def test_a_namespace_that_ends_gets_nothing_back(plane: ControlPlane):
    plane.namespace("team")
    plane.advance(10)
    held = {"name": "held", "namespace": "team", "finalizers": ["example.com/x"]}
    plane.given({"apiVersion": "v1", "kind": "ConfigMap", "metadata": held})
    plane.delete(NAMESPACE, "team")
    plane.advance(20_000)
    assert contents(plane, "team") == ([], ["held"])


def test_a_take_over_writes_nothing(plane: ControlPlane):
    before = plane.store.revision
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    ControllerManager(successor.ctx, root_ca=CA).start()
    successor.advance(1000)
    assert plane.store.revision == before
