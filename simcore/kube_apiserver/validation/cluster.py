"""Runtime classes, drivers and classes of attributes.

Models: kubernetes v1.36 pkg/apis/{node,storage,networking}/validation.
"""

from __future__ import annotations

from ipaddress import ip_network

from simcore.apimachinery.meta import Obj
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
from simcore.kube_apiserver.validation.metadata import validate_labels
from simcore.kube_apiserver.validation.names import dns_label
from simcore.kube_apiserver.validation.pod import validate_template
from simcore.kube_apiserver.validation.remote_volumes import csi_driver_name
from simcore.kube_apiserver.validation.resources import validate_requirements
from simcore.kube_apiserver.validation.scheduling import validate_tolerations

MOST_PARAMETERS = 512
SHORTEST_TOKEN_S = 600
_GROUP_POLICIES = ("ReadWriteOnceWithFSType", "File", "None")
_MODES = ("Ephemeral", "Persistent")


def validate_runtime_class(obj: Obj) -> Errors:
    handler = obj.get("handler") or ""
    errors = all_invalid("handler", handler, dns_label(handler))
    if overhead := obj.get("overhead"):
        errors += validate_requirements("overhead", {"limits": overhead.get("podFixed")})
    scheduling = obj.get("scheduling")
    if scheduling is None:
        return errors
    errors += validate_labels("scheduling.nodeSelector", scheduling.get("nodeSelector"))
    tolerations = scheduling.get("tolerations") or []
    errors += validate_tolerations("scheduling.tolerations", tolerations)
    return errors + [
        duplicate(f"scheduling.tolerations[{at}]", toleration)
        for at, toleration in enumerate(tolerations)
        if toleration in tolerations[:at]
    ]


def validate_runtime_class_update(new: Obj, old: Obj) -> Errors:
    return immutable("handler", new.get("handler"), old.get("handler"))


def validate_pod_template(obj: Obj) -> Errors:
    return validate_template("template", obj.get("template") or {})


def validate_csi_driver(obj: Obj) -> Errors:
    name = obj["metadata"].get("name") or ""
    errors = csi_driver_name("name", name)
    spec = obj.get("spec") or {}
    for field in ("attachRequired", "podInfoOnMount", "storageCapacity", "seLinuxMount"):
        if spec.get(field) is None:
            errors.append(required(f"spec.{field}"))
    policy = spec.get("fsGroupPolicy")
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
    return errors + [
        not_supported("spec.volumeLifecycleModes", mode, _MODES) for mode in modes if mode not in _MODES
    ]


def validate_attributes_class(obj: Obj) -> Errors:
    """A VolumeAttributesClass."""
    driver, parameters = obj.get("driverName") or "", obj.get("parameters") or {}
    errors = csi_driver_name("driverName", driver)
    if not parameters:
        errors.append(required("parameters", "must contain at least one key/value pair"))
    if len(parameters) > MOST_PARAMETERS:
        detail = f"must have at most {MOST_PARAMETERS} items"
        errors.append(invalid("parameters", len(parameters), detail))
    if "" in parameters:
        errors.append(required("parameters", "parameter key cannot be empty"))
    return errors


def validate_attributes_class_update(new: Obj, old: Obj) -> Errors:
    fields = ("driverName", "parameters")
    return [
        forbidden(field, f"updates to {field} are forbidden.")
        for field in fields
        if new.get(field) != old.get(field)
    ]


def validate_service_cidr(obj: Obj) -> Errors:
    cidrs = (obj.get("spec") or {}).get("cidrs") or []
    if not cidrs:
        return [required("spec.cidrs", "at least one CIDR required")]
    errors: Errors = []
    if len(cidrs) > 2:
        errors.append(invalid("spec", obj["spec"], "may only hold up to 2 values"))
    families = []
    for at, text in enumerate(cidrs):
        try:
            families.append(ip_network(text).version)
        except ValueError:
            detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            errors.append(invalid(f"spec.cidrs[{at}]", text, detail))
    if len(families) == 2 and families[0] == families[1]:
        detail = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
        errors.append(invalid("spec", obj["spec"], detail))
    return errors


def validate_service_cidr_update(new: Obj, old: Obj) -> Errors:
    return immutable("spec.cidrs", new["spec"].get("cidrs"), old["spec"].get("cidrs"))
