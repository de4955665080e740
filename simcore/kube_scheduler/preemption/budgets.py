"""Disruption budgets as preemption reads them: which pods each means, and how many of them may still go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.kube_scheduler.pod_info import PodInfo

MOST_SHAPES = 4096


class Stake(NamedTuple):
    """What one budget had to say about some pods; as long as that stands, they split the same way."""

    budget: Key
    pods: int
    """How many of them it counts."""
    allowed: int
    """How many of those may go."""


class Budgets:
    """Kept up to date by an informer's events."""

    def __init__(self, *budgets: Obj) -> None:
        self._known: dict[Key, Obj] = {}
        self._meaning: dict[int, tuple[Key, ...]] = {}  # by shape; starts again when a selector changes
        self.selection = 0
        """Grows when other pods may be meant."""
        for budget in budgets:
            self.changed(None, budget)

    def changed(self, old: Obj | None, new: Obj | None, revision: int = 0) -> None:
        present = new or old
        assert present is not None
        before = self._known.pop(key_of(present), None)
        if new is not None:
            self._known[key_of(new)] = new
        if before is None or new is None or before["spec"].get("selector") != new["spec"].get("selector"):
            self._meaning.clear()
            self.selection += 1

    def split(self, pods: Sequence[PodInfo]) -> tuple[list[PodInfo], list[PodInfo]]:
        """Those whose going would violate a budget, and the others; both in the order given."""
        if not self._known:
            return [], [*pods]
        allowed = {key: _allowed(budget) for key, budget in self._known.items()}
        protected: list[PodInfo] = []
        free: list[PodInfo] = []
        for pod in pods:
            counting = self._counting(pod)
            for key in counting:
                allowed[key] -= 1
            violates = any(allowed[key] < 0 for key in counting)
            (protected if violates else free).append(pod)
        return protected, free

    def stakes(self, pods: Sequence[PodInfo]) -> tuple[Stake, ...]:
        if not self._known:
            return ()
        counts: dict[Key, int] = {}
        for pod in pods:
            for key in self._counting(pod):
                counts[key] = counts.get(key, 0) + 1
        return tuple(Stake(key, number, self._left(key, number)) for key, number in counts.items())

    def stand(self, stakes: Sequence[Stake]) -> bool:
        """Whether the budgets still say that; true of no budget that holds evictions in its books."""
        return all(
            self._left(stake.budget, stake.pods) == stake.allowed
            and not (self._known[stake.budget].get("status") or {}).get("disruptedPods")
            for stake in stakes
        )

    def _left(self, key: Key, pods: int) -> int:
        return min(max(_allowed(self._known[key]), 0), pods)

    def _counting(self, pod: PodInfo) -> list[Key]:
        """The budgets that the pod's going would cost something."""
        return [
            key
            for key in self._means(pod)
            if pod.key.name not in ((self._known[key].get("status") or {}).get("disruptedPods") or {})
        ]

    def _means(self, pod: PodInfo) -> tuple[Key, ...]:
        found = self._meaning.get(pod.shape.number)
        if found is None:
            if len(self._meaning) >= MOST_SHAPES:
                self._meaning.clear()
            found = tuple(key for key, budget in self._known.items() if _selects(budget, pod))
            self._meaning[pod.shape.number] = found
        return found


def _allowed(budget: Obj) -> int:
    allowed: int = (budget.get("status") or {}).get("disruptionsAllowed", 0)
    return allowed


def _selects(budget: Obj, pod: PodInfo) -> bool:
    """To preemption an empty selector means no pod, and a pod without labels is never meant."""
    selector, labels = budget["spec"].get("selector"), pod.shape.labels
    if budget["metadata"].get("namespace", "") != pod.key.namespace or not labels:
        return False
    return not selectors.is_empty(selector) and selectors.matches(selector, labels)
