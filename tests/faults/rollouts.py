"""What must be true of every ReplicaSet and Deployment at every revision of a log, whatever died meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import POD, REPLICA_SET
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Entry

LATE_MS = 1_000
"""A controller may still act on a scale that it read so long ago."""


def pods_too_many(entries: Iterable[Entry], *, most_replicas: dict[str, int] | None = None) -> Iterator[str]:
    """A sentence for each pod that was made although its ReplicaSet had enough, and for each Deployment (by the name
    in `most_replicas`) whose ReplicaSets together asked for more than that."""
    active: dict[str, set[str]] = defaultdict(set)  # pods by ReplicaSet
    scales: dict[str, list[tuple[int, int]]] = defaultdict(list)  # (since, replicas) by ReplicaSet
    deployment_of: dict[str, str] = {}
    for entry in entries:
        if not entry.key.startswith((POD.prefix, REPLICA_SET.prefix)):
            continue
        obj: Obj = decode(entry.value) if entry.value is not None else {}
        if entry.key.startswith(REPLICA_SET.prefix):
            name = entry.key.rsplit("/", 1)[1]
            scales[name].append((entry.origin.at, obj["spec"]["replicas"] if obj else 0))
            if obj:
                deployment_of[name] = owner_of(obj)
            limit = (most_replicas or {}).get(deployment_of[name])
            asked = sum(
                scales[rs][-1][1] for rs, owner in deployment_of.items() if owner == deployment_of[name]
            )
            if limit is not None and asked > limit:
                yield f"revision {entry.revision}: {deployment_of[name]} asks for {asked} pods, {limit} at most"
        else:
            yield from _pod(entry, obj, active, scales)


def _pod(
    entry: Entry, obj: Obj, active: dict[str, set[str]], scales: dict[str, list[tuple[int, int]]]
) -> Iterator[str]:
    if not obj or "deletionTimestamp" in obj["metadata"] or obj.get("status", {}).get("phase") == "Failed":
        for pods in active.values():
            pods.discard(entry.key)
        return
    owner = owner_of(obj)
    if not owner or owner not in scales:
        return
    is_new = entry.version == 1
    active[owner].add(entry.key)
    allowed = _recent_most(scales[owner], entry.origin.at - LATE_MS)
    if is_new and len(active[owner]) > allowed:
        yield f"revision {entry.revision}: {owner} has {len(active[owner])} pods and asked for {allowed}"


def _recent_most(scale: list[tuple[int, int]], since: int) -> int:
    """The largest scale that was in force at `since` or later."""
    before = [replicas for at, replicas in scale if at < since]
    return max([*before[-1:], *(replicas for at, replicas in scale if at >= since)], default=0)


def owner_of(obj: Obj) -> str:
    references: list[dict[str, Any]] = obj["metadata"].get("ownerReferences") or []
    return next((r["name"] for r in references if r.get("controller")), "")
