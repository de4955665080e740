"""The kept history of one cluster in this process, indexed once for all who ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from clusterlab.hub import Resident
from clusterlab.reading.pauses import in_parts
from simcore.etcd.interface import Compacted, Entry, FutureRevision, Revision
from simcore.explain.chronicle import Chronicle
from simcore.explain.markers import Markers
from simcore.explain.past import Past
from simcore.explain.subjects import Subjects
from simcore.explain.timeline import Density

T = TypeVar("T")

MOST_ANSWERS = 48


class Library:
    """`resident.shared(Library)`; advance() comes first.

    Hold `lock` while reading `chronicle`, `density` or `markers`. Whoever holds the resident's guard takes no lock.
    """

    def __init__(self, resident: Resident) -> None:
        self._resident, self.store = resident, resident.store
        self.subjects = Subjects(resident.server.kinds)
        self.lock = threading.RLock()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()  # the oldest go first
        self.chronicle: Chronicle
        self.density: Density
        self.markers: Markers
        self._kept_from: Revision
        self._is_open = False

    def advance(self) -> Revision:
        """Takes over what the replica has learnt; its revision."""
        with self.lock:
            for entries in in_parts(self._fresh()):
                self.density.take(entries)
                self.markers.take(entries)
            kept_from = max(self.chronicle.kept_from, self.store.replica.kept_from)
            if kept_from > self._kept_from:
                self._kept_from = kept_from
                self.chronicle.forget(kept_from)
                self.density.forget(kept_from)
                self.markers.forget(kept_from)
            return self.store.revision

    @property
    def kept_from(self) -> Revision:
        """The oldest revision that can be asked for."""
        return min(self._kept_from, self.store.revision)

    def past(self, revision: Revision | None) -> Past:
        """The cluster at a revision, or now. Raises: Compacted, FutureRevision."""
        now = self.store.revision
        if revision is None:
            return Past(self.store, now)
        if revision < self.kept_from:
            raise Compacted(revision, self.kept_from)
        if revision > now:
            raise FutureRevision(f"revision {revision} has not been written yet; the newest is {now}")
        return Past(self.store, revision)

    def answer(self, question: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, once for each question; the revision has to be part of the question."""
        with self.lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                found: T = self._answers[question]
                return found
        made = make()
        with self.lock:
            self._answers[question] = made
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
        return made

    def _fresh(self) -> list[Entry]:
        with self._resident.guard:
            try:
                if self._is_open:
                    return self.chronicle.advance()
            except Compacted:  # nobody has asked for so long that the replica forgot what is missing here
                pass
            self._kept_from = self.store.replica.kept_from
            self.chronicle = Chronicle(self.store, kept_from=self._kept_from)
        self.density, self.markers = Density(), Markers(self.store, self.subjects)
        self._is_open = True
        return self.chronicle.entries
