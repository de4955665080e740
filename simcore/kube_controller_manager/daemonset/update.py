"""Which old pods of a DaemonSet go now, and which nodes get a new one beside the old.

Models: kubernetes v1.36 pkg/controller/daemon/update.go (rollingUpdate).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, is_terminating, labels_of
from simcore.kube_controller_manager.pods import is_available
from simcore.kube_controller_manager.revisions import HASH_LABEL

Works = Callable[[Obj | None], bool]
"""Whether a pod is available and going to stay."""


class Bounds(NamedTuple):
    surge: int
    unavailable: int


class Step(NamedTuple):
    """Pods to delete, and nodes to create a pod on."""

    delete: list[Obj]
    create: list[str]


class Pair(NamedTuple):
    """A node's pods: the one of the newest template, and the one before."""

    new: Obj | None
    old: Obj | None


def bounds_of(ds: Obj, wanted: int) -> Bounds:
    """Both rounded up."""
    rolling = (ds["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    surge, unavailable = (
        _scaled(rolling.get(f, d), wanted) for f, d in (("maxSurge", 0), ("maxUnavailable", 1))
    )
    return Bounds(surge, unavailable)


def pair_of(pods: Sequence[Obj], template_hash: str) -> Pair:
    """The oldest of each sort; terminating ones only if there is no other."""
    new: Obj | None = None
    old: Obj | None = None
    for pod in sorted(pods, key=lambda p: (is_terminating(p), p["metadata"]["creationTimestamp"])):
        if labels_of(pod).get(HASH_LABEL) == template_hash:
            new = new or pod
        else:
            old = old or pod
    return Pair(new, old)


def next_step(pairs: Mapping[str, Pair], bounds: Bounds, min_ready_s: int, now_ms: int) -> Step:
    """`pairs` are those of the nodes that want a pod, in the order in which they are served."""

    def works(pod: Obj | None) -> bool:
        return pod is not None and not is_terminating(pod) and is_available(pod, min_ready_s, now_ms)

    return _surging(pairs, bounds, works) if bounds.surge else _replacing(pairs, bounds, works)


def _replacing(pairs: Mapping[str, Pair], bounds: Bounds, works: Works) -> Step:
    unavailable = 0
    broken: list[Obj] = []
    candidates: list[Obj] = []
    for new, old in pairs.values():
        if not works(new or old):
            unavailable += 1
        if new is None and old is not None and not is_terminating(old):
            (candidates if works(old) else broken).append(old)
    return Step(broken + candidates[: max(bounds.unavailable - unavailable, 0)], [])


def _surging(pairs: Mapping[str, Pair], bounds: Bounds, works: Works) -> Step:
    surging = sum(new is not None and old is not None for new, old in pairs.values())
    delete: list[Obj] = []
    create: list[str] = []
    for node, (new, old) in pairs.items():
        if old is None or is_terminating(old):
            continue
        if works(new) or (new is None and not works(old)):
            delete.append(old)
        elif new is None and surging < bounds.surge:
            create.append(node)
            surging += 1
    return Step(delete, create)


def _scaled(bound: int | str, total: int) -> int:
    return bound if isinstance(bound, int) else ceil(Fraction(int(bound.rstrip("%")) * total, 100))
