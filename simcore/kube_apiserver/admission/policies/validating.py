"""ValidatingAdmissionPolicy: refuses, warns or notes what its expressions don't hold for.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/policy/validating/{dispatcher,validator}.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import ApiError, Forbidden, Invalid, TooLarge, Unauthorized
from simcore.apimachinery.kinds import (
    VALIDATING_ADMISSION_POLICY,
    VALIDATING_ADMISSION_POLICY_BINDING,
    Kind,
)
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.admission.policies.expressions import Expressions, Failed, OutOfBudget
from simcore.kube_apiserver.admission.policies.inputs import authorizer_functions, inputs_of
from simcore.kube_apiserver.admission.policies.matching import ADMISSION_GROUP, NEVER, concerns, namespace_of
from simcore.kube_apiserver.admission.policies.params import BadBinding, FindKind, params_of
from simcore.kube_apiserver.authorization.authorizer import Authorizer
from simcore.kube_apiserver.strategy import RequestContext

LONGEST_MESSAGE = 5 * 1024
LONGEST_ANNOTATION = 10 * 1024
FAILURE_NOTE = "validation.policy.admission.k8s.io/validation_failure"
_ERRORS: dict[str, type[ApiError]] = {
    "Forbidden": Forbidden,
    "Unauthorized": Unauthorized,
    "RequestEntityTooLarge": TooLarge,
    "Invalid": Invalid,
}


class Fault(NamedTuple):
    """An expression that does not hold, or that failed where failing counts."""

    at: int
    """The expression's place; below 0 for what is no expression and refuses whatever the binding says."""
    message: str
    reason: str = "Invalid"


class ValidatingPolicies(BasePlugin):
    name = "ValidatingAdmissionPolicy"

    def __init__(self, authorizer: Authorizer, find_kind: FindKind) -> None:
        self._authorizer, self._find_kind = authorizer, find_kind

    def concerns(self, kind: Kind) -> bool:
        return kind.group != ADMISSION_GROUP or kind.plural not in NEVER

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        bindings = ctx.read.all(VALIDATING_ADMISSION_POLICY_BINDING)
        if not bindings:
            return
        refused: ApiError | None = None
        for policy in ctx.read.all(VALIDATING_ADMISSION_POLICY):
            own = [b for b in bindings if b["spec"].get("policyName") == policy["metadata"]["name"]]
            if not own or not concerns(policy["spec"].get("matchConstraints"), asked, ctx.read):
                continue
            for binding in own:
                if concerns(binding["spec"].get("matchResources"), asked, ctx.read):
                    refused = self._bound(asked, ctx, policy, binding) or refused
        if refused is not None:
            raise refused

    def _bound(self, asked: Asked, ctx: RequestContext, policy: Obj, binding: Obj) -> ApiError | None:
        """Warns and notes; what refuses the request is returned, so that the others get their say."""
        name, bound = policy["metadata"]["name"], binding["metadata"]["name"]
        actions = binding["spec"].get("validationActions") or ()
        refused = None
        for fault in self._faults(asked, ctx, policy, binding):
            if "Audit" in actions:
                ctx.xray.annotate(FAILURE_NOTE, _note(fault, policy, binding))
            if "Warn" in actions:
                said = f"Validation failed for ValidatingAdmissionPolicy '{name}' with binding '{bound}'"
                ctx.warnings.append(f"{said}: {fault.message}")
            if refused is None and ("Deny" in actions or fault.at < 0):
                refused = _refusal(asked, f"'{name}' with binding '{bound}'", fault)
        return refused

    def _faults(self, asked: Asked, ctx: RequestContext, policy: Obj, binding: Obj) -> Iterator[Fault]:
        strict = policy["spec"].get("failurePolicy") != "Ignore"
        try:
            params = params_of(policy, binding, asked.namespace, ctx.read, self._find_kind)
        except BadBinding as error:
            if strict:
                yield Fault(-1, f"failed to configure binding: {error}")
            return
        functions = authorizer_functions(self._authorizer, ctx.user)
        for param in params:
            inputs = inputs_of(asked, ctx, param, namespace_of(asked, ctx.read))
            variables = policy["spec"].get("variables") or ()
            yield from _held(policy, Expressions(inputs, variables, functions), ctx, strict=strict)


def condition_met(spec: Obj, expressions: Expressions) -> bool:
    """Whether all match conditions hold. One that doesn't goes before any that fails. Raises: Failed."""
    failed: Failed | None = None
    for condition in spec.get("matchConditions") or ():
        try:
            if expressions.value(condition["expression"]) is not True:
                return False
        except Failed as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return True


def _held(policy: Obj, expressions: Expressions, ctx: RequestContext, *, strict: bool) -> Iterator[Fault]:
    spec = policy["spec"]
    try:
        if not condition_met(spec, expressions):
            return
    except Failed as error:
        if strict:
            yield Fault(0, str(error))
        return
    for index, validation in enumerate(spec.get("validations") or ()):
        try:
            if expressions.value(validation["expression"]) is not True:
                yield Fault(index, _message(validation, expressions), validation.get("reason") or "Invalid")
        except Failed as error:
            if strict:
                yield Fault(index, str(error))
            if isinstance(error, OutOfBudget):
                return
    yield from _annotated(policy, expressions, ctx, strict=strict)


def _message(validation: Obj, expressions: Expressions) -> str:
    said: Any = ""
    if validation.get("messageExpression"):
        try:
            said = expressions.value(validation["messageExpression"])
        except Failed:
            said = ""  # the plain message stands in
    text = said.strip() if isinstance(said, str) else ""
    if len(text.encode()) > LONGEST_MESSAGE or "\n" in text:
        text = ""
    text = text or (validation.get("message") or "").strip()
    return text or f"failed expression: {validation['expression'].strip()}"


def _annotated(
    policy: Obj, expressions: Expressions, ctx: RequestContext, *, strict: bool
) -> Iterator[Fault]:
    for annotation in policy["spec"].get("auditAnnotations") or ():
        expression = annotation["valueExpression"]
        try:
            value = expressions.value(expression)
            if value is not None and not isinstance(value, str):
                must = "Return type must be either string or null."
                kind = type(value).__name__
                raise Failed(
                    f"valueExpression '{expression}' resulted in unsupported return type: {kind}. {must}"
                )
        except Failed as error:
            if strict:
                yield Fault(-1, str(error))
            continue
        if value and value.strip():
            key = f"{policy['metadata']['name']}/{annotation['key']}"
            ctx.xray.annotate(key, value.strip()[:LONGEST_ANNOTATION])


def _note(fault: Fault, policy: Obj, binding: Obj) -> str:
    noted = {
        "message": fault.message,
        "policy": policy["metadata"]["name"],
        "binding": binding["metadata"]["name"],
        "expressionIndex": max(fault.at, 0),
        "validationActions": binding["spec"]["validationActions"],
    }
    return encode([noted]).decode()


def _refusal(asked: Asked, by: str, fault: Fault) -> ApiError:
    message = f"ValidatingAdmissionPolicy {by} denied request: {fault.message}"
    return refusal(asked, message, fault.reason)


def refusal(asked: Asked, message: str, reason: str) -> ApiError:
    """The refusal of a policy, with the code of its reason."""
    plain = forbidden(asked, message)
    details = {**(plain.details or {}), "causes": [{"message": message}]}
    return _ERRORS.get(reason, Invalid)(plain.message, details=details)
