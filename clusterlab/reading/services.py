"""Services with the endpoints behind them."""

from __future__ import annotations

from typing import Any

from clusterlab.reading.library import Library
from simcore.apimachinery.kinds import ENDPOINT_SLICE, SERVICE
from simcore.apimachinery.meta import Obj, labels_of

MOST_SERVICES = 500
MOST_ENDPOINTS = 500
"""Of one service."""
OWNER_LABEL = "kubernetes.io/service-name"


def services(library: Library, revision: int | None) -> list[dict[str, Any]]:
    """At a revision or now, in order of their names. Raises: Compacted, FutureRevision."""
    past = library.past(revision)
    slices: dict[tuple[str, str], list[Obj]] = {}
    for found in past.all(ENDPOINT_SLICE):
        owner = labels_of(found.obj).get(OWNER_LABEL, "")
        slices.setdefault((found.obj["metadata"]["namespace"], owner), []).append(found.obj)
    told = []
    for found in past.all(SERVICE)[:MOST_SERVICES]:
        meta = found.obj["metadata"]
        told.append(_service(found.obj, slices.get((meta["namespace"], meta["name"]), [])))
    return told


def _service(service: Obj, slices: list[Obj]) -> dict[str, Any]:
    meta, spec = service["metadata"], service.get("spec") or {}
    endpoints = [_endpoint(found, part) for part in slices for found in part.get("endpoints") or ()]
    return {
        "key": f"{meta['namespace']}/{meta['name']}",
        "type": spec.get("type", "ClusterIP"),
        "clusterIP": spec.get("clusterIP", ""),
        "ports": spec.get("ports") or [],
        "slices": [part["metadata"]["name"] for part in slices],
        "endpoints": endpoints[:MOST_ENDPOINTS],
    }


def _endpoint(endpoint: Obj, part: Obj) -> dict[str, Any]:
    target = endpoint.get("targetRef") or {}
    namespace = target.get("namespace") or part["metadata"]["namespace"]
    return {
        "pod": f"{namespace}/{target['name']}" if target.get("kind") == "Pod" else None,
        "ip": next(iter(endpoint.get("addresses") or ()), ""),
        "ready": (endpoint.get("conditions") or {}).get("ready") is not False,
        "node": endpoint.get("nodeName") or "",
    }
