"""Nobody grants more than they have, as `kubectl auth reconcile` and everybody else finds out."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.users import ADMIN, User
from tests.simcore.kube_apiserver.http.door import MERGE, Door

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ROLES, BINDINGS = f"{RBAC}/namespaces/default/roles", f"{RBAC}/namespaces/default/rolebindings"
CLUSTER_ROLES, CLUSTER_BINDINGS = f"{RBAC}/clusterroles", f"{RBAC}/clusterrolebindings"
GROUP = "rbac.authorization.k8s.io"
JANE = User("jane", ("dev", "system:authenticated"), "user")
WRITES = {
    "verbs": ["create", "update", "patch", "delete", "get"],
    "apiGroups": [GROUP],
    "resources": ["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
}
READS_PODS = {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]}


@pytest.fixture
def jane(door: Door) -> Door:
    """She writes roles everywhere, and reads pods."""
    give(door, "base", [WRITES, READS_PODS])
    door.user = JANE
    return door


def give(door: Door, name: str, rules: list[Obj]) -> None:
    user, door.user = door.user, ADMIN
    assert door.post(CLUSTER_ROLES, {"metadata": {"name": name}, "rules": rules})[0] == 201
    assert door.post(CLUSTER_BINDINGS, binding(name, to="User:jane"))[0] == 201
    door.user = user


def binding(role: str, *, name: str = "", to: str = "User:carol", kind: str = "ClusterRole") -> Obj:
    subject_kind, _, subject = to.partition(":")
    return {
        "metadata": {"name": name or role},
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role},
        "subjects": [{"apiGroup": GROUP, "kind": subject_kind, "name": subject}],
    }


def role(name: str, *rules: Obj) -> Obj:
    return {"metadata": {"name": name}, "rules": list(rules)}


def told(answer: tuple[int, Any]) -> str:
    status, body = answer
    assert (status, body["reason"]) == (403, "Forbidden"), body
    message: str = body["message"]
    return message


WHO = (
    'user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions '
    "not currently held:\n"
)


def test_what_one_has_can_be_given(jane: Door):
    assert jane.post(ROLES, role("r", READS_PODS))[0] == 201
    assert jane.post(BINDINGS, binding("r", kind="Role"))[0] == 201


LACKING: dict[str, tuple[Obj, str]] = {
    "a verb": (
        {**READS_PODS, "verbs": ["get", "delete", "create"]},
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete" "create"]}',
    ),
    "a resource": (
        {**READS_PODS, "resources": ["pods", "secrets"]},
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    ),
    "a subresource": (
        {**READS_PODS, "resources": ["pods/log"]},
        '{APIGroups:[""], Resources:["pods/log"], Verbs:["get" "list"]}',
    ),
    "another group": (
        {**READS_PODS, "apiGroups": ["apps"]},
        '{APIGroups:["apps"], Resources:["pods"], Verbs:["get" "list"]}',
    ),
    "everything": (
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
    ),
    "a named object": (
        {"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["s"]},
        '{APIGroups:[""], Resources:["secrets"], ResourceNames:["s"], Verbs:["get"]}',
    ),
}


@pytest.mark.parametrize(("rule", "missing"), LACKING.values(), ids=LACKING)
def test_a_role_may_not_have_more(jane: Door, rule: Obj, missing: str):
    assert told(jane.post(ROLES, role("r", rule))) == (
        f'roles.rbac.authorization.k8s.io "r" is forbidden: {WHO}{missing}'
    )


def test_a_path_is_missed_too(jane: Door):
    answer = jane.post(CLUSTER_ROLES, role("r", {"verbs": ["get"], "nonResourceURLs": ["/logs"]}))
    assert told(answer).endswith('{NonResourceURLs:["/logs"], Verbs:["get"]}')


def test_a_named_part_of_what_one_has_can_be_given(jane: Door):
    assert jane.post(ROLES, role("r", {**READS_PODS, "resourceNames": ["web"]}))[0] == 201


def test_a_role_may_not_grow(jane: Door):
    jane.post(ROLES, role("r", READS_PODS))
    more = {"rules": [READS_PODS, {**READS_PODS, "resources": ["secrets"]}]}
    assert told(jane.patch(f"{ROLES}/r", more, MERGE)).endswith(
        'Resources:["secrets"], Verbs:["get" "list"]}'
    )
    assert jane.patch(f"{ROLES}/r", {"metadata": {"labels": {"a": "b"}}}, MERGE)[0] == 200
    assert jane.patch(f"{ROLES}/r", {"rules": []}, MERGE)[0] == 200


def test_others_grants_may_be_relabelled(jane: Door):
    jane.user = ADMIN
    jane.post(ROLES, role("r", {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}))
    jane.post(BINDINGS, binding("r", kind="Role"))
    jane.user = JANE
    assert jane.patch(f"{ROLES}/r", {"metadata": {"labels": {"a": "b"}}}, MERGE)[0] == 200
    assert jane.patch(f"{BINDINGS}/r", {"metadata": {"labels": {"a": "b"}}}, MERGE)[0] == 200


def test_escalate_is_the_right_to_give_what_one_has_not(jane: Door):
    give(jane, "escalator", [{"verbs": ["escalate"], "apiGroups": [GROUP], "resources": ["roles"]}])
    assert jane.post(ROLES, role("r", {**READS_PODS, "verbs": ["*"]}))[0] == 201
    assert jane.post(CLUSTER_ROLES, role("r", {**READS_PODS, "verbs": ["*"]}))[0] == 403


def test_an_aggregation_may_become_anything(jane: Door):
    rule = {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}
    answer = jane.post(CLUSTER_ROLES, {"metadata": {"name": "r"}, "aggregationRule": rule, "rules": []})
    assert told(answer).endswith(
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}'
    )


@pytest.mark.parametrize(
    ("path", "where"), [(BINDINGS, "rolebindings"), (CLUSTER_BINDINGS, "clusterrolebindings")]
)
def test_a_stronger_role_may_not_be_bound(jane: Door, path: str, where: str):
    answer = jane.post(path, binding("cluster-admin", name="b"))
    if answer[0] == 404:  # this store has no default roles
        jane.user = ADMIN
        everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
        jane.post(CLUSTER_ROLES, role("cluster-admin", everything))
        jane.user = JANE
        answer = jane.post(path, binding("cluster-admin", name="b"))
    assert told(answer) == (
        f'{where}.rbac.authorization.k8s.io "b" is forbidden: {WHO}'
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}'
    )


def test_bind_is_the_right_to_bind_one_role(jane: Door):
    jane.user = ADMIN
    for name in ("strong", "other"):
        jane.post(CLUSTER_ROLES, role(name, {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}))
    give(
        jane,
        "binder",
        [
            {
                "verbs": ["bind"],
                "apiGroups": [GROUP],
                "resources": ["clusterroles"],
                "resourceNames": ["strong"],
            }
        ],
    )
    jane.user = JANE
    assert jane.post(BINDINGS, binding("strong"))[0] == 201
    assert jane.post(BINDINGS, binding("other"))[0] == 403


def test_a_role_that_is_not_there_is_not_bound(jane: Door):
    status, body = jane.post(BINDINGS, binding("gone"))
    assert (status, body["message"]) == (404, 'clusterroles.rbac.authorization.k8s.io "gone" not found')


def test_a_subject_more_is_a_grant_more(jane: Door):
    jane.user = ADMIN
    jane.post(ROLES, role("r", {**READS_PODS, "verbs": ["*"]}))
    jane.post(BINDINGS, binding("r", kind="Role"))
    jane.user = JANE
    more = {"subjects": binding("r", to="User:jane")["subjects"]}
    assert jane.patch(f"{BINDINGS}/r", more, MERGE)[0] == 403


def test_an_operator_gives_nobody_rights(door: Door):
    door.user = User("operate-1", role="operate")
    assert (
        door.post(ROLES, role("r", {"verbs": ["impersonate"], "apiGroups": [""], "resources": ["users"]}))[0]
        == 403
    )
    assert door.post(ROLES, role("r", READS_PODS))[0] == 201


def test_a_grant_may_be_taken_away_by_who_could_not_give_it(jane: Door):
    jane.user = ADMIN
    jane.post(ROLES, role("r", {**READS_PODS, "verbs": ["*"]}))
    jane.user = JANE
    assert jane.delete(f"{ROLES}/r")[0] == 200
