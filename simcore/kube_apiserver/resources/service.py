"""Services: addresses and node ports that the server hands out and takes back, and changes of type.

Models: kubernetes v1.36 pkg/registry/core/service/{strategy.go,storage/alloc.go,storage/storage.go}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simcore.apimachinery.errors import FieldError, Invalid
from simcore.apimachinery.kinds import SERVICE
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.service import default_service, is_externally_accessible
from simcore.kube_apiserver.resources.allocation import Allocator, Refused, claims_of, ports_of
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext, with_status
from simcore.kube_apiserver.tables import network as table
from simcore.kube_apiserver.validation.field import Errors, invalid
from simcore.kube_apiserver.validation.metadata import validate_metadata_update
from simcore.kube_apiserver.validation.service import (
    address_faults,
    validate_service,
    validate_service_status,
    validate_service_update,
)
from simcore.kube_apiserver.warnings.others import of_service

CONTENT = Content(
    default=default_service,
    rules=validate_service,
    status_rules=validate_service_status,
    new_status={"loadBalancer": {}},
    table=table.SERVICE,
    field_selectors=("spec.clusterIP", "spec.type"),
    create_on_update=True,
    warnings=of_service,
)
_IP_FIELDS = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


class ServiceStrategy(BuiltIn):
    """A service's addresses are claimed in the transaction that stores it, so two writers can't get the same."""

    def __init__(self) -> None:
        super().__init__(SERVICE, CONTENT)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        """Raises: Invalid, when what is asked for is taken."""
        obj = super().prepare_create(_with_spec(obj, _one_address_field(obj["spec"])), ctx)
        return obj if address_faults(obj["spec"]) else _allocated(obj, {}, ctx)

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        """Raises: Invalid, when what is asked for is taken."""
        spec = _kept(_without_leftovers(new["spec"], old["spec"]), old["spec"])
        obj = with_status(_with_spec(new, spec), old)
        if address_faults(spec) or validate_service_update(obj, old):
            return obj
        done = _allocated(obj, old["spec"], ctx)
        kept = set(claims_of(done["spec"]))
        ctx.releases.extend(claim for claim in claims_of(old["spec"]) if claim not in kept)
        return done

    def validate(self, obj: Obj) -> Errors:
        return address_faults(obj["spec"]) or super().validate(obj)

    def validate_update(self, new: Obj, old: Obj) -> Errors:
        """What may not change comes before what is wrong in itself."""
        if new["spec"] is old["spec"]:
            return validate_metadata_update(SERVICE, new, old)
        changes = validate_metadata_update(SERVICE, new, old) + validate_service_update(new, old)
        return address_faults(new["spec"]) or changes + validate_service(new)

    def release(self, obj: Obj, ctx: RequestContext) -> None:
        ctx.releases.extend(claims_of(obj["spec"]))


def needs_cluster_ip(spec: Obj) -> bool:
    return spec.get("type") in ("ClusterIP", "NodePort", "LoadBalancer")


def needs_node_ports(spec: Obj) -> bool:
    if spec.get("type") == "NodePort":
        return True
    return spec.get("type") == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False


def needs_health_check_port(spec: Obj) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _with_spec(obj: Obj, spec: Obj) -> Obj:
    return obj if obj["spec"] is spec else {**obj, "spec": spec}


def _one_address_field(spec: Obj) -> Obj:
    """clusterIP and clusterIPs say the same, whichever was written."""
    if spec.get("clusterIP") and not spec.get("clusterIPs"):
        return {**spec, "clusterIPs": [spec["clusterIP"]]}
    return spec


def _allocated(obj: Obj, old: Obj, ctx: RequestContext) -> Obj:
    """With addresses and ports, new ones where `old` (the spec before, or {}) had none."""
    spec, name = obj["spec"], obj["metadata"].get("name") or ""
    allocator = Allocator.of(obj, ctx)
    if needs_cluster_ip(spec):
        spec = _with_families(spec)
        if spec.get("clusterIP") != "None" and not old.get("clusterIPs"):
            wanted = spec.get("clusterIP") or ""
            try:
                address = allocator.take_address(wanted)
            except Refused as refusal:
                raise _invalid(name, invalid("spec.clusterIPs", [wanted], str(refusal))) from refusal
            spec = {**spec, "clusterIP": address, "clusterIPs": [address]}
    is_balancer = spec.get("type") == "LoadBalancer"
    if needs_node_ports(spec) or (is_balancer and ports_of(spec)):
        spec = {**spec, "ports": _with_node_ports(spec, old, allocator, name)}
    if needs_health_check_port(spec) and not old.get("healthCheckNodePort"):
        spec = {**spec, "healthCheckNodePort": _health_check_port(spec, allocator, name)}
    return _with_spec(obj, spec)


def _with_families(spec: Obj) -> Obj:
    """This cluster has IPv4 only; a headless service without selector may name both families."""
    if spec.get("ipFamilies"):
        return spec if spec.get("ipFamilyPolicy") else {**spec, "ipFamilyPolicy": "SingleStack"}
    if spec.get("clusterIP") == "None" and not spec.get("selector") and not spec.get("ipFamilyPolicy"):
        return {**spec, "ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "RequireDualStack"}
    return {**spec, "ipFamilies": ["IPv4"], "ipFamilyPolicy": spec.get("ipFamilyPolicy") or "SingleStack"}


def _with_node_ports(spec: Obj, old: Obj, allocator: Allocator, name: str) -> list[Obj]:
    """In a new service, ports with one number but two protocols share a node port."""
    had, own = set(ports_of(old)), set(ports_of(spec)) | set(ports_of(old))
    taken: dict[Any, int] = {}
    done = []
    for i, port in enumerate(spec.get("ports") or ()):
        number, wanted = port.get("port"), port.get("nodePort") or 0
        if not old and number in taken:
            wanted = wanted or taken[number]
        if wanted not in had and (old or wanted != taken.get(number)) and (wanted or needs_node_ports(spec)):
            try:
                if not old and wanted in taken.values():
                    raise Refused("provided port is already allocated")
                wanted = allocator.take_port(wanted, own, purpose=f"{port.get('protocol')}/{number}")
            except Refused as refusal:
                fault = invalid(f"spec.ports[{i}].nodePort", wanted, str(refusal))
                raise _invalid(name, fault) from refusal
            own.add(wanted)
        taken.setdefault(number, wanted)
        done.append({**port, "nodePort": wanted} if wanted else port)
    return done


def _health_check_port(spec: Obj, allocator: Allocator, name: str) -> int:
    wanted = spec.get("healthCheckNodePort") or 0
    try:
        return allocator.take_port(wanted, ports_of(spec), purpose="health check")
    except Refused as refusal:
        fault = invalid("spec.healthCheckNodePort", wanted, str(refusal))
        raise _invalid(name, fault) from refusal


def _invalid(name: str, fault: FieldError) -> Invalid:
    return Invalid.because(SERVICE, name, [fault])


def _without_leftovers(spec: Obj, old: Obj) -> Obj:
    """Fields that the new type has no use for go away, unless the writer changed them (then they are faults)."""
    gone: list[str] = []
    if needs_cluster_ip(old) and not needs_cluster_ip(spec):
        gone += [f for f in _IP_FIELDS if _same(spec, old, f)]
    if needs_health_check_port(old) and not needs_health_check_port(spec):
        gone += [f for f in ("healthCheckNodePort",) if _same(spec, old, f)]
    if old.get("type") == "LoadBalancer" and spec.get("type") != "LoadBalancer":
        fields = ("allocateLoadBalancerNodePorts", "loadBalancerClass")
        gone += [f for f in fields if _same(spec, old, f)]
    if is_externally_accessible(old) and not is_externally_accessible(spec):
        gone += [f for f in ("externalTrafficPolicy",) if _same(spec, old, f)]
    if spec.get("type") == "ExternalName" and old.get("type") != "ExternalName":
        gone += [f for f in ("internalTrafficPolicy",) if _same(spec, old, f)]
    done = {k: v for k, v in spec.items() if k not in gone} if gone else spec
    if needs_node_ports(old) and not needs_node_ports(spec) and ports_of(spec):
        had = _node_ports(old)
        ports = [
            _without_port(port) if had.get(_port_key(port)) else port for port in done.get("ports") or ()
        ]
        done = {**done, "ports": ports}
    return done


def _kept(spec: Obj, old: Obj) -> Obj:
    """What the server allocated before stays when the writer leaves it out."""
    if needs_cluster_ip(old) and needs_cluster_ip(spec):
        if not spec.get("clusterIP"):
            spec = {**spec, "clusterIP": old.get("clusterIP")}
        if not spec.get("clusterIPs") and spec["clusterIP"] == old.get("clusterIP"):
            spec = {**spec, "clusterIPs": old.get("clusterIPs")}
        elif spec.get("clusterIP") != old.get("clusterIP") and _same(spec, old, "clusterIPs"):
            spec = {**spec, "clusterIPs": [spec["clusterIP"]]}
        families: Obj = {f: old[f] for f in ("ipFamilies", "ipFamilyPolicy") if f in old and not spec.get(f)}
        spec = {**_one_address_field(spec), **families}
    if needs_node_ports(old) and needs_node_ports(spec):
        spec = {**spec, "ports": _ports_as_before(spec.get("ports") or (), old)}
    if needs_health_check_port(old) and needs_health_check_port(spec) and old.get("healthCheckNodePort"):
        spec = {"healthCheckNodePort": old["healthCheckNodePort"], **spec}
    return spec


def _ports_as_before(ports: Iterable[Obj], old: Obj) -> list[Obj]:
    """A port without a node port gets the one its name had, unless another port has that now."""
    had = {port.get("name"): port.get("nodePort") for port in old.get("ports") or ()}
    ports = list(ports)
    used = {port.get("nodePort") for port in ports} & {number for number in had.values() if number}
    done = []
    for port in ports:
        before = had.get(port.get("name"))
        if not port.get("nodePort") and before and before not in used:
            used.add(before)
            port = {**port, "nodePort": before}
        done.append(port)
    return done


def _same(spec: Obj, old: Obj, field: str) -> bool:
    return field in spec and spec[field] == old.get(field)


def _port_key(port: Obj) -> tuple[Any, Any]:
    return port.get("protocol"), port.get("port")


def _node_ports(spec: Obj) -> Mapping[tuple[Any, Any], Obj]:
    ports = spec.get("ports") or ()
    return {_port_key(port): {"nodePort": port["nodePort"]} for port in ports if port.get("nodePort")}


def _without_port(port: Obj) -> Obj:
    return {k: v for k, v in port.items() if k != "nodePort"}
