"""Where a pod would fit once others are gone, and where that hurts least.

Models: kubernetes v1.36 pkg/scheduler/framework/preemption/preemption.go (pickOneNodeForPreemption).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from simcore.kube_scheduler.pod_info import PodInfo

_OFFSET = 2**31
"""Makes every priority positive, so that more victims always add up to more."""


@dataclass(frozen=True)
class Candidate:
    """A node that fits once its victims are gone."""

    node: str
    victims: tuple[PodInfo, ...]
    """The most important first."""
    violations: int
    """How many of them a disruption budget would have kept."""

    @cached_property
    def pain(self) -> tuple[int, int, int, int, int]:
        """Broken budgets, the highest priority that goes, all priorities, the number, how long the highest have run."""
        if not self.victims:
            return (self.violations, -_OFFSET - 1, 0, 0, 0)
        highest = self.victims[0].shape.priority
        longest_running = min(
            victim.started_ms for victim in self.victims if victim.shape.priority == highest
        )
        total = sum(victim.shape.priority + _OFFSET for victim in self.victims)
        return (self.violations, highest, total, len(self.victims), -longest_running)


_PAIN = attrgetter("pain")


def least_painful(candidates: Sequence[Candidate]) -> Candidate:
    """The first of the best, in the order given."""
    return min(candidates, key=_PAIN)
