"""Addresses that are taken, ranges of addresses for services, and parts of the API that others serve.

Models: kubernetes v1.36 pkg/apis/networking/validation (ValidateIPAddress, ValidateServiceCIDR),
kube-aggregator/pkg/apis/apiregistration/validation.
"""

from __future__ import annotations

import ipaddress

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    IMMUTABLE,
    Errors,
    Shown,
    all_invalid,
    immutable,
    invalid,
    required,
    shown,
)
from simcore.kube_apiserver.validation.names import (
    dns_label_1035,
    dns_subdomain,
    has_leading_zeros,
    path_segment,
)

_NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_ONE_EACH = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"


def validate_ip_address(obj: Obj) -> Errors:
    parent, path = (obj.get("spec") or {}).get("parentRef"), "spec.parentRef"
    if parent is None:
        return [required(path)]
    group = parent.get("group")
    errors = all_invalid(f"{path}.group", group, dns_subdomain(group)) if group else []
    for field in ("resource", "name", "namespace"):
        where, value = f"{path}.{field}", parent.get(field)
        if value:
            errors += all_invalid(where, value, path_segment(value))
        elif field != "namespace":
            errors.append(required(where))
    return errors


def validate_ip_address_update(new: Obj, old: Obj) -> Errors:
    fields = ("group", "resource", "namespace", "name")
    parent, was = ((obj.get("spec") or {}).get("parentRef") or {} for obj in (new, old))
    given = {field.capitalize(): parent.get(field) or "" for field in fields}
    return immutable("spec.parentRef", parent, was, Shown(_in_order(given)))


def validate_service_cidr(obj: Obj) -> Errors:
    cidrs, path = (obj.get("spec") or {}).get("cidrs") or [], "spec.cidrs"
    if not cidrs:
        return [required(path, "at least one CIDR required")]
    if len(cidrs) > 2:
        return [invalid(path, {"CIDRs": cidrs}, "may only hold up to 2 values")]
    errors: Errors = []
    for at, text in enumerate(cidrs):
        errors += all_invalid(f"{path}[{at}]", text, _range_faults(text))
    if not errors and len({":" in text for text in cidrs}) < len(cidrs):
        errors.append(invalid(path, cidrs, _ONE_EACH))
    return errors


def validate_service_cidr_update(new: Obj, old: Obj) -> Errors:
    """A second family may be added; what is there stays."""
    path, cidrs, was = "spec.cidrs", new["spec"].get("cidrs") or [], old["spec"].get("cidrs") or []
    if len(cidrs) != len(was) and (len(cidrs), len(was)) != (2, 1):
        return [invalid(path, cidrs, IMMUTABLE)]
    pairs = enumerate(zip(cidrs, was, strict=False))
    return [fault for i, (text, before) in pairs for fault in immutable(f"{path}[{i}]", text, before)]


def validate_api_service(obj: Obj) -> Errors:
    spec = obj.get("spec") or {}
    group, version, service = spec.get("group") or "", spec.get("version") or "", spec.get("service")
    minimum, priority = spec.get("groupPriorityMinimum") or 0, spec.get("versionPriority") or 0
    errors: Errors = []
    if not group and version != "v1":
        detail = "only v1 may have an empty group and it better be legacy kube"
        errors.append(required("spec.group", detail))
    if group:
        errors += all_invalid("spec.group", group, dns_subdomain(group))
    errors += all_invalid("spec.version", version, dns_label_1035(version))
    if not 0 < minimum <= 20_000:
        errors.append(invalid("spec.groupPriorityMinimum", minimum, "must be positive and less than 20000"))
    if not 0 < priority <= 1000:
        errors.append(invalid("spec.versionPriority", priority, "must be positive and less than 1000"))
    bundle, insecure = spec.get("caBundle"), spec.get("insecureSkipTLSVerify")
    path = "spec.insecureSkipTLSVerify"
    if service is not None:
        errors += [required(f"spec.service.{f}") for f in ("namespace", "name") if not service.get(f)]
        if insecure and bundle:
            errors.append(invalid(path, True, "may not be true if caBundle is present"))
        return errors
    if bundle:
        size = f"{len(bundle) * 3 // 4 - bundle[-2:].count('=')} bytes"
        errors.append(invalid("spec.caBundle", size, "local APIServices may not have a caBundle"))
    if insecure:
        errors.append(invalid(path, True, "local APIServices may not have insecureSkipTLSVerify"))
    return errors


def api_service_name(obj: Obj) -> Errors:
    spec, name = obj.get("spec") or {}, obj["metadata"].get("name") or ""
    wanted = f"{spec.get('version') or ''}.{spec.get('group') or ''}"
    if name == wanted or path_segment(name):
        return []
    return [invalid("metadata.name", name, f'must be `spec.version+"."+spec.group`: {shown(wanted)}')]


def _range_faults(text: str) -> list[str]:
    address, slash, length = text.partition("/")
    try:
        network = ipaddress.ip_interface(text).network
    except ValueError:
        zeros = has_leading_zeros(address) or (length.startswith("0") and length.strip("0").isdigit())
        return ["must not have leading 0s in IP or prefix length"] if slash and zeros else [_NO_RANGE]
    if not slash:
        return [_NO_RANGE]
    if ipaddress.ip_address(address) != network.network_address:
        return ["must not have bits set beyond the prefix length"]
    return [] if text == str(network) else [f"must be in canonical form ({shown(str(network))})"]


def _in_order(fields: dict[str, str]) -> str:
    return "{" + ",".join(f"{shown(name)}:{shown(value)}" for name, value in fields.items()) + "}"
