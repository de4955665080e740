"""Pods that wait for their victims to go, by the node that was promised to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from simcore.kube_scheduler.framework.interfaces import Cycle, Handle, Verdict
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo


class Question(NamedTuple):
    """Does this pod fit this node?"""

    cycle: Cycle
    pod: PodInfo
    node: NodeInfo


Observer = Callable[[str], None]


class Nominator:
    """Rebuilt from `status.nominatedNodeName` of the pending pods."""

    def __init__(self) -> None:
        self._observers: list[Observer] = []
        self._node_of: dict[str, str] = {}  # by uid; goes when the pod is bound, gone or re-nominated
        self._on: dict[str, tuple[PodInfo, ...]] = {}  # by node; goes with the last promise
        self._nodes: dict[int, Counter[str]] = {}  # by priority, how many such pods each node is promised to

    def __bool__(self) -> bool:
        return bool(self._node_of)

    def observe(self, observer: Observer) -> None:
        """Calls `observer` with the node's name after each change."""
        self._observers.append(observer)

    def set(self, pod: PodInfo, node: str) -> None:
        """The pod is promised the node; "" takes the promise back."""
        if before := self._node_of.pop(pod.uid, ""):
            self._take_back(pod.uid, before)
        if node:
            self._node_of[pod.uid] = node
            self._on[node] = (*self._on.get(node, ()), pod)
            self._nodes.setdefault(pod.shape.priority, Counter())[node] += 1
        for changed in {before: None, node: None} if self._observers else ():
            for observer in self._observers if changed else ():
                observer(changed)

    def node_of(self, uid: str) -> str:
        return self._node_of.get(uid, "")

    def on(self, node: str) -> tuple[PodInfo, ...]:
        """Those that the node is promised to; another tuple after each change."""
        return self._on.get(node, ())

    def rivals(self, node: str, pod: PodInfo) -> list[PodInfo]:
        """The pods promised to the node that `pod` may not push aside."""
        return [
            other
            for other in self.on(node)
            if other.uid != pod.uid and other.shape.priority >= pod.shape.priority
        ]

    def nodes_with_rivals(self, pod: PodInfo) -> list[str]:
        found = {
            node: None
            for priority, nodes in self._nodes.items()
            if priority >= pod.shape.priority
            for node in nodes
        }
        own = self.node_of(pod.uid)
        if own in found and not self.rivals(own, pod):
            del found[own]
        return [*found]

    def _take_back(self, uid: str, node: str) -> None:
        (pod,) = (each for each in self._on[node] if each.uid == uid)
        self._on[node] = tuple(each for each in self._on[node] if each is not pod)
        if not self._on[node]:
            del self._on[node]
        nodes = self._nodes[pod.shape.priority]
        nodes[node] -= 1
        if not nodes[node]:
            del nodes[node]
        if not nodes:
            del self._nodes[pod.shape.priority]


def verdict_with_rivals(handle: Handle, nominator: Nominator, question: Question) -> Verdict | None:
    """With the pods promised to the node counted in, and also without them: either may never come."""
    cycle, pod, node = question
    rivals = nominator.rivals(node.name, pod) if nominator else ()
    if rivals:
        crowded, what_if = node.copy(), handle.copy_cycle(cycle)
        for rival in rivals:
            crowded.add_pod(rival)
            handle.with_pod(what_if, pod, rival, crowded)
        verdict = handle.filter(what_if, pod, crowded)
        if verdict is not None:
            return verdict
    return handle.filter(cycle, pod, node)
