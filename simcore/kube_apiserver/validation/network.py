"""Ingresses and network policies.

Models: kubernetes v1.36 pkg/apis/networking/validation/validation.go.
"""

from __future__ import annotations

import ipaddress

from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.validation.batch import domain_prefixed_path
from simcore.kube_apiserver.validation.container import PROTOCOLS
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    forbidden,
    immutable,
    invalid,
    not_supported,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.names import (
    dns_label,
    dns_subdomain,
    ip_address,
    path_segment,
    port_name,
    port_number,
    wildcard_subdomain,
)
from simcore.kube_apiserver.validation.probes import port_number_or_name
from simcore.kube_apiserver.validation.selectors import validate_selector
from simcore.kube_apiserver.validation.service import address_range

_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_BAD_PARTS, _BAD_ENDS = ("//", "/./", "/../", "%2f", "%2F"), ("/..", "/.")
_POLICY_TYPES = ("Egress", "Ingress")
_LONGEST_CONTROLLER = 250

_CLASS = "kubernetes.io/ingress.class"


def validate_ingress(obj: Obj) -> Errors:
    spec = obj["spec"]
    rules, default = spec.get("rules") or (), spec.get("defaultBackend")
    errors: Errors = []
    if not rules and default is None:
        errors.append(invalid("spec", None, "either `defaultBackend` or `rules` must be specified"))
    if default is not None:
        errors += _backend("spec.defaultBackend", default)
    for i, rule in enumerate(rules):
        errors += _ingress_rule(f"spec.rules[{i}]", rule)
    for i, tls in enumerate(spec.get("tls") or ()):
        for j, host in enumerate(tls.get("hosts") or ()):
            errors += all_invalid(f"spec.tls[{i}].hosts[{j}]", host, _host(host))
        if secret := tls.get("secretName"):
            errors += all_invalid(f"spec.tls[{i}].secretName", secret, dns_subdomain(secret))
    if (name := spec.get("ingressClassName")) is not None:
        errors += all_invalid("spec.ingressClassName", name, dns_subdomain(name))
    return errors


def validate_new_ingress(obj: Obj) -> Errors:
    """The class may be named by the old annotation, too, but not another one."""
    name, old_name = obj["spec"].get("ingressClassName"), annotations_of(obj).get(_CLASS)
    if name is None or old_name is None or name == old_name:
        return []
    detail = "must match `ingressClassName` when both are specified"
    return [invalid(f"annotations.{_CLASS}", old_name, detail)]


def validate_ingress_class(obj: Obj) -> Errors:
    spec = obj.get("spec") or {}
    controller, parameters = spec.get("controller") or "", spec.get("parameters")
    longest = _LONGEST_CONTROLLER
    errors = [too_long("spec.controller", longest)] if len(controller) > longest else []
    errors += domain_prefixed_path("spec.controller", controller)
    return errors + (_parameters("spec.parameters", parameters) if parameters is not None else [])


def validate_ingress_class_update(new: Obj, old: Obj) -> Errors:
    controller = (new.get("spec") or {}).get("controller")
    return immutable("spec.controller", controller, (old.get("spec") or {}).get("controller"))


