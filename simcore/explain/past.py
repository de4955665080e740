"""The objects as they were at one revision, and where each came from."""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Compacted, Entry, KeyValue, Revision, Store


class Found(NamedTuple):
    """An object's state and the revision that wrote it."""

    obj: Obj
    revision: Revision


class Past:
    """A store at a revision, for reading. Raises from each method: Compacted, FutureRevision."""

    def __init__(self, store: Store, revision: Revision) -> None:
        self._store, self.revision = store, revision

    def key_value(self, path: str) -> KeyValue | None:
        kvs = self._store.range(path, at=self.revision, limit=1).kvs
        return kvs[0] if kvs and kvs[0].key == path else None

    def get(self, path: str) -> Found | None:
        kv = self.key_value(path)
        return Found(decode(kv.value), kv.mod_revision) if kv else None

    def find(self, kind: Kind, key: Key) -> Found | None:
        return self.get(kind.path(key))

    def all(self, kind: Kind, namespace: str | None = None) -> list[Found]:
        """In order of the keys."""
        return [Found(decode(kv.value), kv.mod_revision) for kv in self.stored(kind, namespace)]

    def stored(self, kind: Kind, namespace: str | None = None) -> list[KeyValue]:
        """As all(), not decoded."""
        return self._store.range(kind.folder(namespace), at=self.revision).kvs

    def named(self, prefix: str) -> list[KeyValue]:
        """Every key that begins so."""
        return self._store.range(prefix, at=self.revision).kvs


def states_around(store: Store, entry: Entry) -> tuple[Obj | None, Obj | None]:
    """What an entry replaced, and what it left. A past that is forgotten counts as nothing there."""
    new = decode(entry.value) if entry.value is not None else None
    if not entry.prev_revision:
        return None, new
    try:
        found = Past(store, entry.prev_revision).get(entry.key)
    except Compacted:
        return None, new
    return (found.obj if found else None), new
