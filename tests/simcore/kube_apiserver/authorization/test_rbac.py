"""RBAC over HTTP: default roles, bindings, escalation, impersonation and the questions about them."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.authorization.bootstrap import default_objects, parsed, write_default_policy
from simcore.kube_apiserver.authorization.rules import compact, missing, text
from simcore.kube_apiserver.users import User
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, PODS, Door, config_map

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ROLES, BINDINGS = f"{RBAC}/namespaces/default/roles", f"{RBAC}/namespaces/default/rolebindings"
REVIEWS = "/apis/authorization.k8s.io/v1"


@pytest.fixture
def door(door: Door) -> Door:
    write_default_policy(door.server)
    return door


def role(name: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "rules": list(rules)}


def rule(verbs: str, resources: str, group: str = "", **more: Any) -> dict[str, Any]:
    return {"verbs": verbs.split(","), "apiGroups": [group], "resources": resources.split(","), **more}


def bind(name: str, role: str, user: str, kind: str = "Role") -> dict[str, Any]:
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role}
    return {"metadata": {"name": name}, "roleRef": ref, "subjects": [{"kind": "User", "name": user}]}


def grant(door: Door, user: str, *rules: dict[str, Any]) -> None:
    door.post(ROLES, role(f"for-{user}", *rules))
    door.post(BINDINGS, bind(f"for-{user}", f"for-{user}", user))


def as_user(door: Door, name: str, *groups: str) -> None:
    door.user = User(name, groups or ("system:authenticated",), "user")


def may(door: Door, **attributes: str) -> bool:
    body = {"spec": {"resourceAttributes": {"namespace": "default", **attributes}}}
    status, answer = door.post(f"{REVIEWS}/selfsubjectaccessreviews", body)
    assert status == 201, answer
    return bool(answer["status"]["allowed"])


def test_a_new_cluster_has_the_default_roles(door: Door):
    names = [item["metadata"]["name"] for item in door.get(f"{RBAC}/clusterroles")[1]["items"]]
    assert {"admin", "cluster-admin", "edit", "system:node", "view"} <= set(names)
    _, edit = door.get(f"{RBAC}/clusterroles/edit")
    assert rule("get,list,watch", "namespaces") in edit["rules"]


def test_the_default_roles_are_well_formed():
    for kind, obj in default_objects():
        for found in obj.get("rules", ()):
            assert found["verbs"], (kind.kind, obj["metadata"]["name"])
            assert bool(found.get("resources")) != bool(found.get("nonResourceURLs")), found
    assert parsed("R | core | pods | a,b") == [rule("get,list,watch", "pods", resourceNames=["a", "b"])]


def test_who_has_nothing_may_do_nothing(door: Door):
    as_user(door, "eve")
    status, body = door.get(PODS)
    assert (status, body["message"]) == (
        403,
        'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    status, body = door.get("/metrics")
    assert (status, body["message"]) == (403, 'forbidden: User "eve" cannot get path "/metrics"')


def test_a_binding_gives_what_its_role_says(door: Door):
    grant(door, "carol", rule("get,list", "pods,pods/log"), rule("get", "configmaps", resourceNames=["only"]))
    door.post(CONFIG_MAPS, config_map("only"))
    as_user(door, "carol")
    assert door.get(PODS)[0] == 200
    assert door.get(f"{CONFIG_MAPS}/only")[0] == 200
    assert door.get(f"{CONFIG_MAPS}/other")[0] == 403
    assert may(door, verb="get", resource="pods", subresource="log")
    assert not may(door, verb="delete", resource="pods")
    assert not may(door, verb="get", resource="pods", namespace="elsewhere")


def test_view_reads_but_no_secrets(door: Door):
    door.post(BINDINGS, bind("v", "view", "dave", "ClusterRole"))
    as_user(door, "dave")
    assert may(door, verb="list", resource="deployments", group="apps")
    assert not may(door, verb="get", resource="secrets")


def test_nobody_grants_what_they_do_not_have(door: Door):
    grant(door, "bobby", rule("create", "roles,rolebindings", "rbac.authorization.k8s.io"))
    door.post(ROLES, role("r", rule("get", "pods")))
    as_user(door, "bobby")
    status, body = door.post(ROLES, role("more", rule("delete", "secrets")))
    assert (status, body["message"]) == (
        403,
        'roles.rbac.authorization.k8s.io "more" is forbidden: user "bobby" (groups=["system:authenticated"]) is '
        "attempting to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["secrets"], Verbs:["delete"]}',
    )
    status, body = door.post(BINDINGS, bind("grant", "r", "bobby"))
    assert (status, body["message"].split("\n")[-1]) == (
        403,
        '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
    )
    assert door.post(BINDINGS, bind("grant", "none", "bobby"))[0] == 404


def test_impersonation_needs_its_own_right(door: Door):
    headers = {"impersonate-user": "carol"}
    as_user(door, "eve")
    answer = door.response("GET", PODS, headers=headers)
    assert answer.status == 403
    assert b'cannot impersonate resource \\"users\\"' in answer.body


def test_an_impersonated_user_has_only_their_own_rights(door: Door):
    grant(door, "carol", rule("list", "pods"))
    headers = {"impersonate-user": "carol", "impersonate-group": "ops, dev"}
    assert door.response("GET", PODS, headers=headers).status == 200
    refused = door.response("GET", CONFIG_MAPS, headers=headers)
    assert refused.status == 403
    assert b'User \\"carol\\"' in refused.body


def test_the_rules_of_a_user_are_listed(door: Door):
    grant(door, "carol", rule("get", "pods"))
    as_user(door, "carol")
    _, answer = door.post(f"{REVIEWS}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}})
    assert rule("get", "pods") in answer["status"]["resourceRules"]
    paths = [url for found in answer["status"]["nonResourceRules"] for url in found["nonResourceURLs"]]
    assert paths.count("/version") == 2


def test_others_are_asked_about_by_who_may(door: Door):
    grant(door, "carol", rule("get", "pods"))
    attributes = {"namespace": "default", "verb": "get", "resource": "pods"}
    body = {"spec": {"user": "carol", "resourceAttributes": attributes}}
    _, answer = door.post(f"{REVIEWS}/subjectaccessreviews", body)
    assert answer["status"] == {
        "allowed": True,
        "reason": 'RBAC: allowed by RoleBinding "for-carol/default" of Role "for-carol" to User "carol"',
    }
    status, answer = door.post(f"{REVIEWS}/subjectaccessreviews", {"spec": {"user": "carol"}})
    assert (status, answer["reason"]) == (422, "Invalid")


def test_a_user_can_ask_who_they_are(door: Door):
    as_user(door, "carol", "ops", "system:authenticated")
    _, answer = door.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert answer["status"]["userInfo"] == {
        "username": "carol",
        "groups": ["ops", "system:authenticated"],
    }


@pytest.mark.parametrize("verb", ["impersonate", "escalate", "bind", "approve"])
def test_an_operator_has_no_right_to_more_rights(door: Door, verb: str):
    door.user = User("operate-1", role="operate")
    assert may(door, verb="create", resource="pods")
    assert not may(door, verb=verb, resource="clusterroles", group="rbac.authorization.k8s.io")


def test_a_viewer_reads_no_secrets(door: Door):
    door.user = User("view-1", role="view")
    assert door.get(PODS)[0] == 200
    assert door.get("/api/v1/namespaces/default/secrets")[0] == 403
    assert door.post(CONFIG_MAPS, config_map("x"))[0] == 403


def test_what_is_missing_is_told_by_resource():
    wanted = [rule("get,list,delete", "pods"), {"verbs": ["get"], "nonResourceURLs": ["/a/b"]}]
    lacking = missing([rule("get", "*"), {"verbs": ["*"], "nonResourceURLs": ["/a/*"]}], wanted)
    assert [text(found) for found in compact(lacking)] == [
        '{APIGroups:[""], Resources:["pods"], Verbs:["list" "delete"]}'
    ]
