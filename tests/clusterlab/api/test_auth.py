"""Who may do what, and why: by role of a link, by RBAC, for service accounts, nodes and strangers."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import share
from simcore.apimachinery.kinds import ROLE, ROLE_BINDING
from simcore.apimachinery.meta import Obj
from tests.clusterlab.conftest import Browser, Own

RBAC = "rbac.authorization.k8s.io"


def role(name: str, *rules: Obj) -> Obj:
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": meta, "rules": list(rules)}


def binding(name: str, kind: str, subject: str) -> Obj:
    who = {"kind": kind, "name": subject}
    who |= {"namespace": "default"} if kind == "ServiceAccount" else {"apiGroup": RBAC}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": f"{name}-{subject}", "namespace": "default"},
        "subjects": [who],
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": name},
    }


@pytest.fixture
def cluster(own: Own) -> Own:
    """`reader` may get pods: jane, the group dev and the service account robot are bound to it."""
    own.user.create(ROLE, role("reader", {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}))
    for kind, subject in (("User", "jane"), ("Group", "dev"), ("ServiceAccount", "robot")):
        own.user.create(ROLE_BINDING, binding("reader", kind, subject))
    return own


def why(own: Own, who: str, what: str, **more: str) -> Any:
    verb, _, resource = what.partition(" ")
    query = "&".join(f"{name}={value}" for name, value in {"user": who, "verb": verb, **more}.items())
    return own.get(f"auth/why/?{query}&resource={resource}")


def test_what_is_allowed_names_the_binding_that_allows_it(cluster: Own) -> None:
    told = why(cluster, "jane", "get pods", namespace="default", name="web")
    assert (told["allowed"], told["user"]) == (True, "jane")
    assert told["sentence"] == (
        'RBAC: allowed by RoleBinding "reader-jane/default" of Role "reader" to User "jane"'
    )
    assert told["asked"] == {"verb": "get", "resource": "pods", "namespace": "default", "name": "web"}


def test_a_refusal_is_told_with_what_is_nearest_to_allowing_it(cluster: Own) -> None:
    told = why(cluster, "jane", "delete pods", namespace="default")
    assert not told["allowed"]
    assert told["sentence"].startswith('pods is forbidden: User "jane" cannot delete resource "pods"')
    nearest = told["nearMisses"][0]
    assert (nearest["differs"], nearest["binding"]["name"]) == ("verb", "reader-jane")
    elsewhere = why(cluster, "jane", "get pods", namespace="kube-system")
    assert elsewhere["nearMisses"][0]["differs"] == "namespace"
    nobody = why(cluster, "mallory", "get pods", namespace="default")
    assert {miss["differs"] for miss in nobody["nearMisses"]} == {"subject"}


WHO = {
    "a group": ("ann", {"groups": "ops,dev"}, True, ["ops", "dev", "system:authenticated"]),
    "no group": ("ann", {}, False, ["system:authenticated"]),
    "a service account": (
        "system:serviceaccount:default:robot",
        {},
        True,
        ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
    ),
    "a node": ("system:node:node-1", {}, False, ["system:nodes", "system:authenticated"]),
    "nobody": ("system:anonymous", {}, False, ["system:unauthenticated"]),
    "the administrator": ("kubernetes-admin", {}, True, ["system:masters", "system:authenticated"]),
    "an owner": ("@owner", {}, True, ["system:masters", "system:authenticated"]),
    "a link to look": ("@view", {}, True, ["system:authenticated"]),
}


@pytest.mark.parametrize(("who", "more", "allowed", "groups"), WHO.values(), ids=WHO)
def test_groups_come_with_the_name(
    cluster: Own, who: str, more: dict[str, str], allowed: bool, groups: list[str]
) -> None:
    told = why(cluster, who, "get pods", namespace="default", **more)
    assert (told["allowed"], told["groups"]) == (allowed, groups)


def test_a_link_to_look_does_not_read_secrets_and_nobody_asks_for_themselves(cluster: Own) -> None:
    assert not why(cluster, "@view", "get secrets", namespace="default")["allowed"]
    assert why(cluster, "@operate", "get secrets", namespace="default")["allowed"]
    mine = cluster.get("auth/why/?verb=get&resource=secrets&namespace=default")
    assert (mine["allowed"], mine["user"]) == (True, "kubernetes-admin")


def test_groups_and_subresources_are_read_from_the_resource(cluster: Own) -> None:
    told = why(cluster, "jane", "update deployments.apps/scale", namespace="default")
    assert told["asked"] == {
        "verb": "update", "group": "apps", "resource": "deployments", "subresource": "scale", "namespace": "default",
    }  # fmt: skip


def test_a_path_is_asked_about_without_a_resource(cluster: Own) -> None:
    told = cluster.get("auth/why/?user=jane&verb=get&path=/metrics")
    assert told["asked"] == {"verb": "get", "path": "/metrics"}
    for query in ("verb=get", "resource=pods", "verb=get&resource=pods&path=/metrics"):
        cluster.get(f"auth/why/?{query}", status=400)


def test_whom_one_may_ask_about_is_listed(cluster: Own) -> None:
    found = cluster.get("auth/subjects/")["subjects"]
    assert found[:3] == ["@owner", "@operate", "@view"]
    assert "jane" in found
    assert "dev" not in found  # a group is no user


def test_whoever_may_look_may_ask_and_strangers_may_not(cluster: Own, stranger: Browser) -> None:
    path = f"/api/clusters/{cluster.id}/auth/why/?verb=delete&resource=pods&namespace=default"
    assert stranger.get(path).status_code == 404
    made = share(Cluster.objects.get(pk=cluster.id), Role.VIEW, "1h")
    stranger.get(f"/s/{made.token}")
    told = stranger.get(path).json()
    assert (told["allowed"], told["user"].startswith("view-")) == (False, True)
