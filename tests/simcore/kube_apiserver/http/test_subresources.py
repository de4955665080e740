"""Status, scale, binding, eviction, finalize and log."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Schema
from simcore.kube_apiserver.http.subresources import LogOptions, selector_text
from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    EPOCH_MS,
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


class Logs:
    def __init__(self) -> None:
        self.asked: list[tuple[str, LogOptions]] = []

    def read(self, pod: Obj, container: str, options: LogOptions) -> str:
        self.asked.append((container, options))
        if options.previous:
            raise BadRequest('previous terminated container "main" in pod "p" not found')
        return "one\ntwo\n"


def test_logs_come_from_the_kubelets_as_text(schema: Schema):
    logs = Logs()
    door = Door(schema, logs=logs)
    door.post(PODS, pod("p"))
    assert door.get(f"{PODS}/p/log") == (200, "")
    door.post(f"{PODS}/p/binding", {"target": {"name": "node-1"}})
    assert door.get(f"{PODS}/p/log", tailLines=2, timestamps="true") == (200, "one\ntwo\n")
    assert logs.asked == [("main", LogOptions(timestamps=True, tail_lines=2))]
    status, body = door.get(f"{PODS}/p/log", previous="true")
    assert (status, body["message"]) == (400, 'previous terminated container "main" in pod "p" not found')


def test_logs_may_begin_at_a_time(schema: Schema):
    logs = Logs()
    door = Door(schema, logs=logs)
    door.post(PODS, pod("p", nodeName="node-1"))
    door.clock.advance_to(60_000)
    door.get(f"{PODS}/p/log", sinceSeconds=10)
    door.get(f"{PODS}/p/log", sinceTime="2026-01-01T00:00:05Z")
    assert [options.since_unix_ms for _, options in logs.asked] == [EPOCH_MS + 50_000, EPOCH_MS + 5_000]
    assert door.get(f"{PODS}/p/log", sinceTime="yesterday")[0] == 400


def test_logs_are_of_one_container(door: Door):
    both = [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]
    door.post(PODS, pod("two", containers=both))
    status, body = door.get(f"{PODS}/two/log")
    assert (status, body["message"]) == (
        400,
        "a container name must be specified for pod two, choose one of: [a b]",
    )
    status, body = door.get(f"{PODS}/two/log", container="c")
    assert (status, body["message"]) == (400, "container c is not valid for pod two")
