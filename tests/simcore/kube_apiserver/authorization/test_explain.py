"""Why, or why not and what is nearest: the explanation of an answer."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.explain import MOST_MISSES, explanation, near_misses
from simcore.kube_apiserver.authorization.modes import ByFlags
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import ADMIN, User
from tests.kit.control_plane import ControlPlane

JANE = User("jane", ("dev", "system:authenticated"), "user")
RBAC = "rbac.authorization.k8s.io"
PODS_READER = [{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]}]
GET_PODS = Attributes("get", "", "pods", namespace="default", name="web")


@pytest.fixture
def plane() -> ControlPlane:
    made = ControlPlane()
    made.namespace("shop")
    return made


def grant(
    plane: ControlPlane, rules: list[Obj], *, name: str = "r", where: str = "default", who: str = "User:jane"
) -> None:
    kind, _, subject = who.partition(":")
    meta = {"name": name} | ({"namespace": where} if where else {})
    subjects = [{"kind": kind, "apiGroup": RBAC, "name": subject}]
    ref = {"apiGroup": RBAC, "kind": "Role" if where else "ClusterRole", "name": name}
    plane.api.create(ROLE if where else CLUSTER_ROLE, {"metadata": meta, "rules": rules})
    binding = {"metadata": meta, "roleRef": ref, "subjects": subjects}
    plane.api.create(ROLE_BINDING if where else CLUSTER_ROLE_BINDING, binding)


def explained(plane: ControlPlane, asked: Attributes, user: User = JANE) -> Any:
    storage = plane.server.storage
    return explanation(ByFlags(storage).authorizers, storage, user, asked)


def test_what_is_allowed_names_the_binding(plane: ControlPlane):
    grant(plane, PODS_READER)
    told = explained(plane, GET_PODS)
    assert told["allowed"]
    assert told["sentence"] == 'RBAC: allowed by RoleBinding "r/default" of Role "r" to User "jane"'
    assert [(part["name"], part["verdict"]) for part in told["authorizers"]] == [
        ("PrivilegedGroup", "no opinion"),
        ("ShareRole", "no opinion"),
        ("Node", "no opinion"),
        ("RBAC", "allow"),
    ]
    assert told["nearMisses"] == []
    assert told["asked"] == {"verb": "get", "resource": "pods", "namespace": "default", "name": "web"}


def test_what_is_not_allowed_is_told_as_the_client_reads_it(plane: ControlPlane):
    told = explained(plane, GET_PODS)
    assert not told["allowed"]
    assert told["sentence"] == (
        'pods "web" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"'
    )
    assert (told["user"], told["groups"]) == ("jane", ["dev", "system:authenticated"])


def test_a_master_is_allowed_by_the_group(plane: ControlPlane):
    told = explained(plane, GET_PODS, User("root", ("system:masters",), "user"))
    assert told["sentence"] == 'PrivilegedGroup lets "root" get pods'
    assert near_misses(plane.server.storage, ADMIN, GET_PODS) == []


GRANT = 'RoleBinding "r/default" of Role "r" to User "jane"'
DIFFERENCES: dict[str, tuple[list[Obj], Attributes, str, str]] = {
    "the verb": (
        PODS_READER,
        Attributes("delete", "", "pods", namespace="default", name="web"),
        "verb",
        f'{GRANT} allows the verb "get", "list", not "delete"',
    ),
    "the resource": (
        PODS_READER,
        Attributes("get", "", "secrets", namespace="default"),
        "resource",
        f'{GRANT} allows the resource "pods", not "secrets"',
    ),
    "the group": (
        [{"verbs": ["get"], "apiGroups": ["apps"], "resources": ["pods"]}],
        GET_PODS,
        "group",
        f'{GRANT} allows the group "apps", not ""',
    ),
    "the name": (
        [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["db"]}],
        GET_PODS,
        "name",
        f'{GRANT} allows the name "db", not "web"',
    ),
}


@pytest.mark.parametrize(("rules", "asked", "differs", "text"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_rule_misses_by(plane: ControlPlane, rules: list[Obj], asked: Attributes, differs: str, text: str):
    grant(plane, rules)
    assert explained(plane, asked)["nearMisses"] == [
        {
            "differs": differs,
            "binding": {"name": "r", "namespace": "default"},
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "r"},
            "rule": rules[0],
            "text": text,
        }
    ]


def test_a_path_misses(plane: ControlPlane):
    grant(plane, [{"verbs": ["get"], "nonResourceURLs": ["/metrics"]}], where="", who="Group:dev")
    (miss,) = explained(plane, Attributes("get", "", "", path="/debug"))["nearMisses"]
    assert (miss["differs"], miss["binding"]) == ("path", {"name": "r"})
    assert miss["text"] == (
        'ClusterRoleBinding "r" of ClusterRole "r" to Group "dev" allows the path "/metrics", not "/debug"'
    )


def test_another_namespace_misses(plane: ControlPlane):
    grant(plane, PODS_READER, where="shop")
    (miss,) = explained(plane, GET_PODS)["nearMisses"]
    assert (miss["differs"], miss["text"]) == (
        "namespace",
        'RoleBinding "r/shop" of Role "r" to User "jane" allows it in "shop", not in "default"',
    )
    everywhere = Attributes("list", "", "pods")
    assert explained(plane, everywhere)["nearMisses"][0]["text"].endswith("not in the whole cluster")


def test_another_subject_misses(plane: ControlPlane):
    grant(plane, PODS_READER, who="Group:ops")
    (miss,) = explained(plane, GET_PODS)["nearMisses"]
    assert (miss["differs"], miss["text"]) == (
        "subject",
        'RoleBinding "r/default" of Role "r" to Group "ops" allows it, and "jane" is none of its subjects',
    )


def test_what_misses_by_two_things_is_not_near(plane: ControlPlane):
    grant(plane, PODS_READER)
    assert explained(plane, Attributes("delete", "", "secrets", namespace="default"))["nearMisses"] == []


def test_a_role_that_is_not_there_is_told(plane: ControlPlane):
    ref = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "gone"}
    subjects = [{"kind": "User", "apiGroup": RBAC, "name": "jane"}]
    binding = {"metadata": {"name": "b"}, "roleRef": ref, "subjects": subjects}
    plane.api.create(CLUSTER_ROLE_BINDING, binding)
    told = explained(plane, GET_PODS)
    why = 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found'
    assert told["authorizers"][-1] == {"name": "RBAC", "verdict": "no opinion", "reason": why}
    assert told["sentence"].endswith(f'in the namespace "default": {why}')


def test_the_nearest_are_few(plane: ControlPlane):
    for number in range(MOST_MISSES + 5):
        grant(plane, PODS_READER, name=f"r{number}")
    asked = Attributes("delete", "", "pods", namespace="default")
    assert len(explained(plane, asked)["nearMisses"]) == MOST_MISSES
