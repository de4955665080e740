"""The simulated world that is no API object: machines, containers, images, the pace of time.

It lives in the cluster's store under /sim/, outside the API, as JSON records. So it has revisions, survives a
take-over and is part of the history like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Delete, Entry, Op, Put, Store
from simcore.sim.clock import Clock, Timer
from simcore.sim.trace import Origin

ROOT = "/sim/"
CLUSTER, CLOCK, IMAGES = "/sim/cluster", "/sim/clock", "/sim/images"
NODES, RUNTIME = "/sim/nodes/", "/sim/runtime/"

WorldHandler = Callable[[str, Obj | None, int], None]
"""Called with (path, record, revision); None: the record is gone."""


class Change(NamedTuple):
    """A record was written, or with None deleted."""

    path: str
    value: bytes | None
    revision: int


class World:
    """Reads and writes the records; tells watchers of each change, in order, soon after it was written."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._handlers: list[tuple[str, WorldHandler]] = []
        self._prefixes: tuple[str, ...] = ()  # theirs
        self._changes: list[Change] = []  # watched ones, until they are delivered
        self._delivery: Timer | None = None  # gone once it has fired

    def get(self, path: str) -> Obj | None:
        kv = self._store.get(path)
        return decode(kv.value) if kv else None

    def list(self, prefix: str) -> dict[str, Obj]:
        """By path, in lexical order."""
        return {kv.key: decode(kv.value) for kv in self._store.range(prefix).kvs}

    def put(self, path: str, doc: Obj, *, actor: str, cause: int = 0) -> None:
        self.write(Put(path, encode(doc)), actor=actor, cause=cause)

    def delete(self, path: str, *, actor: str, cause: int = 0) -> None:
        self.write(Delete(path), actor=actor, cause=cause)

    def write(self, op: Op, *, actor: str, cause: int = 0) -> None:
        assert op.key.startswith(ROOT), op.key
        before = self._store.revision
        after = self._store.txn((), (op,), origin=Origin(actor, cause, self._clock.now())).revision
        if after != before:
            self._note(Change(op.key, op.value if isinstance(op, Put) else None, after))

    def watch(self, prefix: str, handler: WorldHandler) -> None:
        """Changes from now on; read what is there already with list()."""
        self._handlers.append((prefix, handler))
        self._prefixes = (*self._prefixes, prefix)

    def notice(self, entries: Iterable[Entry]) -> None:
        """Entries came into the store by another way than this world (a replica's log)."""
        for entry in entries:
            if entry.key.startswith(ROOT):
                self._note(Change(entry.key, entry.value, entry.revision))

    def _note(self, change: Change) -> None:
        """Keeps a watched change for its delivery. The store's log may be compacted meanwhile."""
        if not change.path.startswith(self._prefixes):
            return
        self._changes.append(change)
        if self._delivery is None:
            self._delivery = self._clock.call_later(0, self._deliver, label="world")

    def _deliver(self) -> None:
        self._delivery, changes, self._changes = None, self._changes, []
        for path, value, revision in changes:
            doc = decode(value) if value is not None else None
            for prefix, handler in self._handlers:
                if path.startswith(prefix):
                    handler(path, doc, revision)
