"""ABAC: a file of policies, each a line."""

from __future__ import annotations

import json

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.abac import MOST_POLICIES, AbacAuthorizer, BadPolicy, policies_of
from simcore.kube_apiserver.authorization.authorizer import Decision, RuleSet
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User

JANE = User("jane", ("dev", "system:authenticated"), "user")
GET_PODS = Attributes("get", "", "pods", namespace="default", name="web")
ALL = {"namespace": "*", "resource": "*", "apiGroup": "*"}


def line(**spec: object) -> str:
    doc = {"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": spec}
    return json.dumps(doc)


def decide(policy: Obj, asked: Attributes = GET_PODS, user: User = JANE) -> bool:
    return AbacAuthorizer(lambda: policies_of(line(**policy))).decide(user, asked).allowed


SUBJECTS: dict[str, tuple[Obj, bool]] = {
    "the user": ({"user": "jane"}, True),
    "another user": ({"user": "carol"}, False),
    "any user": ({"user": "*"}, True),
    "the group": ({"group": "dev"}, True),
    "another group": ({"group": "ops"}, False),
    "any group": ({"group": "*"}, True),
    "the user in the group": ({"user": "jane", "group": "dev"}, True),
    "the user in another group": ({"user": "jane", "group": "ops"}, False),
    "another user in the group": ({"user": "carol", "group": "dev"}, False),
    "nobody": ({}, False),
}


@pytest.mark.parametrize(("subject", "allowed"), SUBJECTS.values(), ids=SUBJECTS)
def test_a_policy_is_for(subject: Obj, allowed: bool):
    assert decide({**ALL, **subject}) is allowed


REQUESTS: dict[str, tuple[Obj, Attributes, bool]] = {
    "everything": (ALL, GET_PODS, True),
    "the resource": ({"namespace": "*", "resource": "pods"}, GET_PODS, True),
    "another resource": ({"namespace": "*", "resource": "secrets"}, GET_PODS, False),
    "the namespace": ({"namespace": "default", "resource": "*"}, GET_PODS, True),
    "another namespace": ({"namespace": "shop", "resource": "*"}, GET_PODS, False),
    "no namespace": ({"resource": "pods"}, GET_PODS, False),
    "a cluster-wide object": ({"resource": "nodes"}, Attributes("get", "", "nodes"), True),
    "another group": ({**ALL, "apiGroup": ""}, Attributes("get", "apps", "deployments"), False),
    "the group": ({**ALL, "apiGroup": "apps"}, Attributes("get", "apps", "deployments"), True),
    "reading": ({**ALL, "readonly": True}, GET_PODS, True),
    "listing": ({**ALL, "readonly": True}, Attributes("list", "", "pods"), True),
    "writing for readers": ({**ALL, "readonly": True}, Attributes("create", "", "pods"), False),
    "writing": (ALL, Attributes("create", "", "pods"), True),
    "a path": ({"nonResourcePath": "/healthz"}, Attributes("get", "", "", path="/healthz"), True),
    "another path": ({"nonResourcePath": "/healthz"}, Attributes("get", "", "", path="/metrics"), False),
    "paths below": ({"nonResourcePath": "/api*"}, Attributes("get", "", "", path="/apis/apps"), True),
    "all paths": ({"nonResourcePath": "*"}, Attributes("get", "", "", path="/x"), True),
    "a path is no resource": (ALL, Attributes("get", "", "", path="/healthz"), False),
    "a resource is no path": ({"nonResourcePath": "*"}, GET_PODS, False),
}


@pytest.mark.parametrize(("policy", "asked", "allowed"), REQUESTS.values(), ids=REQUESTS)
def test_a_policy_allows(policy: Obj, asked: Attributes, allowed: bool):
    assert decide({"user": "jane", **policy}, asked) is allowed


def test_who_is_not_allowed_is_told_why():
    authorizer = AbacAuthorizer(lambda: ())
    assert authorizer.decide(JANE, GET_PODS) == Decision(allowed=False, reason="No policy matched.")


def test_policies_are_shown_as_rules():
    text = "\n".join(
        [
            line(user="jane", namespace="default", resource="pods", apiGroup="", readonly=True),
            line(user="jane", nonResourcePath="/version"),
            line(user="carol", namespace="*", resource="*"),
            line(user="jane", namespace="shop", resource="secrets"),
        ]
    )
    authorizer = AbacAuthorizer(lambda: policies_of(text))
    assert authorizer.rules(JANE, "default") == RuleSet(
        [
            {"verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["pods"]},
            {"verbs": ["*"], "nonResourceURLs": ["/version"]},
        ]
    )


def test_comments_and_empty_lines_are_no_policies():
    assert policies_of(f"# ours\n\n  \n{line(user='jane', resource='pods')}\n") == [
        {"user": "jane", "resource": "pods"}
    ]


OTHER = "error reading policy file, line 1: "
BAD = {
    "no JSON": ("{", f"{OTHER}JSONDecodeError"),
    "too deep": ("[" * 100_000, f"{OTHER}RecursionError"),
    "no object": (
        "[]",
        f"{OTHER}unrecognized object, expected abac.authorization.kubernetes.io/v1beta1 Policy",
    ),
    "no version": (
        '{"user": "jane"}',
        f"{OTHER}unrecognized object, expected abac.authorization.kubernetes.io/v1beta1 Policy",
    ),
    "another kind": (
        line(user="x").replace('"Policy"', '"Pod"'),
        f"{OTHER}unrecognized object, expected abac.authorization.kubernetes.io/v1beta1 Policy",
    ),
    "a user that is no text": (line(user=1), f"{OTHER}spec is no policy"),
    "readonly that is no truth": (line(user="x", readonly="yes"), f"{OTHER}spec is no policy"),
    "too many": (
        "\n".join([line(user="x")] * (MOST_POLICIES + 1)),
        f"{MOST_POLICIES + 1} policies; at most {MOST_POLICIES} are taken",
    ),
}


@pytest.mark.parametrize(("text", "why"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused(text: str, why: str):
    with pytest.raises(BadPolicy) as refused:
        policies_of(text)
    assert str(refused.value) == why
