"""What an autoscaler makes of a recommendation: not too fast, not too far, not back and forth.

Models: kubernetes v1.36 pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas, stabilizeRecommendation,
normalizeDesiredReplicasWithBehaviors, convertDesiredReplicasWithBehaviorRate).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from simcore.apimachinery.meta import Obj

STABLE_DOWN_MS = 300_000
"""How long a lower recommendation must hold, unless the behavior says otherwise."""
LONGEST_MS = 3_600_000
WITHIN_RANGE = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_FAST_UP = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN = (
    "ScaleDownLimit",
    "the desired replica count is decreasing faster than the maximum scale rate",
)
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
READY = ("ReadyForNewScale", "recommended size matches current size")
HELD_UP = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
HELD_DOWN = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)

Said = tuple[str, str]
"""The reason and message of a condition."""


class Decision(NamedTuple):
    replicas: int
    able: Said
    """Of the condition AbleToScale."""
    limited: Said
    """Of the condition ScalingLimited."""


@dataclass
class History:
    """What one autoscaler has recommended and done lately. Lost at a take-over, as upstream's is."""

    recommended: list[tuple[int, int]] = field(default_factory=list)
    """(when, replicas); entries go after LONGEST_MS."""
    scaled: list[tuple[int, int]] = field(default_factory=list)
    """(when, change)."""

    def note_scaled(self, now_ms: int, change: int) -> None:
        self.scaled = [entry for entry in self.scaled if entry[0] > now_ms - LONGEST_MS] + [(now_ms, change)]

    def recommend(self, now_ms: int, replicas: int) -> None:
        kept = [entry for entry in self.recommended if entry[0] > now_ms - LONGEST_MS]
        self.recommended = [*kept, (now_ms, replicas)]

    def since(self, now_ms: int, window_ms: int) -> list[int]:
        return [replicas for when, replicas in self.recommended if when > now_ms - window_ms]

    def changed(self, now_ms: int, period_s: int, *, up: bool) -> int:
        """By how much within the period, in one direction."""
        recent = (change for when, change in self.scaled if when > now_ms - period_s * 1000)
        return sum(abs(change) for change in recent if (change > 0) is up)


def decide(spec: Obj, history: History, current: int, wished: int, now_ms: int) -> Decision:
    """Notes the recommendation in the history."""
    least, most = spec.get("minReplicas", 1), spec["maxReplicas"]
    behavior = spec.get("behavior")
    if behavior is None:
        stable = max([wished, *history.since(now_ms, STABLE_DOWN_MS)])
        history.recommend(now_ms, wished)
        fastest = max(2 * current, 4)
        able = HELD_UP if stable != wished else READY
        if stable < least:
            return Decision(least, able, TOO_FEW)
        if stable > min(fastest, most):
            return Decision(min(fastest, most), able, TOO_FAST_UP if fastest < most else TOO_MANY)
        return Decision(stable, able, WITHIN_RANGE)
    stable, able = _stabilized(behavior, history, current, wished, now_ms)
    history.recommend(now_ms, wished)
    limit, why = _by_rules(behavior, history, current, stable, now_ms, (least, most))
    return Decision(limit, able, why)


def _stabilized(behavior: Obj, history: History, current: int, wished: int, now_ms: int) -> tuple[int, Said]:
    up_ms = behavior["scaleUp"].get("stabilizationWindowSeconds", 0) * 1000
    down_ms = behavior["scaleDown"].get("stabilizationWindowSeconds", STABLE_DOWN_MS // 1000) * 1000
    lowest = min([wished, *history.since(now_ms, up_ms)])
    highest = max([wished, *history.since(now_ms, down_ms)])
    stable = min(max(current, lowest), highest)
    if stable == wished:
        return stable, READY
    return stable, HELD_UP if wished < current else HELD_DOWN


def _by_rules(
    behavior: Obj, history: History, current: int, wished: int, now_ms: int, bounds: tuple[int, int]
) -> tuple[int, Said]:
    least, most = bounds
    if wished > current:
        limit = max(_fastest(behavior["scaleUp"], history, current, now_ms, up=True), current)
        highest = min(limit, most)
        if wished > highest:
            return highest, TOO_FAST_UP if limit < most else TOO_MANY
    elif wished < current:
        limit = min(_fastest(behavior["scaleDown"], history, current, now_ms, up=False), current)
        lowest = max(limit, least)
        if wished < lowest:
            return lowest, TOO_FAST_DOWN if limit > least else TOO_FEW
    return wished, WITHIN_RANGE


def _fastest(rules: Obj, history: History, current: int, now_ms: int, *, up: bool) -> int:
    """The replicas to which the policies let it go at once."""
    choice = rules.get("selectPolicy", "Max")
    if choice == "Disabled":
        return current
    reach = [_reach(policy, history, current, now_ms, up=up) for policy in rules.get("policies") or ()]
    if not reach:
        return current
    return max(reach) if (choice == "Max") is up else min(reach)


def _reach(policy: Obj, history: History, current: int, now_ms: int, *, up: bool) -> int:
    done, value = history.changed(now_ms, policy["periodSeconds"], up=up), int(policy["value"])
    begin = current - done if up else current + done
    if policy["type"] == "Pods":
        return begin + value if up else begin - value
    return ceil(begin * (100 + value) / 100) if up else begin * (100 - value) // 100
