"""OpenAPI documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simcore.kube_apiserver.http.openapi_proto import ANSWERED, ASKED
from tests.simcore.kube_apiserver.http.door import Door

DEPLOYMENT = "io.k8s.api.apps.v1.Deployment"


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return {ref for item in node for ref in references(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own | {ref for value in node.values() for ref in references(value)}


@pytest.fixture
def apps(door: Door) -> Any:
    return door.get("/openapi/v3/apis/apps/v1")[1]


def test_the_index_leads_to_each_group_version_below_the_servers_own_address(door: Door):
    status, body = door.get("/openapi/v3")
    assert status == 200
    assert {"api/v1", "apis/apps/v1", "apis/coordination.k8s.io/v1"} <= set(body["paths"])
    url = body["paths"]["apis/apps/v1"]["serverRelativeURL"]
    assert url.startswith("/k8s/clusters/1/openapi/v3/apis/apps/v1?hash=")


def test_the_hash_is_that_of_the_document(door: Door):
    url = door.get("/openapi/v3")[1]["paths"]["api/v1"]["serverRelativeURL"]
    answer = door.response("GET", "/openapi/v3/api/v1")
    assert dict(answer.headers)["ETag"] == f'"{url.partition("=")[2]}"'
    tag = {"if-none-match": dict(answer.headers)["ETag"]}
    assert door.response("GET", "/openapi/v3/api/v1", headers=tag).status == 304


def test_every_reference_leads_somewhere(apps: Any):
    known = {f"#/components/schemas/{name}" for name in apps["components"]["schemas"]}
    assert references(apps) <= known


def test_a_kind_is_found_by_group_version_and_kind(apps: Any):
    schema = apps["components"]["schemas"][DEPLOYMENT]
    assert schema["x-kubernetes-group-version-kind"] == [
        {"group": "apps", "version": "v1", "kind": "Deployment"}
    ]
    assert schema["properties"]["kind"]["type"] == "string"


def test_a_reference_with_a_description_is_wrapped_for_v3(apps: Any):
    spec = apps["components"]["schemas"][DEPLOYMENT]["properties"]["spec"]
    assert spec["allOf"] == [{"$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec"}]
    assert spec["description"]


def test_quantities_and_texts_or_numbers_have_their_own_forms(apps: Any):
    schemas = apps["components"]["schemas"]
    assert schemas["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] == {
        "format": "int-or-string",
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    }


@pytest.mark.parametrize("parameter", ["dryRun", "fieldValidation", "fieldManager"])
def test_kubectl_finds_that_a_patch_takes_its_parameters(apps: Any, parameter: str):
    patch = apps["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"]["kind"] == "Deployment"
    assert parameter in [p["name"] for p in patch["parameters"]]


def test_a_group_version_that_is_not_served_is_not_described(door: Door):
    assert door.get("/openapi/v3/apis/nosuch/v1") == (404, "404 page not found\n")


def test_v2_is_one_document_with_an_etag(door: Door):
    answer = door.response("GET", "/openapi/v2", headers={"accept": "application/json"})
    body = json.loads(answer.body)
    assert (answer.status, body["swagger"]) == (200, "2.0")
    assert references(body) <= {f"#/definitions/{name}" for name in body["definitions"]}
    assert dict(answer.headers)["ETag"]


def test_v2_in_protobuf_for_older_clients(door: Door):
    answer = door.response("GET", "/openapi/v2", headers={"accept": ASKED})
    assert dict(answer.headers)["Content-Type"] == ANSWERED
    assert answer.body.startswith(b"\x0a\x032.0\x12")
    assert DEPLOYMENT.encode() in answer.body


def test_v2_in_a_form_that_is_not_made(door: Door):
    assert door.response("GET", "/openapi/v2", headers={"accept": "text/html"}).status == 406
