"""A kind that a definition brings is looked after like any other."""

from __future__ import annotations

import pytest

from simcore.apiextensions.controllers import ApiExtensions
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION, NAMESPACE, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_controller_manager.known_kinds import KnownKinds
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane


def definition(plural: str = "widgets", kind: str = "Widget") -> Obj:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def widget(name: str, *, namespace: str = "default", owner: Obj | None = None) -> Obj:
    meta: Obj = {"name": name, "namespace": namespace}
    if owner is not None:
        own = owner["metadata"]
        meta["ownerReferences"] = [
            {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": own["name"], "uid": own["uid"]}
        ]
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": meta}


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    ApiExtensions(plane.ctx).start()
    ControllerManager(plane.ctx).start()
    plane.given(definition())
    plane.advance(10_000)
    return plane


def widgets(plane: ControlPlane) -> Kind:
    kind = plane.server.kinds.by_kind("example.com/v1", "Widget")
    assert kind is not None
    return kind


def config_map(name: str, owner: Obj) -> Obj:
    return widget(name, owner=owner) | {"apiVersion": "v1", "kind": "ConfigMap"}


def test_the_dependents_of_a_custom_object_go_after_it(plane: ControlPlane):
    kind = widgets(plane)
    parent = plane.api.create(kind, widget("parent"))
    plane.api.create(kind, widget("child", owner=parent))
    plane.given(config_map("data", parent))
    plane.advance(1000)
    assert [w["metadata"]["name"] for w in plane.list(kind)] == ["child", "parent"]
    plane.api.delete(kind, Key("default", "parent"), propagation="Foreground")
    plane.advance(1000)
    assert plane.list(kind) == []
    with pytest.raises(NotFound):
        plane.get(CONFIG_MAP, "data")


def test_a_custom_object_whose_owner_is_missing_goes(plane: ControlPlane):
    kind = widgets(plane)
    ghost = plane.api.create(kind, widget("ghost"))
    plane.api.delete(kind, Key("default", "ghost"))
    plane.api.create(kind, widget("orphan", owner=ghost))
    plane.advance(1000)
    assert plane.list(kind) == []


def test_a_namespace_takes_its_custom_objects_along(plane: ControlPlane):
    kind = widgets(plane)
    plane.namespace("team")
    plane.api.create(kind, widget("w", namespace="team"))
    plane.delete(NAMESPACE, "team", propagation="Background")
    plane.advance(6_000)
    assert plane.list(kind, "team") == []
    with pytest.raises(NotFound):
        plane.get(NAMESPACE, "team")


def test_a_definition_that_has_gone_is_forgotten_and_may_come_again(plane: ControlPlane):
    kinds = KnownKinds((CONFIG_MAP,), plane.ctx.informers)
    heard: list[str] = []
    kinds.on_new(lambda kind: heard.append(kind.kind))
    assert [kind.kind for kind in kinds] == ["ConfigMap", "Widget"]
    plane.delete(CUSTOM_RESOURCE_DEFINITION, "widgets.example.com", propagation="Background")
    plane.advance(1000)
    assert [kind.kind for kind in kinds] == ["ConfigMap"]
    plane.given(definition(), definition("gadgets", "Gadget"))
    plane.advance(10_000)
    assert [kind.kind for kind in kinds] == ["ConfigMap", "Gadget", "Widget"]
    assert sorted(heard) == ["Gadget", "Widget"]


def test_who_takes_over_knows_it_at_once(plane: ControlPlane):
    parent = plane.api.create(widgets(plane), widget("parent"))
    plane.api.create(widgets(plane), widget("child", owner=parent))
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    ControllerManager(successor.ctx).start()
    successor.api.delete(widgets(successor), Key("default", "parent"), propagation="Background")
    successor.advance(1000)
    assert successor.list(widgets(successor)) == []
