"""Services.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidateService, ValidateServiceUpdate).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.service import is_externally_accessible
from simcore.kube_apiserver.validation.container import PROTOCOLS
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
    shown,
)
from simcore.kube_apiserver.validation.metadata import validate_labels
from simcore.kube_apiserver.validation.names import (
    dns_label,
    dns_subdomain,
    ip_address,
    port_number,
    qualified_name,
)
from simcore.kube_apiserver.validation.probes import port_number_or_name

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_FAMILIES = ("IPv4", "IPv6")
_FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_IP_MODES = ("Proxy", "VIP")
_TRAFFIC = ("Cluster", "Local")
_DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
_ONLY_BALANCERS = "may only be used when `type` is 'LoadBalancer'"
_LONGEST_AFFINITY_S = 86_400


def validate_service(obj: Obj) -> Errors:
    spec = obj["spec"]
    kind, ports = spec.get("type") or "", spec.get("ports") or []
    errors: Errors = []
    if not ports and not is_headless(spec) and kind != "ExternalName":
        errors.append(required("spec.ports"))
    errors += _by_type(spec, kind)
    names: set[str] = set()
    for i, port in enumerate(ports):
        errors += _port(f"spec.ports[{i}]", port, names, needs_name=len(ports) > 1)
    errors += validate_labels("spec.selector", spec.get("selector"))
    errors += _affinity(spec)
    for i, address in enumerate(spec.get("externalIPs") or ()):
        where = f"spec.externalIPs[{i}]"
        errors += all_invalid(where, address, ip_address(address)) or ordinary_address(where, address)
    if kind not in _TYPES:
        errors.append(not_supported("spec.type", kind, _TYPES) if kind else required("spec.type"))
    errors += _port_duplicates(ports, kind)
    return errors + _balancer(spec, kind) + _traffic(spec, kind)


def validate_service_update(new: Obj, old: Obj) -> Errors:
    spec, was = new["spec"], old["spec"]
    errors: Errors = []
    if spec.get("type") != "ExternalName" and was.get("type") != "ExternalName":
        addresses, before = spec.get("clusterIPs") or [], was.get("clusterIPs") or []
        if before and not addresses:
            errors.append(invalid("spec.clusterIPs[0]", addresses, "primary clusterIP can not be unset"))
        elif before and addresses[0] != before[0]:
            errors.append(invalid("spec.clusterIPs[0]", addresses, "may not change once set"))
        families, had = spec.get("ipFamilies") or [], was.get("ipFamilies") or []
        if families and had and families[0] != had[0]:
            errors.append(invalid("spec.ipFamilies[0]", families, "may not change once set"))
    if was.get("type") == spec.get("type") == "LoadBalancer":
        if (given := spec.get("loadBalancerClass")) != was.get("loadBalancerClass"):
            errors.append(invalid("spec.loadBalancerClass", given, "may not change once set"))
        port, had_port = spec.get("healthCheckNodePort"), was.get("healthCheckNodePort")
        if port and had_port and port != had_port:
            errors.append(forbidden("spec.healthCheckNodePort", "field is immutable"))
    return errors


def validate_service_status(new: Obj, old: Obj) -> Errors:
    ingresses = ((new.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    path = "status.loadBalancer.ingress"
    if ingresses and new["spec"].get("type") != "LoadBalancer":
        return [forbidden(path, 'may only be used when `spec.type` is "LoadBalancer"')]
    errors: Errors = []
    for i, ingress in enumerate(ingresses):
        where, mode = f"{path}[{i}].ipMode", ingress.get("ipMode")
        errors += _ingress_ip(f"{path}[{i}]", ingress)
        if ingress.get("ip") and mode is None:
            errors.append(required(where, "must be specified when `ip` is set"))
        elif mode is not None and not ingress.get("ip"):
            errors.append(forbidden(where, "may not be specified when `ip` is not set"))
        elif mode is not None and mode not in _IP_MODES:
            errors.append(not_supported(where, mode, _IP_MODES))
        errors += _ingress_host(f"{path}[{i}]", ingress)
    return errors


def validate_ingress_status(new: Obj, old: Obj) -> Errors:
    """Of an Ingress, whose load balancers know no modes."""
    ingresses = ((new.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    errors: Errors = []
    for i, ingress in enumerate(ingresses):
        path = f"status.loadBalancer.ingress[{i}]"
        errors += _ingress_ip(path, ingress) + _ingress_host(path, ingress)
    return errors


def _ingress_ip(path: str, ingress: Obj) -> Errors:
    address = ingress.get("ip")
    return all_invalid(f"{path}.ip", address, ip_address(address)) if address else []


def _ingress_host(path: str, ingress: Obj) -> Errors:
    if not (name := ingress.get("hostname")):
        return []
    errors = all_invalid(f"{path}.hostname", name, dns_subdomain(name))
    if not ip_address(name):
        errors.append(invalid(f"{path}.hostname", name, "must be a DNS name, not an IP address"))
    return errors


def is_headless(spec: Obj) -> bool:
    return spec.get("clusterIP") == "None" or spec.get("clusterIPs") == ["None"]


def ordinary_address(path: str, text: str) -> Errors:
    """An address that can be somebody else's: not this host's, not one of its link."""
    address = ipaddress.ip_address(text)
    errors: Errors = []
    if address.is_unspecified:
        errors.append(invalid(path, text, f"may not be unspecified ({text})"))
    if address.is_loopback:
        errors.append(invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)"))
    if address.is_link_local:
        errors.append(invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"))
    if address.is_multicast and text.startswith(("224.0.0.", "ff02:")):
        detail = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        errors.append(invalid(path, text, detail))
    return errors


def _by_type(spec: Obj, kind: str) -> Errors:
    if kind in ("LoadBalancer", "NodePort") and is_headless(spec):
        return [invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")]
    if kind != "ExternalName":
        return []
    fields = ("clusterIPs", "ipFamilies", "ipFamilyPolicy")
    errors = [
        forbidden(f"spec.{f}", "may not be set for ExternalName services") for f in fields if spec.get(f)
    ]
    name = (spec.get("externalName") or "").removesuffix(".")
    if not name:
        return [*errors, required("spec.externalName")]
    return errors + all_invalid("spec.externalName", name, dns_subdomain(name))


def _port(path: str, port: Obj, names: set[str], *, needs_name: bool) -> Errors:
    errors: Errors = []
    name, number = port.get("name"), port.get("port") or 0
    if name:
        errors += all_invalid(f"{path}.name", name, dns_label(name))
        if name in names:
            errors.append(duplicate(f"{path}.name", name))
        names.add(name)
    elif needs_name:
        errors.append(required(f"{path}.name"))
    errors += all_invalid(f"{path}.port", number, port_number(number))
    protocol = port.get("protocol")
    if protocol not in PROTOCOLS:
        where = f"{path}.protocol"
        errors.append(not_supported(where, protocol, PROTOCOLS) if protocol else required(where))
    errors += port_number_or_name(f"{path}.targetPort", port.get("targetPort"))
    if (application := port.get("appProtocol")) is not None:
        errors += all_invalid(f"{path}.appProtocol", application, qualified_name(application))
    return errors


def _affinity(spec: Obj) -> Errors:
    affinity, config = spec.get("sessionAffinity"), spec.get("sessionAffinityConfig")
    path = "spec.sessionAffinityConfig"
    if affinity not in ("ClientIP", "None"):
        where = "spec.sessionAffinity"
        return [not_supported(where, affinity, ("ClientIP", "None")) if affinity else required(where)]
    if affinity == "None":
        return [forbidden(path, "must not be set when session affinity is None")] if config else []
    seconds = ((config or {}).get("clientIP") or {}).get("timeoutSeconds")
    if seconds is None:
        return [required(path, "when session affinity type is ClientIP")]
    if 0 < seconds <= _LONGEST_AFFINITY_S:
        return []
    detail = f"must be greater than 0 and less than {_LONGEST_AFFINITY_S}"
    return [invalid(f"{path}.clientIP.timeoutSeconds", seconds, detail)]


def address_faults(spec: Obj) -> Errors:
    """Of clusterIPs and families, which are looked at before anything is allocated and anything else is checked."""
    if spec.get("type") == "ExternalName":
        return []
    errors: Errors = []
    families, policy = spec.get("ipFamilies") or [], spec.get("ipFamilyPolicy")
    addresses, first = spec.get("clusterIPs") or [], spec.get("clusterIP") or ""
    for i, family in enumerate(families):
        if family not in _FAMILIES:
            errors.append(not_supported(f"spec.ipFamilies[{i}]", family, _FAMILIES))
        if family in families[:i]:
            errors.append(duplicate(f"spec.ipFamilies[{i}]", family))
    if policy is not None and policy not in _FAMILY_POLICIES:
        errors.append(not_supported("spec.ipFamilyPolicy", policy, _FAMILY_POLICIES))
    if addresses and first != addresses[0]:
        errors.append(invalid("spec.clusterIP", first, "must be equal to `clusterIPs[0]`"))
    if len(addresses) > 2:
        detail = "may only hold up to 2 values"
        errors.append(invalid("spec.clusterIPs", addresses, detail))
    for i, address in enumerate(addresses):
        where = f"spec.clusterIPs[{i}]"
        if address == "None":
            if i:
                errors.append(invalid(where, address, "must be empty or the only value"))
            continue
        errors += all_invalid(where, address, ip_address(address))
        if i < len(families) and not ip_address(address) and _family(address) != families[i]:
            errors.append(
                invalid(where, address, f"expected an {families[i]} value as indicated by `ipFamilies[{i}]`")
            )
    is_selectable = not is_headless(spec) or bool(spec.get("selector"))
    return errors or _available_families(families, policy, is_selectable=is_selectable)


def _available_families(families: list[str], policy: str | None, *, is_selectable: bool) -> Errors:
    """This cluster has IPv4 only, which binds all but headless services without selector."""
    if not is_selectable:
        return []
    errors: Errors = []
    if policy == "RequireDualStack":
        detail = "this cluster is not configured for dual-stack services"
        errors.append(invalid("spec.ipFamilyPolicy", policy, detail))
    for i, family in enumerate(families):
        if family == "IPv6":
            errors.append(invalid(f"spec.ipFamilies[{i}]", family, "not configured on this cluster"))
    return errors


def _family(address: str) -> str:
    return "IPv6" if ":" in address else "IPv4"


def _port_duplicates(ports: Iterable[Obj], kind: str) -> Errors:
    ports = list(ports)
    errors: Errors = []
    if kind == "ClusterIP":
        detail = "may not be used when `type` is 'ClusterIP'"
        errors += [
            forbidden(f"spec.ports[{i}].nodePort", detail) for i, p in enumerate(ports) if p.get("nodePort")
        ]
    node_ports: set[tuple[object, object]] = set()
    for i, port in enumerate(ports):
        if number := port.get("nodePort"):
            if (port.get("protocol"), number) in node_ports:
                errors.append(duplicate(f"spec.ports[{i}].nodePort", number))
            node_ports.add((port.get("protocol"), number))
    seen: set[tuple[object, object]] = set()
    for i, port in enumerate(ports):
        key = (port.get("protocol"), port.get("port"))
        if key in seen:
            errors.append(duplicate(f"spec.ports[{i}]", _shown_port(*key)))
        seen.add(key)
    return errors


def _shown_port(protocol: object, port: object) -> Shown:
    """The pair as upstream's type shows it."""
    fields = f'"Name":"","Protocol":{shown(protocol)},"AppProtocol":null,"Port":{shown(port)}'
    return Shown(f'{{{fields},"TargetPort":0,"NodePort":0}}')


