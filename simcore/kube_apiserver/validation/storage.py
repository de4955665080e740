"""Volumes, claims and storage classes.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePersistentVolume*), pkg/apis/storage/validation.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.claim import (
    access_modes,
    positive_storage,
    validate_claim_spec,
    volume_mode,
)
from simcore.kube_apiserver.validation.drivers import validate_parameters
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    immutable,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_subdomain, qualified_name
from simcore.kube_apiserver.validation.paths import no_backsteps
from simcore.kube_apiserver.validation.remote_volumes import PERSISTENT, SHOWN_AS, SPARE_AS, Rule
from simcore.kube_apiserver.validation.scheduling import validate_node_selector
from simcore.kube_apiserver.validation.selectors import label_name
from simcore.kube_apiserver.validation.volumes import host_path

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
    spec, was = dict(new["spec"]), dict(old["spec"])
    asked, had = _storage(spec), _storage(was)
    for field in ("storageClassName", "volumeName"):
        if not was.get(field) and spec.get(field) and (field == "volumeName" or field not in was):
            was[field] = spec[field]
    is_bound = (old.get("status") or {}).get("phase") == "Bound"
    if is_bound:
        for field in ("resources", "volumeAttributesClassName"):
            spec[field], was[field] = None, None
    errors = [forbidden("spec", _CLAIM_FIXED)] if spec != was else []
    if asked < had:
        capacity = parse(((old.get("status") or {}).get("capacity") or {}).get("storage", "0"))
        if asked <= capacity.nanos:
            detail = "field can not be less than status.capacity"
            errors.append(forbidden("spec.resources.requests.storage", detail))
    errors += immutable("volumeMode", spec.get("volumeMode"), was.get("volumeMode"))
    name, before = (claim["spec"].get("volumeAttributesClassName") for claim in (new, old))
    if before is not None and not name:
        value = "nil" if name is None else "an empty string"
        detail = f"update from non-nil value to {value} is forbidden"
        errors.append(forbidden("spec.volumeAttributesClassName", detail))
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
    errors += volume_mode("spec.volumeMode", spec.get("volumeMode"))
    return errors + _attributes_class(spec)


def validate_volume_update(new: Obj, old: Obj) -> Errors:
    spec, was = new["spec"], old["spec"]
    sources = [{k: v for k, v in s.items() if k not in _PV_ONLY_FIELDS} for s in (spec, was)]
    errors: Errors = []
    if sources[0] != sources[1]:
        path = "spec.persistentvolumesource"
        errors.append(forbidden(path, f"{path} is immutable after creation\n"))
    errors += immutable("volumeMode", spec.get("volumeMode"), was.get("volumeMode"))
    if was.get("nodeAffinity"):
        errors += immutable("nodeAffinity", spec.get("nodeAffinity"), was["nodeAffinity"])
    if was.get("volumeAttributesClassName") is not None and spec.get("volumeAttributesClassName") is None:
        detail = "update from non-nil value to nil is forbidden"
        errors.append(forbidden("spec.volumeAttributesClassName", detail))
    return errors


def validate_storage_class(obj: Obj) -> Errors:
    provisioner, errors = obj.get("provisioner"), Errors()
    if not provisioner:
        errors.append(required("provisioner"))
    else:
        errors += all_invalid("provisioner", provisioner, qualified_name(provisioner.lower()))
    errors += validate_parameters(obj.get("parameters") or {})
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
    errors += access_modes("spec.accessModes", modes)
    if not capacity:
        errors.append(required("spec.capacity"))
    if list(capacity) != ["storage"]:
        errors.append(not_supported("spec.capacity", spec.get("capacity"), ("storage",)))
    for name, amount in capacity.items():
        where, offered = f"spec.capacity[{name}]", parse(str(amount))
        if offered.nanos < 0:
            errors.append(invalid(where, -(-offered.nanos // 10**9), "must be a valid resource quantity"))
        errors += positive_storage(where, amount)
    return errors


def _attributes_class(spec: Obj) -> Errors:
    name, path = spec.get("volumeAttributesClassName"), "spec.volumeAttributesClassName"
    if name is None:
        return []
    empty = [] if name else [required(path, "an empty string is disallowed")]
    errors = empty or all_invalid(path, name, dns_subdomain(name))
    if spec.get("csi") is None:
        errors.append(required("spec.csi", "has to be specified when using volumeAttributesClassName"))
    return errors


def _source(spec: Obj) -> Errors:
    given = [name for name in _SOURCES if spec.get(name) is not None]
    if not given:
        return [required("spec", "must specify a volume type")]
    first, *others = given
    errors = _SOURCES[first](f"spec.{SHOWN_AS.get(first, first)}", spec[first])
    if first == "local" and not (spec.get("nodeAffinity") or {}).get("required"):
        errors.append(required("spec.nodeAffinity", "Local volume requires node affinity"))
    return errors + [
        forbidden(f"spec.{SPARE_AS.get(name, name)}", "may not specify more than 1 volume type")
        for name in others
    ]


def _local(path: str, source: Obj) -> Errors:
    target = source.get("path")
    return no_backsteps(f"{path}.path", target) if target else [required(f"{path}.path")]


_ORDER = (
    "hostPath gcePersistentDisk awsElasticBlockStore glusterfs flocker nfs rbd quobyte cephfs iscsi cinder fc "
    "flexVolume azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk scaleIO local storageos csi"
)
_RULES: dict[str, Rule] = {**PERSISTENT, "hostPath": host_path, "local": _local}
_SOURCES = {name: _RULES[name] for name in _ORDER.split()}
"""In the order in which upstream looks at them."""
