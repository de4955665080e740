"""Webhook configurations and admission policies.

Models: kubernetes v1.36 pkg/apis/admissionregistration/validation/validation.go.
Left out: see docs/deviations.md, kube-apiserver (content): types of expressions, variables and match conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.custom.cel_rules import RuleError, program
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    invalid,
    not_supported,
    one_of,
    required,
)
from simcore.kube_apiserver.validation.names import PORT_RANGE, dns_subdomain, qualified_name
from simcore.kube_apiserver.validation.selectors import validate_selector

_OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")
_FAILURE, _MATCH = ("Fail", "Ignore"), ("Equivalent", "Exact")
_EFFECTS, _REINVOCATION = ("None", "NoneOnDryRun"), ("IfNeeded", "Never")
_VERSIONS = ("v1", "v1beta1")
_PATCHES = {"ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"}
"""The kinds of mutations, and the member that each needs."""
MOST_CONDITIONS = 64
_ACTIONS = ("Audit", "Deny", "Warn")
_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized")


def validate_webhooks(obj: Obj) -> Errors:
    """A configuration of validating or mutating webhooks."""
    errors, seen = Errors(), set[str]()
    for at, hook in enumerate(obj.get("webhooks") or ()):
        path, name = f"webhooks[{at}]", hook.get("name") or ""
        errors += _hook(hook, path)
        if name and name in seen:
            errors.append(duplicate(f"{path}.name", name))
        seen.add(name)
    return errors


def validate_policy(obj: Obj) -> Errors:
    """A ValidatingAdmissionPolicy."""
    spec = obj.get("spec") or {}
    errors = _policy(spec)
    validations = spec.get("validations") or []
    if not validations and not spec.get("auditAnnotations"):
        detail = "validations or auditAnnotations must contain at least one item"
        errors.append(required("spec.validations", detail))
    for at, validation in enumerate(validations):
        errors += _validation(validation, f"spec.validations[{at}]")
    for at, annotation in enumerate(spec.get("auditAnnotations") or ()):
        path = f"spec.auditAnnotations[{at}]"
        errors += _named(annotation, path, "key") + _expression(annotation, path, "valueExpression")
    return errors


def validate_mutating_policy(obj: Obj) -> Errors:
    """A MutatingAdmissionPolicy."""
    spec = obj.get("spec") or {}
    errors = _policy(spec)
    if not spec.get("mutations"):
        errors.append(required("spec.mutations", "mutations must contain at least one item"))
    for at, mutation in enumerate(spec.get("mutations") or ()):
        errors += _mutation(mutation, f"spec.mutations[{at}]")
    policy = spec.get("reinvocationPolicy")
    if not policy:
        return [*errors, required("spec.reinvocationPolicy")]
    return errors + one_of("spec.reinvocationPolicy", policy, _REINVOCATION)


def validate_mutating_policy_binding(obj: Obj) -> Errors:
    return _binding(obj.get("spec") or {})


def validate_policy_binding(obj: Obj) -> Errors:
    """A ValidatingAdmissionPolicyBinding."""
    spec = obj.get("spec") or {}
    errors = _binding(spec)
    actions, path = spec.get("validationActions") or [], "spec.validationActions"
    if not actions:
        errors.append(required(path))
    for at, action in enumerate(actions):
        if action not in _ACTIONS:
            errors.append(not_supported(f"{path}[{at}]", action, _ACTIONS))
        if action in actions[:at]:
            errors.append(duplicate(f"{path}[{at}]", action))
    if "Deny" in actions and "Warn" in actions:
        detail = "must not contain both Deny and Warn (repeating the same validation failure information in the API "
        errors.append(invalid(path, actions, f"{detail}response and headers serves no purpose)"))
    return errors


def _policy(spec: Obj) -> Errors:
    """What both kinds of policies have."""
    errors = _param_kind(spec.get("paramKind"))
    errors += one_of("spec.failurePolicy", spec.get("failurePolicy"), _FAILURE)
    constraints = spec.get("matchConstraints")
    if constraints is None:
        errors.append(required("spec.matchConstraints"))
    else:
        errors += _match_resources(constraints, "spec.matchConstraints", needs_rules=True)
    for member in ("matchConditions", "variables"):
        items = spec.get(member) or ()
        if member == "matchConditions" and len(items) > MOST_CONDITIONS:
            errors.append(
                invalid("spec.matchConditions", len(items), f"must have at most {MOST_CONDITIONS} items")
            )
        for at, item in enumerate(items):
            path = f"spec.{member}[{at}]"
            errors += _named(item, path, "name") + _expression(item, path, "expression")
            if item.get("name") in [other.get("name") for other in items[:at]]:
                errors.append(duplicate(f"{path}.name", item.get("name")))
    return errors


def _binding(spec: Obj) -> Errors:
    errors, name = Errors(), spec.get("policyName") or ""
    if not name:
        errors.append(required("spec.policyName"))
    else:
        errors += all_invalid("spec.policyName", name, dns_subdomain(name))
    if (ref := spec.get("paramRef")) is not None:
        errors += _param_ref(ref)
    if (resources := spec.get("matchResources")) is not None:
        errors += _match_resources(resources, "spec.matchResources", needs_rules=False)
    return errors


def _mutation(mutation: Obj, path: str) -> Errors:
    kind = mutation.get("patchType")
    if not kind:
        return [required(f"{path}.patchType")]
    member = _PATCHES.get(kind)
    if member is None:
        return [not_supported(f"{path}.patchType", kind, tuple(_PATCHES))]
    if not mutation.get(member):
        return [required(f"{path}.{member}")]
    return _expression(mutation[member], f"{path}.{member}", "expression")


def _named(item: Obj, path: str, member: str) -> Errors:
    name = item.get(member) or ""
    return (
        all_invalid(f"{path}.{member}", name, qualified_name(name))
        if name
        else [required(f"{path}.{member}")]
    )


def _expression(item: Obj, path: str, member: str) -> Errors:
    """Whether there is one that can be read."""
    text = (item.get(member) or "").strip()
    if not text:
        return [required(f"{path}.{member}")]
    try:
        program(text)
    except RuleError as error:
        return [invalid(f"{path}.{member}", text, f"compilation failed: ERROR: {error}")]
    return []


def _hook(hook: Obj, path: str) -> Errors:
    name = hook.get("name") or ""
    errors = _full_name(name, f"{path}.name")
    for at, rule in enumerate(hook.get("rules") or ()):
        errors += _rule(rule, f"{path}.rules[{at}]")
    errors += one_of(f"{path}.failurePolicy", hook.get("failurePolicy"), _FAILURE)
    errors += one_of(f"{path}.matchPolicy", hook.get("matchPolicy"), _MATCH)
    effects = hook.get("sideEffects")
    if not effects:
        errors.append(required(f"{path}.sideEffects", f"must specify one of {', '.join(_EFFECTS)}"))
    else:
        errors += one_of(f"{path}.sideEffects", effects, _EFFECTS)
    errors += one_of(f"{path}.reinvocationPolicy", hook.get("reinvocationPolicy"), _REINVOCATION)
    seconds = hook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= 30:
        detail = "the timeout value must be between 1 and 30 seconds"
        errors.append(invalid(f"{path}.timeoutSeconds", seconds, detail))
    for field in ("namespaceSelector", "objectSelector"):
        errors += validate_selector(f"{path}.{field}", hook.get(field))
    errors += _review_versions(hook.get("admissionReviewVersions") or [], f"{path}.admissionReviewVersions")
    return errors + _client(hook.get("clientConfig") or {}, f"{path}.clientConfig")


def _full_name(name: str, path: str) -> Errors:
    if not name:
        return [required(path)]
    errors = all_invalid(path, name, dns_subdomain(name))
    if not errors and name.count(".") < 2:
        errors.append(
            invalid(path, name, "should be a domain with at least three segments separated by dots")
        )
    return errors


def _rule(rule: Obj, path: str) -> Errors:
    operations, errors = rule.get("operations") or [], Errors()
    if not operations:
        errors.append(required(f"{path}.operations"))
    if "*" in operations and len(operations) > 1:
        detail = "if '*' is present, must not specify other operations"
        errors.append(invalid(f"{path}.operations", operations, detail))
    for at, operation in enumerate(operations):
        errors += one_of(f"{path}.operations[{at}]", operation, _OPERATIONS)
    for field in ("apiGroups", "apiVersions", "resources"):
        errors += _wild(rule.get(field) or [], f"{path}.{field}")
    return errors + one_of(f"{path}.scope", rule.get("scope"), _SCOPES)


def _wild(values: Sequence[str], path: str) -> Errors:
    """A list that may be `*` alone."""
    if not values:
        return [required(path)]
    if "*" in values and len(values) > 1 and not path.endswith("resources"):
        what = {"apiGroups": "API groups", "apiVersions": "API versions"}[path.rpartition(".")[2]]
        return [invalid(path, list(values), f"if '*' is present, must not specify other {what}")]
    if path.endswith("apiGroups"):
        return []
    return [required(f"{path}[{at}]") for at, value in enumerate(values) if not value]


def _review_versions(versions: Sequence[str], path: str) -> Errors:
    listed = ", ".join(_VERSIONS)
    if not versions:
        return [required(path, f"must specify one of {listed}")]
    if not set(versions) & set(_VERSIONS):
        return [invalid(path, list(versions), f"must include at least one of {listed}")]
    return [duplicate(f"{path}[{at}]", v) for at, v in enumerate(versions) if v in versions[:at]]


def _client(client: Obj, path: str) -> Errors:
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        return [required(path, "exactly one of url or service is required")]
    if service is not None:
        return _service(service, f"{path}.service")
    assert url is not None
    parts, errors = urlsplit(url), Errors()
    form = "; desired format: https://host[/path]"
    if parts.scheme != "https":
        detail = f"'https' is the only allowed URL scheme{form}"
        errors.append(invalid(f"{path}.url", parts.scheme, detail))
    if not parts.netloc:
        errors.append(invalid(f"{path}.url", "", f"host must be specified{form}"))
    return errors


def _service(service: Obj, path: str) -> Errors:
    errors = [] if service.get("name") else [required(f"{path}.name", "service name is required")]
    if not service.get("namespace"):
        errors.append(required(f"{path}.namespace", "service namespace is required"))
    port = service.get("port")
    if port is not None and not 1 <= port <= 65535:
        errors.append(invalid(f"{path}.port", port, f"port is not valid: {PORT_RANGE}"))
    where = service.get("path")
    if where and not where.startswith("/"):
        errors.append(invalid(f"{path}.path", where, "must start with a '/'"))
    return errors


def _param_kind(kind: Obj | None) -> Errors:
    if kind is None:
        return []
    return [required(f"spec.paramKind.{field}") for field in ("apiVersion", "kind") if not kind.get(field)]


def _param_ref(ref: Obj) -> Errors:
    name, selector, path = ref.get("name"), ref.get("selector"), "spec.paramRef"
    errors: Errors = []
    if name and selector is not None:
        errors.append(invalid(f"{path}.name", name, "name and selector are mutually exclusive"))
    if not name and selector is None:
        errors.append(required(path, "one of name or selector must be specified"))
    action = ref.get("parameterNotFoundAction")
    if not action:
        return [*errors, required(f"{path}.parameterNotFoundAction")]
    return errors + one_of(f"{path}.parameterNotFoundAction", action, ("Allow", "Deny"))


def _match_resources(match: Obj, path: str, *, needs_rules: bool) -> Errors:
    errors = one_of(f"{path}.matchPolicy", match.get("matchPolicy"), _MATCH)
    for field in ("namespaceSelector", "objectSelector"):
        errors += validate_selector(f"{path}.{field}", match.get(field))
    if needs_rules and not match.get("resourceRules"):
        errors.append(required(f"{path}.resourceRules"))
    for field in ("resourceRules", "excludeResourceRules"):
        for at, rule in enumerate(match.get(field) or ()):
            errors += _rule(rule, f"{path}.{field}[{at}]")
    return errors


def _validation(validation: Obj, path: str) -> Errors:
    text, errors = (validation.get("expression") or "").strip(), Errors()
    if not text:
        return [required(f"{path}.expression", "expression is not specified")]
    message = validation.get("message")
    if message is not None and not message.strip():
        errors.append(invalid(f"{path}.message", message, "message must be non-empty if specified"))
    elif message is not None and "\n" in message.strip():
        errors.append(invalid(f"{path}.message", message, "message must not contain line breaks"))
    elif "\n" in text and message is None:
        detail = "message must be specified if expression contains line breaks"
        errors.append(required(f"{path}.message", detail))
    errors += one_of(f"{path}.reason", validation.get("reason"), _REASONS)
    try:
        program(text)
    except RuleError as error:
        errors.append(invalid(f"{path}.expression", text, f"compilation failed: ERROR: {error}"))
    return errors
