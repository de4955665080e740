"""What a rollout counts with."""

from __future__ import annotations

import pytest

from simcore.kube_controller_manager.deployment import sizes

Counts = tuple[int, int]
"""(size, available pods as the status tells)."""


@pytest.mark.parametrize(
    ("sets", "lasting"),
    [
        ((), 0),
        (((5, 5),), 5),
        (((5, 3),), 3),
        (((5, 6),), 5),
        (((0, 6), (4, 2)), 2),
        (((3, 3), (2, 9), (7, 1)), 6),
    ],
    ids=["nothing", "all", "some are not available yet", "one is going", "all are going", "of several"],
)
def test_pods_that_a_smaller_size_takes_away_are_not_counted_on(
    sets: tuple[Counts, ...], lasting: int
) -> None:
    made = [{"spec": {"replicas": size}, "status": {"availableReplicas": told}} for size, told in sets]
    assert sizes.lasting(made) == lasting
    assert sizes.lasting(made) <= min(sizes.wanted_pods(made), sizes.counted(made, "availableReplicas"))


def test_a_replica_set_without_a_status_has_nothing_to_count_on() -> None:
    assert sizes.lasting([{"spec": {"replicas": 3}}]) == 0
