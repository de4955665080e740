"""The review kinds: questions over HTTP, their answers, and what is no question."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.users import ANONYMOUS, User
from tests.simcore.kube_apiserver.http.door import Door

GROUP = "/apis/authorization.k8s.io/v1"
SUBJECT, SELF = f"{GROUP}/subjectaccessreviews", f"{GROUP}/selfsubjectaccessreviews"
RULES, LOCAL = f"{GROUP}/selfsubjectrulesreviews", f"{GROUP}/namespaces/default/localsubjectaccessreviews"
PODS = {"namespace": "default", "verb": "get", "resource": "pods"}
KUBELET: Obj = {"user": "system:node:n", "groups": ["system:nodes"]}


def status(door: Door, path: str, spec: Obj) -> Any:
    code, body = door.post(path, {"spec": spec})
    assert code == 201, body
    return body["status"]


ANSWERS: dict[str, tuple[str, Obj, Obj]] = {
    "a master": (
        SUBJECT,
        {"user": "x", "groups": ["system:masters"], "resourceAttributes": PODS},
        {"allowed": True},
    ),
    "somebody": (SUBJECT, {"user": "x", "resourceAttributes": PODS}, {"allowed": False}),
    "a group": (SUBJECT, {"groups": ["dev"], "resourceAttributes": PODS}, {"allowed": False}),
    "somebody with a share's name": (
        SUBJECT,
        {"user": "operate-1", "resourceAttributes": PODS},
        {"allowed": False},
    ),
    "a path": (
        SUBJECT,
        {"user": "x", "nonResourceAttributes": {"verb": "get", "path": "/healthz"}},
        {"allowed": False},
    ),
    "oneself": (SELF, {"resourceAttributes": PODS}, {"allowed": True}),
    "somebody here": (LOCAL, {"user": "x", "resourceAttributes": PODS}, {"allowed": False}),
    "a kubelet": (
        SUBJECT,
        {**KUBELET, "resourceAttributes": {"verb": "get", "resource": "nodes", "name": "m"}},
        {"allowed": False, "reason": "node 'n' cannot read 'm', only its own Node object"},
    ),
    "a kubelet and its pods": (
        SUBJECT,
        {
            **KUBELET,
            "resourceAttributes": {
                "verb": "list",
                "resource": "pods",
                "fieldSelector": {
                    "requirements": [{"key": "spec.nodeName", "operator": "In", "values": ["n"]}]
                },
            },
        },
        {"allowed": True},
    ),
    "a kubelet and others' pods": (
        SUBJECT,
        {
            **KUBELET,
            "resourceAttributes": {
                "verb": "list",
                "resource": "pods",
                "fieldSelector": {
                    "requirements": [{"key": "spec.nodeName", "operator": "NotIn", "values": ["n"]}]
                },
            },
        },
        {"allowed": False, "reason": "can only list/watch pods with spec.nodeName field selector"},
    ),
}


@pytest.mark.parametrize(("path", "spec", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_a_question_about(door: Door, path: str, spec: Obj, expected: Obj):
    assert status(door, path, spec) == expected


INVALID: dict[str, tuple[str, Obj, str]] = {
    "nobody": (
        SUBJECT,
        {"resourceAttributes": PODS},
        'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": '
        "at least one of user or group must be specified",
    ),
    "nothing": (
        SELF,
        {},
        'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: '
        "exactly one of nonResourceAttributes or resourceAttributes must be specified",
    ),
    "both": (
        SUBJECT,
        {"user": "x", "resourceAttributes": PODS, "nonResourceAttributes": {"path": "/x"}},
        'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: '
        '{"path":"/x"}: cannot be specified in combination with resourceAttributes',
    ),
    "a path here": (
        LOCAL,
        {"user": "x", "nonResourceAttributes": {"path": "/x"}},
        'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: '
        '{"path":"/x"}: disallowed on this kind of request',
    ),
}


@pytest.mark.parametrize(("path", "spec", "message"), INVALID.values(), ids=INVALID)
def test_a_question_is_invalid_about(door: Door, path: str, spec: Obj, message: str):
    code, body = door.post(path, {"spec": spec})
    assert (code, body["message"]) == (422, message)


def test_a_local_question_stays_here(door: Door):
    spec = {"user": "x", "resourceAttributes": {**PODS, "namespace": "other"}}
    code, body = door.post(LOCAL, {"spec": spec})
    assert (code, body["message"]) == (400, "spec.resourceAttributes.namespace must match namespace: default")


def test_rules_are_asked_for_in_a_namespace(door: Door):
    code, body = door.post(RULES, {"spec": {}})
    assert (code, body["message"]) == (400, "no namespace on request")


def test_an_owners_rules_are_everything(door: Door):
    found = status(door, RULES, {"namespace": "default"})
    assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in found["resourceRules"]
    assert {"verbs": ["*"], "nonResourceURLs": ["*"]} in found["nonResourceRules"]
    assert not found["incomplete"]


def test_a_kubelets_rules_are_incomplete(door: Door):
    door.user = User("system:node:n", ("system:nodes", "system:masters"), "user")
    found = status(door, RULES, {"namespace": "default"})
    assert (found["incomplete"], found["evaluationError"]) == (
        True,
        "node authorizer does not support user rule resolution",
    )


@pytest.mark.parametrize("path", [SUBJECT, SELF, RULES, LOCAL])
def test_nobody_asks_without_the_right_to_ask(door: Door, path: str):
    door.user = ANONYMOUS
    code, body = door.post(path, {"spec": {"namespace": "default", "resourceAttributes": PODS}})
    assert (code, 'User "system:anonymous" cannot create' in body["message"]) == (403, True)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_questions_are_posted(door: Door, method: str):
    assert door.call(method, SUBJECT)[0] in (405, 415)
