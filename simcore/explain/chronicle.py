"""The kept log with an index: which revisions a revision has caused, and where a key's history is.

Every entry names the revision that made its author act and the key's revision before it, so that

    revision   33          37          42       44       47
    cause       0 (user)   33          37       37       44
    effects     37         42, 44               47

a chain is walked back by looking up, and forward by the index.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter

from simcore.etcd.interface import Compacted, Entry, Revision, Store
from simcore.sim.clock import SimTime

MOST_ENTRIES = 60_000
"""Kept entries; the older half goes when there are more."""

_by_revision = attrgetter("revision")


class Chronicle:
    """Grows by advance(); one thread at a time."""

    def __init__(self, store: Store, *, kept_from: Revision) -> None:
        self._watch = store.watch("/", start=kept_from)
        self.entries: list[Entry] = []
        self._effects: dict[Revision, list[Revision]] = {}  # by cause; goes with the causes' entries
        self._latest: dict[str, Revision] = {}  # by key: its newest entry; goes with the entry
        self.kept_from = kept_from
        self.advance()

    def advance(self) -> list[Entry]:
        """Takes over what was written since. Raises: Compacted when some of it is gone."""
        fresh = self._watch.poll()
        for entry in fresh:
            cause = entry.origin.cause
            if cause:
                effects = self._effects.setdefault(cause, [])
                if not effects or effects[-1] != entry.revision:
                    effects.append(entry.revision)
            self._latest[entry.key] = entry.revision
        self.entries += fresh
        if len(self.entries) > MOST_ENTRIES:
            self.forget(self.entries[len(self.entries) // 2].revision)
        return fresh

    @property
    def revision(self) -> Revision:
        return self.entries[-1].revision if self.entries else self.kept_from - 1

    def writes(self, revision: Revision) -> list[Entry]:
        """All changes of one revision; empty when it is not kept or was never written."""
        return self.between(revision, revision)

    def between(self, first: Revision, last: Revision) -> list[Entry]:
        """Both inclusive, in order."""
        low = bisect_left(self.entries, first, key=_by_revision)
        return self.entries[low : bisect_right(self.entries, last, key=_by_revision)]

    def effects(self, revision: Revision) -> list[Revision]:
        """The revisions whose authors acted because of this one, in order."""
        return self._effects.get(revision, [])

    def history(self, key: str, *, until: Revision | None = None) -> Iterator[Entry]:
        """A key's entries as far as they are kept, the newest (at or before `until`) first."""
        revision = self._latest.get(key, 0)
        while revision:
            entry = next((e for e in reversed(self.writes(revision)) if e.key == key), None)
            if entry is None:
                return
            if until is None or revision <= until:
                yield entry
            revision = entry.prev_revision

    def time_of(self, revision: Revision) -> SimTime:
        """The simulated time of a kept revision; that of the nearest one before it."""
        place = bisect_right(self.entries, revision, key=_by_revision)
        return self.entries[max(place - 1, 0)].origin.at if self.entries else 0

    def check_kept(self, revision: Revision) -> None:
        """Raises: Compacted."""
        if revision < self.kept_from:
            raise Compacted(revision, self.kept_from)

    def forget(self, before: Revision) -> None:
        """Drops what is older."""
        gone = self.between(0, before - 1)
        del self.entries[: len(gone)]
        for entry in gone:
            self._effects.pop(entry.revision, None)
            if self._latest.get(entry.key, before) < before:
                del self._latest[entry.key]
        self.kept_from = max(self.kept_from, before)