def validate_network_policy(obj: Obj) -> Errors:
    spec = obj["spec"]
    errors = validate_selector("spec.podSelector", spec.get("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for i, rule in enumerate(spec.get(direction) or ()):
            path = f"spec.{direction}[{i}]"
            for j, port in enumerate(rule.get("ports") or ()):
                errors += _policy_port(f"{path}.ports[{j}]", port)
            for j, peer in enumerate(rule.get(peers) or ()):
                errors += _peer(f"{path}.{peers}[{j}]", peer)
    types = spec.get("policyTypes") or []
    if len(types) > 2:
        return [*errors, invalid("spec.policyTypes", types, "may not specify more than two policyTypes")]
    for i, name in enumerate(types):
        if name not in _POLICY_TYPES:
            errors.append(not_supported(f"spec.policyTypes[{i}]", name, _POLICY_TYPES))
    return errors


def _parameters(path: str, parameters: Obj) -> Errors:
    """What an IngressClass refers to."""
    errors = _local_reference(path, parameters)
    scope, namespace = parameters.get("scope"), parameters.get("namespace")
    if scope is None:
        errors.append(required(f"{path}.scope"))
    elif scope not in ("Cluster", "Namespace"):
        errors.append(not_supported(f"{path}.scope", scope, ("Cluster", "Namespace")))
    elif scope == "Cluster" and namespace is not None:
        errors.append(forbidden(f"{path}.namespace", "`parameters.scope` is set to 'Cluster'"))
    elif scope == "Namespace" and namespace is None:
        errors.append(required(f"{path}.namespace", "`parameters.scope` is set to 'Namespace'"))
    elif namespace is not None:
        errors += all_invalid(f"{path}.namespace", namespace, dns_label(namespace))
    return errors


def _local_reference(path: str, ref: Obj) -> Errors:
    group, errors = ref.get("apiGroup"), Errors()
    if group is not None:
        errors += all_invalid(f"{path}.apiGroup", group, dns_subdomain(group))
    for field in ("kind", "name"):
        value = ref.get(field)
        if value:
            errors += all_invalid(f"{path}.{field}", value, path_segment(value))
        else:
            errors.append(required(f"{path}.{field}", f"{field} is required"))
    return errors


def _host(host: str) -> list[str]:
    return wildcard_subdomain(host) if "*" in host else dns_subdomain(host)


def _ingress_rule(path: str, rule: Obj) -> Errors:
    errors: Errors = []
    if host := rule.get("host"):
        if not ip_address(host):
            errors.append(invalid(f"{path}.host", host, "must be a DNS name, not an IP address"))
        errors += all_invalid(f"{path}.host", host, _host(host))
    http = rule.get("http")
    if http is None:
        return errors
    paths = http.get("paths") or ()
    if not paths:
        errors.append(required(f"{path}.http.paths"))
    for i, entry in enumerate(paths):
        errors += _http_path(f"{path}.http.paths[{i}]", entry)
    return errors


def _http_path(path: str, entry: Obj) -> Errors:
    kind, target = entry.get("pathType"), entry.get("path") or ""
    if kind is None:
        return [required(f"{path}.pathType", "pathType must be specified")]
    errors: Errors = []
    where = f"{path}.path"
    if kind in ("Exact", "Prefix"):
        if not target.startswith("/"):
            errors.append(invalid(where, target, "must be an absolute path"))
        errors += [invalid(where, target, f"must not contain '{bad}'") for bad in _BAD_PARTS if bad in target]
        errors += [
            invalid(where, target, f"cannot end with '{end}'") for end in _BAD_ENDS if target.endswith(end)
        ]
    elif kind == "ImplementationSpecific":
        if target and not target.startswith("/"):
            errors.append(invalid(where, target, "must be an absolute path"))
    else:
        errors.append(not_supported(f"{path}.pathType", kind, _PATH_TYPES))
    return errors + _backend(f"{path}.backend", entry.get("backend") or {})


def _backend(path: str, backend: Obj) -> Errors:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        return [invalid(path, "", "cannot set both resource and service backends")]
    if resource is not None:
        return _local_reference(f"{path}.resource", resource)
    if service is None:
        return [invalid(path, "", "resource or service backend is required")]
    return _service_backend(path, service)


def _service_backend(path: str, service: Obj) -> Errors:
    name, port = service.get("name"), service.get("port") or {}
    named, number = port.get("name"), port.get("number")
    where = f"{path}.service"
    if name:
        errors = all_invalid(f"{where}.name", name, dns_label(name))
    else:
        errors = [required(f"{where}.name")]
    if named and number:
        errors.append(invalid(path, "", "cannot set both port name & port number"))
    elif named:
        errors += all_invalid(f"{where}.port.name", named, port_name(named))
    elif number:
        errors += all_invalid(f"{where}.port.number", number, port_number(number))
    else:
        errors.append(required(path, "port name or number is required"))
    return errors


def _policy_port(path: str, port: Obj) -> Errors:
    protocol, number, end = port.get("protocol"), port.get("port"), port.get("endPort")
    errors: Errors = []
    if protocol is not None and protocol not in PROTOCOLS:
        errors.append(not_supported(f"{path}.protocol", protocol, PROTOCOLS))
    if number is None:
        if end is not None:
            errors.append(required(f"{path}.port", "must be specified when `endPort` is specified"))
        return errors
    errors += port_number_or_name(f"{path}.port", number)
    if end is None:
        return errors
    if isinstance(number, str):
        detail = "may not be specified when `port` is non-numeric"
        return [*errors, forbidden(f"{path}.endPort", detail)]
    if end < number:
        errors.append(invalid(f"{path}.endPort", end, "must be greater than or equal to `port`"))
    return errors + all_invalid(f"{path}.endPort", end, port_number(end))


def _peer(path: str, peer: Obj) -> Errors:
    selectors = [f for f in ("podSelector", "namespaceSelector") if peer.get(f) is not None]
    errors: Errors = []
    for field in selectors:
        errors += validate_selector(f"{path}.{field}", peer[field])
    block = peer.get("ipBlock")
    if block is not None:
        errors += _ip_block(f"{path}.ipBlock", block)
    if not selectors and block is None:
        errors.append(required(path, "must specify a peer"))
    elif selectors and block is not None:
        errors.append(forbidden(path, "may not specify both ipBlock and another peer"))
    return errors


def _ip_block(path: str, block: Obj) -> Errors:
    if not (text := block.get("cidr")):
        return [required(f"{path}.cidr")]
    if faults := address_range(f"{path}.cidr", text):
        return faults
    outer = ipaddress.ip_network(text, strict=False)
    errors: Errors = []
    for i, inner in enumerate(block.get("except") or ()):
        where = f"{path}.except[{i}]"
        if faults := address_range(where, inner):
            errors += faults
        elif not _is_within(outer, inner):
            errors.append(invalid(where, inner, "must be a strict subset of `cidr`"))
    return errors


def _is_within(outer: ipaddress.IPv4Network | ipaddress.IPv6Network, text: str) -> bool:
    inner = ipaddress.ip_network(text, strict=False)
    return (
        inner.version == outer.version
        and inner.prefixlen > outer.prefixlen
        and inner.network_address in outer
    )
