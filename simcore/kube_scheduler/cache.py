"""Nodes and the pods on them, as the informers and the scheduler's own decisions say.

Models: kubernetes v1.36 pkg/scheduler/backend/cache/cache.go. All of it can be rebuilt from the API; an assumed pod
that was never bound is a pending pod again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import ClusterEvent
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.node_order import search_order
from simcore.kube_scheduler.pod_info import PodInfo

_NO_LABELS: dict[str, str] = {}


class CacheObserver(Protocol):
    """Keeps something in step with the cache."""

    def pod_moved(self, node: NodeInfo, pod: PodInfo, sign: int) -> None:
        """A pod came to the node (1) or left it (-1)."""
        ...

    def nodes_changed(self) -> None:
        """A node object, or a namespace's labels: what was read of them is void."""
        ...


class Cache:
    """The Snapshot of every cycle: cycles run one after the other, so it never changes under one."""

    def __init__(self, namespace_labels: Callable[[str], Mapping[str, str]] | None = None) -> None:
        self._nodes: dict[str, NodeInfo] = {}  # goes when neither the node nor a pod on it is left
        self._pods: dict[str, PodInfo] = {}  # every pod on a node, by uid
        self._assumed: set[str] = set()  # uids that the informer has not confirmed yet
        self._order: list[NodeInfo] | None = None  # made again after nodes came, went or moved
        self._images: Counter[str] = Counter()  # how many nodes hold each image
        self._priorities: Counter[int] = Counter()  # of the pods on nodes; a priority goes with its last pod
        self._observers: list[CacheObserver] = []
        self._namespace_labels = namespace_labels

    def observe(self, observer: CacheObserver) -> None:
        """From now on; the observer reads what there is by itself."""
        self._observers.append(observer)

    # --- Snapshot

    def nodes(self) -> Sequence[NodeInfo]:
        if self._order is None:
            self._order = search_order(node for node in self._nodes.values() if node.node is not None)
        return self._order

    def get(self, name: str) -> NodeInfo | None:
        node = self._nodes.get(name)
        return node if node is not None and node.node is not None else None

    def namespace_labels(self, namespace: str) -> Mapping[str, str]:
        return self._namespace_labels(namespace) if self._namespace_labels else _NO_LABELS

    def nodes_with_image(self, name: str) -> int:
        return self._images.get(name, 0)

    def has_pods_below(self, priority: int) -> bool:
        return any(known < priority for known in self._priorities)

    def pod(self, uid: str) -> PodInfo | None:
        """The pod as it counts on its node."""
        return self._pods.get(uid)

    def pods(self) -> Iterable[PodInfo]:
        """Every pod on a node."""
        return self._pods.values()

    def namespaces_changed(self) -> None:
        for observer in self._observers:
            observer.nodes_changed()

    # --- nodes

    def set_node(self, obj: Obj) -> list[ClusterEvent]:
        """What the change may mean for waiting pods; empty when it concerns none."""
        node = self._entry(obj["metadata"]["name"])
        before, zone = _relevant(node), node.labels
        self._images.subtract(node.image_bytes.keys())
        is_new = node.node is None
        node.set_node(obj)
        self._images.update(node.image_bytes.keys())
        if is_new or zone != node.labels:
            self._order = None
        events = [ClusterEvent.NODE_ADDED] if is_new else _changes(before, _relevant(node))
        for observer in self._observers if events or node.image_bytes else ():
            observer.nodes_changed()
        return events

    def remove_node(self, name: str) -> NodeInfo | None:
        node = self.get(name)
        if node is not None:
            self._images.subtract(node.image_bytes.keys())
            node.image_bytes = {}
            node.node, self._order = None, None
            for observer in self._observers:
                observer.nodes_changed()
            self._drop_if_empty(node)
        return node

    # --- pods

    def set_pod(self, pod: PodInfo) -> None:
        """A pod on a node, new or changed, as the API server has it."""
        known = self._pods.get(pod.uid)
        self._assumed.discard(pod.uid)
        if known is not None and _counts_alike(known, pod):
            self._pods[pod.uid] = pod
            self._nodes[pod.node_name].replace_pod(pod)
            return
        if known is not None:
            self.remove_pod(pod.uid)
        self._place(pod)

    def remove_pod(self, uid: str) -> PodInfo | None:
        pod = self._pods.pop(uid, None)
        self._assumed.discard(uid)
        if pod is not None:
            node = self._nodes[pod.node_name]
            node.remove_pod(uid)
            self._priorities[pod.shape.priority] -= 1
            if not self._priorities[pod.shape.priority]:
                del self._priorities[pod.shape.priority]
            for observer in self._observers:
                observer.pod_moved(node, pod, -1)
            self._drop_if_empty(node)
        return pod

    def assume(self, pod: PodInfo, node_name: str) -> PodInfo:
        """Counts the pod on the node before the API server has heard of it."""
        assert pod.uid not in self._pods, pod
        assumed = pod.on(node_name)
        self._place(assumed)
        self._assumed.add(pod.uid)
        return assumed

    def is_assumed(self, uid: str) -> bool:
        return uid in self._assumed

    def _place(self, pod: PodInfo) -> None:
        node = self._entry(pod.node_name)
        self._pods[pod.uid] = pod
        node.add_pod(pod)
        self._priorities[pod.shape.priority] += 1
        for observer in self._observers:
            observer.pod_moved(node, pod, 1)

    def _entry(self, name: str) -> NodeInfo:
        node = self._nodes.get(name)
        if node is None:
            node = self._nodes[name] = NodeInfo(name)
        return node

    def _drop_if_empty(self, node: NodeInfo) -> None:
        if node.node is None and not node.pods:
            del self._nodes[node.name]


def _counts_alike(one: PodInfo, other: PodInfo) -> bool:
    return (
        one.shape is other.shape
        and one.node_name == other.node_name
        and one.is_terminating == other.is_terminating
    )


_Relevant = tuple[object, object, object]


def _relevant(node: NodeInfo) -> _Relevant:
    return node.allocatable, node.labels, (node.taints, node.unschedulable)


def _changes(before: _Relevant, after: _Relevant) -> list[ClusterEvent]:
    kinds = (
        ClusterEvent.NODE_ALLOCATABLE_CHANGED,
        ClusterEvent.NODE_LABELS_CHANGED,
        ClusterEvent.NODE_TAINTS_CHANGED,
    )
    return [kind for kind, old, new in zip(kinds, before, after, strict=True) if old != new]
