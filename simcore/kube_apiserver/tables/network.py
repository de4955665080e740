"""The rows of services, endpoints, ingresses and network policies.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import age
from simcore.kube_apiserver.tables.table import AGE, Table, named, wide
from simcore.kube_apiserver.tables.text import (
    NONE,
    UNSET,
    first_of,
    labels_text,
    selector_text,
    spec_of,
    status_of,
)

_MOST = 3
"""Addresses, ports or hosts that a cell lists."""


def _service(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    addresses = spec.get("clusterIPs") or ()
    return [
        spec.get("type", ""),
        addresses[0] if addresses else NONE,
        external_address(obj),
        ",".join(map(_service_port, spec.get("ports") or ())) or NONE,
        age(obj, now_ms),
        labels_text(spec.get("selector")),
    ]


def external_address(service: Obj) -> str:
    spec = spec_of(service)
    given = list(spec.get("externalIPs") or ())
    match spec.get("type"):
        case "ClusterIP" | "NodePort":
            return ",".join(given) or NONE
        case "LoadBalancer":
            return ",".join([*_balancers(service), *given]) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName", ""))
    return "<unknown>"


def _balancers(obj: Obj) -> list[str]:
    ingress = (status_of(obj).get("loadBalancer") or {}).get("ingress") or ()
    return sorted({i.get("ip") or i.get("hostname") or "" for i in ingress} - {""})


def _service_port(port: Obj) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node_port}/{port.get('protocol', 'TCP')}"


def _endpoints(obj: Obj, now_ms: int) -> list[Any]:
    listed = [
        _host_port(address["ip"], port["port"]) if port else address["ip"]
        for subset in obj.get("subsets") or ()
        for port in subset.get("ports") or (None,)
        for address in subset.get("addresses") or ()
    ]
    return [first_of(listed, _MOST) if obj.get("subsets") else NONE, age(obj, now_ms)]


def _host_port(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _endpoint_slice(obj: Obj, now_ms: int) -> list[Any]:
    ports = [str(port["port"]) if port.get("port") is not None else "*" for port in obj.get("ports") or ()]
    addresses = [a for endpoint in obj.get("endpoints") or () for a in endpoint.get("addresses") or ()]
    return [
        obj.get("addressType", ""),
        first_of(ports, _MOST) or UNSET,
        first_of(addresses, _MOST) or UNSET,
        age(obj, now_ms),
    ]


def _ingress(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    return [
        spec.get("ingressClassName") or NONE,
        _hosts(spec.get("rules") or ()),
        ",".join(_balancers(obj)),
        "80, 443" if spec.get("tls") else "80",
        age(obj, now_ms),
    ]


def _hosts(rules: Sequence[Obj]) -> str:
    """The first hosts that have a name. The rest is counted in rules, if there are rules after the last one shown."""
    named_at = [i for i, rule in enumerate(rules) if rule.get("host")][:_MOST]
    shown = ",".join(rules[i]["host"] for i in named_at) or "*"
    if len(named_at) == _MOST and named_at[-1] + 1 < len(rules):
        return f"{shown} + {len(rules) - _MOST} more..."
    return shown


def _ingress_class(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    target = spec.get("parameters")
    parameters = NONE
    if target:
        group = f".{target['apiGroup']}" if target.get("apiGroup") else ""
        parameters = f"{target['kind']}{group}/{target['name']}"
    return [spec.get("controller", ""), parameters, age(obj, now_ms)]


def _network_policy(obj: Obj, now_ms: int) -> list[Any]:
    return [selector_text(spec_of(obj).get("podSelector")), age(obj, now_ms)]


SERVICE: Table = named(
    Column("Type", "How the service is reached."),
    Column("Cluster-IP", "Its address inside the cluster."),
    Column("External-IP", "Its address for others."),
    Column("Port(s)", "Its ports, with those of the nodes."),
    AGE,
    wide("Selector", "The labels of the pods behind it."),
    row=_service,
)
ENDPOINTS: Table = named(Column("Endpoints", "The addresses and ports."), AGE, row=_endpoints)
ENDPOINT_SLICE: Table = named(
    Column("AddressType", "IPv4, IPv6 or FQDN."),
    Column("Ports", "The ports of every endpoint."),
    Column("Endpoints", "The addresses."),
    AGE,
    row=_endpoint_slice,
)
INGRESS: Table = named(
    Column("Class", "Who serves the ingress."),
    Column("Hosts", "The hosts it answers for."),
    Column("Address", "Where it is reached."),
    Column("Ports", "Its ports."),
    AGE,
    row=_ingress,
)
INGRESS_CLASS: Table = named(
    Column("Controller", "Who serves ingresses of the class."),
    Column("Parameters", "Where its settings are."),
    AGE,
    row=_ingress_class,
)
NETWORK_POLICY: Table = named(
    Column("Pod-Selector", "The pods that the policy is for."), AGE, row=_network_policy
)
