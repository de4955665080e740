"""What the server says it serves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simcore.apimachinery.kinds import DEPLOYMENT, LEASE, Kind, KindTable
from simcore.kube_apiserver.http.discovery import GROUP_ORDER, groups, versions
from tests.simcore.kube_apiserver.http.door import Door

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


def resource(door: Door, path: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in door.get(path)[1]["resources"] if r["name"] == name)
    return found


def test_the_core_group_has_one_version(door: Door):
    status, body = door.get("/api")
    assert (status, body["kind"], body["versions"]) == (200, "APIVersions", ["v1"])


def test_groups_come_in_the_order_of_their_priority(door: Door):
    _, body = door.get("/apis")
    order = [group["name"] for group in body["groups"]]
    assert order == sorted(order, key=GROUP_ORDER.index)
    assert order == list(GROUP_ORDER)
    preferred = {"groupVersion": "apps/v1", "version": "v1"}
    assert body["groups"][1] == {"name": "apps", "versions": [preferred], "preferredVersion": preferred}
    scaling = body["groups"][order.index("autoscaling")]
    assert [version["version"] for version in scaling["versions"]] == ["v2", "v1"]


def test_groups_that_are_not_built_in_follow_by_name():
    own = (Kind("z.example.com", "v1", "Z", "zs"), Kind("a.example.com", "v1", "A", "as"))
    kinds = KindTable((LEASE, *own, DEPLOYMENT))
    assert groups(kinds) == ["apps", "coordination.k8s.io", "a.example.com", "z.example.com"]


def test_the_newest_released_version_is_preferred():
    of = ("v1beta1", "v1", "v2alpha1", "v2", "v1beta2", "v10")
    kinds = KindTable(Kind("g", version, "K", "ks") for version in of)
    assert versions(kinds, "g") == ["v10", "v2", "v1", "v1beta2", "v1beta1", "v2alpha1"]


def test_a_resource_with_all_that_is_known_of_it(door: Door):
    assert resource(door, "/apis/apps/v1", "deployments") == {
        "name": "deployments",
        "singularName": "deployment",
        "namespaced": True,
        "kind": "Deployment",
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        "shortNames": ["deploy"],
        "categories": ["all"],
        "storageVersionHash": "8aSe+NMegvE=",
    }


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("/apis/apps/v1", "deployments/scale", {"kind": "Scale", "group": "autoscaling", "version": "v1"}),
        ("/apis/apps/v1", "deployments/status", {"kind": "Deployment", "verbs": ["get", "patch", "update"]}),
        ("/api/v1", "pods/binding", {"kind": "Binding", "verbs": ["create"]}),
        ("/api/v1", "pods/eviction", {"kind": "Eviction", "group": "policy", "version": "v1"}),
        ("/api/v1", "pods/log", {"kind": "Pod", "verbs": ["get"]}),
        ("/api/v1", "pods/exec", {"kind": "PodExecOptions", "verbs": ["create", "get"]}),
        ("/api/v1", "nodes/proxy", {"kind": "NodeProxyOptions"}),
        ("/api/v1", "services/proxy", {"kind": "ServiceProxyOptions"}),
        ("/api/v1", "serviceaccounts/token", {"kind": "TokenRequest", "group": "authentication.k8s.io"}),
        ("/api/v1", "namespaces/finalize", {"kind": "Namespace", "verbs": ["update"]}),
    ],
)
def test_a_subresource_names_the_kind_that_it_speaks(
    door: Door, path: str, name: str, expected: dict[str, Any]
):
    assert expected.items() <= resource(door, path, name).items()


@pytest.mark.parametrize("path", ["/apis/nosuch", "/apis/nosuch/v1", "/apis/apps/v9", "/nosuch", "/api/v2"])
def test_what_is_not_served_is_a_plain_404(door: Door, path: str):
    assert door.get(path) == (404, "404 page not found\n")


def test_discovery_is_aggregated_for_who_wants_it(door: Door):
    answer = door.response("GET", "/apis", headers={"accept": AGGREGATED})
    assert dict(answer.headers)["Content-Type"] == (
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    )
    body = json.loads(answer.body)
    assert (body["kind"], body["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    apps = body["items"][1]
    assert apps["metadata"]["name"] == "apps"
    deployments = next(r for r in apps["versions"][0]["resources"] if r["resource"] == "deployments")
    assert deployments["responseKind"] == {"group": "apps", "version": "v1", "kind": "Deployment"}
    assert deployments["scope"] == "Namespaced"
    assert [sub["subresource"] for sub in deployments["subresources"]] == ["scale", "status"]


def test_the_core_group_is_aggregated_by_itself(door: Door):
    body = json.loads(door.response("GET", "/api", headers={"accept": AGGREGATED}).body)
    assert [item["versions"][0]["version"] for item in body["items"]] == ["v1"]
    assert "name" not in body["items"][0]["metadata"]


def test_a_client_that_has_the_document_is_not_sent_it_again(door: Door):
    first = door.response("GET", "/apis", headers={"accept": AGGREGATED})
    tag = dict(first.headers)["ETag"]
    again = door.response("GET", "/apis", headers={"accept": AGGREGATED, "if-none-match": tag})
    assert (again.status, again.body) == (304, b"")


def test_the_version_is_one_of_1_36(door: Door):
    status, body = door.get("/version")
    assert (status, body["major"], body["minor"]) == (200, "1", "36")
    assert body["gitVersion"].startswith("v1.36.")


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/etcd"])
def test_the_server_is_well(door: Door, path: str):
    assert door.get(path) == (200, "ok")


def test_health_in_detail(door: Door):
    status, text = door.get("/readyz", verbose="")
    assert status == 200
    assert text.startswith("[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n")
    assert text.endswith("[+]shutdown ok\nreadyz check passed\n")
    assert "+]informer-sync" not in door.get("/livez", verbose="")[1]


def test_the_root_lists_the_paths(door: Door):
    assert "/apis/apps/v1" in door.get("/")[1]["paths"]


def test_nothing_is_written_to_a_path_that_is_no_resource(door: Door):
    assert door.post("/version", {}) == (404, "404 page not found\n")
    assert door.post("/apis", {})[0] == 405
