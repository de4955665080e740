"""How much of a cluster's history a process and Redis keep: by number, by size and by age. The archive has the rest."""

from __future__ import annotations

from bisect import bisect_left

from simcore.etcd.interface import Entry, Revision
from simcore.etcd.memory_store import MemoryStore

KEPT_REVISIONS = 20_000
"""Older ones go when there are twice as many."""
MOST_BYTES = 256 << 20
"""Of values, unpacked; half of it is left."""
KEPT_MS = 24 * 3600 * 1000
"""Simulated. Older history goes when there is twice as much."""
FEWEST = 1_000
"""Revisions that stay, however old they are."""


def cut(store: MemoryStore) -> Revision | None:
    """The first revision to keep; None when nothing has to go."""
    log = store.entries_since(max(store.kept_from - 1, 0))
    if not log:
        return None
    by_age = min(_by_age(log), log[-min(FEWEST, len(log))].revision)
    before = min(max(_by_number(log, store.revision), _by_size(log), by_age), store.revision)
    return before if before > log[0].revision else None


def _by_number(log: list[Entry], newest: Revision) -> Revision:
    return newest - KEPT_REVISIONS if newest - log[0].revision >= 2 * KEPT_REVISIONS else 0


def _by_size(log: list[Entry]) -> Revision:
    total = sum(len(entry.value or b"") for entry in log)
    if total <= MOST_BYTES:
        return 0
    for entry in log:
        total -= len(entry.value or b"")
        if total <= MOST_BYTES // 2:
            return entry.revision + 1
    return 0


def _by_age(log: list[Entry]) -> Revision:
    now = log[-1].origin.at
    if now - log[0].origin.at <= 2 * KEPT_MS:
        return 0
    return log[bisect_left(log, now - KEPT_MS, key=lambda entry: entry.origin.at)].revision
