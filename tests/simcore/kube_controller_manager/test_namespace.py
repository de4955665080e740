"""A namespace goes after its contents, and says what it waits for."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NAMESPACE, POD
from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane, Nodes, deployment, pod


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    Nodes(plane)
    ControllerManager(plane.ctx).start()
    plane.namespace("team")
    return plane


def in_team(manifest: Obj, *finalizers: str) -> Obj:
    meta = {**manifest["metadata"], "namespace": "team"}
    return {**manifest, "metadata": meta | ({"finalizers": list(finalizers)} if finalizers else {})}


def config_map(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def exists(plane: ControlPlane) -> bool:
    try:
        plane.get(NAMESPACE, "team")
    except NotFound:
        return False
    return True


def conditions(plane: ControlPlane) -> dict[str, tuple[str, str, str]]:
    found = plane.get(NAMESPACE, "team")["status"].get("conditions") or ()
    return {c["type"]: (c["status"], c["reason"], c["message"]) for c in found}


def test_an_empty_namespace_is_gone_five_seconds_after_its_deletion(plane: ControlPlane):
    plane.delete(NAMESPACE, "team")
    plane.advance(4_999)
    assert exists(plane)
    plane.advance(1)
    assert not exists(plane)


def test_its_contents_go_first(plane: ControlPlane):
    plane.given(in_team(deployment(replicas=3)), in_team(config_map("a")), in_team(pod("p")))
    plane.advance(5_000)
    plane.delete(NAMESPACE, "team")
    plane.advance(5_000)
    plane.advance(6_000)
    for kind in (DEPLOYMENT, POD, CONFIG_MAP):
        assert plane.list(kind, "team") == []
    assert not exists(plane)


def test_what_holds_it_up_is_told_in_conditions(plane: ControlPlane):
    plane.given(in_team(config_map("held"), "example.com/x"), in_team(config_map("free")))
    plane.delete(NAMESPACE, "team")
    plane.advance(30_000)
    assert conditions(plane) == {
        "NamespaceDeletionDiscoveryFailure": (
            "False", "ResourcesDiscovered", "All resources successfully discovered",
        ),
        "NamespaceDeletionGroupVersionParsingFailure": (
            "False", "ParsedGroupVersions", "All legacy kube types successfully parsed",
        ),
        "NamespaceDeletionContentFailure": (
            "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization",
        ),
        "NamespaceContentRemaining": (
            "True", "SomeResourcesRemain", "Some resources are remaining: configmaps. has 1 resource instances",
        ),
        "NamespaceFinalizersRemaining": (
            "True", "SomeFinalizersRemain",
            "Some content in the namespace has finalizers remaining: example.com/x in 1 resource instances",
        ),
    }  # fmt: skip
    plane.patch(CONFIG_MAP, "held", {"metadata": {"finalizers": None}}, namespace="team")
    plane.advance(6_000)
    assert not exists(plane)


def test_a_condition_that_stays_as_it_is_keeps_its_time_and_costs_no_write(plane: ControlPlane):
    plane.given(in_team(config_map("held"), "example.com/x"))
    plane.delete(NAMESPACE, "team")
    plane.advance(10_000)
    before = plane.store.revision
    plane.advance(60_000)
    assert plane.store.revision == before


def test_while_pods_are_left_nothing_else_is_deleted(plane: ControlPlane):
    plane.given(in_team(pod("held"), "example.com/x"), in_team(config_map("a")))
    plane.delete(NAMESPACE, "team")
    plane.advance(20_000)
    assert len(plane.list(CONFIG_MAP, "team")) == 1
    plane.patch(POD, "held", {"metadata": {"finalizers": None}}, namespace="team")
    plane.advance(20_000)
    assert not exists(plane)


def test_a_controller_that_takes_over_goes_on_emptying(plane: ControlPlane):
    plane.given(in_team(config_map("a")))
    plane.delete(NAMESPACE, "team")
    plane.advance(2_000)
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    ControllerManager(successor.ctx).start()
    successor.advance(2_999)
    assert exists(successor)
    successor.advance(6_000)
    assert not exists(successor)


def test_other_namespaces_are_left_alone(plane: ControlPlane):
    plane.given(config_map("a"), in_team(config_map("a")))
    plane.delete(NAMESPACE, "team")
    plane.advance(30_000)
    assert len(plane.list(CONFIG_MAP)) == 2
