"""Status, scale, binding, eviction and finalize."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.http.subresources import selector_text
from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    MERGE,
    PODS,
    Door,
    config_map,
    deployment,
    pod,
)

WEB = f"{DEPLOYMENTS}/web"


@pytest.fixture
def door(door: Door) -> Door:
    door.post(DEPLOYMENTS, deployment("web"))
    door.post(PODS, pod("p"))
    return door


def test_status_is_read_and_written_apart(door: Door):
    status, body = door.patch(f"{WEB}/status", {"status": {"replicas": 9}, "spec": {"replicas": 1}}, MERGE)
    assert (status, body["status"], body["spec"]["replicas"]) == (200, {"replicas": 9}, 2)
    assert door.get(f"{WEB}/status") == (200, body)
    body["status"]["replicas"] = 3
    assert door.put(f"{WEB}/status", body)[1]["status"] == {"replicas": 3}


def test_kinds_without_a_status_have_no_such_path(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    status, body = door.patch(f"{CONFIG_MAPS}/a/status", {})
    assert (status, body["message"]) == (404, "the server could not find the requested resource")


def test_a_scale_says_how_many_and_which(door: Door):
    status, scale = door.get(f"{WEB}/scale")
    assert (status, scale["kind"], scale["apiVersion"]) == (200, "Scale", "autoscaling/v1")
    assert scale["spec"] == {"replicas": 2}
    assert scale["status"] == {"replicas": 0, "selector": "app=web"}
    assert sorted(scale["metadata"]) == ["creationTimestamp", "name", "namespace", "resourceVersion", "uid"]


def test_a_scale_is_put_and_patched(door: Door):
    _, scale = door.get(f"{WEB}/scale")
    status, answer = door.put(f"{WEB}/scale", {**scale, "spec": {"replicas": 5}})
    assert (status, answer["kind"], answer["spec"]) == (200, "Scale", {"replicas": 5})
    assert door.patch(f"{WEB}/scale", {"spec": {"replicas": 0}}, MERGE)[1]["spec"] == {}
    web = door.get(WEB)[1]
    assert (web["spec"]["replicas"], web["metadata"]["generation"]) == (0, 3)


def test_a_scale_from_an_older_state_is_a_conflict(door: Door):
    _, scale = door.get(f"{WEB}/scale")
    door.patch(WEB, {"spec": {"paused": True}})
    status, body = door.put(f"{WEB}/scale", {**scale, "spec": {"replicas": 5}})
    assert (status, body["reason"]) == (409, "Conflict")


def test_a_scale_is_not_negative(door: Door):
    status, body = door.patch(f"{WEB}/scale", {"spec": {"replicas": -1}}, MERGE)
    assert (status, body["message"]) == (
        422,
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    )


def test_selectors_are_written_in_order_of_their_keys():
    expressions = [
        {"key": "tier", "operator": "In", "values": ["b", "a"]},
        {"key": "env", "operator": "NotIn", "values": ["dev"]},
        {"key": "new", "operator": "Exists"},
        {"key": "old", "operator": "DoesNotExist"},
    ]
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": expressions}
    assert selector_text(selector) == "app=web,env notin (dev),new,!old,tier in (a,b)"


def test_a_scheduler_of_ones_own_binds_over_http(door: Door):
    binding = {"metadata": {"name": "p"}, "target": {"kind": "Node", "name": "node-1"}}
    status, body = door.post(f"{PODS}/p/binding", binding)
    assert (status, body["status"]) == (201, "Success")
    assert door.get(f"{PODS}/p")[1]["spec"]["nodeName"] == "node-1"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param({}, "target.name: Required value", id="no-name"),
        pytest.param(
            {"kind": "Star", "name": "x"},
            'target.kind: Unsupported value: "Star": supported values: "Node", ""',
            id="no-node",
        ),
    ],
)
def test_a_binding_needs_a_node(door: Door, target: Any, message: str):
    status, body = door.post(f"{PODS}/p/binding", {"metadata": {"name": "p"}, "target": target})
    assert (status, body["message"]) == (422, f'Binding "p" is invalid: {message}')


def test_an_evicted_pod_is_deleted_with_the_grace_it_is_given(door: Door):
    door.post(f"{PODS}/p/binding", {"target": {"name": "node-1"}})
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": "p"},
        "deleteOptions": {"gracePeriodSeconds": 7},
    }
    status, body = door.post(f"{PODS}/p/eviction", eviction)
    assert (status, body["status"]) == (201, "Success")
    assert door.get(f"{PODS}/p")[1]["metadata"]["deletionGracePeriodSeconds"] == 7


def test_a_namespace_is_finalized_by_put(door: Door):
    door.post("/api/v1/namespaces", {"metadata": {"name": "old"}})
    door.delete("/api/v1/namespaces/old")
    _, old = door.get("/api/v1/namespaces/old")
    assert door.put("/api/v1/namespaces/old/finalize", {**old, "spec": {}})[0] == 200
    assert door.get("/api/v1/namespaces/old")[0] == 404


def test_a_scale_has_a_table_of_its_own(door: Door):
    table = door.table(f"{WEB}/scale")
    assert [column["name"] for column in table["columnDefinitions"]] == [
        "Name",
        "Desired",
        "Available",
        "Age",
    ]
    assert table["rows"][0]["cells"][:3] == ["web", 2, 0]


@pytest.mark.parametrize(
    ("level", "status", "ending"),
    [("there", "False", "and it exists"), ("nowhere", "True", "but there is no such object")],
)
def test_a_flow_schema_tells_whether_its_level_is_there(door: Door, level: str, status: str, ending: str):
    group = "/apis/flowcontrol.apiserver.k8s.io/v1"
    limited = {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}
    door.post(f"{group}/prioritylevelconfigurations", {"metadata": {"name": "there"}, "spec": limited})
    spec = {"priorityLevelConfiguration": {"name": level}}
    code, made = door.post(f"{group}/flowschemas", {"metadata": {"name": "mine"}, "spec": spec})
    [condition] = made["status"]["conditions"]
    assert (code, condition["type"], condition["status"]) == (201, "Dangling", status)
    assert condition["message"] == (
        f'This FlowSchema references the PriorityLevelConfiguration object named "{level}" {ending}'
    )
