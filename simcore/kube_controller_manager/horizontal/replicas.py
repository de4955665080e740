"""How many replicas a measure of their pods asks for.

Models: kubernetes v1.36 pkg/controller/podautoscaler/replica_calculator.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kube_controller_manager.pods import condition_of
from simcore.sim.timestamps import parse_time

WARM_UP_MS = 300_000
"""How long after its start the CPU of a pod that isn't ready yet tells nothing."""
INITIAL_READINESS_MS = 30_000
WINDOW_MS = 15_000
TOLERANCE = Fraction(1, 10)

Measures = Mapping[str, int]
"""By pod."""


class Sorted(NamedTuple):
    """A target's pods by what their measures are good for. All but `ready` are names."""

    ready: int
    unready: frozenset[str]
    missing: frozenset[str]
    ignored: frozenset[str]


class Ratio(NamedTuple):
    """How much is used of what should be."""

    ratio: Fraction
    percent: int
    """Of the requests; 0 where the target is an amount."""
    each: int
    """On average."""


class NoMeasures(Exception):
    """Nothing can be computed; the message is the one that users see."""


def sort_pods(
    pods: Sequence[Obj], measures: Measures, resource: str, measured_ms: int, now_ms: int
) -> Sorted:
    """`measured_ms`: when the measures were taken, in Unix milliseconds."""
    ready, unready, missing, ignored = 0, set(), set(), set()
    for pod in pods:
        name, status = pod["metadata"]["name"], pod.get("status") or {}
        if is_terminating(pod) or status.get("phase") == "Failed":
            ignored.add(name)
        elif status.get("phase", "Pending") == "Pending":
            unready.add(name)
        elif name not in measures:
            missing.add(name)
        elif resource == "cpu" and _is_warming_up(pod, measured_ms, now_ms):
            unready.add(name)
        else:
            ready += 1
    return Sorted(ready, frozenset(unready), frozenset(missing), frozenset(ignored))


def _is_warming_up(pod: Obj, measured_ms: int, now_ms: int) -> bool:
    condition, started = condition_of(pod, "Ready"), (pod.get("status") or {}).get("startTime")
    if condition is None or started is None:
        return True
    started_ms, since_ms = parse_time(started), parse_time(condition["lastTransitionTime"])
    unready: bool = condition["status"] == "False"
    if started_ms + WARM_UP_MS > now_ms:
        return unready or measured_ms < since_ms + WINDOW_MS
    return unready and started_ms + INITIAL_READINESS_MS > since_ms


def wanted(
    current: int, found: Sorted, measures: Measures, requests: Measures | None, target: int,
    tolerance: tuple[Fraction, Fraction] = (TOLERANCE, TOLERANCE),
) -> tuple[int, Ratio]:  # fmt: skip
    """So many replicas, and the use that is told.

    With `requests` (by pod) the target is a percentage of them, without it is an amount. `tolerance` downwards and
    upwards. Raises: NoMeasures.
    """
    known = {name: use for name, use in measures.items() if name not in found.unready | found.ignored}
    if not known:
        raise NoMeasures("did not receive metrics for targeted pods (pods might be unready)")
    told = _ratio(known, requests, target)
    with_unready = bool(found.unready) and told.ratio > 1
    if not with_unready and not found.missing:
        if _is_tolerable(told.ratio, tolerance):
            return current, told
        return ceil(told.ratio * found.ready), told
    for name in sorted(found.missing) if told.ratio != 1 else ():
        full = target if requests is None else requests.get(name, 0) * target // 100
        known[name] = full if told.ratio < 1 else 0
    if with_unready:
        known |= dict.fromkeys(sorted(found.unready), 0)
    again = _ratio(known, requests, target)
    turned = (told.ratio < 1 < again.ratio) or (told.ratio > 1 > again.ratio)
    if turned or _is_tolerable(again.ratio, tolerance):
        return current, told
    replicas = ceil(again.ratio * len(known))
    if (again.ratio < 1 and replicas > current) or (again.ratio > 1 and replicas < current):
        return current, told
    return replicas, told


def _ratio(measures: Measures, requests: Measures | None, target: int) -> Ratio:
    total = sum(measures.values())
    if requests is None:
        return Ratio(Fraction(total, len(measures) * target), 0, total // len(measures))
    asked = sum(requests.get(name, 0) for name in measures)
    if not asked:
        raise NoMeasures("no metrics returned matched known pods")
    percent = total * 100 // asked
    return Ratio(Fraction(percent, target), percent, total // len(measures))


def _is_tolerable(ratio: Fraction, tolerance: tuple[Fraction, Fraction]) -> bool:
    down, up = tolerance
    return 1 - down <= ratio <= 1 + up
