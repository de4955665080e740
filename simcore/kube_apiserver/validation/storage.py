"""Volumes, claims and storage classes.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePersistentVolume*), pkg/apis/storage/validation.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.claim import (
    ACCESS_MODES,
    positive_storage,
    validate_claim_spec,
    volume_mode,
)
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    immutable,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_subdomain, qualified_name
from simcore.kube_apiserver.validation.scheduling import validate_node_selector
from simcore.kube_apiserver.validation.selectors import label_name
from simcore.kube_apiserver.validation.volumes import SOURCES, Rule, csi_driver_name

_RECLAIM = ("Delete", "Recycle", "Retain")
_BINDING = ("Immediate", "WaitForFirstConsumer")
_CLAIM_FIXED = (
    "spec is immutable after creation except resources.requests "
    "and volumeAttributesClassName for bound claims\n"
)
_PV_ONLY_FIELDS = frozenset(
    (
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    )
)


def validate_claim(obj: Obj) -> Errors:
    return validate_claim_spec("spec", obj["spec"])


def validate_claim_update(new: Obj, old: Obj) -> Errors:
    """A bound claim may grow; the volume's name is set once, when it is bound, and a class once, if there was none."""
    spec, was = dict(new["spec"]), old["spec"]
    if "storageClassName" not in was and spec.get("storageClassName"):
        was = {**was, "storageClassName": spec["storageClassName"]}
    if not was.get("volumeName") and spec.get("volumeName"):
        was = {**was, "volumeName": spec["volumeName"]}
    is_bound = (old.get("status") or {}).get("phase") == "Bound"
    asked, had = _storage(spec), _storage(was)
    errors: Errors = []
    if is_bound:
        spec["resources"], spec["volumeAttributesClassName"] = (
            was.get("resources"),
            was.get("volumeAttributesClassName"),
        )
        was = {"resources": None, "volumeAttributesClassName": None, **was}
    if spec != was:
        errors.append(forbidden("spec", _CLAIM_FIXED))
    elif asked < had:
        capacity = parse(((old.get("status") or {}).get("capacity") or {}).get("storage", "0"))
        if asked <= capacity.nanos:
            detail = "field can not be less than status.capacity"
            errors.append(forbidden("spec.resources.requests.storage", detail))
    return errors


def validate_volume(obj: Obj) -> Errors:
    """A PersistentVolume."""
    spec = obj["spec"]
    errors = _access_and_capacity(spec)
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy and policy not in _RECLAIM:
        errors.append(not_supported("spec.persistentVolumeReclaimPolicy", policy, _RECLAIM))
    if (affinity := spec.get("nodeAffinity")) is not None:
        if affinity.get("required") is None:
            errors.append(required("spec.nodeAffinity.required", "must specify required node constraints"))
        else:
            errors += validate_node_selector("spec.nodeAffinity.required", affinity["required"])
    errors += _source(spec)
    if policy == "Recycle" and (spec.get("hostPath") or {}).get("path") == "/":
        detail = "may not be 'recycle' for a hostPath mount of '/'"
        errors.append(forbidden("spec.persistentVolumeReclaimPolicy", detail))
    if name := spec.get("storageClassName"):
        errors += all_invalid("spec.storageClassName", name, dns_subdomain(name))
    return errors + volume_mode("spec.volumeMode", spec.get("volumeMode"))


def validate_volume_update(new: Obj, old: Obj) -> Errors:
    spec, was = new["spec"], old["spec"]
    sources = [{k: v for k, v in s.items() if k not in _PV_ONLY_FIELDS} for s in (spec, was)]
    errors: Errors = []
    if sources[0] != sources[1]:
        path = "spec.persistentvolumesource"
        errors.append(forbidden(path, f"{path} is immutable after creation\n"))
    errors += immutable("spec.volumeMode", spec.get("volumeMode"), was.get("volumeMode"))
    if was.get("nodeAffinity"):
        errors += immutable("spec.nodeAffinity", spec.get("nodeAffinity"), was["nodeAffinity"])
    return errors


