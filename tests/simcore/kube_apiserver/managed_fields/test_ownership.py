"""Who owns what after several have applied: maps, lists by key, sets and things that have one owner."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, DEPLOYMENTS, MERGE, PODS, Door

APPLY = "application/apply-patch+yaml"
SERVICES = "/api/v1/namespaces/default/services"
WEB, CONF, SVC, P = f"{DEPLOYMENTS}/web", f"{CONFIG_MAPS}/conf", f"{SERVICES}/svc", f"{PODS}/p"


def apply(door: Door, path: str, body: Any, manager: str, **query: Any) -> tuple[int, Any]:
    return door.patch(path, body, APPLY, fieldManager=manager, **query)


def conf(*, data: Any = None, **meta: Any) -> Any:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf", **meta}}
    return made if data is None else {**made, "data": data}


def service(*ports: Any, **spec: Any) -> Any:
    spec = {"ports": list(ports), **spec} if ports else spec
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "svc"}, "spec": spec}


def pod(*containers: Any, **spec: Any) -> Any:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": list(containers), **spec},
    }


def owned(body: Any, manager: str) -> Any:
    found = [e["fieldsV1"] for e in body["metadata"]["managedFields"] if e["manager"] == manager]
    return found[0] if found else None


def test_members_of_a_map_have_owners_of_their_own(door: Door):
    apply(door, CONF, conf(data={"a": "1"}, labels={"x": "1"}), "one")
    _, body = apply(door, CONF, conf(data={"b": "2"}, labels={"y": "2"}), "two")
    assert (body["data"], body["metadata"]["labels"]) == ({"a": "1", "b": "2"}, {"x": "1", "y": "2"})
    assert owned(body, "one") == {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:x": {}}}}
    assert owned(body, "two") == {"f:data": {"f:b": {}}, "f:metadata": {"f:labels": {"f:y": {}}}}


def test_who_gives_everything_up_leaves_the_others_alone(door: Door):
    apply(door, CONF, conf(data={"a": "1", "s": "x"}), "one")
    apply(door, CONF, conf(data={"b": "2", "s": "x"}), "two")
    _, body = apply(door, CONF, conf(), "one")
    assert body["data"] == {"b": "2", "s": "x"}
    assert owned(body, "one") is None
    assert owned(body, "two") == {"f:data": {"f:b": {}, "f:s": {}}}


def test_items_of_a_list_are_known_by_their_keys(door: Door):
    apply(door, SVC, service({"name": "web", "port": 80}), "one")
    status, body = apply(door, SVC, service({"name": "tls", "port": 443, "protocol": "TCP"}), "two")
    assert status == 200
    assert [port["name"] for port in body["spec"]["ports"]] == ["web", "tls"]
    key = 'k:{"port":443,"protocol":"TCP"}'
    fields = {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}}
    assert owned(body, "two") == {"f:spec": {"f:ports": {key: fields}}}
    _, body = apply(door, SVC, service(), "two")
    assert [port["name"] for port in body["spec"]["ports"]] == ["web"]


def test_one_item_may_be_filled_in_by_two(door: Door):
    apply(door, P, pod({"name": "c", "image": "nginx"}), "one")
    resources = {"requests": {"cpu": "1"}}
    status, _ = apply(door, f"{P}/resize", pod({"name": "c", "resources": resources}), "two")
    assert status in (200, 422)
    env = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    base = {"selector": {"matchLabels": {"a": "b"}}}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    apply(door, WEB, {**env, "spec": {**base, "template": template}}, "one")
    more = {"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "1"}]}]}}
    status, body = apply(door, WEB, {**env, "spec": {"template": more}}, "two")
    assert status == 200
    (container,) = body["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["env"]) == ("nginx", [{"name": "A", "value": "1"}])
    _, body = apply(door, WEB, {**env, "spec": {}}, "two")
    assert "env" not in body["spec"]["template"]["spec"]["containers"][0]


def test_a_set_has_an_owner_for_each_value(door: Door):
    apply(door, CONF, conf(finalizers=["x.io/one"]), "one")
    _, body = apply(door, CONF, conf(finalizers=["x.io/two"]), "two")
    assert body["metadata"]["finalizers"] == ["x.io/one", "x.io/two"]
    assert owned(body, "two") == {"f:metadata": {"f:finalizers": {'v:"x.io/two"': {}}}}
    _, body = apply(door, CONF, conf(), "one")
    assert body["metadata"]["finalizers"] == ["x.io/two"]


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        pytest.param(
            {"command": ["a"]},
            {"command": ["b"]},
            '.spec.template.spec.containers[name="c"].command',
            id="a list",
        ),
        pytest.param(
            {"image": "x"}, {"image": "y"}, '.spec.template.spec.containers[name="c"].image', id="a text"
        ),
        pytest.param(
            {"stdin": True}, {"stdin": False}, '.spec.template.spec.containers[name="c"].stdin', id="a switch"
        ),
    ],
)
def test_what_is_one_thing_has_one_owner(door: Door, first: Any, second: Any, place: str):
    def web(container: Any) -> Any:
        spec = {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", **container}]},
            },
        }
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}

    assert apply(door, WEB, web({"image": "x", **first}), "one")[0] == 201
    status, body = apply(door, WEB, web({"image": "x", **second}), "two")
    assert (status, body["reason"]) == (409, "Conflict")
    assert body["message"] == f'Apply failed with 1 conflict: conflict with "one": {place}'
    (cause,) = body["details"]["causes"]
    assert (cause["reason"], cause["field"]) == ("FieldManagerConflict", place)
    assert apply(door, WEB, web({"image": "x", **second}), "two", force="true")[0] == 200
    assert apply(door, WEB, web({"image": "x", **first}), "one")[0] == 409


def test_several_conflicts_are_listed_by_manager(door: Door):
    apply(door, CONF, conf(data={"a": "1", "b": "1"}), "one")
    apply(door, CONF, conf(data={"c": "1"}), "two")
    status, body = apply(door, CONF, conf(data={"a": "2", "b": "2", "c": "2"}), "three")
    assert status == 409
    assert body["message"] == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .data.a\n- .data.b\nconflicts with "two":\n- .data.c'
    )


def test_an_update_takes_what_it_changes_and_nothing_else(door: Door):
    apply(door, CONF, conf(data={"a": "1", "b": "1"}), "one")
    _, body = door.patch(CONF, {"data": {"a": "2"}}, MERGE, fieldManager="editor")
    assert owned(body, "one") == {"f:data": {"f:b": {}}}
    assert owned(body, "editor") == {"f:data": {"f:a": {}}}
    operations = {e["manager"]: e["operation"] for e in body["metadata"]["managedFields"]}
    assert operations == {"one": "Apply", "editor": "Update"}


def test_what_an_update_removes_nobody_owns(door: Door):
    apply(door, CONF, conf(data={"a": "1", "b": "1"}), "one")
    _, body = door.patch(CONF, {"data": {"a": None}}, MERGE, fieldManager="editor")
    assert owned(body, "one") == {"f:data": {"f:b": {}}}
    assert owned(body, "editor") is None
    _, body = apply(door, CONF, conf(data={"a": "1", "b": "1"}), "one")
    assert body["data"] == {"a": "1", "b": "1"}


def test_an_update_by_the_applier_is_an_entry_of_its_own(door: Door):
    apply(door, CONF, conf(data={"a": "1"}), "one")
    _, body = door.patch(CONF, {"data": {"b": "2"}}, MERGE, fieldManager="one")
    assert [(e["manager"], e["operation"]) for e in body["metadata"]["managedFields"]] == [
        ("one", "Apply"),
        ("one", "Update"),
    ]
    _, body = apply(door, CONF, conf(data={"a": "1"}), "one")
    assert body["data"] == {"a": "1", "b": "2"}


def test_status_is_applied_by_its_own_path(door: Door):
    spec = {"containers": [{"name": "c", "image": "x"}]}
    door.post(PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    status = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "status": {"message": "hello"}}
    code, body = apply(door, f"{P}/status", status, "kubelet")
    assert (code, body["status"]["message"]) == (200, "hello")
    (entry,) = [e for e in body["metadata"]["managedFields"] if e["manager"] == "kubelet"]
    assert (entry["subresource"], entry["fieldsV1"]) == ("status", {"f:status": {"f:message": {}}})


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        (f"{CONFIG_MAPS}/other", 400, "name"),
        ("/api/v1/namespaces/none/configmaps/conf", 404, 'namespaces "none" not found'),
    ],
    ids=["another name", "no namespace"],
)
def test_what_cannot_be_applied_there(door: Door, path: str, code: int, message: str):
    status, body = apply(door, path, conf(data={"a": "1"}), "one")
    assert status == code, body
    assert message in body["message"]


def test_yaml_and_json_apply_alike(door: Door):
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {a: 'yes'}\n"
    assert door.patch(CONF, text, APPLY, fieldManager="one")[0] == 201
    revision = door.store.revision
    assert apply(door, CONF, conf(data={"a": "yes"}), "one")[0] == 200
    assert door.store.revision == revision
