"""Namespaces, nodes, ConfigMaps, Secrets and Events.

Models: kubernetes v1.36 pkg/apis/core/validation (validation.go, events.go).
"""

from __future__ import annotations

from base64 import b64decode

from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.http import go_json
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    forbidden,
    immutable,
    internal,
    invalid,
    not_negative,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.metadata import STANDARD_FINALIZERS
from simcore.kube_apiserver.validation.names import config_key, label_value, qualified_name
from simcore.kube_apiserver.validation.resources import resource_quantity
from simcore.kube_apiserver.validation.scheduling import taint_effect
from simcore.kube_apiserver.validation.selectors import label_name
from simcore.kube_apiserver.validation.service import address_range

_LARGEST = 1024 * 1024
_FROZEN = "field is immutable when `immutable` is set"
_ACCOUNT = "kubernetes.io/service-account.name"
_SSH = "ssh-privatekey"
_NEEDED_KEYS = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": (_SSH,),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def validate_namespace(obj: Obj) -> Errors:
    errors: Errors = []
    for name in obj["spec"].get("finalizers") or ():
        errors += all_invalid("spec.finalizers", name, qualified_name(name))
        if "/" not in name and name not in STANDARD_FINALIZERS:
            detail = "name is neither a standard finalizer name nor is it fully qualified"
            errors.append(invalid("spec.finalizers", name, detail))
    return errors


def validate_namespace_status(new: Obj, old: Obj) -> Errors:
    is_terminating = "deletionTimestamp" in new["metadata"]
    phase = (new.get("status") or {}).get("phase", "")
    wanted = "Terminating" if is_terminating else "Active"
    if phase == wanted:
        return []
    state = "not empty" if is_terminating else "empty"
    detail = f"may only be '{wanted}' if `deletionTimestamp` is {state}"
    return [invalid("status.Phase", phase, detail)]


def validate_node(obj: Obj) -> Errors:
    errors = _taints(obj)
    status = obj.get("status") or {}
    for field in ("capacity", "allocatable"):
        for name, amount in (status.get(field) or {}).items():
            errors += resource_quantity(f"status.{field}.{name}", name, amount)
    ranges = obj["spec"].get("podCIDRs") or []
    for i, text in enumerate(ranges):
        errors += address_range(f"spec.podCIDRs[{i}]", text)
    if len(ranges) > 1 and (len(ranges) > 2 or len({":" in text for text in ranges}) < 2):
        detail = "may specify no more than one CIDR for each IP family"
        errors.append(invalid("spec.podCIDRs", ranges, detail))
    return errors


def validate_node_update(new: Obj, old: Obj) -> Errors:
    errors: Errors = []
    for field, shown_field in (("podCIDRs", "podCIDR"), ("providerID", "providerID")):
        before = old["spec"].get(field)
        if before and new["spec"].get(field) != before:
            detail = f'node updates may not change {shown_field} except from "" to valid'
            errors.append(forbidden(f"spec.{field}", detail))
    return errors


def _taints(obj: Obj) -> Errors:
    """Upstream reports them under metadata."""
    errors: Errors = []
    seen: set[tuple[str, str]] = set()
    for i, taint in enumerate(obj["spec"].get("taints") or ()):
        path, effect = f"metadata.taints[{i}]", taint.get("effect") or ""
        key, value = taint.get("key") or "", taint.get("value") or ""
        errors += label_name(f"{path}.key", key)
        if faults := label_value(value):
            errors.append(invalid(f"{path}.value", value, ";".join(faults)))
        errors += taint_effect(f"{path}.effect", effect, may_be_empty=False)
        if (key, effect) in seen:
            given = internal({"value": "", **taint}, "key", "value", "effect", "timeAdded")
            detail = f"Duplicate value: {given}: taints must be unique by key and effect pair"
            errors.append(FieldError(path, "FieldValueDuplicate", detail))
        seen.add((key, effect))
    return errors


def validate_config_map(obj: Obj) -> Errors:
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    errors: Errors = []
    for key in sorted(data):
        errors += all_invalid(f"data[{key}]", key, config_key(key))
        if key in binary:
            errors.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    for key in sorted(binary):
        errors += all_invalid(f"binaryData[{key}]", key, config_key(key))
    size = sum(len(text.encode()) for text in data.values()) + sum(map(_decoded_size, binary.values()))
    return [*errors, too_long("", _LARGEST)] if size > _LARGEST else errors


def validate_config_map_update(new: Obj, old: Obj) -> Errors:
    return _frozen(new, old, ("data", "binaryData"))


def validate_secret(obj: Obj) -> Errors:
    data, kind = obj.get("data") or {}, obj.get("type", "")
    errors: Errors = []
    for key in sorted(data):
        errors += all_invalid(f"data[{key}]", key, config_key(key))
    if sum(map(_decoded_size, data.values())) > _LARGEST:
        errors.append(too_long("data", _LARGEST))
    if kind == "kubernetes.io/service-account-token" and not annotations_of(obj).get(_ACCOUNT):
        errors.append(required(f"metadata.annotations[{_ACCOUNT}]"))
    if kind == "kubernetes.io/basic-auth" and "username" not in data and "password" not in data:
        errors += [required("data[username]"), required("data[password]")]
    needed = [key for key in _NEEDED_KEYS.get(kind, ()) if key not in data or (not data[key] and key == _SSH)]
    errors += [required(f"data[{key}]") for key in needed]
    if kind in ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson"):
        errors += _registry_access(f"data[{_NEEDED_KEYS[kind][0]}]", data.get(_NEEDED_KEYS[kind][0]))
    return errors


def validate_secret_update(new: Obj, old: Obj) -> Errors:
    return immutable("type", new.get("type", ""), old.get("type", "")) + _frozen(new, old, ("data",))


def validate_event(obj: Obj) -> Errors:
    """Events of cluster-scoped objects live in `default`; the others beside their object."""
    namespace = obj["metadata"].get("namespace", "")
    about = (obj.get("involvedObject") or {}).get("namespace") or ""
    if about == namespace or (not about and namespace in ("", "default", "kube-system")):
        return []
    return [invalid("involvedObject.namespace", about, "does not match event.namespace")]


def validate_lease(obj: Obj) -> Errors:
    spec = obj["spec"]
    errors: Errors = []
    if (seconds := spec.get("leaseDurationSeconds")) is not None and seconds <= 0:
        errors.append(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    if spec.get("holderIdentity") == "":
        errors.append(invalid("spec.holderIdentity", "", "must not be empty"))
    return errors + not_negative("spec.leaseTransitions", spec.get("leaseTransitions"))


def _registry_access(path: str, value: str | None) -> Errors:
    if value is None:
        return []
    hidden = "<secret contents redacted>"
    try:
        decoded = go_json.loads(b64decode(value))
    except go_json.JsonSyntaxError as error:
        return [invalid(path, hidden, str(error))]
    if isinstance(decoded, dict):
        return []
    kind = {str: "string", bool: "bool", list: "array"}.get(type(decoded), "number")
    detail = f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
    return [invalid(path, hidden, detail)]


def _decoded_size(text: str) -> int:
    return len(text) * 3 // 4 - text[-2:].count("=")


def _frozen(new: Obj, old: Obj, fields: tuple[str, ...]) -> Errors:
    if not old.get("immutable"):
        return []
    errors = [] if new.get("immutable") else [forbidden("immutable", _FROZEN)]
    return errors + [forbidden(f, _FROZEN) for f in fields if (new.get(f) or {}) != (old.get(f) or {})]
