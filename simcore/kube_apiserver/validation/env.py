"""Environment variables and the fields of objects that they can show.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidateEnv, ValidateEnvFrom, validateObjectFieldSelector).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import config_key, dns_subdomain, env_name, qualified_name

_KNOWN = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "spec.host",
)
ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
VOLUME_FIELDS = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
)
_RESOURCES = tuple(f"{s}.{r}" for s in ("limits", "requests") for r in ("cpu", "ephemeral-storage", "memory"))
_SUBSCRIPT = re.compile(r"(.*)\['(.*)'\]")
_SIZES = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_ONE_SOURCE = (
    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
)


def validate_env(path: str, variables: Sequence[Obj]) -> Errors:
    errors: Errors = []
    for i, variable in enumerate(variables):
        name, source = variable.get("name"), variable.get("valueFrom")
        if not name:
            errors.append(required(f"{path}[{i}].name"))
        elif faults := env_name(name):
            errors += all_invalid(f"{path}[{i}].name", name, faults)
        if source is not None:
            errors += _value_from(f"{path}[{i}].valueFrom", source, has_value=bool(variable.get("value")))
    return errors


def validate_env_from(path: str, sources: Sequence[Obj]) -> Errors:
    errors: Errors = []
    for i, source in enumerate(sources):
        if prefix := source.get("prefix"):
            errors += all_invalid(f"{path}[{i}].prefix", prefix, env_name(prefix))
        given = [f for f in ("configMapRef", "secretRef") if source.get(f) is not None]
        for field in given:
            name = source[field].get("name")
            where = f"{path}[{i}].{field}.name"
            errors += all_invalid(where, name, dns_subdomain(name)) if name else [required(where)]
        if not given:
            errors.append(invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif len(given) > 1:
            errors.append(invalid(path, "", "may not have more than one field specified at a time"))
    return errors


def validate_field_ref(path: str, selector: Obj, allowed: Sequence[str]) -> Errors:
    if not selector.get("apiVersion"):
        return [required(f"{path}.apiVersion")]
    if not (field := selector.get("fieldPath")):
        return [required(f"{path}.fieldPath")]
    subscripted = _SUBSCRIPT.fullmatch(field)
    if why := _unknown(selector["apiVersion"], field, subscripted):
        return [invalid(f"{path}.fieldPath", field, f"error converting fieldPath: {why}")]
    if subscripted:
        parent, key = subscripted.groups()
        shown = key.lower() if parent == "metadata.annotations" else key
        return all_invalid(path, shown, qualified_name(shown))
    field = "spec.nodeName" if field == "spec.host" else field
    return [] if field in allowed else [not_supported(f"{path}.fieldPath", field, sorted(allowed))]


def validate_resource_field_ref(path: str, selector: Obj, *, in_volume: bool) -> Errors:
    resource = selector.get("resource")
    errors: Errors = []
    if in_volume and not selector.get("containerName"):
        errors.append(required(f"{path}.containerName"))
    elif not resource:
        errors.append(required(f"{path}.resource"))
    elif resource not in _RESOURCES and not resource.startswith(("requests.hugepages-", "limits.hugepages-")):
        errors.append(not_supported(f"{path}.resource", resource, _RESOURCES))
    return errors + _divisor(f"{path}.divisor", resource or "", str(selector.get("divisor") or "0"))


def _unknown(version: str, field: str, subscripted: re.Match[str] | None) -> str:
    if version != "v1":
        return f"unsupported pod version: {version}"
    if subscripted:
        known = subscripted[1] in ("metadata.annotations", "metadata.labels")
        return "" if known else f"field label does not support subscript: {field}"
    return "" if field in _KNOWN else f"field label not supported: {field}"


def _value_from(path: str, source: Obj, *, has_value: bool) -> Errors:
    errors: Errors = []
    given = [name for name in _SOURCES if source.get(name) is not None]
    for name in given:
        where, ref = f"{path}.{name}", source[name]
        match name:
            case "fieldRef":
                errors += validate_field_ref(where, ref, ENV_FIELDS)
            case "resourceFieldRef":
                errors += validate_resource_field_ref(where, ref, in_volume=False)
            case "configMapKeyRef" | "secretKeyRef":
                errors += _key_ref(where, ref)
    if not given:
        errors.append(invalid(path, "", _ONE_SOURCE))
    elif has_value:
        errors.append(invalid(path, "", "may not be specified when `value` is not empty"))
    elif len(given) > 1:
        errors.append(invalid(path, "", "may not have more than one field specified at a time"))
    return errors


def _key_ref(path: str, ref: Obj) -> Errors:
    name, key = ref.get("name", ""), ref.get("key")
    errors = all_invalid(f"{path}.name", name, dns_subdomain(name))
    return errors + (all_invalid(f"{path}.key", key, config_key(key)) if key else [required(f"{path}.key")])


def _divisor(path: str, resource: str, divisor: str) -> Errors:
    amount = parse(divisor)
    if amount.nanos == 0:
        return []
    _, _, name = resource.partition(".")
    if name == "cpu":
        allowed, words = "1m, 1", "1m and 1 are supported with the cpu resource"
    else:
        kind = "local ephemeral storage" if name == "ephemeral-storage" else name
        kind = "hugepages" if name.startswith("hugepages-") else kind
        allowed, words = _SIZES, f"{_SIZES} are supported with the {kind} resource"
    is_known = name in ("cpu", "memory", "ephemeral-storage") or name.startswith("hugepages-")
    if not is_known or str(amount) in allowed.split(", "):
        return []
    return [invalid(path, resource, f"only divisor's values {words}")]
