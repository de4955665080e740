"""Policies and bindings as users write them, and what a request meets."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, Door

ADMISSION = "/apis/admissionregistration.k8s.io/v1"
POLICIES, BINDINGS = (
    f"{ADMISSION}/validatingadmissionpolicies",
    f"{ADMISSION}/validatingadmissionpolicybindings",
)
MUTATING, MUTATING_BINDINGS = (
    f"{ADMISSION}/mutatingadmissionpolicies",
    f"{ADMISSION}/mutatingadmissionpolicybindings",
)


def rule(
    resources: str = "configmaps", *, groups: str = "", operations: str = "CREATE,UPDATE", **more: Any
) -> Obj:
    return {
        "apiGroups": groups.split(","),
        "apiVersions": ["v1"],
        "operations": operations.split(","),
        "resources": resources.split(","),
        **more,
    }


def given(door: Door, path: str, body: Obj) -> Any:
    status, answer = door.post(path, body)
    assert status == 201, answer
    return answer


def validating(
    door: Door,
    *expressions: str,
    actions: tuple[str, ...] = ("Deny",),
    constraints: Obj | None = None,
    binding: Obj | None = None,
    name: str = "p",
    **spec: Any,
) -> None:
    """A policy and its binding `<name>-everywhere`."""
    spec.setdefault("validations", [{"expression": text} for text in expressions])
    spec["matchConstraints"] = constraints or {"resourceRules": [rule()]}
    given(door, POLICIES, {"metadata": {"name": name}, "spec": spec})
    bound = {"policyName": name, "validationActions": list(actions), **(binding or {})}
    given(door, BINDINGS, {"metadata": {"name": f"{name}-everywhere"}, "spec": bound})


def mutating(
    door: Door, *mutations: Obj, constraints: Obj | None = None, name: str = "m", **spec: Any
) -> None:
    spec["mutations"] = list(mutations)
    spec["matchConstraints"] = constraints or {"resourceRules": [rule()]}
    spec.setdefault("reinvocationPolicy", "Never")
    spec.setdefault("failurePolicy", "Fail")
    given(door, MUTATING, {"metadata": {"name": name}, "spec": spec})
    bound = {"metadata": {"name": f"{name}-everywhere"}, "spec": {"policyName": name}}
    given(door, MUTATING_BINDINGS, bound)


def applied(expression: str) -> Obj:
    return {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}


def patched(expression: str) -> Obj:
    return {"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}


def created(door: Door, name: str = "a", labels: Obj | None = None, **data: str) -> tuple[int, Any]:
    return door.post(CONFIG_MAPS, {"metadata": {"name": name, "labels": labels or {}}, "data": data})


def warnings_of(door: Door, body: bytes) -> list[str]:
    answer = door.response("POST", CONFIG_MAPS, body, {"content-type": "application/json"})
    assert answer.status == 201, answer.body
    return [value for name, value in answer.headers if name == "Warning"]
