"""ValidatingAdmissionPolicy: what is refused, warned of and noted, in upstream's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simcore.apimachinery.errors import Invalid
from simcore.apimachinery.kinds import CONFIG_MAP
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.observing.xray import Xray
from simcore.kube_apiserver.users import User
from tests.simcore.kube_apiserver.admission.policies.policies import (
    BINDINGS,
    POLICIES,
    created,
    given,
    rule,
    validating,
    warnings_of,
)
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, DEPLOYMENTS, MERGE, Door, pod

DENIED = "ValidatingAdmissionPolicy 'p' with binding 'p-everywhere' denied request: "


def said(answer: Any) -> str:
    message: str = answer["message"]
    return message.removeprefix('configmaps "a" is forbidden: ').removeprefix(DENIED)


def test_what_holds_passes_and_what_does_not_is_refused_as_invalid(door: Door):
    validating(door, "object.data.size() < 2")
    assert created(door, "fine", x="1")[0] == 201
    status, answer = created(door, "a", x="1", y="2")
    message = f"{DENIED}failed expression: object.data.size() < 2"
    assert (status, answer["reason"]) == (422, "Invalid")
    assert answer["message"] == f'configmaps "a" is forbidden: {message}'
    assert answer["details"] == {"name": "a", "kind": "configmaps", "causes": [{"message": message}]}


@pytest.mark.parametrize(
    ("reason", "code"),
    [("Forbidden", 403), ("Unauthorized", 401), ("RequestEntityTooLarge", 413), ("Invalid", 422)],
)
def test_the_reason_makes_the_code(door: Door, reason: str, code: int):
    validating(door, validations=[{"expression": "false", "message": "no", "reason": reason}])
    status, answer = created(door)
    assert (status, answer["code"], answer["reason"], said(answer)) == (code, code, reason, "no")


MESSAGES = {
    "its own": ({"message": "too big"}, "too big"),
    "an expression's": ({"messageExpression": "'limit ' + string(object.data.size())"}, "limit 1"),
    "an expression's before its own": ({"message": "m", "messageExpression": "'x' + 'y'"}, "xy"),
    "its own when the expression fails": ({"message": "m", "messageExpression": "object.data.nothing"}, "m"),
    "its own when the expression has two lines": ({"message": "m", "messageExpression": "'a\\nb'"}, "m"),
    "its own when the expression is blank": ({"message": "m", "messageExpression": "'  '"}, "m"),
    "its own when the expression is no text": ({"message": "m", "messageExpression": "1"}, "m"),
    "the rule itself": ({}, "failed expression: false"),
}


@pytest.mark.parametrize(("more", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_the_message_is(door: Door, more: Obj, expected: str):
    validating(door, validations=[{"expression": "false", **more}])
    assert said(created(door, "a", x="1")[1]) == expected


ERRORS = {
    "a missing field": ("object.spec.replicas > 1", "no such key: spec"),
    "a missing variable": ("nothing > 1", "no such attribute(s): nothing"),
    "a division by zero": ("1 / 0 > 1", "division by zero"),
}


@pytest.mark.parametrize(("expression", "why"), ERRORS.values(), ids=ERRORS)
def test_an_error_refuses_unless_failing_is_ignored(door: Door, expression: str, why: str):
    validating(door, expression)
    expected = f"expression '{expression}' resulted in error: {why}"
    assert said(created(door)[1]) == expected
    _, policy = door.get(f"{POLICIES}/p")
    policy["spec"]["failurePolicy"] = "Ignore"
    door.put(f"{POLICIES}/p", policy)
    assert created(door)[0] == 201


HOLDS = {
    "the object's metadata": "object.metadata.name == 'a'",
    "that there was no object before": "oldObject == null",
    "the operation": "request.operation == 'CREATE'",
    "who asks": "request.userInfo.username == 'kubernetes-admin' && 'system:masters' in request.userInfo.groups",
    "the kind": "request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps'",
    "where": "request.namespace == 'default' && request.name == 'a'",
    "the namespace": "namespaceObject.metadata.name == 'default'",
    "that it is no trial": "!request.dryRun",
    "what the object is": "object.kind == 'ConfigMap' && object.apiVersion == 'v1'",
    "an optional field": "!has(object.data.nothing) || object.data.nothing == ''",
    "all of a list": "['x', 'y'].all(k, !(k in object.data) || object.data[k].matches('^[0-9]+$'))",
    "quantities": "quantity('1Gi').isGreaterThan(quantity('500Mi'))",
    "that the user may": "authorizer.group('').resource('pods').namespace('default').check('create').allowed()",
    "that another may not": "!authorizer.serviceAccount('default', 'x').resource('pods').check('get').allowed()",
    "that the user may do this": "authorizer.requestResource.check('create').allowed()",
    "that the user may read a path": "authorizer.path('/healthz').check('get').allowed()",
}


@pytest.mark.parametrize("expression", HOLDS.values(), ids=HOLDS)
def test_an_expression_sees(door: Door, expression: str):
    validating(door, expression)
    status, answer = created(door, "a", x="1")
    assert status == 201, answer


def test_an_update_sees_both_objects_and_a_deletion_the_old_one(door: Door):
    validating(
        door,
        "request.operation != 'UPDATE' || object.data.x >= oldObject.data.x",
        "request.operation != 'DELETE' || (object == null && !('keep' in oldObject.data))",
        constraints={"resourceRules": [rule(operations="*")]},
    )
    created(door, "a", x="5", keep="yes")
    status, answer = door.patch(f"{CONFIG_MAPS}/a", {"data": {"x": "4"}}, MERGE)
    assert (status, "UPDATE" in answer["message"]) == (422, True)
    assert door.patch(f"{CONFIG_MAPS}/a", {"data": {"x": "6"}}, MERGE)[0] == 200
    assert door.delete(f"{CONFIG_MAPS}/a")[0] == 422
    door.patch(f"{CONFIG_MAPS}/a", {"data": {"keep": None}}, MERGE)
    assert door.delete(f"{CONFIG_MAPS}/a")[0] == 200


def test_variables_build_on_each_other_and_only_the_used_ones_can_fail(door: Door):
    validating(
        door,
        "variables.twice < 10",
        "!('no' in object.data) || variables.broken",
        variables=[
            {"name": "size", "expression": "object.data.size()"},
            {"name": "twice", "expression": "variables.size * 2"},
            {"name": "broken", "expression": "object.nothing == 1"},
        ],
    )
    assert created(door, "fine", x="1")[0] == 201
    assert said(created(door, "a", no="1")[1]) == (
        'composited variable "broken" fails to evaluate: '
        "expression 'object.nothing == 1' resulted in error: no such key: nothing"
    )


def test_a_variable_that_needs_itself_fails(door: Door):
    validating(door, "variables.a", variables=[{"name": "a", "expression": "variables.a"}])
    assert created(door)[0] == 422


CONDITIONS = {
    "all hold": (["true", "object.metadata.name == 'a'"], 422),
    "one does not": (["true", "object.metadata.name == 'b'"], 201),
    "one does not and another fails": (["object.x", "false"], 201),
    "one fails": (["object.x == 1"], 422),
}


@pytest.mark.parametrize(("conditions", "status"), CONDITIONS.values(), ids=CONDITIONS)
def test_match_conditions_decide_whether_a_policy_is_asked(door: Door, conditions: list[str], status: int):
    listed = [{"name": f"c{at}", "expression": text} for at, text in enumerate(conditions)]
    validating(door, "false", matchConditions=listed)
    assert created(door)[0] == status


MATCHING = {
    "its resource": ({"resourceRules": [rule()]}, True),
    "every resource": ({"resourceRules": [rule("*", groups="*")]}, True),
    "everything": ({"resourceRules": [rule("*/*", groups="*", operations="*")]}, True),
    "another resource": ({"resourceRules": [rule("pods")]}, False),
    "another group": ({"resourceRules": [rule(groups="apps")]}, False),
    "another operation": ({"resourceRules": [rule(operations="DELETE")]}, False),
    "another version": ({"resourceRules": [{**rule(), "apiVersions": ["v2"]}]}, False),
    "its name": ({"resourceRules": [rule(resourceNames=["a"])]}, True),
    "another name": ({"resourceRules": [rule(resourceNames=["b"])]}, False),
    "its scope": ({"resourceRules": [rule(scope="Namespaced")]}, True),
    "the other scope": ({"resourceRules": [rule(scope="Cluster")]}, False),
    "a subresource": ({"resourceRules": [rule("configmaps/status")]}, False),
    "what it excludes": ({"resourceRules": [rule()], "excludeResourceRules": [rule()]}, False),
    "its labels": ({"resourceRules": [rule()], "objectSelector": {"matchLabels": {"tier": "x"}}}, True),
    "other labels": ({"resourceRules": [rule()], "objectSelector": {"matchLabels": {"tier": "y"}}}, False),
    "its namespace": (
        {
            "resourceRules": [rule()],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}},
        },
        True,
    ),
    "another namespace": (
        {"resourceRules": [rule()], "namespaceSelector": {"matchLabels": {"stage": "production"}}},
        False,
    ),
}


@pytest.mark.parametrize(("constraints", "concerned"), MATCHING.values(), ids=MATCHING)
@pytest.mark.parametrize("by", ["policy", "binding"])
def test_a_policy_is_for(door: Door, constraints: Obj, concerned: bool, by: str):
    if by == "policy":
        validating(door, "false", constraints=constraints)
    else:
        everything = {"resourceRules": [rule("*/*", groups="*", operations="*")]}
        validating(door, "false", constraints=everything, binding={"matchResources": constraints})
    assert created(door, "a", {"tier": "x"})[0] == (422 if concerned else 201)


PATTERNS = {
    "the resource": ("deployments", True, False),
    "everything but parts": ("*", True, False),
    "the part": ("deployments/scale", False, True),
    "the resource and its parts": ("deployments/*", True, True),
    "everything": ("*/*", True, True),
    "that part of everything": ("*/scale", False, True),
    "another part": ("deployments/status", False, False),
}


@pytest.mark.parametrize(("pattern", "whole", "part"), PATTERNS.values(), ids=PATTERNS)
def test_a_rule_names_resources_and_their_parts(door: Door, pattern: str, whole: bool, part: bool):
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod("x")["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    door.post(DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec})
    validating(door, "false", constraints={"resourceRules": [rule(pattern, groups="apps")]})
    path, scale = f"{DEPLOYMENTS}/web", {"spec": {"replicas": 2}}
    assert door.patch(path, {"metadata": {"labels": {"a": "c"}}}, MERGE)[0] == (422 if whole else 200)
    assert door.patch(f"{path}/scale", scale, MERGE)[0] == (422 if part else 200)


def test_a_policy_without_a_binding_does_nothing(door: Door):
    spec = {"matchConstraints": {"resourceRules": [rule()]}, "validations": [{"expression": "false"}]}
    given(door, POLICIES, {"metadata": {"name": "alone"}, "spec": spec})
    assert created(door)[0] == 201


def test_no_policy_is_asked_about_policies(door: Door):
    validating(door, "false", constraints={"resourceRules": [rule("*", groups="*", operations="*")]})
    assert created(door)[0] == 422
    assert door.delete(f"{BINDINGS}/p-everywhere")[0] == 200
    assert created(door)[0] == 201


def test_a_namespace_is_selected_by_its_own_labels(door: Door):
    selector = {"matchLabels": {"stage": "production"}}
    constraints = {"resourceRules": [rule("namespaces")], "namespaceSelector": selector}
    validating(door, "namespaceObject == null && false", constraints=constraints)
    spaces = "/api/v1/namespaces"
    assert door.post(spaces, {"metadata": {"name": "x"}})[0] == 201
    labels = {"stage": "production"}
    assert door.post(spaces, {"metadata": {"name": "y", "labels": labels}})[0] == 422


def test_warn_lets_pass_and_tells(door: Door):
    validating(door, "false", "true", "1 == 2", actions=("Warn",))
    assert warnings_of(door, b'{"metadata":{"name":"a"}}') == [
        f"299 - \"Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-everywhere': {text}\""
        for text in ("failed expression: false", "failed expression: 1 == 2")
    ]


def audited(door: Door, name: str) -> dict[str, str]:
    xray = Xray(lambda: 0)
    body = json.dumps({"metadata": {"name": name}, "data": {"x": "1"}}).encode()
    request = HttpRequest(
        "POST", CONFIG_MAPS, "", {"content-type": "application/json"}, body, door.user, xray=xray
    )
    door.api.serve(request)
    return xray.annotations


def test_audit_notes_the_failure(door: Door):
    validating(door, "true", "false", actions=("Audit", "Deny"))
    noted = audited(door, "a")["validation.policy.admission.k8s.io/validation_failure"]
    assert json.loads(noted) == [
        {
            "message": "failed expression: false",
            "policy": "p",
            "binding": "p-everywhere",
            "expressionIndex": 1,
            "validationActions": ["Audit", "Deny"],
        }
    ]


def test_audit_annotations_have_the_policys_name(door: Door):
    validating(
        door,
        auditAnnotations=[
            {"key": "size", "valueExpression": "'has ' + string(object.data.size())"},
            {"key": "none", "valueExpression": "null"},
            {"key": "blank", "valueExpression": "' '"},
        ],
    )
    assert audited(door, "a") == {"p/size": "has 1"}


def test_an_audit_annotation_that_fails_refuses(door: Door):
    validating(door, auditAnnotations=[{"key": "n", "valueExpression": "1"}], actions=("Audit",))
    status, answer = created(door)
    assert (status, said(answer)) == (
        422,
        "valueExpression '1' resulted in unsupported return type: int. Return type must be either string or null.",
    )


PARAMETERS: dict[str, tuple[Obj, int, str]] = {
    "by name": ({"name": "limits", "namespace": "default"}, 422, "limits: 1"),
    "by name in the object's namespace": ({"name": "limits"}, 422, "limits: 1"),
    "by label": ({"selector": {"matchLabels": {"for": "p"}}, "namespace": "default"}, 422, "limits: 1"),
    "none, which is allowed": ({"name": "none", "parameterNotFoundAction": "Allow"}, 201, ""),
    "none, which is not": (
        {"name": "none"},
        422,
        "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
    ),
}


@pytest.mark.parametrize(("ref", "status", "message"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters_are_found(door: Door, ref: Obj, status: int, message: str):
    created(door, "limits", {"for": "p"}, most="1")
    check = "request.name == 'limits' || object.data.size() <= int(params.data.most)"
    validating(
        door,
        validations=[{"expression": check, "messageExpression": "'limits: ' + params.data.most"}],
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
        binding={"paramRef": {"parameterNotFoundAction": "Deny", **ref}},
    )
    code, answer = created(door, "a", x="1", y="2")
    assert (code, said(answer) if code == 422 else "") == (status, message)


def test_a_kind_of_parameters_that_is_not_served_is_an_error(door: Door):
    validating(
        door,
        "true",
        paramKind={"apiVersion": "rules.example.com/v1", "kind": "Limit"},
        binding={"paramRef": {"name": "x", "parameterNotFoundAction": "Deny"}},
    )
    assert said(created(door)[1]) == (
        "failed to configure binding: failed to find resource referenced by paramKind: "
        "'rules.example.com/v1, Kind=Limit'"
    )


def test_a_namespaced_parameter_of_a_cluster_wide_object_needs_its_namespace(door: Door):
    validating(
        door,
        "true",
        constraints={"resourceRules": [rule("namespaces")]},
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
        binding={"paramRef": {"name": "x", "parameterNotFoundAction": "Deny"}},
    )
    _, answer = door.post("/api/v1/namespaces", {"metadata": {"name": "new"}})
    assert answer["message"].endswith(
        "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
    )


@pytest.mark.parametrize(
    "expression",
    [
        "object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, a != b || c == d))))",
        "object.data.map(a, object.data.map(b, object.data.map(c, object.data.map(d, a)))).size() > 0",
    ],
)
def test_what_expressions_may_cost_is_bounded(door: Door, expression: str):
    validating(door, expression)
    status, answer = created(door, "a", **{f"k{n}": "v" for n in range(100)})
    assert (status, said(answer)) == (
        422,
        "validation failed due to running out of cost budget, no further validation rules will be run",
    )


def test_deployments_are_held_to_their_replicas(door: Door):
    validating(
        door,
        validations=[{"expression": "object.spec.replicas <= 5", "message": "at most five"}],
        constraints={"resourceRules": [rule("deployments", groups="apps")]},
    )
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod("x")["spec"]}
    spec = {"replicas": 6, "selector": {"matchLabels": {"a": "b"}}, "template": template}
    status, answer = door.post(DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec})
    assert (status, answer["message"]) == (
        422,
        f'deployments.apps "web" is forbidden: {DENIED}at most five',
    )


def test_components_are_held_to_policies_too(door: Door):
    validating(door, "has(object.metadata.labels)")
    with pytest.raises(Invalid):
        door.local.create(CONFIG_MAP, {"metadata": {"name": "x", "namespace": "default"}})


def test_a_user_without_rights_is_told_apart(door: Door):
    validating(door, "authorizer.requestResource.check('delete').allowed()")
    door.user = User("operate-1", role="operate")
    assert created(door, "b")[0] == 201
