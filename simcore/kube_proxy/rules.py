"""The rules that kube-proxy writes into a node's kernel, in iptables' own names.

Models: kubernetes v1.36 pkg/proxy/iptables/proxier.go (syncProxyRules).
Left out: see docs/deviations.md, network.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_proxy.endpoints import Endpoint, Targets, endpoints_of, targets
from simcore.network.iptables import Chains, Rule

SERVICES, NODE_PORTS, MARK, POSTROUTING = (
    "KUBE-SERVICES",
    "KUBE-NODEPORTS",
    "KUBE-MARK-MASQ",
    "KUBE-POSTROUTING",
)
POD_RANGE = "10.244.0.0/16"

Slices = Callable[[Obj], Iterable[Obj]]
"""The EndpointSlices of a service."""


class PortName(NamedTuple):
    """A service's port as rules name it."""

    namespace: str
    service: str
    port: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.service}" + (f":{self.port}" if self.port else "")


def chain_name(prefix: str, name: PortName, protocol: str, endpoint: str = "") -> str:
    """`KUBE-SVC-` or its like and sixteen letters that follow from what the chain is for."""
    digest = sha256(f"{name}{protocol.lower()}{endpoint}".encode()).digest()
    return f"{prefix}-{b32encode(digest).decode()[:16]}"


@dataclass
class _Table:
    chains: dict[str, list[Rule]]

    def add(self, chain: str, *rules: Rule) -> None:
        self.chains.setdefault(chain, []).extend(rules)


def rules_of(services: Iterable[Obj], slices: Slices, node: str) -> Chains:
    """All chains of a node, those of services in the services' order."""
    table = _Table({"PREROUTING": [_PORTALS], "OUTPUT": [_PORTALS], SERVICES: [], NODE_PORTS: []})
    table.add(MARK, Rule("MARK"))
    for service in services:
        spec = service["spec"]
        if spec.get("type") == "ExternalName" or spec.get("clusterIP") in (None, "", "None"):
            continue
        for port in spec.get("ports") or ():
            found = targets(endpoints_of(slices(service), port), node)
            _add_port(table, service, port, found)
    table.add(SERVICES, Rule(NODE_PORTS, _LAST, to_node=True))
    return table.chains


_LAST = "kubernetes service nodeports; NOTE: this must be the last rule in this chain"
_PORTALS = Rule(SERVICES, "kubernetes service portals")


def _add_port(table: _Table, service: Obj, port: Obj, found: Targets) -> None:
    meta, spec = service["metadata"], service["spec"]
    name = PortName(meta["namespace"], meta["name"], port.get("name") or "")
    protocol = port.get("protocol", "TCP")
    cluster, local = (chain_name(prefix, name, protocol) for prefix in ("KUBE-SVC", "KUBE-SVL"))
    inside = local if spec.get("internalTrafficPolicy") == "Local" else cluster
    outside = local if spec.get("externalTrafficPolicy") == "Local" else cluster
    _add_entry(
        table,
        spec["clusterIP"],
        port,
        f"{name} cluster IP",
        inside,
        found,
        found.here if inside == local else found.everywhere,
    )
    addresses = [*(spec.get("externalIPs") or ())]
    balancers = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    external = chain_name("KUBE-EXT", name, protocol)
    reachable = found.here if outside == local else found.everywhere
    for address in addresses:
        _add_entry(table, address, port, f"{name} external IP", external, found, reachable)
    for ingress in balancers if spec.get("type") == "LoadBalancer" else ():
        if ingress.get("ip"):
            _add_entry(table, ingress["ip"], port, f"{name} loadbalancer IP", external, found, reachable)
    if port.get("nodePort"):
        if found.has_any:
            table.add(NODE_PORTS, Rule(external, str(name), protocol=protocol, port=port["nodePort"]))
        else:
            why = f"{name} has no endpoints"
            table.add(SERVICES, Rule("REJECT", why, protocol=protocol, port=port["nodePort"], to_node=True))
    if found.has_any:
        if addresses or balancers or port.get("nodePort"):
            _add_external(table, external, name, cluster, local, is_local=outside == local)
        _add_service(table, service, port, name, cluster, found.everywhere)
        if local in (inside, outside):
            _add_service(table, service, port, name, local, found.here)


def _add_entry(
    table: _Table,
    address: str,
    port: Obj,
    comment: str,
    chain: str,
    found: Targets,
    reachable: tuple[Endpoint, ...],
) -> None:
    """From the service's address to its chain, or to nowhere."""
    protocol, number, about = port.get("protocol", "TCP"), port["port"], comment.split(" ")[0]
    if not found.has_any:
        rule = Rule("REJECT", f"{about} has no endpoints", "", address, protocol, number)
    elif not reachable:
        rule = Rule("DROP", f"{about} has no local endpoints", "", address, protocol, number)
    else:
        rule = Rule(chain, comment, "", address, protocol, number)
    table.add(SERVICES, rule)


def _add_external(
    table: _Table, chain: str, name: PortName, cluster: str, local: str, *, is_local: bool
) -> None:
    if not is_local:
        table.add(chain, Rule(MARK, f"masquerade traffic for {name} external destinations"), Rule(cluster))
        return
    table.add(
        chain,
        Rule(cluster, f"pod traffic for {name} external destinations", POD_RANGE),
        Rule(MARK, f"masquerade LOCAL traffic for {name} external destinations", from_node=True),
        Rule(cluster, f"route LOCAL traffic for {name} external destinations", from_node=True),
        Rule(local),
    )


def _add_service(
    table: _Table, service: Obj, port: Obj, name: PortName, chain: str, endpoints: tuple[Endpoint, ...]
) -> None:
    spec, protocol = service["spec"], port.get("protocol", "TCP")
    sticky = spec.get("sessionAffinity") == "ClientIP"
    if chain.startswith("KUBE-SVC"):
        masquerade = Rule(
            MARK, f"{name} cluster IP", f"!{POD_RANGE}", spec["clusterIP"], protocol, port["port"]
        )
        table.add(chain, masquerade)
    ends = [chain_name("KUBE-SEP", name, protocol, str(endpoint)) for endpoint in endpoints]
    for end, endpoint in zip(ends, endpoints, strict=True):
        if sticky:
            table.add(chain, Rule(end, f"{name} -> {endpoint}", recent=end))
    for left, (end, endpoint) in zip(range(len(ends), 0, -1), zip(ends, endpoints, strict=True), strict=True):
        table.add(chain, Rule(end, f"{name} -> {endpoint}", probability=1 / left))
        if end not in table.chains:
            table.add(
                end,
                Rule(MARK, str(name), endpoint.address),
                Rule("DNAT", str(name), protocol=protocol, to=str(endpoint)),
            )
