"""Storage drivers, what they attach to nodes, and the room they have.

Models: kubernetes v1.36 pkg/apis/storage/validation/validation.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.field import (
    NOT_NEGATIVE,
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    immutable,
    internal,
    invalid,
    not_negative,
    not_supported,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.names import dns_subdomain, qualified_name
from simcore.kube_apiserver.validation.remote_volumes import csi_driver_name
from simcore.kube_apiserver.validation.selectors import validate_selector

SHORTEST_TOKEN_S, SHORTEST_PERIOD_S, LONGEST_NODE_ID = 600, 10, 192
MOST_PARAMETERS, LARGEST_PARAMETERS = 512, 256 * 1024
_GROUP_POLICIES = ("ReadWriteOnceWithFSType", "File", "None")
_MODES = ("Ephemeral", "Persistent")


def validate_csi_driver(obj: Obj) -> Errors:
    spec, errors = obj.get("spec") or {}, Errors()
    for field, shown in (("attachRequired", "attachedRequired"), *_SAME_NAME):
        if spec.get(field) is None:
            errors.append(required(f"spec.{shown}"))
    policy, period = spec.get("fsGroupPolicy"), spec.get("nodeAllocatableUpdatePeriodSeconds")
    if policy and policy not in _GROUP_POLICIES:
        errors.append(not_supported("spec.fsGroupPolicy", policy, _GROUP_POLICIES))
    seen: list[str] = []
    for at, token in enumerate(spec.get("tokenRequests") or ()):
        audience, seconds = token.get("audience") or "", token.get("expirationSeconds")
        path = f"spec.tokenRequests[{at}]"
        if audience in seen:
            errors.append(duplicate(f"{path}.audience", audience))
        seen.append(audience)
        if seconds is not None and seconds < SHORTEST_TOKEN_S:
            detail = "may not specify a duration less than 10 minutes"
            errors.append(invalid(f"{path}.expirationSeconds", seconds, detail))
    modes = spec.get("volumeLifecycleModes") or ()
    errors += [
        not_supported("spec.volumeLifecycleModes", mode, _MODES) for mode in modes if mode not in _MODES
    ]
    if period is not None and period < SHORTEST_PERIOD_S:
        detail = f"must be greater than or equal to {SHORTEST_PERIOD_S} seconds"
        errors.append(invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, detail))
    return errors


_SAME_NAME = tuple((field, field) for field in ("podInfoOnMount", "storageCapacity", "seLinuxMount"))


def validate_csi_driver_update(new: Obj, old: Obj) -> Errors:
    spec, was = new.get("spec") or {}, old.get("spec") or {}
    errors = immutable("spec.attachedRequired", spec.get("attachRequired"), was.get("attachRequired"))
    field = "volumeLifecycleModes"
    return errors + immutable(f"spec.{field}", spec.get(field), was.get(field))


def validate_csi_node(obj: Obj) -> Errors:
    """The drivers of a node."""
    errors: Errors = []
    names: set[str] = set()
    for i, driver in enumerate((obj.get("spec") or {}).get("drivers") or ()):
        path, name, node = f"spec.drivers[{i}]", driver.get("name") or "", driver.get("nodeID") or ""
        errors += csi_driver_name(f"{path}.name", name)
        if not node:
            errors.append(required(f"{path}.nodeID"))
        if len(node) > LONGEST_NODE_ID:
            errors.append(invalid(f"{path}.nodeID", node, f"must be {LONGEST_NODE_ID} characters or less"))
        errors += not_negative(f"{path}.allocatable.count", (driver.get("allocatable") or {}).get("count"))
        if name in names:
            errors.append(duplicate(f"{path}.name", name))
        names.add(name)
        keys = driver.get("topologyKeys") or ()
        for at, key in enumerate(keys):
            if not key:
                errors.append(required(path))
            if key in keys[:at]:
                errors.append(duplicate(path, key))
            errors += all_invalid(path, key, qualified_name(key))
    return errors


def validate_csi_node_update(new: Obj, old: Obj) -> Errors:
    """A driver may go and come; while it is there only its room changes."""
    kept = {driver["name"]: driver for driver in (old.get("spec") or {}).get("drivers") or ()}
    errors: Errors = []
    for driver in (new.get("spec") or {}).get("drivers") or ():
        was = kept.get(driver.get("name"))
        fixed = {field: value for field, value in driver.items() if field != "allocatable"}
        if was is not None and fixed != {f: v for f, v in was.items() if f != "allocatable"}:
            shown = internal(fixed, "name", "nodeID", "topologyKeys", "allocatable")
            errors += immutable("spec.drivers", driver, was, shown)
    return errors


def validate_attachment(obj: Obj) -> Errors:
    """A VolumeAttachment."""
    spec = obj.get("spec") or {}
    attacher, source, node = spec.get("attacher"), spec.get("source") or {}, spec.get("nodeName") or ""
    name, inline = source.get("persistentVolumeName"), source.get("inlineVolumeSpec")
    errors = [] if attacher else [required("spec.attacher")]
    only_one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    if name is None and inline is None:
        errors.append(required("spec.source", only_one))
    elif name is not None and inline is not None:
        errors.append(forbidden("spec.source", only_one))
    elif name == "":
        detail = "must specify non empty persistentVolumeName"
        errors.append(required("spec.source.persistentVolumeName", detail))
    return errors + all_invalid("spec.nodeName", node, dns_subdomain(node))


def validate_new_attachment(obj: Obj) -> Errors:
    spec = obj.get("spec") or {}
    name = (spec.get("source") or {}).get("persistentVolumeName")
    errors = csi_driver_name("spec.attacher", spec.get("attacher") or "")
    return errors + ([] if name is None else all_invalid(f"spec.source.{_NAME}", name, dns_subdomain(name)))


_NAME = "persistentVolumeName"


def validate_attachment_update(new: Obj, old: Obj) -> Errors:
    return immutable("spec", new.get("spec"), old.get("spec"))


def validate_capacity(obj: Obj) -> Errors:
    """A CSIStorageCapacity."""
    errors = validate_selector("nodeTopology", obj.get("nodeTopology"))
    name = obj.get("storageClassName") or ""
    errors += all_invalid("storageClassName", name, dns_subdomain(name))
    for field in ("capacity", "maximumVolumeSize"):
        amount = obj.get(field)
        if amount is not None and parse(amount).nanos < 0:
            errors.append(invalid(field, str(parse(amount)), NOT_NEGATIVE))
    return errors


def validate_capacity_update(new: Obj, old: Obj) -> Errors:
    fields = ("nodeTopology", "storageClassName")
    return [fault for field in fields for fault in immutable(field, new.get(field), old.get(field))]


def validate_attributes_class(obj: Obj) -> Errors:
    """A VolumeAttributesClass."""
    parameters = obj.get("parameters") or {}
    errors = csi_driver_name("driverName", obj.get("driverName") or "")
    errors += validate_parameters(parameters)
    if parameters:
        return errors
    return [*errors, required("parameters", "must contain at least one key/value pair")]


def validate_attributes_class_update(new: Obj, old: Obj) -> Errors:
    fields = ("driverName", "parameters")
    return [
        forbidden(field, f"updates to {field} are forbidden.")
        for field in fields
        if new.get(field) != old.get(field)
    ]


def validate_parameters(parameters: Obj) -> Errors:
    """Of a class of storage or of attributes."""
    if len(parameters) > MOST_PARAMETERS:
        return [too_long("parameters", MOST_PARAMETERS)]
    errors = [invalid("parameters", "", "field can not be empty.")] if "" in parameters else []
    if sum(len(key) + len(value) for key, value in parameters.items()) > LARGEST_PARAMETERS:
        errors.append(too_long("parameters", LARGEST_PARAMETERS))
    return errors
