"""The single changes that may let a pod fit, as new manifests of the pod or of a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simcore.apimachinery import quantity
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.node_info import NodeInfo, Taint
from simcore.kube_scheduler.resources import CPU, MEMORY, Amounts, amount_of

Spec = dict[str, Any]


def with_tolerations(spec: Spec, taints: Iterable[Taint]) -> Spec:
    more = [
        {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": taint.effect}
        if taint.value
        else {"key": taint.key, "operator": "Exists", "effect": taint.effect}
        for taint in taints
    ]
    return {**spec, "tolerations": [*(spec.get("tolerations") or ()), *more]}


def with_requests(spec: Spec, name: str, most: int) -> Spec | None:
    """The pod asking for at most `most` of a resource, each container cut in proportion; None when it can't be."""
    asked = [_request(container, name) for container in spec["containers"]]
    total = sum(asked)
    if not total or most <= 0 or spec.get("initContainers"):
        return None
    step = _step(name, most)
    shares = [amount * most // total // step * step for amount in asked]
    if any(amount and not share for amount, share in zip(asked, shares, strict=True)):
        return None
    containers = [
        _asking(container, name, share) if amount else container
        for container, amount, share in zip(spec["containers"], asked, shares, strict=True)
    ]
    return {**spec, "containers": containers}


def without_selector(spec: Spec) -> Spec:
    """Without nodeSelector and required node affinity."""
    affinity = dict(spec.get("affinity") or {})
    node_affinity = {
        k: v for k, v in (affinity.get("nodeAffinity") or {}).items() if not k.startswith("required")
    }
    affinity["nodeAffinity"] = node_affinity
    return {**spec, "nodeSelector": {}, "affinity": affinity}


def without_pod_terms(spec: Spec) -> Spec:
    """Without required affinity to pods and required anti-affinity."""
    affinity = dict(spec.get("affinity") or {})
    for field in ("podAffinity", "podAntiAffinity"):
        affinity[field] = {
            k: v for k, v in (affinity.get(field) or {}).items() if not k.startswith("required")
        }
    return {**spec, "affinity": affinity}


def with_constraints(spec: Spec, change: Callable[[Obj], Obj]) -> Spec:
    """Every hard spread constraint changed."""
    constraints = spec.get("topologySpreadConstraints") or ()
    return {
        **spec,
        "topologySpreadConstraints": [
            change(each) if each["whenUnsatisfiable"] == "DoNotSchedule" else each for each in constraints
        ],
    }


def without_host_ports(spec: Spec) -> Spec:
    def bare(port: Obj) -> Obj:
        return {name: value for name, value in port.items() if name not in ("hostPort", "hostIP")}

    return {
        **spec,
        "containers": [
            {**container, "ports": [bare(port) for port in container["ports"]]}
            if container.get("ports")
            else container
            for container in spec["containers"]
        ],
    }


def labelled(node: Obj, labels: Mapping[str, str]) -> Obj:
    meta = node["metadata"]
    return {**node, "metadata": {**meta, "labels": {**(meta.get("labels") or {}), **labels}}}


def uncordoned(node: Obj) -> Obj:
    spec = {name: value for name, value in (node.get("spec") or {}).items() if name != "unschedulable"}
    spec["taints"] = [t for t in spec.get("taints") or () if t["key"] != "node.kubernetes.io/unschedulable"]
    return {**node, "spec": spec}


def another(node: Obj, name: str) -> Obj:
    """A new machine like this one: its size and place, nothing else."""
    labels = {**(node["metadata"].get("labels") or {}), "kubernetes.io/hostname": name}
    return {**node, "metadata": {"name": name, "labels": labels}, "spec": {}}


def free_amounts(node: NodeInfo) -> Amounts:
    return {name: amount - node.requested.get(name, 0) for name, amount in node.allocatable.items()}


def quantity_text(name: str, amount: int) -> str:
    """As one would write it: 250m, 512Mi."""
    if name == CPU:
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    return str(quantity.of(amount, quantity.BINARY_SI)) if name == MEMORY else str(amount)


def _step(name: str, most: int) -> int:
    """What amounts are rounded down to, so that they read well."""
    if name == CPU:
        return 10 if most >= 10 else 1
    return 1 << 20 if name == MEMORY and most >= 1 << 20 else 1


def _request(container: Obj, name: str) -> int:
    asked = ((container.get("resources") or {}).get("requests") or {}).get(name)
    return amount_of(name, asked) if asked is not None else 0


def _asking(container: Obj, name: str, amount: int) -> Obj:
    """With a smaller request; an extended resource's limit follows, for both must be equal."""
    resources = dict(container.get("resources") or {})
    text = quantity_text(name, amount)
    resources["requests"] = {**(resources.get("requests") or {}), name: text}
    if "/" in name and name in (resources.get("limits") or {}):
        resources["limits"] = {**resources["limits"], name: text}
    return {**container, "resources": resources}
