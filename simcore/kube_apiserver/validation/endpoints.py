"""Endpoints and EndpointSlices.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidateEndpoints), pkg/apis/discovery/validation.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.container import PROTOCOLS
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    immutable,
    invalid,
    not_supported,
    required,
    too_many,
)
from simcore.kube_apiserver.validation.names import (
    dns_label,
    dns_subdomain,
    ip_address,
    port_number,
    qualified_name,
)
from simcore.kube_apiserver.validation.service import ordinary_address

_FAMILIES = ("FQDN", "IPv4", "IPv6")
_MOST_ENDPOINTS, _MOST_PORTS, _MOST_ADDRESSES = 1000, 20_000, 100


def validate_endpoints(obj: Obj) -> Errors:
    errors: Errors = []
    for i, subset in enumerate(obj.get("subsets") or ()):
        path = f"subsets[{i}]"
        fields = ("addresses", "notReadyAddresses")
        if not any(subset.get(field) for field in fields):
            errors.append(required(path, "must specify `addresses` or `notReadyAddresses`"))
        for field in fields:
            for j, address in enumerate(subset.get(field) or ()):
                errors += _address(f"{path}.{field}[{j}]", address)
        ports = subset.get("ports") or ()
        for j, port in enumerate(ports):
            errors += _port(f"{path}.ports[{j}]", port, needs_name=len(ports) > 1)
    return errors


def validate_endpoint_slice(obj: Obj) -> Errors:
    family, endpoints = obj.get("addressType"), obj.get("endpoints") or ()
    errors: Errors = []
    if family not in _FAMILIES:
        where = "addressType"
        errors.append(not_supported(where, family, _FAMILIES) if family else required(where))
    if len(endpoints) > _MOST_ENDPOINTS:
        return [*errors, too_many("endpoints", len(endpoints), _MOST_ENDPOINTS)]
    for i, endpoint in enumerate(endpoints):
        errors += _endpoint(f"endpoints[{i}]", endpoint, family or "")
    return errors + _slice_ports(obj.get("ports") or ())


def validate_endpoint_slice_update(new: Obj, old: Obj) -> Errors:
    return immutable("addressType", new.get("addressType"), old.get("addressType"))


def _address(path: str, address: Obj) -> Errors:
    ip = address.get("ip") or ""
    errors = all_invalid(f"{path}.ip", ip, ip_address(ip))
    if host := address.get("hostname"):
        errors += all_invalid(f"{path}.hostname", host, dns_label(host))
    if (node := address.get("nodeName")) is not None:
        errors += all_invalid(f"{path}.nodeName", node, dns_subdomain(node))
    return errors if ip_address(ip) else errors + ordinary_address(f"{path}.ip", ip)


def _port(path: str, port: Obj, *, needs_name: bool) -> Errors:
    name, number, protocol = port.get("name"), port.get("port") or 0, port.get("protocol")
    errors: Errors = []
    if name:
        errors += all_invalid(f"{path}.name", name, dns_label(name))
    elif needs_name:
        errors.append(required(f"{path}.name"))
    errors += all_invalid(f"{path}.port", number, port_number(number))
    if protocol not in PROTOCOLS:
        where = f"{path}.protocol"
        errors.append(not_supported(where, protocol, PROTOCOLS) if protocol else required(where))
    if (application := port.get("appProtocol")) is not None:
        errors += all_invalid(f"{path}.appProtocol", application, qualified_name(application))
    return errors


def _endpoint(path: str, endpoint: Obj, family: str) -> Errors:
    addresses = endpoint.get("addresses") or ()
    errors: Errors = []
    if not addresses:
        errors.append(required(f"{path}.addresses", "must contain at least 1 address"))
    elif len(addresses) > _MOST_ADDRESSES:
        errors.append(too_many(f"{path}.addresses", len(addresses), _MOST_ADDRESSES))
    for i, address in enumerate(addresses):
        where = f"{path}.addresses[{i}]"
        if family == "FQDN":
            errors += _full_name(where, address.removesuffix("."))
        elif faults := _family_faults(address, family):
            errors += all_invalid(where, address, faults)
        else:
            errors += ordinary_address(where, address)
    if (node := endpoint.get("nodeName")) is not None:
        errors += all_invalid(f"{path}.nodeName", node, dns_subdomain(node))
    if (host := endpoint.get("hostname")) is not None:
        errors += all_invalid(f"{path}.hostname", host, dns_label(host))
    return errors


def _full_name(path: str, name: str) -> Errors:
    if faults := dns_subdomain(name):
        return [invalid(path, name, ",".join(faults))]
    if "." in name:
        return []
    return [invalid(path, name, "should be a domain with at least two segments separated by dots")]


def _family_faults(address: str, family: str) -> list[str]:
    faults = ip_address(address)
    if not faults and family in ("IPv4", "IPv6") and (":" in address) != (family == "IPv6"):
        return [f"must be an {family} address"]
    return faults


def _slice_ports(ports: Sequence[Obj]) -> Errors:
    if len(ports) > _MOST_PORTS:
        return [too_many("ports", len(ports), _MOST_PORTS)]
    errors: Errors = []
    names: set[str] = set()
    for i, port in enumerate(ports):
        path, name = f"ports[{i}]", port.get("name") or ""
        if name:
            errors += all_invalid(f"{path}.name", name, dns_label(name))
        if name in names:
            errors.append(duplicate(f"{path}.name", name))
        names.add(name)
        protocol, application = port.get("protocol"), port.get("appProtocol")
        if protocol not in PROTOCOLS:
            where = f"{path}.protocol"
            errors.append(not_supported(where, protocol, PROTOCOLS) if protocol else required(where))
        if application is not None:
            errors += all_invalid(f"{path}.appProtocol", application, qualified_name(application))
    return errors
