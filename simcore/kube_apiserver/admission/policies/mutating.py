"""MutatingAdmissionPolicy: changes objects by an applied configuration or a JSON patch that an expression makes.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/policy/mutating/{dispatcher,patch/*}.go.
Left out: see docs/deviations.md, kube-apiserver: policies run once, after the other plugins, and once more if needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simcore.apimachinery.kinds import MUTATING_ADMISSION_POLICY, MUTATING_ADMISSION_POLICY_BINDING, Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.patches_json import JsonPatchError, json_patch
from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.admission.policies.expressions import Expressions, Failed
from simcore.kube_apiserver.admission.policies.inputs import authorizer_functions, inputs_of
from simcore.kube_apiserver.admission.policies.literals import as_maps
from simcore.kube_apiserver.admission.policies.matching import ADMISSION_GROUP, NEVER, concerns, namespace_of
from simcore.kube_apiserver.admission.policies.params import BadBinding, FindKind, params_of
from simcore.kube_apiserver.admission.policies.validating import condition_met, refusal
from simcore.kube_apiserver.authorization.authorizer import Authorizer
from simcore.kube_apiserver.managed_fields.merging import merge
from simcore.kube_apiserver.managed_fields.typing import faults_of
from simcore.kube_apiserver.strategy import RequestContext


class MutatingPolicies(BasePlugin):
    name = "MutatingAdmissionPolicy"

    def __init__(
        self,
        authorizer: Authorizer,
        find_kind: FindKind,
        node: Callable[[Kind], Node | None],
        default: Callable[[Kind, Obj], Obj],
    ) -> None:
        """`node` is a kind's schema, `default` fills in what a changed object lacks."""
        self._authorizer, self._find_kind = authorizer, find_kind
        self._node, self._default = node, default

    def concerns(self, kind: Kind) -> bool:
        return kind.group != ADMISSION_GROUP or kind.plural not in NEVER

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        bindings = ctx.read.all(MUTATING_ADMISSION_POLICY_BINDING)
        if not bindings or asked.obj is None:
            return asked.obj
        again: list[tuple[Obj, Obj]] = []
        for policy in ctx.read.all(MUTATING_ADMISSION_POLICY):
            own = [b for b in bindings if b["spec"].get("policyName") == policy["metadata"]["name"]]
            if not own or not concerns(policy["spec"].get("matchConstraints"), asked, ctx.read):
                continue
            for binding in own:
                if concerns(binding["spec"].get("matchResources"), asked, ctx.read):
                    before = asked.obj
                    asked.obj = self._bound(asked, ctx, policy, binding)
                    for earlier in again if asked.obj != before else ():
                        asked.obj = self._bound(asked, ctx, *earlier)
                    if policy["spec"].get("reinvocationPolicy") == "IfNeeded":
                        again.append((policy, binding))
        return asked.obj

    def _bound(self, asked: Asked, ctx: RequestContext, policy: Obj, binding: Obj) -> Obj:
        """Raises: ApiError, where failing counts."""
        assert asked.obj is not None
        before = asked.obj
        try:
            params = params_of(policy, binding, asked.namespace, ctx.read, self._find_kind)
            for param in params:
                asked.obj = self._mutated(asked, ctx, policy["spec"], param)
        except (BadBinding, Failed) as error:
            if policy["spec"].get("failurePolicy") == "Ignore":
                return before
            name, bound = policy["metadata"]["name"], binding["metadata"]["name"]
            said = f"policy '{name}' with binding '{bound}' denied request: {error}"
            raise refusal(asked, said, "Invalid") from None
        return asked.obj

    def _mutated(self, asked: Asked, ctx: RequestContext, spec: Obj, param: Obj | None) -> Obj:
        """Raises: Failed."""
        assert asked.obj is not None
        functions = authorizer_functions(self._authorizer, ctx.user)
        namespace = namespace_of(asked, ctx.read)
        for mutation in spec.get("mutations") or ():
            inputs = inputs_of(asked, ctx, param, namespace)
            expressions = Expressions(inputs, spec.get("variables") or (), functions, as_maps)
            if not condition_met(spec, expressions):
                return asked.obj
            changed = self._changed(mutation, asked, expressions)
            asked.obj = self._default(asked.kind, changed)
        return asked.obj

    def _changed(self, mutation: Obj, asked: Asked, expressions: Expressions) -> Obj:
        assert asked.obj is not None
        if mutation.get("patchType") == "JSONPatch":
            operations = expressions.value(mutation["jsonPatch"]["expression"])
            return _same_object(_patched(asked.obj, operations), asked.obj)
        applied = expressions.value(mutation["applyConfiguration"]["expression"])
        if not isinstance(applied, dict):
            raise Failed(f"unexpected evaluation result type: {type(applied).__name__}, want Object")
        node = self._node(asked.kind)
        if faults := faults_of(applied, node):
            raise Failed(f"error applying patch: {faults[0]}")
        merged: Obj = merge(asked.obj, applied, node)
        return _same_object(merged, asked.obj)


def _patched(obj: Obj, operations: Any) -> Any:
    """Raises: Failed."""
    if not isinstance(operations, list):
        raise Failed(
            f"type mismatch: JSONPatchType.expression should return an array, got {type(operations).__name__}"
        )
    try:
        return json_patch(obj, [_operation(operation) for operation in operations])
    except JsonPatchError as error:
        raise Failed(f"JSON Patch: {error}") from None


def _operation(operation: Any) -> Obj:
    if not isinstance(operation, dict) or not operation.get("op"):
        raise Failed("each element of a JSONPatch must be a JSONPatch{}")
    return {name: value for name, value in operation.items() if name in ("op", "path", "from", "value")}


def _same_object(changed: Any, old: Obj) -> Obj:
    """A mutation does not turn an object into another. Raises: Failed."""
    if not isinstance(changed, dict) or not isinstance(changed.get("metadata"), dict):
        raise Failed("the result is no object")
    for name in ("name", "namespace", "uid", "generateName"):
        if changed["metadata"].get(name) != old["metadata"].get(name):
            raise Failed(f"metadata.{name} must not be changed")
    for name in ("apiVersion", "kind"):
        if name in old and changed.get(name) != old[name]:
            raise Failed(f"{name} must not be changed")
    return (
        changed
        if "apiVersion" in old
        else {k: v for k, v in changed.items() if k not in ("apiVersion", "kind")}
    )
