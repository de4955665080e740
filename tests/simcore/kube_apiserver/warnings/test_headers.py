"""Warning headers at the HTTP door: when they come, and that no answer about a deprecated kind lacks its own."""

from __future__ import annotations

import json

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.users import User
from tests.simcore.kube_apiserver.http.door import DEPLOYMENTS, PODS, TABLE, Door, deployment, pod

ENDPOINTS = "/api/v1/namespaces/default/endpoints"
OLD = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
NEGATIVE = {"terminationGracePeriodSeconds": -1}
ALIASES = {"hostAliases": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}]}
TWICE = '299 - "spec.hostAliases[1].ip: duplicate ip \\"10.0.0.1\\""'
GRACE = "must be >= 0; negative values are invalid and will be treated as 1"


def warned(
    door: Door, method: str, path: str, body: Obj | None = None, kind: str = "application/json"
) -> list[str]:
    data = b"" if body is None else json.dumps(body).encode()
    answer = door.response(method, path, data, {"content-type": kind})
    return [value for name, value in answer.headers if name == "Warning"]


def endpoints(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": name}}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", ENDPOINTS, None, id="list"),
        pytest.param("GET", "/api/v1/endpoints", None, id="list everywhere"),
        pytest.param("GET", f"{ENDPOINTS}/e", None, id="get"),
        pytest.param("GET", f"{ENDPOINTS}/missing", None, id="not found"),
        pytest.param("POST", ENDPOINTS, endpoints("other"), id="create"),
        pytest.param("POST", ENDPOINTS, {"kind": "Pod"}, id="a body that is none"),
        pytest.param("PUT", f"{ENDPOINTS}/e", endpoints("e"), id="update"),
        pytest.param("PATCH", f"{ENDPOINTS}/e", {}, id="a patch of no known type"),
        pytest.param("DELETE", f"{ENDPOINTS}/e", None, id="delete"),
        pytest.param("DELETE", ENDPOINTS, None, id="delete all"),
    ],
)
def test_every_answer_about_endpoints_says_that_they_are_old(
    door: Door, method: str, path: str, body: Obj | None
):
    door.post(ENDPOINTS, endpoints("e"))
    assert warned(door, method, path, body) == [OLD]


def test_tables_and_watches_say_it_too(door: Door):
    answer = door.response("GET", ENDPOINTS, headers={"accept": TABLE})
    assert ("Warning", OLD) in answer.headers
    assert ("Warning", OLD) in door.watch(ENDPOINTS).headers


def test_component_statuses_are_older_still(door: Door):
    assert warned(door, "GET", "/api/v1/componentstatuses") == [
        '299 - "v1 ComponentStatus is deprecated in v1.19+"'
    ]


def test_who_may_not_ask_is_told_nothing(door: Door):
    door.user = User("nobody", ("system:authenticated",), "user")
    assert warned(door, "GET", ENDPOINTS) == []


def test_the_address_of_an_endpoint_is_a_second_warning(door: Door):
    body = {**endpoints("e"), "subsets": [{"addresses": [{"ip": "2001:DB8::5"}], "ports": [{"port": 80}]}]}
    assert warned(door, "POST", ENDPOINTS, body) == [
        '299 - "subsets[0].addresses[0].ip: IPv6 address \\"2001:DB8::5\\" should be in RFC 5952 canonical format '
        '(\\"2001:db8::5\\")"',
        OLD,
    ]


def test_a_new_pod_is_commented_on_and_a_changed_one_is_not(door: Door):
    told = [TWICE]
    assert warned(door, "POST", PODS, pod("p", **ALIASES)) == told
    patch = {"metadata": {"labels": {"a": "b"}}}
    assert warned(door, "PATCH", f"{PODS}/p", patch, "application/merge-patch+json") == []


def test_a_dry_run_is_warned_as_well(door: Door):
    assert len(warned(door, "POST", f"{PODS}", pod("p", **ALIASES))) == 1
    answer = door.response(
        "POST",
        PODS,
        json.dumps(pod("q", **ALIASES)).encode(),
        {"content-type": "application/json"},
        dryRun="All",
    )
    assert [value for name, value in answer.headers if name == "Warning"] == [TWICE]


def test_a_pods_negative_grace_is_a_second_without_a_word(door: Door):
    assert warned(door, "POST", PODS, pod("p", **NEGATIVE)) == []
    assert door.get(f"{PODS}/p")[1]["spec"]["terminationGracePeriodSeconds"] == 1


def test_a_deployment_is_commented_on_when_its_spec_changes(door: Door):
    obj = deployment("d")
    obj["spec"]["template"]["spec"] |= NEGATIVE
    told = [f'299 - "spec.template.spec.terminationGracePeriodSeconds: {GRACE}"']
    merge = "application/merge-patch+json"
    assert warned(door, "POST", DEPLOYMENTS, obj) == told
    assert warned(door, "PATCH", f"{DEPLOYMENTS}/d", {"metadata": {"labels": {"x": "y"}}}, merge) == []
    assert warned(door, "PATCH", f"{DEPLOYMENTS}/d", {"spec": {"replicas": 5}}, merge) == told
    assert warned(door, "PATCH", f"{DEPLOYMENTS}/d/status", {"status": {"replicas": 1}}, merge) == []
    assert warned(door, "PATCH", f"{DEPLOYMENTS}/d/scale", {"spec": {"replicas": 2}}, merge) == []


def test_a_refused_object_comes_without_advice(door: Door):
    obj = pod("p", **NEGATIVE)
    obj["spec"]["containers"] = []
    assert warned(door, "POST", PODS, obj) == []