def _balancer(spec: Obj, kind: str) -> Errors:
    errors: Errors = []
    is_balancer = kind == "LoadBalancer"
    if ranges := spec.get("loadBalancerSourceRanges"):
        path = "spec.LoadBalancerSourceRanges"
        if not is_balancer:
            errors.append(forbidden(path, _ONLY_BALANCERS))
        for i, text in enumerate(ranges):
            errors += address_range(f"{path}[{i}]", text.strip())
    for field in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
        if spec.get(field) is not None and not is_balancer:
            errors.append(forbidden(f"spec.{field}", _ONLY_BALANCERS))
    if is_balancer and spec.get("loadBalancerClass") is not None:
        name = spec["loadBalancerClass"]
        errors += all_invalid("spec.loadBalancerClass", name, qualified_name(name))
    return errors


def address_range(path: str, text: str) -> Errors:
    """A CIDR such as 10.0.0.0/8."""
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        is_valid = False
    else:
        is_valid = "/" in text
    if is_valid:
        return []
    return [invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]


def _traffic(spec: Obj, kind: str) -> Errors:
    errors: Errors = []
    path, policy = "spec.externalTrafficPolicy", spec.get("externalTrafficPolicy")
    if not is_externally_accessible(spec):
        if policy:
            errors.append(invalid(path, policy, "may only be set for externally-accessible services"))
    elif policy not in _TRAFFIC:
        errors.append(not_supported(path, policy, _TRAFFIC) if policy else required(path))
    number = spec.get("healthCheckNodePort")
    if number and not (kind == "LoadBalancer" and policy == "Local"):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        errors.append(invalid("spec.healthCheckNodePort", number, detail))
    internal = spec.get("internalTrafficPolicy")
    if internal is not None and internal not in _TRAFFIC:
        errors.append(not_supported("spec.internalTrafficPolicy", internal, _TRAFFIC))
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in _DISTRIBUTIONS:
        errors.append(not_supported("spec.trafficDistribution", distribution, _DISTRIBUTIONS))
    return errors
