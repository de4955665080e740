"""What a CustomResourceDefinition must be.

Models: kubernetes v1.36 apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
Left out: see docs/deviations.md, kube-apiserver (content): rules of conversion by webhooks.
"""

from __future__ import annotations

from simcore.apimachinery.custom_kinds import is_true
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.custom.columns import steps_of
from simcore.kube_apiserver.custom.structural_rules import validate_schema
from simcore.kube_apiserver.validation.field import (
    Errors,
    immutable,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_label_1035, dns_subdomain

_APPROVAL = "api-approved.kubernetes.io"
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_PROTECTED = (".k8s.io", ".kubernetes.io")
_SCALE = {"specReplicasPath": ".spec.", "statusReplicasPath": ".status.", "labelSelectorPath": ".status."}


def validate_definition(obj: Obj) -> Errors:
    spec = obj["spec"]
    names, group = spec.get("names") or {}, spec.get("group") or ""
    errors: Errors = []
    if obj["metadata"].get("name") != f"{names.get('plural') or ''}.{group}":
        name = obj["metadata"].get("name", "")
        errors.append(invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group'))
    errors += _group(group) + _scope(spec.get("scope") or "") + _versions(spec.get("versions") or [])
    for field in ("plural", "singular", "kind", "listKind"):
        if not names.get(field):
            errors.append(required(f"spec.names.{field}"))
    errors += _names(names) + _conversion(spec)
    return errors + _approval(obj, group)


def validate_definition_update(new: Obj, old: Obj) -> Errors:
    spec, was = new["spec"], old["spec"]
    errors: Errors = []
    if is_true(old, "Established"):
        errors += immutable("spec.scope", spec.get("scope"), was.get("scope"))
        errors += immutable("spec.names.kind", spec["names"].get("kind"), was["names"].get("kind"))
    errors += immutable("spec.group", spec.get("group"), was.get("group"))
    errors += immutable("spec.names.plural", spec["names"].get("plural"), was["names"].get("plural"))
    known = [version["name"] for version in spec.get("versions") or ()]
    stored = (new.get("status") or {}).get("storedVersions") or ()
    return errors + [
        invalid(f"status.storedVersions[{at}]", name, "missing from spec.versions")
        for at, name in enumerate(stored)
        if name not in known
    ]


def _group(group: str) -> Errors:
    if not group:
        return [required("spec.group")]
    if faults := dns_subdomain(group):
        return [invalid("spec.group", group, ",".join(faults))]
    if "." not in group:
        return [invalid("spec.group", group, "should be a domain with at least one dot")]
    return []


def _scope(scope: str) -> Errors:
    if not scope:
        return [required("spec.scope")]
    known = ("Cluster", "Namespaced")
    return [] if scope in known else [not_supported("spec.scope", scope, known)]


def _versions(versions: list[Obj]) -> Errors:
    path, errors = "spec.versions", Errors()
    for at, version in enumerate(versions):
        if version.get("served") and not (version.get("schema") or {}).get("openAPIV3Schema"):
            errors.append(required(f"{path}[{at}].schema.openAPIV3Schema", "schemas are required"))
    for at, version in enumerate(versions):
        errors += _version(version, f"{path}[{at}]")
    names = [version.get("name") for version in versions]
    if len(set(names)) < len(names):
        errors.append(invalid(path, versions, "must contain unique version names"))
    if sum(bool(version.get("storage")) for version in versions) != 1:
        detail = "must have exactly one version marked as storage version"
        errors.append(invalid(path, versions or None, detail))
    return errors


def _version(version: Obj, path: str) -> Errors:
    errors = _label(f"{path}.name", version.get("name") or "", may_be_empty=False)
    warning = version.get("deprecationWarning")
    if warning is not None and not version.get("deprecated"):
        detail = "can only be set for deprecated versions"
        errors.append(invalid(f"{path}.deprecationWarning", warning, detail))
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    subresources = version.get("subresources") or {}
    if schema:
        has_status = subresources.get("status") is not None
        errors += validate_schema(schema, f"{path}.schema.openAPIV3Schema", has_status=has_status)
    errors += _scale(subresources.get("scale"), f"{path}.subresources")
    for at, column in enumerate(version.get("additionalPrinterColumns") or ()):
        errors += _column(column, f"{path}.additionalPrinterColumns[{at}]")
    return errors


def _scale(scale: Obj | None, path: str) -> Errors:
    errors: Errors = []
    for field, prefix in _SCALE.items() if scale is not None else ():
        assert scale is not None
        where, value = f"{path}.scale.{field}", scale.get(field) or ""
        if not value:
            errors += [] if field == "labelSelectorPath" else [required(where)]
        elif not value.startswith("."):
            errors.append(invalid(where, value, "must be a simple json path starting with ."))
        elif not value.startswith(prefix):
            errors.append(invalid(where, value, f"should be a json path under {prefix[:-1]}"))
    return errors


def _column(column: Obj, path: str) -> Errors:
    errors = [] if column.get("name") else [required(f"{path}.name")]
    kind, layout = column.get("type") or "", column.get("format")
    if not kind:
        errors.append(required(f"{path}.type", f"must be one of {','.join(_COLUMN_TYPES)}"))
    elif kind not in _COLUMN_TYPES:
        errors.append(invalid(f"{path}.type", kind, f"must be one of {','.join(_COLUMN_TYPES)}"))
    if layout and layout not in _COLUMN_FORMATS:
        errors.append(invalid(f"{path}.format", layout, f"must be one of {','.join(_COLUMN_FORMATS)}"))
    json_path = column.get("jsonPath") or ""
    if not json_path:
        errors.append(required(f"{path}.JSONPath"))
    elif not json_path.startswith("."):
        errors.append(invalid(f"{path}.JSONPath", json_path, "must be a simple json path starting with ."))
    elif steps_of(json_path) is None:
        errors.append(invalid(f"{path}.JSONPath", json_path, "is an invalid path"))
    return errors


def _names(names: Obj) -> Errors:
    path = "spec.names"
    errors = _label(f"{path}.plural", names.get("plural") or "")
    errors += _label(f"{path}.singular", names.get("singular") or "")
    for field in ("kind", "listKind"):
        name = names.get(field) or ""
        if name and (faults := dns_label_1035(name.lower())):
            detail = f"may have mixed case, but should otherwise match: {','.join(faults)}"
            errors.append(invalid(f"{path}.{field}", name, detail))
    for at, name in enumerate(names.get("shortNames") or ()):
        errors += _label(f"{path}.shortNames[{at}]", name, may_be_empty=False)
    if names.get("kind") and names["kind"] == names.get("listKind"):
        detail = "kind and listKind may not be the same"
        errors.append(invalid(f"{path}.listKind", names["listKind"], detail))
    for at, name in enumerate(names.get("categories") or ()):
        errors += _label(f"{path}.categories[{at}]", name, may_be_empty=False)
    return errors


def _label(path: str, text: str, *, may_be_empty: bool = True) -> Errors:
    faults = dns_label_1035(text) if text or not may_be_empty else []
    return [invalid(path, text, ",".join(faults))] if faults else []


def _conversion(spec: Obj) -> Errors:
    conversion = spec.get("conversion") or {}
    strategy, path = conversion.get("strategy") or "", "spec.conversion"
    if strategy not in ("None", "Webhook"):
        return [not_supported(f"{path}.strategy", strategy, ("None", "Webhook"))]
    if strategy == "Webhook" and not (conversion.get("webhook") or {}).get("clientConfig"):
        detail = "required when strategy is set to Webhook"
        return [required(f"{path}.webhookClientConfig", detail)]
    return []


def _approval(obj: Obj, group: str) -> Errors:
    if not f".{group}".endswith(_PROTECTED):
        return []
    path, value = f"metadata.annotations[{_APPROVAL}]", annotations_of(obj).get(_APPROVAL)
    see = "see https://github.com/kubernetes/enhancements/pull/1111"
    if not value:
        detail = f'protected groups must have approval annotation "{_APPROVAL}", {see}'
        return [required(path, detail)]
    if value.startswith(("unapproved", "https://")):
        return []
    detail = (
        f'protected groups must have approval annotation "{_APPROVAL}" with either a URL or a reason '
        f'starting with "unapproved", {see}'
    )
    return [invalid(path, value, detail)]
