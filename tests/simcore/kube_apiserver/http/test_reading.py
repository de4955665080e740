"""GET of objects and lists."""

from __future__ import annotations

import json

import pytest

from simcore.kube_apiserver.users import User
from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    PODS,
    TABLE,
    Door,
    config_map,
    deployment,
    pod,
)


@pytest.fixture
def door(door: Door) -> Door:
    for name in ("a", "b", "c", "d"):
        door.post(CONFIG_MAPS, config_map(name, labels={"grp": "x" if name < "c" else "y"}, key=name))
    return door


def listed(answer: tuple[int, dict[str, object]]) -> list[str]:
    status, body = answer
    assert status == 200, body
    return [item["metadata"]["name"] for item in body["items"]]  # type: ignore[attr-defined]  # decoded JSON


def test_an_object_comes_with_its_revision_first_in_its_metadata(door: Door):
    answer = door.response("GET", f"{CONFIG_MAPS}/a")
    assert answer.body.startswith(b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"2",')
    assert json.loads(answer.body)["data"] == {"key": "a"}
    assert dict(answer.headers)["Content-Type"] == "application/json"


def test_what_is_not_there_is_not_found(door: Door):
    assert door.get(f"{CONFIG_MAPS}/z") == (
        404,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": 'configmaps "z" not found',
            "reason": "NotFound",
            "details": {"name": "z", "kind": "configmaps"},
            "code": 404,
        },
    )


def test_an_unknown_resource_is_not_found(door: Door):
    assert door.get("/api/v1/namespaces/default/nopes") == (404, "404 page not found\n")


def test_nobody_is_unauthorized(door: Door):
    door.user = None
    status, body = door.get(CONFIG_MAPS)
    assert (status, body["reason"], body["message"]) == (401, "Unauthorized", "Unauthorized")


def test_a_viewer_reads_but_does_not_write(door: Door):
    door.user = User("viewer", role="view")
    assert door.get(CONFIG_MAPS)[0] == 200
    status, body = door.post(CONFIG_MAPS, config_map("e"))
    assert (status, body["message"]) == (
        403,
        'configmaps is forbidden: User "viewer" cannot create resource "configmaps" in API group "" '
        'in the namespace "default"',
    )


def test_a_list_names_its_kind_and_revision_and_its_items_do_not(door: Door):
    status, body = door.get(CONFIG_MAPS)
    assert (status, body["kind"], body["apiVersion"]) == (200, "ConfigMapList", "v1")
    assert body["metadata"] == {"resourceVersion": str(door.store.revision)}
    assert "kind" not in body["items"][0]
    assert body["items"][0]["metadata"]["resourceVersion"] == "2"


def test_a_list_of_all_namespaces_is_in_order_of_namespace_and_name(door: Door):
    door.post("/api/v1/namespaces", {"metadata": {"name": "aaa"}})
    door.post("/api/v1/namespaces/aaa/configmaps", config_map("z"))
    assert listed(door.get("/api/v1/configmaps")) == ["z", "a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        pytest.param("grp=x", ["a", "b"], id="equal"),
        pytest.param("grp!=x", ["c", "d"], id="unequal"),
        pytest.param("grp in (y,z)", ["c", "d"], id="in"),
        pytest.param("!grp", [], id="absent"),
    ],
)
def test_labels_select(door: Door, selector: str, expected: list[str]):
    assert listed(door.get(CONFIG_MAPS, labelSelector=selector)) == expected


