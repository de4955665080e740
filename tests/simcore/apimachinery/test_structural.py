"""What a definition knows of its objects."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.custom_kinds import kinds_of, storing_kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.schema import Node
from simcore.apimachinery.structural import Structure, at_path, with_path


def structure(spec: Any, **version: Any) -> Structure:
    schema = {"type": "object", "properties": {"spec": spec}}
    return Structure({"name": "v1", "schema": {"openAPIV3Schema": schema}, **version})


WORD = {"type": "string"}
PRUNED: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "a known field": ({"properties": {"a": WORD}}, {"a": "x"}, {"a": "x"}, []),
    "an unknown field": ({"properties": {"a": WORD}}, {"b": 1}, {}, ["spec.b"]),
    "in a list": (
        {"properties": {"l": {"items": {"properties": {}}}}},
        {"l": [{}, {"b": 1}]},
        {"l": [{}, {}]},
        ["spec.l[1].b"],
    ),
    "in a map": (
        {"additionalProperties": {"properties": {"a": WORD}}},
        {"k": {"a": "x", "b": 1}},
        {"k": {"a": "x"}},
        ["spec.k.b"],
    ),
    "everything is kept": (
        {"x-kubernetes-preserve-unknown-fields": True, "properties": {"a": {"properties": {}}}},
        {"b": {"c": 1}, "a": {"d": 1}},
        {"b": {"c": 1}, "a": {}},
        ["spec.a.d"],
    ),
    "any value of a map": ({"additionalProperties": True}, {"k": {"b": 1}}, {"k": {"b": 1}}, []),
    "an object within": (
        {"properties": {"pod": {"x-kubernetes-embedded-resource": True, "properties": {}}}},
        {"pod": {"kind": "Pod", "metadata": {"name": "x"}, "other": 1}},
        {"pod": {"kind": "Pod", "metadata": {"name": "x"}}},
        ["spec.pod.other"],
    ),
}


@pytest.mark.parametrize(("schema", "given", "kept", "unknown"), PRUNED.values(), ids=PRUNED)
def test_unknown_fields_are_dropped_and_told(schema: Any, given: Any, kept: Any, unknown: list[str]):
    decoded, told = structure(schema).decoded({"kind": "K", "metadata": {"x": 1}, "spec": given})
    assert (decoded["spec"], told) == (kept, unknown)
    assert decoded["metadata"] == {"x": 1}


DEFAULTS: dict[str, tuple[Any, Any, Any]] = {
    "missing": ({"properties": {"a": {"default": 1}}}, {}, {"a": 1}),
    "given": ({"properties": {"a": {"default": 1}}}, {"a": 2}, {"a": 2}),
    "null": ({"properties": {"a": {"default": 1}}}, {"a": None}, {"a": 1}),
    "null that may be": ({"properties": {"a": {"default": 1, "nullable": True}}}, {"a": None}, {"a": None}),
    "null without a default": ({"properties": {"a": WORD}}, {"a": None}, {}),
    "inside a default": (
        {"properties": {"a": {"default": {}, "properties": {"b": {"default": True}}}}},
        {},
        {"a": {"b": True}},
    ),
    "not inside what is missing": ({"properties": {"a": {"properties": {"b": {"default": 1}}}}}, {}, {}),
    "in a list": (
        {"properties": {"l": {"items": {"properties": {"a": {"default": 1}}}}}},
        {"l": [{}]},
        {"l": [{"a": 1}]},
    ),
    "in a map": ({"additionalProperties": {"default": 1}}, {"k": None}, {"k": 1}),
}


@pytest.mark.parametrize(("schema", "given", "filled"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults_are_filled_in(schema: Any, given: Any, filled: Any):
    assert structure(schema).defaulted({"spec": given}) == {"spec": filled}


def test_without_a_schema_all_is_kept():
    obj = {"spec": {"a": None}}
    assert Structure({"name": "v1"}).decoded(obj) == (obj, [])


def test_the_form_for_merging_knows_keys_and_kinds_of_lists():
    listed = {
        "type": "array", "items": {"type": "object", "properties": {"name": WORD}},
        "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
    }  # fmt: skip
    meta = Node("struct")
    root = structure({"type": "object", "properties": {"l": listed, "m": {"type": "object"}}}).node(meta)
    assert root.fields["metadata"] is meta
    found = root.fields["spec"].fields["l"]
    assert (found.form, found.list_type, found.list_keys) == ("list", "map", ("name",))
    assert root.fields["spec"].fields["m"].form == "any"


def test_simple_paths_read_and_write():
    obj = {"spec": {"a": {"b": 1}}, "kept": 1}
    assert at_path(obj, ".spec.a.b") == 1
    assert at_path(obj, ".spec.x.y") is None
    assert with_path(obj, ".spec.a.c", 2) == {"spec": {"a": {"b": 1, "c": 2}}, "kept": 1}
    assert with_path({}, ".status.n", 1) == {"status": {"n": 1}}


def crd(*versions: Obj, **status: Any) -> Obj:
    names = {"plural": "things", "kind": "Thing", "shortNames": ["th"]}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": list(versions)}
    return {"metadata": {"name": "things.example.com"}, "spec": spec, "status": status}


def test_a_definition_brings_one_kind_for_each_served_version():
    stored = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}}
    v1, v2 = kinds_of(crd({"name": "v2", "served": True}, stored, {"name": "v0", "served": False}))
    assert (v1.api_version, v1.stored_as, v1.subresources) == ("example.com/v1", None, ("status",))
    assert (v2.api_version, v2.stored_as) == ("example.com/v2", v1)
    assert v1.path(Key("ns", "a")) == v2.path(Key("ns", "a")) == "/registry/example.com/things/ns/a"
    assert (v1.singular, v1.list_kind, v1.short_names) == ("thing", "ThingList", ("th",))
    assert v1.definition == "com.example.v1.Thing"


def test_the_version_that_stores_need_not_be_served():
    old = {"name": "v1", "served": False, "storage": True}
    (v2,) = kinds_of(crd({"name": "v2", "served": True}, old))
    assert v2.stored_as is not None
    assert v2.stored_as.version == "v1"
    storing = storing_kind(crd(old))
    assert storing is not None
    assert storing.version == "v1"


def test_accepted_names_go_before_wished_ones():
    accepted = {"plural": "things", "kind": "Old"}
    (kind,) = kinds_of(crd({"name": "v1", "served": True, "storage": True}, acceptedNames=accepted))
    assert kind.kind == "Old"
