"""Dry runs that were made before and still hold: identical pods share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.preemption.budgets import Budgets, Stake
from simcore.kube_scheduler.preemption.choice import Candidate
from simcore.kube_scheduler.preemption.victims import DryRun, lesser_pods

MOST_SHAPES = 32

Rehearse = Callable[[NodeInfo], Candidate | Rejection]


class _Rehearsed(NamedTuple):
    """An outcome and all that it depends on, besides the shape of the pod."""

    outcome: Candidate | Rejection
    node: NodeInfo
    version: int
    promised: tuple[PodInfo, ...]
    selection: int
    stakes: tuple[Stake, ...]


class Rehearsals:
    """Gives what DryRun gives. The shape that came first goes first."""

    def __init__(self, nominator: Nominator, budgets: Budgets) -> None:
        self._nominator, self._budgets = nominator, budgets
        self._by_shape: dict[int, dict[str, _Rehearsed]] = {}  # then by node

    def of(self, dry_run: DryRun, cycle: Cycle, pod: PodInfo) -> Rehearse:
        """What happens on a node, for one pod in one cycle."""

        def on_stage(node: NodeInfo) -> Candidate | Rejection:
            return dry_run.on(cycle, pod, node)

        nominator, budgets = self._nominator, self._budgets
        known, own = self._of_shape(pod.shape.number), nominator.node_of(pod.uid)

        def on(node: NodeInfo) -> Candidate | Rejection:
            name = node.name
            if name == own:
                return on_stage(node)  # its promise binds all but the pod itself
            rehearsed = known.get(name)
            if (
                rehearsed is not None
                and rehearsed.version == node.version
                and rehearsed.node is node
                and rehearsed.promised == nominator.on(name)
                and rehearsed.selection == budgets.selection
                and (not rehearsed.stakes or budgets.stand(rehearsed.stakes))
            ):
                return rehearsed.outcome
            outcome, stakes = on_stage(node), budgets.stakes(lesser_pods(pod, node))
            known[name] = _Rehearsed(
                outcome, node, node.version, nominator.on(name), budgets.selection, stakes
            )
            return outcome

        return on if cycle.is_local else on_stage

    def _of_shape(self, number: int) -> dict[str, _Rehearsed]:
        known = self._by_shape.get(number)
        if known is None:
            if len(self._by_shape) >= MOST_SHAPES:
                del self._by_shape[next(iter(self._by_shape))]
            known = self._by_shape[number] = {}
        return known
