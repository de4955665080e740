"""Which old pods of a DaemonSet go now, and which nodes get a new one beside the old.

Models: kubernetes v1.36 pkg/controller/daemon/update.go (rollingUpdate).
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kube_controller_manager.daemonset.roster import Roster


class Bounds(NamedTuple):
    surge: int
    unavailable: int


class Step(NamedTuple):
    """Pods to delete, and nodes to create a pod on."""

    delete: list[Obj]
    create: list[str]


def bounds_of(ds: Obj, wanted: int) -> Bounds:
    """Both rounded up."""
    rolling = (ds["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    surge, unavailable = (
        _scaled(rolling.get(f, d), wanted) for f, d in (("maxSurge", 0), ("maxUnavailable", 1))
    )
    return Bounds(surge, unavailable)


def next_step(roster: Roster, bounds: Bounds) -> Step:
    """Nodes are served in the order of their names."""
    outdated = sorted(roster.outdated)
    return _surging(roster, outdated, bounds) if bounds.surge else _replacing(roster, outdated, bounds)


def _replacing(roster: Roster, outdated: list[str], bounds: Bounds) -> Step:
    broken: list[Obj] = []
    candidates: list[Obj] = []
    for post in map(roster.post, outdated):
        new, old = post.pair
        if new is None and old is not None and not is_terminating(old):
            (candidates if post.old_works else broken).append(old)
    return Step(broken + candidates[: max(bounds.unavailable - roster.unavailable, 0)], [])


def _surging(roster: Roster, outdated: list[str], bounds: Bounds) -> Step:
    surging = roster.surging
    delete: list[Obj] = []
    create: list[str] = []
    for node in outdated:
        post = roster.post(node)
        new, old = post.pair
        if old is None or is_terminating(old):
            continue
        if post.new_works or (new is None and not post.old_works):
            delete.append(old)
        elif new is None and surging < bounds.surge:
            create.append(node)
            surging += 1
    return Step(delete, create)


def _scaled(bound: int | str, total: int) -> int:
    return bound if isinstance(bound, int) else ceil(Fraction(int(bound.rstrip("%")) * total, 100))
