"""Nodes and pods for the scheduler's tests: ordinary ones, with what a test changes."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj

EMPTY = {"cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "100Gi"}
ZONES = {"node-1": "zone-a", "node-2": "zone-b", "node-3": "zone-c", "node-4": "zone-a"}


def node(name: str = "node-1", *, labels: dict[str, str] | None = None, **changes: Any) -> Obj:
    """`allocatable` and `images` go into the status, everything else (`taints`, `unschedulable`) into the spec."""
    own = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": ZONES.get(name, "zone-a")}
    status = {"allocatable": EMPTY | changes.pop("allocatable", {}), "images": changes.pop("images", [])}
    meta = {"name": name, "labels": own | (labels or {})}
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": changes, "status": status}


def pod(name: str = "web", *, labels: dict[str, str] | None = None, **spec: Any) -> Obj:
    """`requests`, `limits`, `ports` and `image` go to the one container; everything else into the spec."""
    container: Obj = {"name": "main", "image": spec.pop("image", "nginx:1")}
    if "requests" in spec:
        container["resources"] = {"requests": spec.pop("requests")}
    if "limits" in spec:
        container["resources"] = {"limits": spec.pop("limits")}
    if "ports" in spec:
        container["ports"] = spec.pop("ports")
    meta = {"name": name, "namespace": spec.pop("namespace", "default"), "uid": f"uid-{name}"}
    meta |= {"labels": labels or {}, "creationTimestamp": spec.pop("created", "2026-01-01T00:00:00Z")}
    spec = {"containers": [container]} | spec
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": {}}


def required_nodes(*terms: Obj) -> Obj:
    """Node affinity with these terms, any of which must match."""
    return {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    }


def preferred_nodes(*weighted: tuple[int, Obj]) -> Obj:
    terms = [{"weight": weight, "preference": term} for weight, term in weighted]
    return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": terms}}


def near(app: str, topology_key: str, **more: Any) -> Obj:
    """A required pod affinity term's body."""
    return {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": topology_key, **more}


def affinity(field: str, *terms: Obj) -> Obj:
    return {field: {"requiredDuringSchedulingIgnoredDuringExecution": list(terms)}}


def preferred_affinity(field: str, *weighted: tuple[int, Obj]) -> Obj:
    terms = [{"weight": weight, "podAffinityTerm": term} for weight, term in weighted]
    return {field: {"preferredDuringSchedulingIgnoredDuringExecution": terms}}


def spread(app: str, topology_key: str = "topology.kubernetes.io/zone", **changes: Any) -> Obj:
    constraint = {
        "maxSkew": 1,
        "topologyKey": topology_key,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": app}},
    }
    return constraint | changes