def test_fields_select(door: Door):
    assert listed(door.get(CONFIG_MAPS, fieldSelector="metadata.name=b")) == ["b"]
    door.post(PODS, pod("here", nodeName="node-1"))
    door.post(PODS, pod("nowhere"))
    assert listed(door.get(PODS, fieldSelector="spec.nodeName=node-1")) == ["here"]
    assert listed(door.get(PODS, fieldSelector="spec.nodeName=,status.phase!=Running")) == ["nowhere"]


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        pytest.param(
            CONFIG_MAPS,
            {"fieldSelector": "data.x=y"},
            '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
            id="no-such-field",
        ),
        pytest.param(
            PODS, {"fieldSelector": "spec.x=y"}, "field label not supported: spec.x", id="not-a-field-of-pods"
        ),
        pytest.param(
            CONFIG_MAPS,
            {"labelSelector": "a,,b"},
            "found ',', expected: identifier after ','",
            id="no-label-selector",
        ),
        pytest.param(
            CONFIG_MAPS,
            {"resourceVersion": "abc"},
            'invalid resource version: resourceVersion: Invalid value: "abc": '
            'strconv.ParseUint: parsing "abc": invalid syntax',
            id="no-revision",
        ),
        pytest.param(
            CONFIG_MAPS,
            {"timeoutSeconds": "x"},
            'strconv.ParseInt: parsing "x": invalid syntax',
            id="no-number",
        ),
        pytest.param(
            CONFIG_MAPS,
            {"continue": "garbage"},
            "invalid continue token: continue key is not valid: "
            "invalid character '\\u0081' looking for beginning of value",
            id="no-token",
        ),
        pytest.param(
            CONFIG_MAPS,
            {"continue": "bogus"},
            "invalid continue token: continue key is not valid: illegal base64 data at input byte 4",
            id="no-base64",
        ),
    ],
)
def test_a_bad_option_is_a_bad_request(door: Door, path: str, query: dict[str, str], message: str):
    status, body = door.get(path, **query)
    assert (status, body["reason"], body["message"]) == (400, "BadRequest", message)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param(
            {"resourceVersionMatch": "Exact"},
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
            "resourceVersionMatch is forbidden unless resourceVersion is provided",
            id="match-of-nothing",
        ),
        pytest.param(
            {"resourceVersion": "0", "resourceVersionMatch": "Odd"},
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Odd": '
            'supported values: "Exact", "NotOlderThan", ""',
            id="unknown-match",
        ),
    ],
)
def test_a_match_needs_a_revision(door: Door, query: dict[str, str], message: str):
    status, body = door.get(CONFIG_MAPS, **query)
    assert (status, body["message"], body["details"]["kind"]) == (422, message, "ListOptions")


def test_pages_follow_each_other_at_one_revision(door: Door):
    _, first = door.get(CONFIG_MAPS, limit=3)
    assert [item["metadata"]["name"] for item in first["items"]] == ["a", "b", "c"]
    assert first["metadata"]["remainingItemCount"] == 1
    door.delete(f"{CONFIG_MAPS}/d")
    _, second = door.get(CONFIG_MAPS, **{"limit": 3, "continue": first["metadata"]["continue"]})
    assert [item["metadata"]["name"] for item in second["items"]] == ["d"]
    assert second["metadata"] == {"resourceVersion": first["metadata"]["resourceVersion"]}


def test_the_count_of_what_remains_is_not_known_with_a_selector(door: Door):
    _, page = door.get(CONFIG_MAPS, limit=1, labelSelector="grp=x")
    assert page["metadata"]["continue"]
    assert "remainingItemCount" not in page["metadata"]


def test_a_token_from_before_compaction_comes_back_with_one_that_goes_on(door: Door):
    _, first = door.get(CONFIG_MAPS, limit=2)
    door.delete(f"{CONFIG_MAPS}/c")
    door.store.compact(door.store.revision)
    status, expired = door.get(CONFIG_MAPS, **{"limit": 2, "continue": first["metadata"]["continue"]})
    assert (status, expired["reason"]) == (410, "Expired")
    assert expired["message"].startswith(
        "The provided continue parameter is too old to display a consistent list"
    )
    assert listed(door.get(CONFIG_MAPS, **{"limit": 2, "continue": expired["metadata"]["continue"]})) == ["d"]


def test_a_list_at_an_exact_revision_is_a_look_back(door: Door):
    before = str(door.store.revision)
    door.delete(f"{CONFIG_MAPS}/a")
    past = {"resourceVersion": before, "resourceVersionMatch": "Exact"}
    assert listed(door.get(CONFIG_MAPS, **past)) == ["a", "b", "c", "d"]
    assert listed(door.get(CONFIG_MAPS, resourceVersion=before)) == ["b", "c", "d"]
    door.store.compact(door.store.revision)
    status, body = door.get(CONFIG_MAPS, **past)
    assert (status, body["message"]) == (410, "The resourceVersion for the provided list is too old.")


