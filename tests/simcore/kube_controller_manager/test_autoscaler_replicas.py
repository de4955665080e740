"""How many replicas a measure asks for: upstream's arithmetic, case by case."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.horizontal.replicas import NoMeasures, Sorted, sort_pods, wanted

NONE: frozenset[str] = frozenset()
T0 = 1_767_225_600_000  # 2026-01-01T00:00:00Z


def pod(name: str, phase: str = "Running", *, ready: str = "True", since_s: int = 0, **meta: Any) -> Obj:
    """Started at T0; Ready or not since `since_s`."""
    stamp = f"2026-01-01T00:{since_s // 60:02d}:{since_s % 60:02d}Z"
    condition = {"type": "Ready", "status": ready, "lastTransitionTime": stamp}
    status = {"phase": phase, "startTime": "2026-01-01T00:00:00Z", "conditions": [condition]}
    return {"metadata": {"name": name, **meta}, "status": status}


def measured(*uses: int) -> dict[str, int]:
    return {f"p{number}": use for number, use in enumerate(uses)}


def asked(count: int, amount: int = 100) -> dict[str, int]:
    return {f"p{number}": amount for number in range(count)}


@pytest.mark.parametrize(
    ("current", "uses", "target", "replicas"),
    [
        (1, [50], 50, 1),
        (1, [55], 50, 1),
        (1, [56], 50, 2),
        (1, [250], 50, 5),
        (3, [90, 90, 90], 50, 6),
        (4, [45, 45, 45, 45], 50, 4),
        (4, [44, 44, 44, 44], 50, 4),
        (4, [30, 30, 30, 30], 50, 3),
        (10, [0] * 10, 50, 0),
    ],
    ids=[
        "on target", "within the tolerance above", "just above it", "five times", "nearly double", "within it below",
        "rounded up", "a quarter less", "idle",
    ],
)  # fmt: skip
def test_replicas_follow_the_ratio_of_use_to_target(
    current: int, uses: list[int], target: int, replicas: int
) -> None:
    found = Sorted(current, NONE, NONE, NONE)
    assert wanted(current, found, measured(*uses), asked(current), target)[0] == replicas


def test_what_is_told_is_a_whole_percentage_and_the_average() -> None:
    _, told = wanted(2, Sorted(2, NONE, NONE, NONE), measured(61, 62), asked(2), 50)
    assert (told.percent, told.each, told.ratio) == (61, 61, Fraction(61, 50))


@pytest.mark.parametrize(
    ("uses", "target", "replicas", "each"),
    [([200, 400], 100, 6, 300), ([100, 100], 100, 2, 100), ([10, 10], 100, 1, 10)],
)
def test_an_amount_needs_no_requests(uses: list[int], target: int, replicas: int, each: int) -> None:
    count, told = wanted(2, Sorted(2, NONE, NONE, NONE), measured(*uses), None, target)
    assert (count, told.each, told.percent) == (replicas, each, 0)


@pytest.mark.parametrize(
    ("uses", "unready", "missing", "current", "replicas"),
    [
        ([100], {"p1", "p2"}, set(), 3, 3),
        ([300], {"p1"}, set(), 2, 6),
        ([100], set(), {"p1"}, 2, 2),
        ([10], set(), {"p1"}, 2, 2),
        ([10, 10, 10], set(), {"p3"}, 4, 2),
        ([70, 70], set(), {"p2", "p3"}, 4, 4),
    ],
    ids=[
        "unready ones count as idle", "and still more are needed", "missing ones count as idle when more are wanted",
        "as busy when fewer are", "fewer all the same", "never the other way",
    ],
)  # fmt: skip
def test_pods_that_cannot_be_judged_hold_back(
    uses: list[int], unready: set[str], missing: set[str], current: int, replicas: int
) -> None:
    found = Sorted(len(uses), frozenset(unready), frozenset(missing), NONE)
    assert wanted(current, found, measured(*uses), asked(current), 50)[0] == replicas


def test_a_pod_on_its_way_out_does_not_count() -> None:
    found = Sorted(1, NONE, NONE, frozenset({"p1"}))
    assert wanted(1, found, measured(50, 500), asked(2), 50)[0] == 1


@pytest.mark.parametrize(
    ("tolerance", "replicas"),
    [((Fraction(1, 10), Fraction(1, 2)), 1), ((Fraction(1, 10), Fraction(0)), 2)],
)
def test_a_behavior_may_be_more_or_less_tolerant(tolerance: tuple[Fraction, Fraction], replicas: int) -> None:
    found = Sorted(1, NONE, NONE, NONE)
    assert wanted(1, found, measured(70), asked(1), 50, tolerance)[0] == replicas


def test_without_a_measure_of_a_ready_pod_nothing_is_said() -> None:
    with pytest.raises(
        NoMeasures, match=r"did not receive metrics for targeted pods \(pods might be unready\)"
    ):
        wanted(1, Sorted(0, frozenset({"p0"}), NONE, NONE), measured(50), asked(1), 50)


@pytest.mark.parametrize(
    ("made", "at_s", "where"),
    [
        (pod("p0"), 600, "ready"),
        (pod("p0", "Pending"), 600, "unready"),
        (pod("p0", "Failed"), 600, "ignored"),
        (pod("p0", deletionTimestamp="2026-01-01T00:00:00Z"), 600, "ignored"),
        (pod("p0", ready="False"), 100, "unready"),
        (pod("p0", since_s=90), 100, "unready"),
        (pod("p0", since_s=80), 100, "ready"),
        (pod("p0", ready="False", since_s=10), 400, "unready"),
        (pod("p0", ready="False", since_s=40), 400, "ready"),
    ],
    ids=[
        "ready", "pending", "failed", "terminating", "unready early", "ready within the window", "ready before it",
        "never ready", "once ready",
    ],
)  # fmt: skip
def test_pods_are_sorted_by_what_their_use_tells(made: Obj, at_s: int, where: str) -> None:
    now_ms = T0 + at_s * 1000
    found = sort_pods([made], {"p0": 5}, "cpu", now_ms, now_ms)
    names = {"ready": found.ready == 1, "unready": "p0" in found.unready, "ignored": "p0" in found.ignored}
    assert [name for name, holds in names.items() if holds] == [where]


def test_a_pod_without_a_measure_is_missing_and_memory_needs_no_warming_up() -> None:
    now_ms = T0 + 20_000
    assert sort_pods([pod("p0")], {}, "cpu", now_ms, now_ms).missing == {"p0"}
    assert sort_pods([pod("p0", ready="False")], {"p0": 1}, "memory", now_ms, now_ms).ready == 1
