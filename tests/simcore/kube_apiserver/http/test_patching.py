"""PATCH in its four kinds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    JSON_PATCH,
    MERGE,
    STRATEGIC,
    Door,
    config_map,
    deployment,
)

WEB = f"{DEPLOYMENTS}/web"


@pytest.fixture
def door(door: Door) -> Door:
    door.post(DEPLOYMENTS, deployment("web"))
    return door


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": list(items)}}}}


def images(body: Any) -> list[str]:
    return [container["image"] for container in body["spec"]["template"]["spec"]["containers"]]


def test_a_strategic_patch_merges_containers_by_name(door: Door):
    sidecar = {"name": "sidecar", "image": "log:1"}
    status, body = door.patch(WEB, containers(sidecar))
    assert (status, sorted(images(body))) == (200, ["log:1", "nginx:1"])
    _, body = door.patch(WEB, containers({"name": "main", "image": "nginx:2"}))
    assert sorted(images(body)) == ["log:1", "nginx:2"]
    _, body = door.patch(WEB, containers({"name": "sidecar", "$patch": "delete"}))
    assert images(body) == ["nginx:2"]


def test_a_merge_patch_replaces_lists(door: Door):
    _, body = door.patch(WEB, containers({"name": "only", "image": "z:1"}), MERGE)
    assert images(body) == ["z:1"]


def test_a_json_patch_is_a_list_of_operations(door: Door):
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": 2},
        {"op": "replace", "path": "/spec/replicas", "value": 5},
        {"op": "add", "path": "/metadata/labels", "value": {"a/b": "c"}},
        {"op": "remove", "path": "/metadata/labels/a~1b"},
    ]
    status, body = door.patch(WEB, operations, JSON_PATCH)
    assert (status, body["spec"]["replicas"]) == (200, 5)
    assert "labels" not in body["metadata"]


def test_a_json_patch_that_does_not_fit_is_refused(door: Door):
    status, body = door.patch(WEB, [{"op": "test", "path": "/spec/replicas", "value": 3}], JSON_PATCH)
    assert (status, body["reason"]) == (422, "Invalid")
    assert body["message"] == "the server rejected our request due to an error in our request"
    assert "causes" not in body.get("details", {}), "what didn't fit stays in the server's log"


def test_a_patch_that_changes_nothing_is_not_written(door: Door):
    before = door.store.revision
    status, body = door.patch(WEB, {"spec": {"replicas": 2}})
    assert (status, body["metadata"]["resourceVersion"]) == (200, str(before))


def test_a_patch_may_insist_on_a_revision(door: Door):
    status, body = door.patch(WEB, {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 7}})
    assert (status, body["reason"]) == (409, "Conflict")


def test_a_mistyped_patch_is_invalid(door: Door):
    status, body = door.patch(WEB, {"spec": {"replicas": "two"}})
    assert (status, body["message"]) == (
        422,
        ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:two]]": unrecognized type: int32',
    )


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ({"spec": "x"}, "cannot restore struct from: string"),
        ({"spec": {"paused": "yes"}}, "unrecognized type: bool"),
        ({"spec": {"replicas": 1.5}}, "cannot convert float64 to int32"),
        ({"metadata": {"labels": {"a": 1}}}, "cannot convert int64 to string"),
        ({"metadata": {"labels": {"a": True}}}, "unrecognized type: string"),
        ({"metadata": {"labels": ["a"]}}, "cannot restore map from slice"),
        ({"metadata": {"finalizers": "a"}}, "cannot restore slice from string"),
    ],
)
def test_a_mistyped_strategic_patch_says_what_the_converter_says(door: Door, patch: dict[str, Any], why: str):
    status, body = door.patch(WEB, patch)
    assert (status, body["details"]["causes"][0]["message"].rsplit('": ')[-1]) == (422, why)


def test_a_mistyped_merge_patch_shows_the_object_that_it_makes(door: Door):
    status, body = door.patch(WEB, {"spec": {"replicas": "two"}}, MERGE)
    message = body["details"]["causes"][0]["message"]
    assert status == 422
    assert message.startswith(r'Invalid value: "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"')
    assert message.endswith(
        '": json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'
    )


@pytest.mark.parametrize(
    ("patch", "media_type", "message"),
    [
        ([], MERGE, "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ("x", STRATEGIC, "json: cannot unmarshal string into Go value of type map[string]interface {}"),
        ({}, JSON_PATCH,
         "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"),
    ],
)  # fmt: skip
def test_a_patch_of_another_shape_is_a_bad_request(door: Door, patch: object, media_type: str, message: str):
    status, body = door.patch(WEB, patch, media_type)
    assert (status, body["message"]) == (400, message)


def test_a_strategic_patch_without_the_merge_key_fails_without_a_reason(door: Door):
    status, body = door.patch(WEB, containers({"image": "x"}))
    assert (status, body.get("reason"), body["message"]) == (
        500,
        None,
        "map: map[image:x] does not contain declared merge key: name",
    )


def test_a_patch_keeps_the_kind(door: Door):
    status, body = door.patch(WEB, {"kind": "ReplicaSet", "apiVersion": "apps/v2"})
    assert (status, body["kind"], body["apiVersion"]) == (200, "Deployment", "apps/v1"), (
        "a typed object has its own"
    )
    status, body = door.patch(WEB, {"apiVersion": "apps/v2"}, MERGE)
    assert status == 422
    assert body["message"].endswith(
        'no kind "Deployment" is registered for version "apps/v2" in scheme "pkg/api/legacyscheme/scheme.go:30"'
    )


def test_a_patch_cannot_take_the_name(door: Door):
    status, body = door.patch(WEB, {"metadata": {"name": None}}, MERGE)
    assert (status, body["message"]) == (
        400,
        "the name of the object (web based on URL) was undeterminable: name must be provided",
    )
    assert door.patch(WEB, {"metadata": {"namespace": None}}, MERGE)[0] == 200


def test_a_patch_cannot_change_the_identity(door: Door):
    status, body = door.patch(WEB, {"metadata": {"uid": "other"}}, MERGE)
    assert (status, body["message"]) == (
        422,
        'Deployment.apps "web" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    )


def test_an_unknown_field_of_a_patch_is_refused_when_the_client_is_strict(door: Door):
    status, body = door.patch(WEB, {"spec": {"replica": 2}}, fieldValidation="Strict")
    assert status == 422
    assert 'strict decoding error: unknown field "spec.replica"' in body["message"]


def test_a_patch_cannot_rename(door: Door):
    status, body = door.patch(WEB, {"metadata": {"name": "other"}}, MERGE)
    assert (status, body["message"]) == (
        400,
        "the name of the object (other) does not match the name on the URL (web)",
    )


def test_what_a_patch_makes_is_validated(door: Door):
    status, body = door.patch(WEB, {"spec": {"replicas": -1}})
    assert (status, body["message"]) == (
        422,
        'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    )


def test_a_dry_run_shows_the_patched_object(door: Door):
    status, body = door.patch(WEB, {"spec": {"replicas": 9}}, dryRun="All")
    assert (status, body["spec"]["replicas"]) == (200, 9)
    assert door.get(WEB)[1]["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        pytest.param("application/json", {}, 415, id="no-patch-type"),
        pytest.param(MERGE, [], 400, id="a-list-for-an-object"),
        pytest.param(JSON_PATCH, {}, 400, id="an-object-for-a-list"),
        pytest.param(JSON_PATCH, [5], 400, id="a-number-for-an-operation"),
        pytest.param(JSON_PATCH, [{"op": "add"}], 422, id="no-path"),
        pytest.param(JSON_PATCH, [{"op": "fly", "path": "/a"}], 422, id="unknown-operation"),
        pytest.param(JSON_PATCH, [{"op": "replace", "path": "", "value": 5}], 422, id="no-object-left"),
        pytest.param(STRATEGIC, {"spec": {"$patch": "explode"}}, 500, id="unknown-directive"),
        pytest.param(STRATEGIC, {"spec": {"template": {"spec": {"containers": [5]}}}}, 500, id="no-item"),
        pytest.param(STRATEGIC, {"metadata": {"finalizers": [{}]}}, 422, id="an-object-among-texts"),
        pytest.param(STRATEGIC, {"metadata": 5}, 422, id="no-metadata"),
        pytest.param(STRATEGIC, {"spec": {"$setElementOrder/x": 5}}, 400, id="no-order"),
        pytest.param(STRATEGIC, {"metadata": {"$deleteFromPrimitiveList/finalizers": 5}}, 400, id="no-list"),
        pytest.param(MERGE, {"metadata": None}, 400, id="without-metadata"),
    ],
)
def test_a_patch_that_is_none_is_refused(door: Door, kind: str, body: Any, code: int):
    status, answer = door.patch(WEB, body, kind)
    assert (status, answer["kind"]) == (code, "Status")


def test_what_is_not_there_cannot_be_patched(door: Door):
    assert door.patch(f"{CONFIG_MAPS}/z", {})[0] == 404


def test_the_warning_of_a_patch_is_told_once(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    answer = door.response(
        "PATCH", f"{CONFIG_MAPS}/a", b'{"dataa":{}}', {"content-type": MERGE}, fieldManager="kubectl-patch"
    )
    assert [v for n, v in answer.headers if n == "Warning"] == ['299 - "unknown field \\"dataa\\""']
