"""What becomes of a recommendation: bounds, speed, stability."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.horizontal.limits import History, decide

UP: Obj = {
    "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}  # fmt: skip
DOWN: Obj = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}


def spec(least: int = 1, most: int = 20, **behavior: Obj) -> Obj:
    found: Obj = {"minReplicas": least, "maxReplicas": most}
    if behavior:
        found["behavior"] = {
            "scaleUp": UP | behavior.get("up", {}),
            "scaleDown": DOWN | behavior.get("down", {}),
        }
    return found


def pods(value: int, period_s: int = 60) -> Obj:
    return {"type": "Pods", "value": value, "periodSeconds": period_s}


def percent(value: int, period_s: int = 60) -> Obj:
    return {"type": "Percent", "value": value, "periodSeconds": period_s}


@pytest.mark.parametrize(
    ("current", "wished", "replicas", "why"),
    [
        (3, 5, 5, "DesiredWithinRange"),
        (1, 9, 4, "ScaleUpLimit"),
        (5, 30, 10, "ScaleUpLimit"),
        (15, 30, 20, "TooManyReplicas"),
        (3, 1, 2, "TooFewReplicas"),
        (3, 3, 3, "DesiredWithinRange"),
    ],
)
def test_without_a_behavior_it_doubles_at_most_and_keeps_to_its_bounds(
    current: int, wished: int, replicas: int, why: str
) -> None:
    decision = decide(spec(2), History(), current, wished, 0)
    assert (decision.replicas, decision.limited[0]) == (replicas, why)
    assert decision.able[0] == "ReadyForNewScale"


def test_fewer_are_taken_only_when_nothing_more_was_wanted_for_five_minutes() -> None:
    history = History()
    assert decide(spec(), history, 5, 8, 0).replicas == 8
    held = decide(spec(), history, 8, 2, 299_000)
    assert (held.replicas, held.able[0]) == (8, "ScaleDownStabilized")
    assert decide(spec(), history, 8, 2, 300_000).replicas == 2


@pytest.mark.parametrize(
    ("window_s", "at_s", "replicas"), [(0, 1, 2), (60, 59, 8), (60, 60, 2)], ids=["none", "within", "after"]
)
def test_the_window_for_fewer_can_be_chosen(window_s: int, at_s: int, replicas: int) -> None:
    history = History()
    of = spec(down={"stabilizationWindowSeconds": window_s})
    decide(of, history, 8, 8, 0)
    assert decide(of, history, 8, 2, at_s * 1000).replicas == replicas


def test_a_window_for_more_takes_the_lowest_recommendation_within_it() -> None:
    history, of = History(), spec(up={"stabilizationWindowSeconds": 60})
    decide(of, history, 3, 3, 0)
    held = decide(of, history, 3, 9, 30_000)
    assert (held.replicas, held.able[0]) == (3, "ScaleUpStabilized")
    assert decide(of, history, 3, 9, 60_000).replicas == 7


@pytest.mark.parametrize(
    ("rules", "current", "wished", "replicas", "why"),
    [
        ({"policies": [pods(2)]}, 4, 10, 6, "ScaleUpLimit"),
        ({"policies": [percent(10)]}, 4, 10, 5, "ScaleUpLimit"),
        ({"policies": [pods(2), percent(100)]}, 4, 10, 8, "ScaleUpLimit"),
        ({"policies": [pods(2), percent(100)], "selectPolicy": "Min"}, 4, 10, 6, "ScaleUpLimit"),
        ({"selectPolicy": "Disabled"}, 4, 10, 4, "ScaleUpLimit"),
        ({"policies": [percent(900)]}, 4, 40, 20, "TooManyReplicas"),
        ({}, 4, 6, 6, "DesiredWithinRange"),
    ],
    ids=[
        "pods",
        "percent rounds up",
        "the most of both",
        "the least",
        "never",
        "to the bound",
        "as far as it wants",
    ],
)
def test_policies_say_how_fast_it_grows(
    rules: dict[str, Any], current: int, wished: int, replicas: int, why: str
) -> None:
    decision = decide(spec(up=rules), History(), current, wished, 0)
    assert (decision.replicas, decision.limited[0]) == (replicas, why)


@pytest.mark.parametrize(
    ("rules", "replicas", "why"),
    [
        ({"policies": [pods(1)]}, 9, "ScaleDownLimit"),
        ({"policies": [percent(25)]}, 7, "ScaleDownLimit"),
        ({"policies": [pods(1), percent(50)]}, 5, "ScaleDownLimit"),
        ({"policies": [pods(1), percent(50)], "selectPolicy": "Min"}, 9, "ScaleDownLimit"),
        ({"selectPolicy": "Disabled"}, 10, "ScaleDownLimit"),
        ({}, 2, "TooFewReplicas"),
    ],
    ids=["pods", "percent", "the most of both", "the least", "never", "to the bound"],
)
def test_policies_say_how_fast_it_shrinks(rules: dict[str, Any], replicas: int, why: str) -> None:
    of = spec(2, down={"stabilizationWindowSeconds": 0, **rules})
    decision = decide(of, History(), 10, 1, 0)
    assert (decision.replicas, decision.limited[0]) == (replicas, why)


def test_what_was_done_within_the_period_counts() -> None:
    history, of = History(), spec(up={"policies": [pods(4)]})
    assert decide(of, history, 2, 20, 0).replicas == 6
    history.note_scaled(0, 4)
    assert decide(of, history, 6, 20, 30_000).replicas == 6
    assert decide(of, history, 6, 20, 60_000).replicas == 10


def test_a_history_forgets_after_an_hour() -> None:
    history = History()
    for minute in range(200):
        history.recommend(minute * 60_000, 1)
        history.note_scaled(minute * 60_000, 1)
    assert len(history.recommended) == len(history.scaled) == 60
