"""Runtime classes, drivers, certificate requests and classes of attributes.

Models: kubernetes v1.36 pkg/apis/{node,storage,certificates,networking}/validation.
"""

from __future__ import annotations

from base64 import b64decode
from ipaddress import ip_network

from simcore.apimachinery.errors import FieldError
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
from simcore.kube_apiserver.validation.names import dns_label, qualified_name
from simcore.kube_apiserver.validation.pod import validate_template
from simcore.kube_apiserver.validation.resources import validate_requirements
from simcore.kube_apiserver.validation.scheduling import validate_tolerations
from simcore.kube_apiserver.validation.volumes import csi_driver_name

MOST_PARAMETERS = 512
SHORTEST_CERTIFICATE_S = 600
_GROUP_POLICIES = ("ReadWriteOnceWithFSType", "File", "None")
_MODES = ("Ephemeral", "Persistent")
USAGES = (
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
    "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel",
    "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
    "server auth", "signing", "timestamping",
)  # fmt: skip


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
        if seconds is not None and seconds < SHORTEST_CERTIFICATE_S:
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


def validate_signing_request(obj: Obj) -> Errors:
    """A CertificateSigningRequest."""
    spec = obj.get("spec") or {}
    errors = [] if _is_request(spec.get("request") or "") else [_not_a_request(spec)]
    usages = spec.get("usages") or []
    if not usages:
        errors.append(required("spec.usages"))
    for at, usage in enumerate(usages):
        if usage not in USAGES:
            errors.append(not_supported(f"spec.usages[{at}]", usage, USAGES))
        if usage in usages[:at]:
            errors.append(duplicate(f"spec.usages[{at}]", usage))
    errors += _signer(spec.get("signerName") or "")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < SHORTEST_CERTIFICATE_S:
        detail = "may not specify a duration less than 600 seconds (10 minutes)"
        errors.append(invalid("spec.expirationSeconds", seconds, detail))
    return errors


def _not_a_request(spec: Obj) -> FieldError:
    detail = "PEM block type must be CERTIFICATE REQUEST"
    return invalid("spec.request", spec.get("request") or "", detail)


def _is_request(text: str) -> bool:
    """Whether the bytes hold a PEM block of the right type."""
    try:
        return b"-----BEGIN CERTIFICATE REQUEST-----" in b64decode(text)
    except ValueError:
        return False


def _signer(name: str) -> Errors:
    if not name:
        return [required("spec.signerName")]
    domain, slash, path = name.partition("/")
    if not slash or not path:
        detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        return [invalid("spec.signerName", name, detail)]
    errors = all_invalid("spec.signerName", domain, [] if "." in domain else _undotted())
    return errors + all_invalid("spec.signerName", path, qualified_name(path) if "/" not in path else [])


def _undotted() -> list[str]:
    return ["should be a domain with at least two segments separated by dots"]
