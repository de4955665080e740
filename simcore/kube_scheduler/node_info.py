"""A node and what runs on it, summed up for the plugins.

Models: kubernetes v1.36 kube-scheduler/framework (NodeInfo).
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.pod_info import HostPort, PodInfo
from simcore.kube_scheduler.resources import Amounts, amounts_of

ANY_IP = "0.0.0.0"  # noqa: S104  (an address in a manifest, nothing is bound to it)


class Taint(NamedTuple):
    key: str
    value: str
    effect: str


class NodeInfo:
    """Changed only by the scheduler's cache; plugins read it. `row` is its place in the node table, -1 without one."""

    __slots__ = (
        "allocatable", "image_bytes", "labels", "name", "node", "pods", "ports", "requested", "row",
        "scored", "taints", "unschedulable", "version",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name, self.row = name, -1
        self.version = 0
        """Grows with every change of the node object or a pod on it."""
        self.pods: dict[str, PodInfo] = {}  # by uid; terminating ones count until they are gone
        self.requested: Amounts = {}
        self.scored: Amounts = {}  # as requested, with DEFAULT_REQUESTS for pods that name none
        self.ports: dict[HostPort, int] = {}
        self.node: Obj | None = None  # pods may be seen before their node, and after it
        self.set_node({"metadata": {"name": name}})
        self.node = None

    def set_node(self, node: Obj) -> None:
        spec, status = node.get("spec") or {}, node.get("status") or {}
        self.node = node
        self.version += 1
        self.labels: dict[str, str] = node["metadata"].get("labels") or {}
        self.unschedulable = bool(spec.get("unschedulable"))
        self.taints = tuple(
            Taint(t["key"], t.get("value") or "", t["effect"]) for t in spec.get("taints") or ()
        )
        self.allocatable: Amounts = amounts_of(status.get("allocatable"))
        self.image_bytes = {
            name: image.get("sizeBytes") or 0
            for image in status.get("images") or ()
            for name in image.get("names") or ()
        }

    def add_pod(self, pod: PodInfo) -> None:
        self.pods[pod.uid] = pod
        self._count(pod, 1)

    def replace_pod(self, pod: PodInfo) -> None:
        """A newer state of a pod that is there and counts as before."""
        self.pods[pod.uid] = pod
        self.version += 1

    def remove_pod(self, uid: str) -> None:
        self._count(self.pods.pop(uid), -1)

    def copy(self) -> NodeInfo:
        """Independent in its pods; the node object is shared."""
        twin = NodeInfo.__new__(NodeInfo)
        for name in NodeInfo.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.pods, twin.ports = dict(self.pods), dict(self.ports)
        twin.requested, twin.scored = dict(self.requested), dict(self.scored)
        return twin

    def has_port_conflict(self, wanted: tuple[HostPort, ...]) -> bool:
        """0.0.0.0 conflicts with every address."""
        return any(
            (port.ip in (taken.ip, ANY_IP) or taken.ip == ANY_IP)
            and (port.protocol, port.port) == (taken.protocol, taken.port)
            for port in wanted
            for taken in self.ports
        )

    def _count(self, pod: PodInfo, sign: int) -> None:
        shape, requested, scored = pod.shape, self.requested, self.scored
        self.version += 1
        for name, amount in shape.requests.items():
            requested[name] = requested.get(name, 0) + sign * amount
        for name, amount in shape.scored_requests.items():
            scored[name] = scored.get(name, 0) + sign * amount
        for port in shape.host_ports:
            self.ports[port] = self.ports.get(port, 0) + sign
            if not self.ports[port]:
                del self.ports[port]

    def __repr__(self) -> str:
        return f"NodeInfo({self.name})"
