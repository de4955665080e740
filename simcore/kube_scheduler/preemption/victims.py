"""Which pods must leave a node so that a more important one fits.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/defaultpreemption (SelectVictimsOnNode).
"""

from __future__ import annotations

from simcore.kube_scheduler.framework.interfaces import Cycle, Handle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Nominator, Question, verdict_with_rivals
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.preemption.budgets import Budgets
from simcore.kube_scheduler.preemption.choice import Candidate

NO_VICTIMS = Rejection(("No preemption victims found for incoming pod",), resolvable=False)


class DryRun:
    """What-ifs for one pod."""

    def __init__(self, handle: Handle, nominator: Nominator, budgets: Budgets) -> None:
        self._handle, self._nominator, self._budgets = handle, nominator, budgets

    def on(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Candidate | Rejection:
        """Takes all less important pods away, then gives back as many as possible, budgets first."""
        lesser = lesser_pods(pod, node)
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
        protected, free = self._budgets.split(lesser)
        victims = [other for other in protected if not trial.may_stay(other)]
        violations = len(victims)
        victims += [other for other in free if not trial.may_stay(other)]
        return Candidate(node.name, tuple(sorted(victims, key=importance)), violations)


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


def lesser_pods(pod: PodInfo, node: NodeInfo) -> list[PodInfo]:
    """Those that may be pushed aside."""
    return [other for other in node.pods.values() if other.shape.priority < pod.shape.priority]


def importance(pod: PodInfo) -> tuple[int, int, str]:
    """The most important sorts first: by priority, then who has run longest."""
    return (-pod.shape.priority, pod.started_ms, pod.uid)
