"""Server-side apply: taking, sharing, fighting over and giving up fields."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT
from simcore.apimachinery.meta import Key
from tests.simcore.kube_apiserver.http.door import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    MERGE,
    Door,
    config_map,
    deployment,
)

APPLY = "application/apply-patch+yaml"
CONF, WEB = f"{CONFIG_MAPS}/conf", f"{DEPLOYMENTS}/web"


def apply(door: Door, path: str, body: Any, manager: str = "kubectl", **query: Any) -> tuple[int, Any]:
    return door.patch(path, body, APPLY, fieldManager=manager, **query)


def conf(**data: str) -> dict[str, Any]:
    return config_map("conf", **data)


def web(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(containers)}}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def managers(body: Any) -> list[tuple[str, str]]:
    return [(entry["manager"], entry["operation"]) for entry in body["metadata"].get("managedFields", ())]


def fields(body: Any, manager: str) -> Any:
    entries = body["metadata"]["managedFields"]
    return next(entry["fieldsV1"] for entry in entries if entry["manager"] == manager)


def test_the_first_apply_creates_and_claims_what_it_says(door: Door):
    status, body = apply(door, CONF, conf(a="1", b="2"))
    assert (status, body["data"]) == (201, {"a": "1", "b": "2"})
    assert body["metadata"]["managedFields"] == [
        {
            "manager": "kubectl",
            "operation": "Apply",
            "apiVersion": "v1",
            "time": "2026-01-01T00:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {"f:a": {}, "f:b": {}}},
        }
    ]


def test_applying_the_same_again_writes_nothing(door: Door):
    _, before = apply(door, CONF, conf(a="1"))
    door.clock.advance_to(60_000)
    status, after = apply(door, CONF, conf(a="1"))
    assert (status, after) == (200, before)


def test_a_field_that_is_left_out_goes_away(door: Door):
    apply(door, CONF, conf(a="1", b="2"))
    _, body = apply(door, CONF, conf(a="1"))
    assert body["data"] == {"a": "1"}


def test_a_field_that_another_manager_claims_stays_when_one_gives_it_up(door: Door):
    apply(door, CONF, conf(a="1", b="2"))
    apply(door, CONF, conf(b="2"), "other")
    _, body = apply(door, CONF, conf(a="1"))
    assert body["data"] == {"a": "1", "b": "2"}
    assert fields(body, "other") == {"f:data": {"f:b": {}}}


def test_another_value_for_an_applied_field_is_a_conflict(door: Door):
    apply(door, CONF, conf(a="1"))
    status, body = apply(door, CONF, conf(a="2"), "other")
    assert (status, body["reason"]) == (409, "Conflict")
    assert body["message"] == 'Apply failed with 1 conflict: conflict with "kubectl": .data.a'
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl"', "field": ".data.a"}
    assert body["details"]["causes"] == [cause]


def test_a_conflict_with_an_update_names_its_version(door: Door):
    apply(door, CONF, conf(a="1", b="2"))
    door.patch(CONF, {"data": {"a": "5", "b": "6"}}, MERGE, fieldManager="kubectl-patch")
    _, body = apply(door, CONF, conf(a="9", b="8"))
    assert body["message"] == (
        'Apply failed with 2 conflicts: conflicts with "kubectl-patch" using v1:\n- .data.a\n- .data.b'
    )


def test_force_takes_the_fields_and_their_old_manager_goes(door: Door):
    apply(door, CONF, conf(a="1"))
    _, body = apply(door, CONF, conf(a="2"), "other", force="true")
    assert (body["data"], managers(body)) == ({"a": "2"}, [("other", "Apply")])


def test_the_same_value_is_shared(door: Door):
    apply(door, CONF, conf(a="1"))
    _, body = apply(door, CONF, conf(a="1"), "other")
    assert managers(body) == [("kubectl", "Apply"), ("other", "Apply")]


def test_items_of_a_list_belong_to_who_applied_them(door: Door):
    main, sidecar = {"name": "main", "image": "nginx:1"}, {"name": "sidecar", "image": "log:1"}
    apply(door, WEB, web(main))
    _, body = apply(door, WEB, web(sidecar), "other")
    assert [c["name"] for c in body["spec"]["template"]["spec"]["containers"]] == ["main", "sidecar"]
    _, body = apply(door, WEB, web({"name": "main", "image": "nginx:2"}), "third")
    assert body["message"] == (
        'Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="main"].image'
    )
    _, body = apply(door, WEB, web(main), "other")
    assert [c["name"] for c in body["spec"]["template"]["spec"]["containers"]] == ["main"]


def test_defaults_belong_to_nobody_who_applies(door: Door):
    _, body = apply(door, WEB, web({"name": "main", "image": "nginx:1"}))
    assert body["spec"]["replicas"] == 1
    assert fields(body, "kubectl")["f:spec"] == {
        "f:selector": {},
        "f:template": {
            "f:metadata": {"f:labels": {"f:app": {}}},
            "f:spec": {"f:containers": {'k:{"name":"main"}': {".": {}, "f:image": {}, "f:name": {}}}},
        },
    }


def test_a_creation_claims_defaults_too(door: Door):
    _, body = door.post(DEPLOYMENTS, deployment("web"), fieldManager="kubectl-create")
    claimed = fields(body, "kubectl-create")
    assert "f:progressDeadlineSeconds" in claimed["f:spec"]
    assert claimed["f:spec"]["f:strategy"] == {
        "f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}},
        "f:type": {},
    }


def test_without_a_field_manager_the_user_agent_is_noted(door: Door):
    _, made = door.post(CONFIG_MAPS, conf(a="1"))
    assert managers(made) == [("unknown", "Update")]


def test_a_status_write_is_noted_apart(door: Door):
    door.post(DEPLOYMENTS, deployment("web"), fieldManager="me")
    door.local.patch(DEPLOYMENT, Key("default", "web"), {"status": {"replicas": 1}}, subresource="status")
    _, body = door.get(WEB)
    entry = next(e for e in body["metadata"]["managedFields"] if e.get("subresource"))
    assert (entry["manager"], entry["fieldsV1"]) == (
        "kube-controller-manager",
        {"f:status": {"f:replicas": {}}},
    )


def test_what_components_make_for_themselves_has_no_managers(door: Door):
    door.local.create(CONFIG_MAP, {"metadata": {"name": "conf", "namespace": "default"}, "data": {"a": "1"}})
    door.patch(CONF, {"data": {"a": "2"}}, MERGE)
    assert managers(door.get(CONF)[1]) == []
    _, body = apply(door, CONF, conf(b="1"))
    assert managers(body) == [("kubectl", "Apply"), ("before-first-apply", "Update")]


def test_kubectl_takes_over_what_it_applied_on_the_client_side(door: Door):
    last = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"a":"1"}}'}
    made = conf(a="1")
    made["metadata"]["annotations"] = last
    door.post(CONFIG_MAPS, made, fieldManager="kubectl-client-side-apply")
    assert apply(door, CONF, conf(a="2"), "other")[0] == 409
    status, body = apply(door, CONF, conf(a="2"))
    assert (status, body["data"]) == (200, {"a": "2"})
    assert '"a":"2"' in body["metadata"]["annotations"][next(iter(last))]


def test_an_empty_list_of_entries_forgets_the_managers(door: Door):
    apply(door, CONF, conf(a="1"))
    patch = {"metadata": {"managedFields": [{}]}}
    _, body = door.patch(CONF, patch, MERGE)
    assert managers(body) == []


def test_many_updaters_become_one_entry(door: Door):
    door.post(CONFIG_MAPS, conf(k0="0"), fieldManager="m0")
    for n in range(1, 13):
        door.clock.advance_to(n * 1000)
        door.patch(CONF, {"data": {f"k{n}": "x"}}, MERGE, fieldManager=f"m{n}")
    _, body = door.get(CONF)
    assert len(managers(body)) == 10
    assert fields(body, "ancient-changes") == {
        "f:data": {".": {}, "f:k0": {}, "f:k1": {}, "f:k2": {}, "f:k3": {}}
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"spec": {"nope": 1}}, ".spec.nope: field not declared in schema"),
        ({"spec": {"replicas": "two"}}, ".spec.replicas: expected numeric (int or float), got string"),
        (
            {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}},
            ".spec.template.spec.containers: element 0: associative list with keys has an element that omits key "
            'field "name" (and doesn\'t have default value)',
        ),
    ],
    ids=["unknown", "mistyped", "no-key"],
)
def test_a_document_that_does_not_fit_is_refused(door: Door, change: dict[str, Any], why: str):
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, **change}
    status, answer = apply(door, WEB, body)
    assert status == 400
    assert answer["message"] == (
        f"failed to create typed patch object (default/web; apps/v1, Kind=Deployment): {why}"
    )


def test_an_apply_needs_a_manager_and_must_not_bring_managers(door: Door):
    status, body = door.patch(CONF, conf(a="1"), APPLY)
    assert (status, body["message"]) == (
        422,
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
    named = conf(a="1")
    named["metadata"]["managedFields"] = [{"manager": "x"}]
    assert apply(door, CONF, named)[1]["message"] == "metadata.managedFields must be nil"


def test_a_dry_run_writes_nothing(door: Door):
    before = door.store.revision
    status, body = apply(door, CONF, conf(a="1"), dryRun="All")
    assert (status, body["data"], door.store.revision) == (201, {"a": "1"}, before)
