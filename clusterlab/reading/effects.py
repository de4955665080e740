"""What happened to the pods, services and nodes of a cluster from one moment on, by its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from clusterlab.reading.pauses import Pauses
from clusterlab.scheduling.what_if import workload_of
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import ENDPOINT_SLICE, NODE, POD
from simcore.apimachinery.meta import Obj, controller_of, is_terminating, labels_of, uid_of
from simcore.etcd.interface import Entry, Store
from simcore.kube_proxy.endpoints import SERVICE_NAME
from simcore.sim.clock import SimTime

_KINDS = (POD.prefix, ENDPOINT_SLICE.prefix, NODE.prefix)
_OVER = ("Succeeded", "Failed")


class Pod(NamedTuple):
    uid: str
    name: str
    """namespace/name"""
    workload: str
    node: str
    is_ready: bool
    is_going: bool
    is_over: bool
    is_alone: bool
    """Nobody makes it again."""
    restarts: int
    message: str
    """Why no node takes it."""


class Effects:
    """Reads the state of a store, then takes a log. Times are milliseconds since `now`, pods are known by uid."""

    def __init__(self, before: Store, now: SimTime) -> None:
        self._now = now
        self.unready: dict[str, SimTime] = {}
        """Pods that were ready before, and first were not."""
        self.restarted: dict[str, SimTime] = {}
        self.leaving: dict[str, SimTime] = {}
        """Pods that were told to go, or are gone."""
        self.silent: dict[str, SimTime] = {}
        """Nodes that were ready before, and first were not."""
        self.fewest: dict[str, tuple[int, SimTime]] = {}
        """By service: its fewest ready endpoints, and since when."""
        self._nodes = {kv.key: _is_ready(decode(kv.value)) for kv in before.range(NODE.prefix).kvs}
        self._slices = {
            kv.key: _ready_endpoints(decode(kv.value)) for kv in before.range(ENDPOINT_SLICE.prefix).kvs
        }
        self._now_there = {kv.key: _pod(decode(kv.value)) for kv in before.range(POD.prefix).kvs}
        self.pods = {pod.uid: pod for pod in self._now_there.values()}
        """As they were before."""
        self.sizes = Counter(pod.workload for pod in self.pods.values() if not pod.is_over)
        self._ready_before = Counter(pod.workload for pod in self.pods.values() if pod.is_ready)
        self._ready = Counter(self._ready_before)
        self._well_since: dict[str, SimTime] = {}  # workloads that have been below their number
        self.endpoint_nodes: dict[str, list[str]] = {}
        """Where the ready endpoints of each service were before."""
        for service, nodes in self._slices.values():
            self.endpoint_nodes.setdefault(service, []).extend(nodes)
        self.endpoints_before = {
            service: len(nodes) for service, nodes in sorted(self.endpoint_nodes.items()) if service and nodes
        }
        self._endpoints = Counter(self.endpoints_before)

    def take(self, entries: Iterable[Entry]) -> None:
        pauses = Pauses()
        for entry in entries:
            if not entry.key.startswith(_KINDS):
                continue
            pauses.perhaps()
            obj = decode(entry.value) if entry.value is not None else None
            at = entry.origin.at - self._now
            if entry.key.startswith(POD.prefix):
                self._take_pod(entry.key, _pod(obj) if obj is not None else None, at)
            elif entry.key.startswith(NODE.prefix):
                if self._nodes.get(entry.key) and obj is not None and not _is_ready(obj):
                    self.silent.setdefault(obj["metadata"]["name"], at)
            else:
                self._take_slice(entry.key, obj, at)

    def fresh(self) -> list[Pod]:
        """Pods that have come since."""
        return [pod for pod in self._now_there.values() if pod.uid not in self.pods]

    def waiting(self) -> list[Pod]:
        """Pods without a node that were not told to go."""
        return [p for p in self._now_there.values() if not (p.node or p.is_over or p.is_going)]

    def endpoints(self, service: str) -> int:
        return self._endpoints[service]

    def well_at(self, workloads: Iterable[str]) -> SimTime | None:
        """Since when all of them have as many ready pods as before; None: some have not."""
        if any(self._ready[name] < self._ready_before[name] for name in workloads):
            return None
        return max((self._well_since.get(name, 0) for name in workloads), default=0)

    def _take_pod(self, key: str, pod: Pod | None, at: SimTime) -> None:
        was = self._now_there.pop(key, None)
        if pod is not None:
            self._now_there[key] = pod
        if was is not None and was.uid in self.pods:
            same = pod if pod is not None and pod.uid == was.uid else None
            self._note(was, same, at)
        for each, sign in ((was, -1), (pod, 1)):
            if each is not None and each.is_ready:
                self._ready[each.workload] += sign
        if pod is not None and pod.is_ready and self._ready[pod.workload] == self._ready_before[pod.workload]:
            self._well_since[pod.workload] = at

    def _note(self, was: Pod, now: Pod | None, at: SimTime) -> None:
        if self.pods[was.uid].is_ready and (now is None or not now.is_ready):
            self.unready.setdefault(was.uid, at)
        if (now is None or now.is_going) and not self.pods[was.uid].is_going:
            self.leaving.setdefault(was.uid, at)
        if now is not None and now.restarts > self.pods[was.uid].restarts:
            self.restarted.setdefault(was.uid, at)

    def _take_slice(self, key: str, obj: Obj | None, at: SimTime) -> None:
        service, nodes = self._slices.pop(key, ("", []))
        self._endpoints[service] -= len(nodes)
        if obj is not None:
            service, nodes = self._slices[key] = _ready_endpoints(obj)
            self._endpoints[service] += len(nodes)
        if service and self._endpoints[service] < self.fewest.get(service, (1 << 30, 0))[0]:
            self.fewest[service] = self._endpoints[service], at


def _pod(obj: Obj) -> Pod:
    meta, status = obj["metadata"], obj.get("status") or {}
    conditions = {c["type"]: c for c in status.get("conditions") or ()}
    statuses = (*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ()))
    return Pod(
        uid_of(obj),
        f"{meta['namespace']}/{meta['name']}",
        workload_of(obj),
        obj["spec"].get("nodeName") or "",
        conditions.get("Ready", {}).get("status") == "True",
        is_terminating(obj),
        status.get("phase") in _OVER,
        controller_of(obj) is None,
        sum(c.get("restartCount", 0) for c in statuses),
        conditions.get("PodScheduled", {}).get("message", ""),
    )


def _is_ready(node: Obj) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _ready_endpoints(slice_: Obj) -> tuple[str, list[str]]:
    """namespace/name of the service, and the nodes of the addresses that it may send to."""
    meta, service = slice_["metadata"], labels_of(slice_).get(SERVICE_NAME, "")
    endpoints = slice_.get("endpoints") or ()
    nodes = [
        e.get("nodeName", "") for e in endpoints if (e.get("conditions") or {}).get("ready") is not False
    ]
    return (f"{meta['namespace']}/{service}" if service else ""), nodes
