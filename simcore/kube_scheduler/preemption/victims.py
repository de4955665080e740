"""Which pods must leave a node so that a more important one fits.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/defaultpreemption (SelectVictimsOnNode).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.interfaces import Cycle, Handle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Nominator, Question, verdict_with_rivals
from simcore.kube_scheduler.pod_info import PodInfo

NO_VICTIMS = Rejection(("No preemption victims found for incoming pod",), resolvable=False)


class Candidate(NamedTuple):
    """A node that fits once its victims are gone."""

    node: str
    victims: tuple[PodInfo, ...]
    """The most important first."""
    violations: int
    """How many of them a disruption budget would have kept."""


class DryRun:
    """What-ifs for one pod."""

    def __init__(self, handle: Handle, nominator: Nominator, budgets: Sequence[Obj]) -> None:
        self._handle, self._nominator, self._budgets = handle, nominator, budgets

    def on(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Candidate | Rejection:
        """Takes all less important pods away, then gives back as many as possible, budgets first."""
        lesser = [other for other in node.pods.values() if other.shape.priority < pod.shape.priority]
        if not lesser:
            return NO_VICTIMS
        trial = _Trial(
            self._handle, self._nominator, Question(self._handle.copy_cycle(cycle), pod, node.copy())
        )
        for other in lesser:
            trial.remove(other)
        if rejection := trial.rejection():
            return rejection
        lesser.sort(key=importance)
        protected, free = self._split(lesser)
        victims = [other for other in protected if not trial.may_stay(other)]
        violations = len(victims)
        victims += [other for other in free if not trial.may_stay(other)]
        return Candidate(node.name, tuple(sorted(victims, key=importance)), violations)

    def _split(self, pods: Sequence[PodInfo]) -> tuple[list[PodInfo], list[PodInfo]]:
        """Those whose going would violate a budget, and the others."""
        allowed = [(budget.get("status") or {}).get("disruptionsAllowed", 0) for budget in self._budgets]
        protected: list[PodInfo] = []
        free: list[PodInfo] = []
        for pod in pods:
            violates = False
            for number, budget in enumerate(self._budgets):
                if _covers(budget, pod):
                    allowed[number] -= 1
                    violates = violates or allowed[number] < 0
            (protected if violates else free).append(pod)
        return protected, free


class _Trial:
    """One node's copy, losing and regaining pods."""

    def __init__(self, handle: Handle, nominator: Nominator, question: Question) -> None:
        self._handle, self._nominator, self._question = handle, nominator, question

    def remove(self, other: PodInfo) -> None:
        cycle, pod, node = self._question
        node.remove_pod(other.uid)
        self._handle.without_pod(cycle, pod, other, node)

    def may_stay(self, other: PodInfo) -> bool:
        """Puts the pod back if the new one fits beside it."""
        cycle, pod, node = self._question
        node.add_pod(other)
        self._handle.with_pod(cycle, pod, other, node)
        fits = self.rejection() is None
        if not fits:
            self.remove(other)
        return fits

    def rejection(self) -> Rejection | None:
        verdict = verdict_with_rivals(self._handle, self._nominator, self._question)
        return verdict.rejection if verdict else None


def importance(pod: PodInfo) -> tuple[int, int, str]:
    """The most important sorts first: by priority, then who has run longest."""
    return (-pod.shape.priority, pod.started_ms, pod.uid)


def _covers(budget: Obj, pod: PodInfo) -> bool:
    if budget["metadata"].get("namespace", "") != pod.key.namespace or not pod.shape.labels:
        return False
    is_disrupted = pod.key.name in ((budget.get("status") or {}).get("disruptedPods") or {})
    return not is_disrupted and selectors.matches(budget["spec"].get("selector"), pod.shape.labels)
