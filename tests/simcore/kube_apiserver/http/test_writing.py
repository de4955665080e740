"""POST, PUT and DELETE."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    PODS,
    Door,
    config_map,
    deployment,
    pod,
)

MISMATCH = "the namespace of the provided object does not match the namespace sent on the request"


def test_a_created_object_comes_back_as_it_was_stored(door: Door):
    status, made = door.post(CONFIG_MAPS, config_map("a", k="v"))
    assert status == 201
    assert made["metadata"]["namespace"] == "default"
    assert door.get(f"{CONFIG_MAPS}/a") == (200, made)


def test_kind_and_version_may_be_left_out(door: Door):
    status, made = door.post(CONFIG_MAPS, {"metadata": {"name": "a"}})
    assert (status, made["kind"], made["apiVersion"]) == (201, "ConfigMap", "v1")


def test_writes_are_the_users(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    assert door.store.entries_since(door.store.revision - 1)[0].origin.actor == "user:kubernetes-admin"


def test_a_name_that_exists_is_a_conflict(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    status, body = door.post(CONFIG_MAPS, config_map("a"))
    assert (status, body["reason"], body["message"]) == (
        409,
        "AlreadyExists",
        'configmaps "a" already exists',
    )


def test_an_invalid_object_tells_every_fault(door: Door):
    status, body = door.post(CONFIG_MAPS, config_map("Not Valid", labels={"a b": "c"}))
    assert (status, body["reason"], body["details"]["kind"]) == (422, "Invalid", "ConfigMap")
    assert [cause["field"] for cause in body["details"]["causes"]] == ["metadata.name", "metadata.labels"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({"metadata": {"name": "a", "namespace": "other"}}, MISMATCH, id="other-namespace"),
        pytest.param(
            {"apiVersion": "apps/v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version '
            '"apps/v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
            id="unknown-version",
        ),
        pytest.param(
            {"apiVersion": "extensions/v1beta1", "kind": "ConfigMap", "metadata": {"name": "a"}},
            "the API version in the data (extensions/v1beta1) does not match the expected API version (v1)",
            id="other-version",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}},
            'Secret in version "v1" cannot be handled as a ConfigMap: '
            "converting (v1.Secret) to (core.ConfigMap): unknown conversion",
            id="other-kind",
        ),
    ],
)
def test_an_object_for_another_place_is_refused(door: Door, body: Any, message: str):
    status, answer = door.post(CONFIG_MAPS, body)
    assert (status, answer["message"]) == (400, message)


def test_dry_run_is_all_or_nothing(door: Door):
    status, made = door.post(CONFIG_MAPS, config_map("a"), dryRun="All")
    assert (status, made["metadata"]["name"]) == (201, "a")
    assert door.get(f"{CONFIG_MAPS}/a")[0] == 404
    status, body = door.post(CONFIG_MAPS, config_map("a"), dryRun="Some")
    assert (status, body["message"]) == (
        422,
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    )


def test_put_replaces(door: Door):
    door.post(CONFIG_MAPS, config_map("a", k="1", l="2"))
    status, stored = door.put(f"{CONFIG_MAPS}/a", config_map("a", k="3"))
    assert (status, stored["data"]) == (200, {"k": "3"})


def test_put_means_the_object_of_its_path(door: Door):
    status, body = door.put(f"{CONFIG_MAPS}/a", config_map("b"))
    assert (status, body["message"]) == (
        400,
        "the name of the object (b) does not match the name on the URL (a)",
    )


def test_put_from_an_older_state_is_a_conflict(door: Door):
    _, old = door.post(CONFIG_MAPS, config_map("a"))
    door.put(f"{CONFIG_MAPS}/a", config_map("a", k="1"))
    status, body = door.put(f"{CONFIG_MAPS}/a", old)
    assert (status, body["reason"]) == (409, "Conflict")


def test_put_makes_a_lease_that_is_not_there_but_no_config_map(door: Door):
    leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
    assert door.put(f"{leases}/a", {"metadata": {"name": "a"}, "spec": {"holderIdentity": "x"}})[0] == 201
    assert door.put(f"{CONFIG_MAPS}/a", config_map("a"))[0] == 404


def test_delete_answers_with_what_is_gone(door: Door):
    _, made = door.post(CONFIG_MAPS, config_map("a"))
    assert door.delete(f"{CONFIG_MAPS}/a") == (
        200,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {"name": "a", "kind": "configmaps", "uid": made["metadata"]["uid"]},
        },
    )


def test_delete_of_a_pod_answers_with_the_pod(door: Door):
    door.post(PODS, pod("a", nodeName="node-1"))
    status, body = door.delete(f"{PODS}/a")
    assert (status, body["kind"], body["metadata"]["deletionGracePeriodSeconds"]) == (200, "Pod", 30)
    status, body = door.delete(f"{PODS}/a", gracePeriodSeconds=0)
    assert (status, body["kind"]) == (200, "Pod")
    assert door.get(f"{PODS}/a")[0] == 404


def test_options_of_a_deletion_stand_in_its_body(door: Door):
    door.post(DEPLOYMENTS, deployment("web"))
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"}
    status, body = door.delete(f"{DEPLOYMENTS}/web", options)
    assert (status, body["metadata"]["finalizers"]) == (200, ["foregroundDeletion"])


def test_a_precondition_of_a_deletion(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    status, body = door.delete(f"{CONFIG_MAPS}/a", {"preconditions": {"uid": "other"}})
    assert (status, body["reason"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        pytest.param(
            {"propagationPolicy": "Sideways"},
            422,
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": '
            'supported values: "Background", "Foreground", "Orphan", "nil"',
            id="unknown-policy",
        ),
        pytest.param(
            {"propagationPolicy": "Orphan", "orphanDependents": True},
            422,
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: '
            "orphanDependents and deletionPropagation cannot be both set",
            id="two-policies",
        ),
        pytest.param(
            {"gracePeriodSeconds": "soon"},
            400,
            "json: cannot unmarshal into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
            id="mistyped",
        ),
        pytest.param([], 400, "decoded object cannot be converted to DeleteOptions", id="no-object"),
    ],
)
def test_bad_options_of_a_deletion_are_refused(door: Door, options: Any, code: int, message: str):
    door.post(CONFIG_MAPS, config_map("a"))
    status, body = door.call("DELETE", f"{CONFIG_MAPS}/a", json.dumps(options).encode())
    assert (status, body["message"]) == (code, message)


def test_a_collection_is_deleted_by_selector(door: Door):
    for name, group in (("a", "x"), ("b", "y"), ("c", "x")):
        door.post(CONFIG_MAPS, config_map(name, labels={"grp": group}))
    status, gone = door.delete(CONFIG_MAPS, labelSelector="grp=x")
    assert (status, gone["kind"]) == (200, "ConfigMapList")
    assert [item["metadata"]["name"] for item in gone["items"]] == ["a", "c"]
    assert [item["metadata"]["name"] for item in door.get(CONFIG_MAPS)[1]["items"]] == ["b"]
