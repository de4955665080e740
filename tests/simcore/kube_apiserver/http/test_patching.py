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
    assert body["details"]["causes"] == [
        {"reason": "UnexpectedServerResponse", "message": "testing value /spec/replicas failed: test failed"}
    ]


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
        ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:two]]": '
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
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
        pytest.param(JSON_PATCH, [5], 422, id="a-number-for-an-operation"),
        pytest.param(JSON_PATCH, [{"op": "add"}], 422, id="no-path"),
        pytest.param(JSON_PATCH, [{"op": "fly", "path": "/a"}], 422, id="unknown-operation"),
        pytest.param(JSON_PATCH, [{"op": "replace", "path": "", "value": 5}], 422, id="no-object-left"),
        pytest.param(STRATEGIC, {"spec": {"$patch": "explode"}}, 400, id="unknown-directive"),
        pytest.param(STRATEGIC, {"spec": {"template": {"spec": {"containers": [5]}}}}, 400, id="no-item"),
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
