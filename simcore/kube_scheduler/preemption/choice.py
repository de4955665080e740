"""On which node preemption hurts least.

Models: kubernetes v1.36 pkg/scheduler/framework/preemption/preemption.go (pickOneNodeForPreemption).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.kube_scheduler.preemption.victims import Candidate

_OFFSET = 2**31
"""Makes every priority positive, so that more victims always add up to more."""


def least_painful(candidates: Sequence[Candidate]) -> Candidate:
    """The first of the best, in the order given."""
    return min(candidates, key=_pain)


def _pain(candidate: Candidate) -> tuple[int, int, int, int, int]:
    """Broken budgets, the highest priority that goes, all priorities, the number, how long the highest have run."""
    victims = candidate.victims
    if not victims:
        return (candidate.violations, -_OFFSET - 1, 0, 0, 0)
    highest = victims[0].shape.priority
    longest_running = min(victim.started_ms for victim in victims if victim.shape.priority == highest)
    total = sum(victim.shape.priority + _OFFSET for victim in victims)
    return (candidate.violations, highest, total, len(victims), -longest_running)
