"""Definitions after they were written: their names are accepted, their objects go before them."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apiextensions.controllers import ApiExtensions
from simcore.apimachinery.custom_kinds import kinds_of
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION, Kind
from simcore.apimachinery.meta import Key, Obj
from tests.kit.control_plane import ControlPlane

GROUP = "example.com"
SCHEMA = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    ApiExtensions(plane.ctx).start()
    return plane


def crd(plural: str = "things", group: str = GROUP, **names: Any) -> Obj:
    version = {"name": "v1", "served": True, "storage": True, "schema": SCHEMA}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": plural.title(), **names},
            "versions": [version],
        },
    }


def settle(plane: ControlPlane, limit_ms: int = 60_000) -> None:
    end = plane.clock.now() + limit_ms
    while (due := plane.clock.next_due()) is not None and due <= end:
        plane.clock.fire_next()


def stored(plane: ControlPlane, plural: str = "things") -> Obj:
    return plane.api.get(CUSTOM_RESOURCE_DEFINITION, Key("", f"{plural}.{GROUP}"))


def conditions(plane: ControlPlane, plural: str = "things") -> dict[str, tuple[str, str, str]]:
    found = stored(plane, plural)["status"]["conditions"]
    return {c["type"]: (c["status"], c["reason"], c["message"]) for c in found}


def served(plane: ControlPlane, plural: str = "things") -> Kind:
    (kind,) = kinds_of(stored(plane, plural))
    return kind


def test_a_definition_is_accepted_and_established(plane: ControlPlane):
    plane.given(crd(shortNames=["th"], categories=["all"]))
    settle(plane)
    assert conditions(plane) == {
        "NamesAccepted": ("True", "NoConflicts", "no conflicts found"),
        "Established": ("True", "InitialNamesAccepted", "the initial names have been accepted"),
    }
    assert stored(plane)["status"]["acceptedNames"] == {
        "plural": "things",
        "singular": "things",
        "kind": "Things",
        "listKind": "ThingsList",
        "shortNames": ["th"],
        "categories": ["all"],
    }
    assert plane.server.kinds.by_kind("example.com/v1", "Things") is not None


CONFLICTS = {
    "a short name": ({"shortNames": ["th"]}, "ShortNamesConflict", "th"),
    "a singular": ({"singular": "things"}, "SingularConflict", "things"),
    "a kind": (
        {"kind": "Things", "listKind": "OtherList", "singular": "other"},
        "KindConflict",
        "Things",
    ),
    "a list kind": ({"listKind": "ThingsList"}, "ListKindConflict", "ThingsList"),
}


@pytest.mark.parametrize(("names", "reason", "clash"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_name_that_another_has_is_not_accepted(
    plane: ControlPlane, names: dict[str, Any], reason: str, clash: str
):
    plane.given(crd(shortNames=["th"]))
    settle(plane)
    plane.given(crd("others", **names))
    settle(plane)
    assert conditions(plane, "others") == {
        "NamesAccepted": ("False", reason, f'"{clash}" is already in use'),
        "Established": ("False", "NotAccepted", "not all names are accepted"),
    }
    assert plane.server.kinds.by_resource(GROUP, "v1", "others") is None


def test_a_name_that_became_free_is_accepted_then(plane: ControlPlane):
    plane.given(crd(shortNames=["th"]))
    settle(plane)
    plane.given(crd("others", shortNames=["th"]))
    settle(plane)
    plane.api.delete(CUSTOM_RESOURCE_DEFINITION, Key("", f"things.{GROUP}"))
    settle(plane)
    assert conditions(plane, "others")["Established"][0] == "True"
    assert stored(plane, "others")["status"]["acceptedNames"]["shortNames"] == ["th"]


def test_names_of_another_group_are_no_conflict(plane: ControlPlane):
    plane.given(crd(), crd(group="example.org"))
    settle(plane)
    assert conditions(plane)["NamesAccepted"][0] == "True"


def test_objects_go_before_their_definition(plane: ControlPlane):
    plane.given(crd())
    settle(plane)
    kind = served(plane)
    plane.api.create(kind, {"metadata": {"name": "a", "namespace": "default"}})
    plane.api.delete(CUSTOM_RESOURCE_DEFINITION, Key("", f"things.{GROUP}"))
    settle(plane)
    assert plane.api.list(kind) == []
    with pytest.raises(NotFound):
        stored(plane)
    assert plane.server.kinds.by_resource(GROUP, "v1", "things") is None


def test_a_definition_waits_for_objects_with_finalizers(plane: ControlPlane):
    plane.given(crd())
    settle(plane)
    kind, key = served(plane), Key("default", "a")
    meta = {"name": "a", "namespace": "default", "finalizers": ["example.com/wait"]}
    plane.api.create(kind, {"metadata": meta})
    plane.api.delete(CUSTOM_RESOURCE_DEFINITION, Key("", f"things.{GROUP}"))
    settle(plane)
    assert conditions(plane)["Terminating"][0] == "True"
    plane.api.patch(kind, key, {"metadata": {"finalizers": None}})
    settle(plane)
    with pytest.raises(NotFound):
        stored(plane)


def test_controllers_that_take_over_change_nothing(plane: ControlPlane):
    plane.given(crd())
    settle(plane)
    revision = plane.store.revision
    later = ControlPlane(store=plane.store, at=plane.clock.now())
    ApiExtensions(later.ctx).start()
    settle(later)
    assert later.store.revision == revision
    assert later.server.kinds.by_kind("example.com/v1", "Things") is not None
