"""Addresses and node ports of services: drawn by label, taken for good by a claim in the service's own transaction.

Models: kubernetes v1.36 pkg/registry/core/service/{ipallocator,portallocator}.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import SERVICE
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import RequestContext

SERVICE_CIDR = ipaddress.IPv4Network("10.96.0.0/16")
NODE_PORTS = range(30_000, 32_768)
_STATIC_ADDRESSES, _STATIC_PORTS = 256, 86
"""The low parts of both ranges are drawn from last: people write fixed ones there."""


class Refused(Exception):
    """The wanted address or port can't be had; the message is upstream's."""


@dataclass(frozen=True)
class Allocator:
    """What one write of one service may take. What it takes or gives back goes into the request's context."""

    service: Obj
    ctx: RequestContext
    addresses: frozenset[str]
    ports: frozenset[int]
    """What other services have."""

    @classmethod
    def of(cls, service: Obj, ctx: RequestContext) -> Allocator:
        meta = service["metadata"]
        others = [
            other["spec"]
            for other in ctx.read.all(SERVICE)
            if (other["metadata"]["namespace"], other["metadata"]["name"])
            != (meta["namespace"], meta["name"])
        ]
        addresses = frozenset(ip for spec in others for ip in spec.get("clusterIPs") or () if ip != "None")
        return cls(service, ctx, addresses, frozenset(port for spec in others for port in ports_of(spec)))

    def take_address(self, wanted: str = "") -> str:
        """Raises: Refused."""
        address = self._wanted_address(wanted) if wanted else self._any_address()
        self.ctx.claims.append((address_claim(address), encode(self._ip_address(address))))
        return address

    def take_port(self, wanted: int = 0, own: Iterable[int] = (), *, purpose: str = "") -> int:
        """A node port; `own` are those that the service has already. Raises: Refused."""
        taken = self.ports | set(own)
        if not wanted:
            wanted = self._any_port(taken, purpose)
        elif wanted not in NODE_PORTS:
            span = f"{NODE_PORTS[0]}-{NODE_PORTS[-1]}"
            raise Refused(f"provided port is not in the valid range. The range of valid ports is {span}")
        elif wanted in self.ports:
            raise Refused("provided port is already allocated")
        claim = port_claim(wanted)
        if claim not in (path for path, _ in self.ctx.claims):
            meta = self.service["metadata"]
            self.ctx.claims.append((claim, f"{meta['namespace']}/{meta['name']}".encode()))
        return wanted

    def _wanted_address(self, wanted: str) -> str:
        address = ipaddress.ip_address(wanted)
        if address not in SERVICE_CIDR or address in (SERVICE_CIDR[0], SERVICE_CIDR[-1]):
            why = f"is not in the valid range. The range of valid IPs is {SERVICE_CIDR}"
            raise Refused(f"failed to allocate IP {wanted}: the provided IP ({wanted}) {why}")
        if wanted in self.addresses:
            raise Refused(f"failed to allocate IP {wanted}: provided IP is already allocated")
        return wanted

    def _any_address(self) -> str:
        high = range(_STATIC_ADDRESSES, SERVICE_CIDR.num_addresses - 1)
        for offset in chain(self._from_anywhere(high, "address"), range(1, _STATIC_ADDRESSES)):
            if (address := str(SERVICE_CIDR[offset])) not in self.addresses:
                return address
        raise Refused("failed to allocate a serviceIP: range is full")

    def _any_port(self, taken: frozenset[int], purpose: str) -> int:
        high = NODE_PORTS[_STATIC_PORTS:]
        for port in chain(self._from_anywhere(high, "port", purpose), NODE_PORTS[:_STATIC_PORTS]):
            if port not in taken:
                return port
        raise Refused("failed to allocate a nodePort: range is full")

    def _from_anywhere(self, numbers: range, *label: str) -> Iterable[int]:
        """The range, starting somewhere that depends on the service and the attempt, and around."""
        start = self.ctx.rng.below(len(numbers), *label, self.service["metadata"]["uid"], self.ctx.attempt)
        return chain(numbers[start:], numbers[:start])

    def _ip_address(self, address: str) -> Obj:
        """The IPAddress object that stands for the claim."""
        meta = self.service["metadata"]
        parent = {
            "group": "",
            "resource": "services",
            "namespace": meta["namespace"],
            "name": meta.get("name", ""),
        }
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IPAddress",
            "metadata": {
                "name": address,
                "uid": self.ctx.rng.uid("ipaddress", meta["uid"], address),
                "creationTimestamp": self.ctx.clock.timestamp(),
                "labels": {
                    "ipaddress.kubernetes.io/ip-family": "IPv4",
                    "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
                },
            },
            "spec": {"parentRef": parent},
        }


def address_claim(address: str) -> str:
    """The store's path of an address that is taken."""
    return f"/registry/ipaddresses/{address}"


def port_claim(port: int) -> str:
    return f"/registry/ranges/servicenodeports/{port}"


def ports_of(spec: Obj) -> list[int]:
    """Node ports that a service has."""
    ports: list[int] = [port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")]
    return [*ports, spec["healthCheckNodePort"]] if spec.get("healthCheckNodePort") else ports


def claims_of(spec: Obj) -> list[str]:
    """The store's paths of all that a service has."""
    addresses = [ip for ip in spec.get("clusterIPs") or () if ip != "None"]
    return [*map(address_claim, addresses), *map(port_claim, dict.fromkeys(ports_of(spec)))]
