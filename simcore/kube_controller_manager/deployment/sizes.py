"""How many pods a rollout may have, and how many each ReplicaSet.

Models: kubernetes v1.36 pkg/controller/deployment/util/deployment_util.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from simcore.apimachinery.meta import Obj, annotations_of

DESIRED = "deployment.kubernetes.io/desired-replicas"
MAX = "deployment.kubernetes.io/max-replicas"


def is_rolling(deployment: Obj) -> bool:
    return bool(deployment["spec"]["strategy"]["type"] == "RollingUpdate")


def max_surge(deployment: Obj) -> int:
    """How many pods more than wanted there may be."""
    return _bounds(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Obj) -> int:
    """How many of the wanted pods may be unavailable."""
    wanted: int = deployment["spec"]["replicas"]
    if not is_rolling(deployment) or not wanted:
        return 0
    return min(_bounds(deployment)[1], wanted)


def wanted_pods(sets: Iterable[Obj]) -> int:
    """The sum of spec.replicas."""
    return sum(rs["spec"]["replicas"] for rs in sets)


def counted(sets: Iterable[Obj], field: str) -> int:
    """The sum of a field of the status."""
    return sum((rs.get("status") or {}).get(field, 0) for rs in sets)


def lasting(sets: Iterable[Obj]) -> int:
    """Available pods that stay: a status may still count those that a smaller size takes away."""
    return sum(min(rs["spec"]["replicas"], counted([rs], "availableReplicas")) for rs in sets)


def size_of_new(deployment: Obj, sets: Iterable[Obj], new: Obj) -> int:
    """What the new ReplicaSet may grow to now; `sets` are all, the new one included if it exists."""
    wanted: int = deployment["spec"]["replicas"]
    present: int = new["spec"]["replicas"]
    if not is_rolling(deployment):
        return wanted
    room = wanted + max_surge(deployment) - wanted_pods(sets)
    return present if room <= 0 else present + min(room, wanted - present)


def proportions(deployment: Obj, sets: list[Obj]) -> list[tuple[Obj, int]]:
    """How a change of spec.replicas in the middle of a rollout is spread: each set and its size.

    `sets` have replicas, or one is the new one. The biggest one takes what rounding leaves.
    """
    wanted = deployment["spec"]["replicas"]
    allowed = wanted + max_surge(deployment) if wanted else 0
    to_add = allowed - wanted_pods(sets)
    if not to_add:
        return [(rs, rs["spec"]["replicas"]) for rs in sets]
    youngest_first = sorted(sets, key=_age, reverse=True) if to_add > 0 else sorted(sets, key=_age)
    by_size = sorted(youngest_first, key=lambda rs: -rs["spec"]["replicas"])
    sizes, added = [], 0
    for rs in by_size:
        share = _share(deployment, rs, to_add, added)
        added += share
        sizes.append(rs["spec"]["replicas"] + share)
    sizes[0] = max(sizes[0] + to_add - added, 0)
    return list(zip(by_size, sizes, strict=True))


def is_saturated(deployment: Obj, new: Obj | None) -> bool:
    """Whether the new ReplicaSet is complete and was scaled for what is wanted now."""
    wanted = deployment["spec"]["replicas"]
    if new is None or annotations_of(new).get(DESIRED) != str(wanted):
        return False
    return bool(new["spec"]["replicas"] == wanted and counted([new], "availableReplicas") == wanted)


def _bounds(deployment: Obj) -> tuple[int, int]:
    """maxSurge rounded up and maxUnavailable rounded down; not both zero, or nothing could ever move."""
    rolling = deployment["spec"]["strategy"].get("rollingUpdate") or {}
    wanted = deployment["spec"]["replicas"]
    surge = ceil(_resolved(rolling.get("maxSurge", "25%"), wanted))
    unavailable = floor(_resolved(rolling.get("maxUnavailable", "25%"), wanted))
    return surge, unavailable if surge or unavailable else 1


def _resolved(bound: int | str, total: int) -> Fraction:
    if isinstance(bound, int):
        return Fraction(bound)
    return Fraction(int(bound.rstrip("%")) * total, 100)


def _share(deployment: Obj, rs: Obj, to_add: int, added: int) -> int:
    """The part of `to_add` that falls to one ReplicaSet, as it has a part in all pods."""
    size: int = rs["spec"]["replicas"]
    left = to_add - added
    if not size or not left:
        return 0
    wanted = deployment["spec"]["replicas"]
    if not wanted:
        fraction = -size
    else:
        before = _most_before(deployment, rs)
        fraction = _rounded(Fraction(size * (wanted + max_surge(deployment)), before)) - size
    return min(fraction, left) if to_add > 0 else max(fraction, left)


def _most_before(deployment: Obj, rs: Obj) -> int:
    """How many pods there might be when the ReplicaSet got its size. Annotations are anybody's to write."""
    text = annotations_of(rs).get(MAX, "")
    noted = int(text) if text.isascii() and text.isdigit() else 0
    return noted or counted([deployment], "replicas") or 1


def _rounded(value: Fraction) -> int:
    """Halves go up, as everywhere upstream."""
    return floor(value + Fraction(1, 2))


def _age(rs: Obj) -> tuple[str, str]:
    return rs["metadata"]["creationTimestamp"], rs["metadata"]["name"]
