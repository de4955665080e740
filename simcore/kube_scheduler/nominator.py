"""Pods that wait for their victims to go, by the node that was promised to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.kube_scheduler.framework.interfaces import Cycle, Handle, Verdict
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo


class Question(NamedTuple):
    """Does this pod fit this node?"""

    cycle: Cycle
    pod: PodInfo
    node: NodeInfo


class Nominator:
    """Rebuilt from `status.nominatedNodeName` of the pending pods."""

    def __init__(self) -> None:
        self._by_node: dict[
            str, dict[str, PodInfo]
        ] = {}  # an entry goes when its pod is bound, gone or re-nominated
        self._node_of: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._node_of)

    def set(self, pod: PodInfo, node: str) -> None:
        """The pod is promised the node; "" takes the promise back."""
        before = self._node_of.pop(pod.uid, "")
        if before:
            del self._by_node[before][pod.uid]
            if not self._by_node[before]:
                del self._by_node[before]
        if node:
            self._by_node.setdefault(node, {})[pod.uid] = pod
            self._node_of[pod.uid] = node

    def node_of(self, uid: str) -> str:
        return self._node_of.get(uid, "")

    def on(self, node: str) -> Sequence[PodInfo]:
        return list(self._by_node.get(node, {}).values())

    def rivals(self, node: str, pod: PodInfo) -> list[PodInfo]:
        """The pods promised to the node that `pod` may not push aside."""
        promised = self._by_node.get(node, {})
        return [p for p in promised.values() if p.uid != pod.uid and p.shape.priority >= pod.shape.priority]

    def nodes_with_rivals(self, pod: PodInfo) -> list[str]:
        return [node for node in self._by_node if self.rivals(node, pod)]


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
