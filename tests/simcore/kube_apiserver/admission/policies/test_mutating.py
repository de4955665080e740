"""MutatingAdmissionPolicy: what is changed before anything is checked, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.policies.literals import as_maps, unescaped
from tests.simcore.kube_apiserver.admission.policies.policies import (
    MUTATING,
    MUTATING_BINDINGS,
    applied,
    created,
    mutating,
    patched,
    rule,
    validating,
)
from tests.simcore.kube_apiserver.http.door import DEPLOYMENTS, PODS, Door, pod

DENIED = "policy 'm' with binding 'm-everywhere' denied request: "
ON_PODS = {"resourceRules": [rule("pods")]}


def made(door: Door, name: str = "a", **data: str) -> Any:
    status, body = created(door, name, **data)
    assert status == 201, body
    return body


def test_an_applied_configuration_is_merged(door: Door):
    mutating(door, applied('Object{metadata: Object.metadata{labels: Object.metadata.labels{env: "test"}}}'))
    body = made(door, x="1")
    assert (body["metadata"]["labels"], body["data"]) == ({"env": "test"}, {"x": "1"})


def test_containers_are_merged_by_their_names(door: Door):
    sidecar = 'Object.spec.containers{name: "side", image: "proxy:1"}'
    main = 'Object.spec.containers{name: "main", image: "other:2"}'
    mutating(
        door, applied(f"Object{{spec: Object.spec{{containers: [{main}, {sidecar}]}}}}"), constraints=ON_PODS
    )
    _, body = door.post(PODS, pod("web"))
    assert [(c["name"], c["image"]) for c in body["spec"]["containers"]] == [
        ("main", "other:2"),
        ("side", "proxy:1"),
    ]
    assert body["spec"]["containers"][1]["imagePullPolicy"] == "IfNotPresent"


def test_init_containers_come_where_there_were_none(door: Door):
    text = """Object{spec: Object.spec{initContainers: [
        Object.spec.initContainers{name: "mesh", image: "mesh:1", restartPolicy: "Always"}]}}"""
    mutating(door, applied(text), constraints=ON_PODS)
    _, body = door.post(PODS, pod("web"))
    assert body["spec"]["initContainers"][0]["restartPolicy"] == "Always"


PATCHES = {
    "adding": ('[JSONPatch{op: "add", path: "/data/new", value: "1"}]', {"x": "0", "new": "1"}),
    "replacing": ('[JSONPatch{op: "replace", path: "/data/x", value: object.metadata.name}]', {"x": "a"}),
    "removing": ('[JSONPatch{op: "remove", path: "/data/x"}]', {}),
    "moving": ('[JSONPatch{op: "move", from: "/data/x", path: "/data/y"}]', {"y": "0"}),
    "copying": ('[JSONPatch{op: "copy", from: "/data/x", path: "/data/y"}]', {"x": "0", "y": "0"}),
    "a test that holds": (
        '[JSONPatch{op: "test", path: "/data/x", value: "0"}, JSONPatch{op: "remove", path: "/data/x"}]',
        {},
    ),
    "a condition": (
        'has(object.data.y) ? [] : [JSONPatch{op: "add", path: "/data/y", value: "1"}]',
        {"x": "0", "y": "1"},
    ),
    "nothing": ("[]", {"x": "0"}),
}


@pytest.mark.parametrize(("expression", "data"), PATCHES.values(), ids=PATCHES)
def test_a_json_patch_changes(door: Door, expression: str, data: dict[str, str]):
    mutating(door, patched(expression))
    assert (made(door, x="0").get("data") or {}) == data


def test_escaped_keys_of_labels(door: Door):
    path = '"/metadata/labels/" + jsonpatch.escapeKey("example.com/env")'
    mutating(door, patched(f'[JSONPatch{{op: "add", path: {path}, value: "test"}}]'))
    status, body = created(door, "a", {"app": "x"})
    assert (status, body["metadata"]["labels"]) == (201, {"app": "x", "example.com/env": "test"})


def test_mutations_follow_each_other_and_variables_are_worked_out_anew(door: Door):
    mutating(
        door,
        patched('[JSONPatch{op: "add", path: "/data/a", value: string(variables.size)}]'),
        patched('[JSONPatch{op: "add", path: "/data/b", value: string(variables.size)}]'),
        variables=[{"name": "size", "expression": "object.data.size()"}],
    )
    assert made(door, x="0")["data"] == {"x": "0", "a": "1", "b": "2"}


def test_what_is_changed_is_what_validating_policies_see(door: Door):
    mutating(door, patched('[JSONPatch{op: "add", path: "/data/y", value: "1"}]'))
    validating(door, "!('y' in object.data)")
    assert created(door, x="0")[0] == 422


def test_an_earlier_policy_is_asked_again_when_it_wants_to(door: Door):
    count = '[JSONPatch{op: "add", path: "/data/seen", value: string(object.data.size())}]'
    mutating(door, patched(count), name="first", reinvocationPolicy="IfNeeded")
    mutating(door, patched('[JSONPatch{op: "add", path: "/data/y", value: "1"}]'), name="second")
    assert made(door, x="0")["data"] == {"x": "0", "y": "1", "seen": "3"}


def test_a_condition_that_does_not_hold_leaves_the_object_alone(door: Door):
    mutating(
        door,
        patched('[JSONPatch{op: "add", path: "/data/y", value: "1"}]'),
        matchConditions=[{"name": "labelled", "expression": "has(object.metadata.labels)"}],
    )
    assert made(door, x="0")["data"] == {"x": "0"}


REFUSED = {
    "an error": (
        patched("object.nothing"),
        "expression 'object.nothing' resulted in error: no such key: nothing",
    ),
    "no list": (
        patched('"x"'),
        "type mismatch: JSONPatchType.expression should return an array, got str",
    ),
    "no patch": (patched('["x"]'), "each element of a JSONPatch must be a JSONPatch{}"),
    "no object": (applied("1"), "unexpected evaluation result type: int, want Object"),
    "a field that there is not": (
        applied("Object{spec: Object.spec{x: 1}}"),
        "error applying patch: .spec: field not declared in schema",
    ),
    "another name": (
        patched('[JSONPatch{op: "replace", path: "/metadata/name", value: "b"}]'),
        "metadata.name must not be changed",
    ),
    "another namespace": (
        patched('[JSONPatch{op: "replace", path: "/metadata/namespace", value: "kube-system"}]'),
        "metadata.namespace must not be changed",
    ),
    "no metadata": (patched('[JSONPatch{op: "remove", path: "/metadata"}]'), "the result is no object"),
}


@pytest.mark.parametrize(("mutation", "why"), REFUSED.values(), ids=REFUSED)
def test_a_mutation_is_refused_for(door: Door, mutation: Obj, why: str):
    mutating(door, mutation)
    status, answer = created(door, x="0")
    assert (status, answer["reason"]) == (422, "Invalid")
    assert answer["message"] == f'configmaps "a" is forbidden: {DENIED}{why}'


@pytest.mark.parametrize("mutation", [mutation for mutation, _ in REFUSED.values()], ids=REFUSED)
def test_failures_may_be_ignored(door: Door, mutation: Obj):
    mutating(door, mutation, failurePolicy="Ignore")
    assert made(door, x="0")["data"] == {"x": "0"}


def test_a_failed_test_of_a_patch_refuses(door: Door):
    mutating(door, patched('[JSONPatch{op: "test", path: "/data/x", value: "9"}]'))
    assert f"{DENIED}JSON Patch: " in created(door, x="0")[1]["message"]


def test_the_policy_can_be_taken_away_again(door: Door):
    mutating(door, patched("1"))
    assert created(door)[0] == 422
    assert door.delete(f"{MUTATING}/m")[0] == 200
    assert created(door)[0] == 201


def test_a_replica_count_is_set(door: Door):
    mutating(
        door,
        applied("Object{spec: Object.spec{replicas: object.spec.replicas > 3 ? 3 : object.spec.replicas}}"),
        constraints={"resourceRules": [rule("deployments", groups="apps")]},
    )
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod("x")["spec"]}
    spec = {"replicas": 6, "selector": {"matchLabels": {"a": "b"}}, "template": template}
    assert door.post(DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec})[1]["spec"]["replicas"] == 3


LITERALS = {
    "no literal": ('object.spec{"a": b}', 'object.spec{"a": b}'),
    "an object": ("Object{a: 1}", '{"a": 1}'),
    "inner objects": ("Object{ spec: Object.spec{ b: 2 } }", '{ "spec": { "b": 2 } }'),
    "lists": ("[JSONPatch{op: x}, JSONPatch{op: y}]", '[{"op": x}, {"op": y}]'),
    "a condition's colon": ("Object{a: b ? c : d, e: f}", '{"a": b ? c : d, "e": f}'),
    "a map inside": ('Object{a: {"k": v, n: 1}}', '{"a": {"k": v, n: 1}}'),
    "a call inside": ("Object{a: f(b, c), d: 1}", '{"a": f(b, c), "d": 1}'),
    "texts are left alone": ("\"Object{a: 1}\" + 'Object{b: 2}'", "\"Object{a: 1}\" + 'Object{b: 2}'"),
    "quotes in texts": (r'"a\"b" + Object{c: 1}.c', r'"a\"b" + {"c": 1}.c'),
    "words that begin alike": ("MyObject{a: 1}", "MyObject{a: 1}"),
    "an escaped field": ("Object{__namespace__: 1}", '{"namespace": 1}'),
}


@pytest.mark.parametrize(("text", "expected"), LITERALS.values(), ids=LITERALS)
def test_literals_are_maps(text: str, expected: str):
    assert as_maps(text) == expected


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("plain", "plain"),
        ("__namespace__", "namespace"),
        ("a__dot__b", "a.b"),
        ("a__dash__b", "a-b"),
        ("a__slash__b", "a/b"),
        ("a__underscores__b", "a__b"),
    ],
)
def test_names_are_unescaped(name: str, field: str):
    assert unescaped(name) == field


@pytest.mark.parametrize("text", ["Object{", "}}}", "'" * 9, "Object{a: [}", "\\", "Object.{a:1}"])
def test_what_is_no_expression_is_no_policy(door: Door, text: str):
    assert isinstance(as_maps(text), str)
    constraints = {"resourceRules": [rule()]}
    spec = {"mutations": [applied(text)], "matchConstraints": constraints, "reinvocationPolicy": "Never"}
    status, body = door.post(MUTATING, {"metadata": {"name": "m"}, "spec": spec})
    assert (status, "compilation failed: ERROR: " in body["message"]) == (422, True)


RULES = {"resourceRules": [rule()]}
GOOD = {"mutations": [applied("Object{}")], "matchConstraints": RULES, "reinvocationPolicy": "Never"}
FAULTS: dict[str, tuple[Obj, str]] = {
    "no mutations": (
        {"mutations": []},
        "spec.mutations: Required value: mutations must contain at least one item",
    ),
    "no kind of patch": ({"mutations": [{}]}, "spec.mutations[0].patchType: Required value"),
    "another kind of patch": (
        {"mutations": [{"patchType": "Merge"}]},
        'spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"',
    ),
    "no patch": (
        {"mutations": [{"patchType": "JSONPatch"}]},
        "spec.mutations[0].jsonPatch: Required value",
    ),
    "an empty patch": (
        {"mutations": [patched(" ")]},
        "spec.mutations[0].jsonPatch.expression: Required value",
    ),
    "no constraints": ({"matchConstraints": None}, "spec.matchConstraints: Required value"),
    "no policy of reinvocation": ({"reinvocationPolicy": None}, "spec.reinvocationPolicy: Required value"),
    "a condition without a name": (
        {"matchConditions": [{"expression": "true"}]},
        "spec.matchConditions[0].name: Required value",
    ),
    "a condition twice": (
        {"matchConditions": [{"name": "a", "expression": "true"}] * 2},
        'spec.matchConditions[1].name: Duplicate value: "a"',
    ),
    "too many conditions": (
        {"matchConditions": [{"name": f"a{n}", "expression": "true"} for n in range(65)]},
        "spec.matchConditions: Invalid value: 65: must have at most 64 items",
    ),
    "a variable without an expression": (
        {"variables": [{"name": "a"}]},
        "spec.variables[0].expression: Required value",
    ),
}


@pytest.mark.parametrize(("change", "why"), FAULTS.values(), ids=FAULTS)
def test_a_policy_is_invalid_with(door: Door, change: Obj, why: str):
    spec = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    status, body = door.post(MUTATING, {"metadata": {"name": "m"}, "spec": spec})
    assert status == 422, body
    assert body["message"] == f'MutatingAdmissionPolicy.admissionregistration.k8s.io "m" is invalid: {why}'


def test_a_policy_that_is_good_has_its_defaults(door: Door):
    status, body = door.post(MUTATING, {"metadata": {"name": "m"}, "spec": GOOD})
    assert (status, body["spec"]["failurePolicy"]) == (201, "Fail")
    assert body["spec"]["matchConstraints"]["matchPolicy"] == "Equivalent"


def test_a_binding_names_its_policy(door: Door):
    status, body = door.post(MUTATING_BINDINGS, {"metadata": {"name": "b"}, "spec": {}})
    assert (status, "spec.policyName: Required value" in body["message"]) == (422, True)
