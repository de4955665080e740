"""Which endpoints a service's traffic may go to, from one node's point of view.

Models: kubernetes v1.36 pkg/proxy/topology.go (CategorizeEndpoints) and endpointslicecache.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simcore.apimachinery.meta import Obj

SERVICE_NAME = "kubernetes.io/service-name"


class Endpoint(NamedTuple):
    address: str
    port: int
    node: str = ""
    pod: str = ""
    """Its name, if the endpoint is a pod."""
    is_ready: bool = True
    is_serving: bool = True
    is_terminating: bool = False

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


class Targets(NamedTuple):
    """Where traffic may go."""

    everywhere: tuple[Endpoint, ...]
    """By traffic policy Cluster."""
    here: tuple[Endpoint, ...]
    """By traffic policy Local: those on the node itself."""
    has_any: bool
    """Whether any endpoint of the service could be used from anywhere."""


def endpoints_of(slices: Iterable[Obj], port: Obj) -> list[Endpoint]:
    """A service port's endpoints out of the service's EndpointSlices, each address once, in order."""
    found: dict[str, Endpoint] = {}
    for slice_ in slices:
        wanted = next(
            (p for p in slice_.get("ports") or () if (p.get("name") or "") == (port.get("name") or "")), None
        )
        if wanted is None or slice_.get("addressType") not in ("IPv4", None):
            continue
        for endpoint in slice_.get("endpoints") or ():
            conditions = endpoint.get("conditions") or {}
            ready = conditions.get("ready") is not False
            made = Endpoint(
                endpoint["addresses"][0], wanted["port"], endpoint.get("nodeName", ""),
                (endpoint.get("targetRef") or {}).get("name", ""), ready, conditions.get("serving", ready) is not False,
                bool(conditions.get("terminating")),
            )  # fmt: skip
            found[str(made)] = made
    return sorted(found.values())


def targets(endpoints: Iterable[Endpoint], node: str) -> Targets:
    """Ready ones; when there is none, those that end and still serve."""
    every = [*endpoints]
    everywhere, here = _usable(every), _usable([e for e in every if e.node == node])
    return Targets(everywhere, here, bool(everywhere))


def _usable(endpoints: list[Endpoint]) -> tuple[Endpoint, ...]:
    ready = tuple(e for e in endpoints if e.is_ready)
    return ready or tuple(e for e in endpoints if e.is_serving and e.is_terminating)
