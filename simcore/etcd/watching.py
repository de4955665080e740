"""Watches with what etcd offers beside the changes: the value before, filters, and how far one has come."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.etcd.interface import Compacted, Entry, KeyValue, Revision, Store


class Event(NamedTuple):
    entry: Entry
    previous: KeyValue | None
    """The key's state before; None when it was not there, was not asked for, or is compacted."""


class RichWatch:
    """Changes under a prefix from a revision (inclusive) on."""

    def __init__(
        self,
        store: Store,
        prefix: str,
        *,
        start: Revision,
        only: Literal["put", "delete"] | None = None,
        with_previous: bool = False,
    ) -> None:
        """Raises: Compacted."""
        self._store, self._only, self._with_previous = store, only, with_previous
        self._watch = store.watch(prefix, start=start)
        self._shown = start - 1

    def poll(self) -> list[Event]:
        """What has changed since the last poll. Raises: Compacted when some of it is gone."""
        newest = self._store.revision
        entries = self._watch.poll()
        self._shown = max(self._shown, newest, entries[-1].revision if entries else 0)
        return [Event(e, self._previous(e)) for e in entries if self._only in (None, kind_of(e))]

    @property
    def progress(self) -> Revision:
        """Everything up to this revision (inclusive) has been shown, also when nothing under the prefix changed."""
        return self._shown

    def cancel(self) -> None:
        self._watch.cancel()

    def _previous(self, entry: Entry) -> KeyValue | None:
        if not self._with_previous or not entry.prev_revision:
            return None
        try:
            found = self._store.range(entry.key, at=entry.revision - 1, limit=1).kvs
        except Compacted:
            return None
        return found[0] if found and found[0].key == entry.key else None


def kind_of(entry: Entry) -> Literal["put", "delete"]:
    return "delete" if entry.value is None else "put"