def test_a_revision_that_has_not_been_written_is_a_timeout(door: Door):
    status, body = door.get(CONFIG_MAPS, resourceVersion="999")
    assert (status, body["reason"]) == (504, "Timeout")
    assert body["message"] == f"Timeout: Too large resource version: 999, current: {door.store.revision}"


def test_a_table_has_columns_and_rows_with_metadata(door: Door):
    door.post(DEPLOYMENTS, deployment("web"))
    table = door.table(DEPLOYMENTS)
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    columns = [column["name"] for column in table["columnDefinitions"]]
    assert columns == ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"]
    (row,) = table["rows"]
    assert row["cells"][:5] == ["web", "0/2", 0, 0, "0s"]
    assert row["object"]["kind"] == "PartialObjectMetadata"
    assert sorted(row["object"]) == ["apiVersion", "kind", "metadata"]


@pytest.mark.parametrize(("included", "kind"), [("Object", "ConfigMap"), ("None", None)])
def test_a_row_carries_what_the_client_wants(door: Door, included: str, kind: str | None):
    row = door.table(f"{CONFIG_MAPS}/a", includeObject=included)["rows"][0]
    assert row.get("object", {}).get("kind") == kind


def test_metadata_alone_may_be_asked_for(door: Door):
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    body = json.loads(door.response("GET", CONFIG_MAPS, headers={"accept": accept}).body)
    assert body["kind"] == "PartialObjectMetadataList"
    assert sorted(body["items"][0]) == ["apiVersion", "kind", "metadata"]


def test_yaml_and_indented_json_may_be_asked_for(door: Door):
    yaml = door.response("GET", f"{CONFIG_MAPS}/a", headers={"accept": "application/yaml"})
    assert dict(yaml.headers)["Content-Type"] == "application/yaml"
    assert yaml.body.startswith(b"apiVersion: v1\ndata:\n  key: a\nkind: ConfigMap\n")
    assert b'\n  "kind": "ConfigMap"' in door.response("GET", f"{CONFIG_MAPS}/a", pretty="true").body


def test_a_form_that_is_not_made_is_not_acceptable(door: Door):
    answer = door.response(
        "GET", f"{CONFIG_MAPS}/a", headers={"accept": "application/vnd.kubernetes.protobuf"}
    )
    assert (answer.status, json.loads(answer.body)["message"]) == (
        406,
        "only the following media types are accepted: application/json, application/yaml",
    )


def test_errors_are_a_status_whatever_form_was_asked_for(door: Door):
    answer = door.response("GET", f"{CONFIG_MAPS}/z", headers={"accept": TABLE})
    assert (answer.status, json.loads(answer.body)["kind"]) == (404, "Status")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("DELETE", "/api/v1/namespaces", id="all-namespaces-at-once"),
        pytest.param("POST", f"{CONFIG_MAPS}/a", id="create-below-an-object"),
        pytest.param("PUT", CONFIG_MAPS, id="update-without-a-name"),
        pytest.param("BREW", CONFIG_MAPS, id="unknown-method"),
        pytest.param("POST", "/api/v1/configmaps", id="create-without-a-namespace"),
        pytest.param("DELETE", f"{PODS}/x/status", id="delete-of-a-status"),
    ],
)
def test_what_a_resource_does_not_do_is_not_allowed(door: Door, method: str, path: str):
    status, body = door.call(method, path, config_map("x"))
    assert (status, body["reason"]) == (405, "MethodNotAllowed")
    assert body["message"] == "the server does not allow this method on the requested resource"


@pytest.mark.parametrize(
    "path", ["/api/v1/namespaces/default/nodes", "/api/v1/pods/x", "/apis/apps/v1/deployments/x"]
)
def test_a_path_of_another_scope_leads_nowhere(door: Door, path: str):
    assert door.get(path) == (404, "404 page not found\n")


def test_a_list_has_no_initial_events(door: Door):
    status, body = door.get(CONFIG_MAPS, sendInitialEvents="true")
    assert (status, body["message"]) == (
        422,
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    )
