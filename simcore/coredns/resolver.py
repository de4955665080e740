"""Answers for names in the cluster's zone, and the search that a pod's resolver makes before it asks for them.

Models: the Kubernetes DNS-Based Service Discovery specification 1.1.0 and CoreDNS' kubernetes plugin.
Left out: see docs/deviations.md, network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple, Protocol

from simcore.apimachinery.meta import Obj

ZONE, REVERSE = "cluster.local", ".in-addr.arpa"
DOTS = 5
"""Names with fewer dots are looked for in the search domains first."""
MOST_ALIASES = 8
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_PUBLIC = frozenset(
    """
    app at au be biz br ca ch cloud cn co com cz de dev dk edu es eu fi fr gov ie in info io it jp kr mil net nl no nz
    org pl pt ru se sg sh tech uk us xyz za
    """.split()  # noqa: SIM905 - a list of words reads better so
)
"""Last parts of names that the world outside is taken to know."""


class Record(NamedTuple):
    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.kind} {self.value}"


class Query(NamedTuple):
    """One question that goes over the wire, and what comes back."""

    name: str
    records: tuple[Record, ...]

    def text(self, kind: str) -> str:
        found = ", ".join(record.value for record in self.records) or "NXDOMAIN"
        return f"{self.name} {kind} -> {found}"


class Names(Protocol):
    """What the server knows."""

    def service(self, namespace: str, name: str) -> Obj | None: ...

    def service_at(self, address: str) -> Obj | None:
        """By its cluster address."""
        ...

    def slices(self, service: Obj) -> Iterable[Obj]: ...


def resolve(names: Names, name: str, kind: str, pod: Obj) -> list[Query]:
    """All queries that the pod's resolver makes; the last one has the answer, if there is one."""
    asked = name.rstrip(".")
    if kind == "PTR" and asked.endswith(REVERSE):
        name = ".".join(reversed(asked.removesuffix(REVERSE).split(".")))
    if is_address(name):
        reverse = ".".join(reversed(name.split("."))) + REVERSE
        return [Query(reverse, _pointer(names, name, reverse))]
    queries: list[Query] = []
    for candidate in candidates(name, pod):
        queries.append(Query(candidate, records_of(names, candidate, kind)))
        if queries[-1].records:
            break
    return queries


def candidates(name: str, pod: Obj) -> list[str]:
    """The full names that the pod's resolver tries, in order."""
    if name.endswith("."):
        return [name.rstrip(".")]
    policy, config = pod["spec"].get("dnsPolicy", "ClusterFirst"), pod["spec"].get("dnsConfig") or {}
    host_network = pod["spec"].get("hostNetwork") and policy != "ClusterFirstWithHostNet"
    searches = [*(config.get("searches") or ())]
    if policy not in ("None", "Default") and not host_network:
        searches = [f"{pod['metadata']['namespace']}.svc.{ZONE}", f"svc.{ZONE}", ZONE, *searches]
    options = {option["name"]: option.get("value") for option in config.get("options") or ()}
    dots = str(options.get("ndots") or (DOTS if policy != "Default" else 1))
    searched = [f"{name}.{domain}" for domain in searches]
    enough = name.count(".") >= (int(dots) if dots.isdigit() else DOTS)
    return [name, *searched] if enough else [*searched, name]


def records_of(names: Names, name: str, kind: str) -> tuple[Record, ...]:
    """What the server says to a full name; nothing for a name that isn't there."""
    if not _NAME.fullmatch(name):
        return ()
    if name == ZONE or name.endswith(f".{ZONE}"):
        return _in_zone(names, name, kind, 0)
    return _outside(name, kind)


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text)) and all(int(part) < 256 for part in text.split("."))


def _in_zone(names: Names, name: str, kind: str, depth: int) -> tuple[Record, ...]:
    labels = name.removesuffix(f".{ZONE}").split(".")
    if labels[-1] == "pod" and len(labels) == 3:
        address = labels[0].replace("-", ".")
        return (Record(name, "A", address),) if kind == "A" and is_address(address) else ()
    if labels[-1] != "svc" or len(labels) < 3:
        return ()
    service = names.service(labels[-2], labels[-3])
    if service is None:
        return ()
    rest = labels[:-3]
    if service["spec"].get("type") == "ExternalName":
        return _alias(names, name, service["spec"]["externalName"], kind, depth) if not rest else ()
    if kind == "SRV":
        return _ports(names, service, name, rest)
    if kind != "A":
        return ()
    address = service["spec"].get("clusterIP", "")
    if address != "None":
        return (Record(name, "A", address),) if address and not rest else ()
    return tuple(
        Record(name, "A", address)
        for address, host in _members(names, service)
        if not rest or rest in ([host], [address.replace(".", "-")])
    )


def _alias(names: Names, name: str, target: str, kind: str, depth: int) -> tuple[Record, ...]:
    target = target.rstrip(".")
    found = Record(name, "CNAME", target)
    if kind == "CNAME" or depth >= MOST_ALIASES:
        return (found,)
    inside = target.endswith(f".{ZONE}")
    return (found, *(_in_zone(names, target, kind, depth + 1) if inside else _outside(target, kind)))


def _ports(names: Names, service: Obj, name: str, rest: list[str]) -> tuple[Record, ...]:
    """Of one named port, or of all."""
    base = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.{ZONE}"
    wanted = rest if len(rest) == 2 else None
    if rest and wanted is None:
        return ()
    found: list[Record] = []
    headless, hosts = service["spec"].get("clusterIP") == "None", [base]
    if headless:
        hosts = [f"{host or ip.replace('.', '-')}.{base}" for ip, host in _members(names, service)]
    for port in service["spec"].get("ports") or ():
        if wanted is None or wanted == [
            f"_{port.get('name', '')}",
            f"_{port.get('protocol', 'TCP').lower()}",
        ]:
            number = port.get("targetPort") if headless else port["port"]
            number = number if isinstance(number, int) else port["port"]
            share = 100 // max(len(hosts), 1)
            found += [Record(name, "SRV", f"0 {share} {number} {host}.") for host in hosts]
    return tuple(found)


def _members(names: Names, service: Obj) -> list[tuple[str, str]]:
    """(address, host name) of each endpoint that may be told."""
    everybody = bool(service["spec"].get("publishNotReadyAddresses"))
    return sorted(
        (endpoint["addresses"][0], endpoint.get("hostname", ""))
        for slice_ in names.slices(service)
        for endpoint in slice_.get("endpoints") or ()
        if everybody or (endpoint.get("conditions") or {}).get("ready") is not False
    )


def _pointer(names: Names, address: str, reverse: str) -> tuple[Record, ...]:
    service = names.service_at(address)
    if service is None:
        return ()
    meta = service["metadata"]
    return (Record(reverse, "PTR", f"{meta['name']}.{meta['namespace']}.svc.{ZONE}."),)


def _outside(name: str, kind: str) -> tuple[Record, ...]:
    """The world outside is not simulated: every public name has an address of the range for documentation."""
    if kind != "A" or "." not in name or name.rsplit(".", 1)[-1].lower() not in _PUBLIC:
        return ()
    return (
        Record(name, "A", f"203.0.113.{blake2b(name.lower().encode(), digest_size=1).digest()[0] % 254 + 1}"),
    )