def validate_storage_class(obj: Obj) -> Errors:
    provisioner, errors = obj.get("provisioner"), Errors()
    if not provisioner:
        errors.append(required("provisioner"))
    else:
        errors += all_invalid("provisioner", provisioner, qualified_name(provisioner.lower()))
    if "" in (obj.get("parameters") or {}):
        errors.append(required("parameters", "parameter key cannot be empty"))
    policy, binding = obj.get("reclaimPolicy"), obj.get("volumeBindingMode")
    if policy and policy not in ("Delete", "Retain"):
        errors.append(not_supported("reclaimPolicy", policy, ("Delete", "Retain")))
    if binding not in _BINDING:
        path = "volumeBindingMode"
        errors.append(not_supported(path, binding, _BINDING) if binding else required(path))
    return errors + _topologies("allowedTopologies", obj.get("allowedTopologies") or ())


def validate_storage_class_update(new: Obj, old: Obj) -> Errors:
    fields = ("parameters", "provisioner", "reclaimPolicy")
    errors = [forbidden(f, f"updates to {f} are forbidden.") for f in fields if new.get(f) != old.get(f)]
    return errors + immutable("volumeBindingMode", new.get("volumeBindingMode"), old.get("volumeBindingMode"))


def _topologies(path: str, terms: Sequence[Obj]) -> Errors:
    """No two terms may ask for the same; upstream takes one without expressions for as many repeats as there are
    terms."""
    errors: Errors = []
    known: list[dict[str, set[str]]] = [{} for _ in terms]
    for i, term in enumerate(terms):
        wanted: dict[str, set[str]] = {}
        where = f"{path}[{i}].matchLabelExpressions"
        for j, expression in enumerate(term.get("matchLabelExpressions") or ()):
            key, values = expression.get("key", ""), expression.get("values") or []
            if key in wanted:
                errors.append(duplicate(f"{where}[{j}].key", key))
            wanted[key] = set(values)
            if not values:
                errors.append(required(f"{where}[{j}].values"))
            errors += [
                duplicate(f"{where}[{j}].values[{k}]", value)
                for k, value in enumerate(values)
                if value in values[:k]
            ]
            errors += label_name(f"{where}[{j}].key", key)
        errors += [duplicate(where, "") for other in known if other == wanted]
        known.append(wanted)
    return errors


def _storage(spec: Obj) -> int:
    requests = (spec.get("resources") or {}).get("requests") or {}
    return parse(requests.get("storage", "0")).nanos


def _access_and_capacity(spec: Obj) -> Errors:
    errors: Errors = []
    modes, capacity = spec.get("accessModes") or (), spec.get("capacity") or {}
    if not modes:
        errors.append(required("spec.accessModes"))
    errors += [
        not_supported("spec.accessModes", mode, ACCESS_MODES) for mode in modes if mode not in ACCESS_MODES
    ]
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        errors.append(forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"))
    if not capacity:
        errors.append(required("spec.capacity"))
    if list(capacity) != ["storage"]:
        errors.append(not_supported("spec.capacity", capacity, ("storage",)))
    for name, amount in capacity.items():
        errors += positive_storage(f"spec.capacity[{name}]", amount)
    return errors


def _source(spec: Obj) -> Errors:
    given = [name for name in _VOLUME_SOURCES if spec.get(name) is not None]
    if not given:
        return [required("spec", "must specify a volume type")]
    first, *others = given
    errors = _VOLUME_SOURCES[first](f"spec.{first}", spec[first])
    if first == "local" and spec.get("nodeAffinity") is None:
        errors.append(required("spec.nodeAffinity", "Local volume requires node affinity"))
    return errors + [forbidden(f"spec.{name}", "may not specify more than 1 volume type") for name in others]


def _local(path: str, source: Obj) -> Errors:
    return [] if source.get("path") else [required(f"{path}.path")]


def _csi(path: str, source: Obj) -> Errors:
    errors = csi_driver_name(f"{path}.driver", source.get("driver") or "")
    return errors if source.get("volumeHandle") else [*errors, required(f"{path}.volumeHandle")]


_POD_ONLY = (
    "emptyDir",
    "gitRepo",
    "secret",
    "persistentVolumeClaim",
    "downwardAPI",
    "configMap",
    "projected",
)
_VOLUME_SOURCES: dict[str, Rule] = {
    **{name: rule for name, rule in SOURCES.items() if name not in (*_POD_ONLY, "ephemeral", "image")},
    "local": _local,
    "csi": _csi,
}
