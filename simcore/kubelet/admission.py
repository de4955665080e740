"""What a kubelet checks before it accepts a pod.

Models: kubernetes v1.36 pkg/kubelet/lifecycle/predicate.go (Admit).
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, labels_of
from simcore.apimachinery.quantity import milli, whole
from simcore.apimachinery.selectors import matches_all, meets
from simcore.kubelet.containers import is_sidecar
from simcore.kubelet.security import setting_fault


class Amounts(NamedTuple):
    """Resources in the units that the messages use."""

    cpu: int
    """Thousandths."""
    memory: int
    ephemeral_storage: int
    pods: int

    def plus(self, other: Amounts) -> Amounts:
        return Amounts(
            self.cpu + other.cpu,
            self.memory + other.memory,
            self.ephemeral_storage + other.ephemeral_storage,
            self.pods + other.pods,
        )

    def exceeds(self, most: Amounts) -> bool:
        """In any of them."""
        return any(map(operator.gt, self, most))

    def minus(self, other: Amounts) -> Amounts:
        return self.plus(Amounts(-other.cpu, -other.memory, -other.ephemeral_storage, -other.pods))


NOTHING = Amounts(0, 0, 0, 0)

Rejection = tuple[str, str]
"""(reason, message) as the Event says it."""


def amounts(resources: Mapping[str, str]) -> Amounts:
    return Amounts(
        milli(resources.get("cpu", "0")),
        whole(resources.get("memory", "0")),
        whole(resources.get("ephemeral-storage", "0")),
        whole(resources.get("pods", "0")),
    )


HostPort = tuple[str, str, int]
"""(protocol, address, port) on the node; 0.0.0.0 is every address."""
PORTS_TAKEN = (
    "NodePorts",
    "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
)
PRESSURE = ("Evicted", "The node had condition: [MemoryPressure]. ")


def host_ports(pod: Obj) -> frozenset[HostPort]:
    """The ports of the node that the pod wants for itself."""
    spec = pod["spec"]
    sidecars = (c for c in spec.get("initContainers") or () if is_sidecar(c))
    return frozenset(
        (port.get("protocol", "TCP"), port.get("hostIP") or "0.0.0.0", port["hostPort"])  # noqa: S104 - a name for all
        for container in (*spec["containers"], *sidecars)
        for port in container.get("ports") or ()
        if port.get("hostPort")
    )


def clashes(wanted: frozenset[HostPort], taken: frozenset[HostPort]) -> bool:
    return any(
        (protocol, port) == (other, taken_port) and (ip == taken_ip or "0.0.0.0" in (ip, taken_ip))  # noqa: S104
        for protocol, ip, port in wanted
        for other, taken_ip, taken_port in taken
    )


def requests_of(pod: Obj) -> Amounts:
    """What a pod asks of its node: containers and sidecars together, or the most demanding moment of its start."""
    spec = pod["spec"]
    running = _sum(spec["containers"])
    start = sidecars = NOTHING
    for init in spec.get("initContainers") or ():
        if is_sidecar(init):
            sidecars = sidecars.plus(_of(init))
            start = _most(start, sidecars)
        else:
            start = _most(start, sidecars.plus(_of(init)))
    total = _most(running.plus(sidecars), start)
    if overhead := spec.get("overhead"):
        total = total.plus(amounts(overhead))
    return total._replace(pods=1)


def rejection(
    pod: Obj, node: Obj | None, requests: Amounts, used: Amounts, allocatable: Amounts
) -> Rejection | None:
    """Why the node refuses the pod; None when it accepts it."""
    if fault := setting_fault(pod):
        return "SysctlForbidden", fault
    if node is None:
        return "InvalidNodeInfo", "Kubelet cannot get node info."
    system = pod["spec"].get("os")
    if system is not None and system.get("name") != "linux":
        return "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS"
    if used.plus(requests).exceeds(allocatable) and (full := _out_of(requests, used, allocatable)):
        return full
    if not _wants(pod["spec"], node):
        return _failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
    if _is_driven_off(pod["spec"], node):
        return _failed("TaintToleration", "node(s) had taints that the pod didn't tolerate")
    return None


def _out_of(requests: Amounts, used: Amounts, allocatable: Amounts) -> Rejection | None:
    """None when the pod wants nothing of what there is too little of."""
    for resource in ("pods", "cpu", "memory", "ephemeral_storage"):
        wanted, taken, most = (getattr(a, resource) for a in (requests, used, allocatable))
        if wanted and wanted > most - taken:
            name = resource.replace("_", "-")
            text = f"Node didn't have enough resource: {name}, requested: {wanted}, used: {taken}, capacity: {most}"
            return f"OutOf{name}", text
    return None


def _failed(predicate: str, why: str) -> Rejection:
    return predicate, f"Predicate {predicate} failed: {why}"


def _of(container: Obj) -> Amounts:
    requests = (container.get("resources") or {}).get("requests")
    return amounts(requests) if requests else NOTHING


def _sum(containers: Iterable[Obj]) -> Amounts:
    total = NOTHING
    for container in containers:
        total = total.plus(_of(container))
    return total


def _most(left: Amounts, right: Amounts) -> Amounts:
    return Amounts(*map(max, left, right))


def _wants(spec: Obj, node: Obj) -> bool:
    labels = labels_of(node)
    if not matches_all(spec.get("nodeSelector") or {}, labels):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    return any(
        _term_matches(term, labels, node["metadata"]["name"]) for term in required["nodeSelectorTerms"]
    )


def _term_matches(term: Obj, labels: Mapping[str, str], name: str) -> bool:
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    return all(_meets(e, labels) for e in expressions) and all(
        meets(f, {"metadata.name": name}) for f in fields
    )


def _meets(requirement: Obj, labels: Mapping[str, str]) -> bool:
    operator = requirement["operator"]
    if operator not in ("Gt", "Lt"):
        return meets(requirement, labels)
    have, bound = labels.get(requirement["key"], ""), (requirement.get("values") or [""])[0]
    if not _is_integer(have) or not _is_integer(bound):
        return False
    return int(have) > int(bound) if operator == "Gt" else int(have) < int(bound)


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").isdigit() and len(text) < 20


def _is_driven_off(spec: Obj, node: Obj) -> bool:
    """Only NoExecute counts here; the scheduler has looked at the rest."""
    taints = [t for t in node["spec"].get("taints") or () if t["effect"] == "NoExecute"]
    return any(not any(_tolerates(t, taint) for t in spec.get("tolerations") or ()) for taint in taints)


def _tolerates(toleration: Obj, taint: Obj) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    same: bool = toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get(
        "value", ""
    )
    return same
