"""Acting as somebody else: users, groups, accounts, uids and extras, each with its own right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simcore.apimachinery.errors import BadRequest, Forbidden
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authentication.impersonation import acting_user
from simcore.kube_apiserver.authorization.authorizer import NO_OPINION, Decision, RuleSet
from simcore.kube_apiserver.authorization.bootstrap import write_default_policy
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import ADMIN, User
from tests.simcore.kube_apiserver.http.door import PODS, Door

JANE = User("jane", ("system:authenticated",), "user")


class Allowing:
    """Lets exactly these be impersonated, and remembers what it was asked."""

    name = "Allowing"

    def __init__(self, *allowed: str) -> None:
        self.allowed, self.asked = allowed, list[str]()

    def decide(self, user: User, asked: Attributes) -> Decision:
        what = "/".join(part for part in (asked.resource, asked.subresource) if part)
        place = f"{asked.namespace}:" if asked.namespace else ""
        self.asked.append(f"{what}={place}{asked.name}")
        assert asked.verb == "impersonate"
        return Decision(allowed=True) if self.asked[-1] in self.allowed else NO_OPINION

    def rules(self, user: User, namespace: str) -> RuleSet:
        return RuleSet([])


WHO: dict[str, tuple[Obj, tuple[str, ...], User]] = {
    "nobody else": ({}, (), JANE),
    "a user": (
        {"impersonate-user": "carol"},
        ("users=carol",),
        User("carol", ("system:authenticated",), "user"),
    ),
    "a user in groups": (
        {"impersonate-user": "carol", "impersonate-group": "dev, ops"},
        ("users=carol", "groups=dev", "groups=ops"),
        User("carol", ("dev", "ops", "system:authenticated"), "user"),
    ),
    "a user that is said to be authenticated": (
        {"impersonate-user": "carol", "impersonate-group": "system:authenticated,dev"},
        ("users=carol", "groups=system:authenticated", "groups=dev"),
        User("carol", ("system:authenticated", "dev"), "user"),
    ),
    "an account": (
        {"impersonate-user": "system:serviceaccount:shop:bot"},
        ("serviceaccounts=shop:bot",),
        User(
            "system:serviceaccount:shop:bot",
            ("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"),
            "user",
        ),
    ),
    "an account in other groups": (
        {"impersonate-user": "system:serviceaccount:shop:bot", "impersonate-group": "dev"},
        ("serviceaccounts=shop:bot", "groups=dev"),
        User("system:serviceaccount:shop:bot", ("dev", "system:authenticated"), "user"),
    ),
    "nobody": (
        {"impersonate-user": "system:anonymous"},
        ("users=system:anonymous",),
        User("system:anonymous", ("system:unauthenticated",), "user"),
    ),
    "a uid": (
        {"impersonate-user": "carol", "impersonate-uid": "7"},
        ("users=carol", "uids=7"),
        User("carol", ("system:authenticated",), "user", "7"),
    ),
    "extras": (
        {"impersonate-user": "carol", "impersonate-extra-example.com%2fscopes": "read, write"},
        ("users=carol", "userextras/example.com/scopes=read", "userextras/example.com/scopes=write"),
        User("carol", ("system:authenticated",), "user", "", (("example.com/scopes", ("read", "write")),)),
    ),
}


@pytest.mark.parametrize(("headers", "rights", "expected"), WHO.values(), ids=WHO)
def test_who_may_is(headers: Obj, rights: tuple[str, ...], expected: User):
    authorizer = Allowing(*rights)
    assert acting_user(JANE, headers, authorizer) == expected
    assert authorizer.asked == list(rights)


LACKING = [
    (name, headers, rights, at) for name, (headers, rights, _) in WHO.items() for at in range(len(rights))
]


@pytest.mark.parametrize(
    ("headers", "rights", "at"),
    [case[1:] for case in LACKING],
    ids=[f"{case[0]} {case[3]}" for case in LACKING],
)
def test_each_right_is_needed(headers: Obj, rights: tuple[str, ...], at: int):
    with pytest.raises(Forbidden) as refused:
        acting_user(JANE, headers, Allowing(*rights[:at], *rights[at + 1 :]))
    assert 'User "jane" cannot impersonate resource' in refused.value.message


@pytest.mark.parametrize(
    "headers",
    [{"impersonate-group": "dev"}, {"impersonate-uid": "7"}, {"impersonate-extra-x": "y"}],
    ids=["groups", "a uid", "extras"],
)
def test_without_a_user_it_is_a_bad_request(headers: Obj):
    with pytest.raises(BadRequest) as refused:
        acting_user(ADMIN, headers, Allowing())
    assert refused.value.message == "requested groups, uid or extra without impersonating a user"


def whoami(door: Door, **headers: str) -> tuple[int, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = door.response("POST", path, b"{}", {"content-type": "application/json", **named})
    return answer.status, json.loads(answer.body)


def test_a_master_is_anybody_and_less(door: Door):
    write_default_policy(door.server)
    status, body = whoami(door, impersonate_user="carol", impersonate_group="dev")
    assert (status, body["status"]["userInfo"]) == (
        201,
        {"username": "carol", "groups": ["dev", "system:authenticated"]},
    )
    refused = door.response("GET", PODS, headers={"impersonate-user": "carol"})
    assert refused.status == 403


@pytest.mark.parametrize("role", ["operate", "view"])
def test_share_links_are_nobody_else(door: Door, role: Any):
    door.user = User(f"{role}-1", role=role)
    status, body = whoami(door, impersonate_user="kubernetes-admin", impersonate_group="system:masters")
    assert (status, body["message"]) == (
        403,
        f'users "kubernetes-admin" is forbidden: User "{role}-1" cannot impersonate resource "users" '
        'in API group "" at the cluster scope',
    )


def test_a_name_does_not_bring_a_role_along(door: Door):
    """Who acts as an operator's name has what roles give that name: nothing."""
    write_default_policy(door.server)
    status, _ = whoami(door, impersonate_user="operate-1")
    assert status == 201
    assert door.response("GET", PODS, headers={"impersonate-user": "operate-1"}).status == 403
