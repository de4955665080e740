"""Custom resources over HTTP, from their definition to their end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simcore.kube_apiserver.custom.gadgets import (
    DEFINITIONS,
    GADGETS,
    GROUP,
    SPEC,
    definition,
    establish,
    gadget,
)
from tests.simcore.kube_apiserver.http.door import JSON_PATCH, MERGE, STRATEGIC, Door

UNCHECKED = (
    "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)


@pytest.fixture
def shop(door: Door) -> Door:
    establish(door)
    return door


def test_a_definition_begins_without_conditions_and_knows_its_stored_version(door: Door):
    _, made = door.post(DEFINITIONS, definition())
    assert made["status"] == {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": ["v1"],
    }
    assert made["spec"]["names"]["singular"] == "gadget"
    assert made["spec"]["names"]["listKind"] == "GadgetList"
    assert made["spec"]["conversion"] == {"strategy": "None"}


def test_a_kind_is_not_served_before_it_is_established(door: Door):
    door.post(DEFINITIONS, definition())
    assert door.get(GADGETS) == (404, "404 page not found\n")


def test_an_established_kind_is_in_discovery_at_once(shop: Door):
    _, body = shop.get(f"/apis/{GROUP}/v1")
    assert [resource["name"] for resource in body["resources"]] == [
        "gadgets",
        "gadgets/scale",
        "gadgets/status",
    ]
    assert body["resources"][0]["shortNames"] == ["gdt"]
    assert GROUP in [group["name"] for group in shop.get("/apis")[1]["groups"]]


def test_an_established_kind_is_described_in_openapi_at_once(shop: Door):
    assert f"apis/{GROUP}/v1" in shop.get("/openapi/v3")[1]["paths"]
    schemas = shop.get(f"/openapi/v3/apis/{GROUP}/v1")[1]["components"]["schemas"]
    described = schemas["com.example.shop.v1.Gadget"]
    assert described["properties"]["spec"]["properties"]["size"]["enum"] == ["S", "M", "L"]
    assert described["x-kubernetes-group-version-kind"] == [
        {"group": GROUP, "version": "v1", "kind": "Gadget"}
    ]
    assert "com.example.shop.v1.Gadget" in shop.get("/openapi/v2")[1]["definitions"]


def test_a_kind_goes_with_its_definition(shop: Door):
    path = f"{DEFINITIONS}/gadgets.{GROUP}"
    _, body = shop.delete(path)
    assert body["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    assert body["status"]["conditions"][-1]["reason"] == "InstanceDeletionPending"
    shop.patch(path, {"metadata": {"finalizers": None}}, kind=MERGE)
    assert shop.get(path)[0] == 404
    assert shop.get(GADGETS) == (404, "404 page not found\n")
    assert GROUP not in [group["name"] for group in shop.get("/apis")[1]["groups"]]
    assert f"apis/{GROUP}/v1" not in shop.get("/openapi/v3")[1]["paths"]


def test_a_changed_schema_holds_from_the_next_request_on(shop: Door):
    path = f"{DEFINITIONS}/gadgets.{GROUP}"
    where = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/enum"
    assert shop.patch(path, [{"op": "replace", "path": where, "value": ["XXL"]}], kind=JSON_PATCH)[0] == 200
    assert shop.post(GADGETS, gadget())[0] == 422
    assert shop.post(GADGETS, gadget(size="XXL"))[0] == 201


def test_an_object_gets_its_defaults_and_loses_its_status(shop: Door):
    status, made = shop.post(GADGETS, gadget(free={"any": {"thing": 1}}) | {"status": {"phase": "ignored"}})
    assert status == 201
    assert made["spec"] == {
        "size": "S",
        "free": {"any": {"thing": 1}},
        "replicas": 1,
        "nested": {"deep": True},
    }
    assert "status" not in made
    assert made["metadata"]["generation"] == 1


FAULTS: dict[str, tuple[Any, list[str]]] = {
    "not one of the enum": (
        {"size": "XL"},
        ['spec.size: Unsupported value: "XL": supported values: "S", "M", "L"', UNCHECKED],
    ),
    "missing": ({"size": None}, ["spec.size: Required value", UNCHECKED]),
    "of another type": (
        {"replicas": "two"},
        [
            'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
            ".spec.replicas: Invalid value: 0: .spec.replicas accessor error: "
            "two is of the type string, expected int64",
            UNCHECKED,
        ],
    ),
    "too many": (
        {"replicas": 10},
        ["spec.replicas: Invalid value: 10: spec.replicas in body should be less than or equal to 9"],
    ),
    "too few": (
        {"replicas": -1},
        [
            "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0",
            ".spec.replicas: Invalid value: -1: should be a non-negative integer",
        ],
    ),
    "another pattern": (
        {"note": "ABC"},
        ["spec.note: Invalid value: \"ABC\": spec.note in body should match '^[a-z]*$'"],
    ),
    "too long": ({"note": "abcdef"}, ["spec.note: Too long: may not be more than 5 bytes", UNCHECKED]),
    "too short": (
        {"note": "a"},
        ['spec.note: Invalid value: "a": spec.note in body should be at least 2 chars long'],
    ),
    "too many items": (
        {"tags": ["a", "b", "c"]},
        ["spec.tags: Too many: 3: must have at most 2 items", UNCHECKED],
    ),
    "an item twice": ({"tags": ["a", "a"]}, ['spec.tags[1]: Duplicate value: "a"']),
    "an item of another type": (
        {"tags": [1]},
        [
            'spec.tags[0]: Invalid value: "integer": spec.tags[0] in body must be of type string: "integer"',
            UNCHECKED,
        ],
    ),
    "neither number nor text": (
        {"limits": {"a": True}},
        [
            'spec.limits.a: Invalid value: "boolean": spec.limits.a in body must be of type integer,string: "boolean"',
            UNCHECKED,
        ],
    ),
    "against a rule": ({"size": "L"}, ["spec: Invalid value: large gadgets need company"]),
}


@pytest.mark.parametrize(("spec", "faults"), FAULTS.values(), ids=FAULTS)
def test_an_object_that_does_not_fit_is_refused(shop: Door, spec: Any, faults: list[str]):
    obj = gadget(**spec)
    obj["spec"] = {name: value for name, value in obj["spec"].items() if value is not None}
    status, body = shop.post(GADGETS, obj)
    assert status == 422
    text = faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]"
    assert body["message"] == f'Gadget.{GROUP} "g" is invalid: {text}'


@pytest.mark.parametrize("limit", [1, "10%"], ids=["number", "text"])
def test_a_number_or_a_text_is_both_taken(shop: Door, limit: Any):
    assert shop.post(GADGETS, gadget(limits={"a": limit}))[0] == 201


def test_unknown_fields_are_dropped_refused_or_warned_of(shop: Door):
    odd = gadget(colour="red") | {"extra": 1}
    status, body = shop.post(GADGETS, odd, fieldValidation="Strict")
    assert (status, body["message"]) == (
        400,
        'Gadget in version "v1" cannot be handled as a Gadget: strict decoding error: '
        'unknown field "extra", unknown field "spec.colour"',
    )
    _, made = shop.post(GADGETS, odd, fieldValidation="Ignore")
    assert "extra" not in made
    assert "colour" not in made["spec"]
    answer = shop.response(
        "PUT", f"{GADGETS}/g", json.dumps(odd | {"metadata": made["metadata"]}).encode(), {}
    )
    warned = [value for name, value in answer.headers if name == "Warning"]
    assert warned == ['299 - "unknown field \\"extra\\""', '299 - "unknown field \\"spec.colour\\""']


def test_a_transition_rule_compares_with_what_was(shop: Door):
    shop.post(GADGETS, gadget())
    status, body = shop.patch(f"{GADGETS}/g", {"spec": {"size": "M"}}, kind=MERGE)
    assert (status, body["message"]) == (
        422,
        f'Gadget.{GROUP} "g" is invalid: spec: Invalid value: size is immutable',
    )
    assert shop.patch(f"{GADGETS}/g", {"spec": {"replicas": 2}}, kind=MERGE)[1]["metadata"]["generation"] == 2


def test_there_is_no_strategic_merge_of_custom_resources(shop: Door):
    shop.post(GADGETS, gadget())
    status, body = shop.patch(f"{GADGETS}/g", {"spec": {"replicas": 2}}, kind=STRATEGIC)
    assert (status, body["message"]) == (
        415,
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
    )


def test_status_is_written_by_its_own_path_and_only_there(shop: Door):
    shop.post(GADGETS, gadget())
    change = {"status": {"phase": "Up"}, "spec": {"note": "no"}}
    _, body = shop.patch(f"{GADGETS}/g/status", change, kind=MERGE)
    assert (body["status"], "note" in body["spec"], body["metadata"]["generation"]) == (
        {"phase": "Up"},
        False,
        1,
    )
    _, body = shop.patch(f"{GADGETS}/g", {"status": {"phase": "Down"}}, kind=MERGE)
    assert body["status"] == {"phase": "Up"}


def test_a_scale_reads_and_writes_where_the_definition_says(shop: Door):
    shop.post(GADGETS, gadget())
    shop.patch(f"{GADGETS}/g/status", {"status": {"replicas": 2, "selector": "a=b"}}, kind=MERGE)
    _, scale = shop.patch(f"{GADGETS}/g/scale", {"spec": {"replicas": 3}}, kind=MERGE)
    assert (scale["spec"], scale["status"]) == ({"replicas": 3}, {"replicas": 2, "selector": "a=b"})
    assert shop.get(f"{GADGETS}/g")[1]["spec"]["replicas"] == 3


def test_a_kind_without_subresources_has_none(door: Door):
    establish(door, definition({"spec.versions.0.subresources": {}}))
    _, made = door.post(GADGETS, gadget() | {"status": {"phase": "Up"}})
    assert made["status"] == {"phase": "Up"}
    assert door.get(f"{GADGETS}/g/status")[0] == 404


def test_columns_are_those_of_the_definition(shop: Door):
    shop.post(GADGETS, gadget(note="abc"))
    table = shop.table(GADGETS)
    assert [(c["name"], c["priority"]) for c in table["columnDefinitions"]] == [
        ("Name", 0),
        ("Size", 0),
        ("Note", 1),
    ]
    assert table["rows"][0]["cells"] == ["g", "S", "abc"]


def test_objects_are_selected_by_the_fields_of_the_definition(shop: Door):
    shop.post(GADGETS, gadget("a"))
    shop.post(GADGETS, gadget("b", size="M"))
    _, found = shop.get(GADGETS, fieldSelector="spec.size=M")
    assert (found["kind"], [item["metadata"]["name"] for item in found["items"]]) == ("GadgetList", ["b"])
    assert shop.get(GADGETS, fieldSelector="spec.note=x")[0] == 400


def test_an_applied_object_leaves_what_others_manage(shop: Door):
    shop.post(GADGETS, gadget())
    shop.patch(f"{GADGETS}/g/status", {"status": {"phase": "Up"}}, kind=MERGE)
    applied = json.dumps(gadget(note="abc") | {"status": {"phase": "ignored"}}).encode()
    status, body = shop.call(
        "PATCH", f"{GADGETS}/g", applied, kind="application/apply-patch+yaml", fieldManager="me"
    )
    assert (status, body["spec"]["note"], body["status"]) == (200, "abc", {"phase": "Up"})


def test_several_versions_are_one_object(door: Door):
    second = {
        "name": "v2",
        "served": True,
        "storage": False,
        "schema": {
            "openAPIV3Schema": {
                "type": "object",
                "properties": {
                    "spec": {**SPEC, "properties": {**SPEC["properties"], "new": {"type": "string"}}}
                },
            }
        },
    }
    establish(door, definition({"spec.versions.1": second}))
    door.post(GADGETS, gadget())
    other = GADGETS.replace("/v1/", "/v2/")
    _, body = door.get(f"{other}/g")
    assert (body["apiVersion"], body["spec"]["size"]) == (f"{GROUP}/v2", "S")
    assert door.get(other)[1]["apiVersion"] == f"{GROUP}/v2"
    _, patched = door.patch(f"{other}/g", {"spec": {"replicas": 4}}, kind=MERGE)
    assert (patched["apiVersion"], patched["spec"]["replicas"]) == (f"{GROUP}/v2", 4)
    assert door.get(f"{GADGETS}/g")[1]["spec"]["replicas"] == 4
    groups = {group["name"]: group for group in door.get("/apis")[1]["groups"]}
    assert groups[GROUP]["preferredVersion"]["version"] == "v2"


def test_a_cluster_scoped_kind_has_no_namespace(door: Door):
    establish(door, definition({"spec.scope": "Cluster"}))
    status, made = door.post(f"/apis/{GROUP}/v1/gadgets", gadget())
    assert (status, "namespace" in made["metadata"]) == (201, False)


def test_metadata_is_typed_in_custom_resources_too(shop: Door):
    status, body = shop.post(GADGETS, gadget() | {"metadata": {"name": "g", "labels": {"a": 1}}})
    assert status == 400
    assert (
        "cannot unmarshal number into Go struct field ObjectMeta.metadata.labels.a of type string"
        in body["message"]
    )
