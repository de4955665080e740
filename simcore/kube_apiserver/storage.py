"""Objects in the store: bytes without resourceVersion, which reading puts in, and a cache of decoded objects.

A stored document begins `{"apiVersion":"v1","kind":"Pod","metadata":{`: an opening of known length, so that GET,
LIST and WATCH are joins of bytes:

    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","uid":...
                                                ^ "resourceVersion":"17",
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.sharing import Sharing
from simcore.etcd.interface import (
    Compacted,
    Compare,
    Delete,
    Entry,
    KeyValue,
    NoSpace,
    Op,
    Put,
    Revision,
    Store,
)
from simcore.sim.trace import Origin

MOST_PASSING = 4_096
"""Decoded objects kept of kinds that nobody keeps anyway; the oldest goes first."""
LONGEST_LISTED = 64
"""Objects of a list that is kept as it is: rules that every write is held to, as policies and quotas."""
MOST_LISTED = 4_096
"""Lists kept; beyond it they go all."""
MOST_GRAVES = 20_000
"""Last states of deleted objects kept for those who watch; beyond it the store's history is asked."""


class Decoded(Struct, frozen=True, gc=False):
    """An object as it was written at this revision."""

    revision: Revision
    obj: Obj


def opening(kind: Kind) -> int:
    """How many bytes stand before the first member of metadata."""
    return len(f'{{"apiVersion":"{kind.api_version}","kind":"{kind.kind}","metadata":{{')


def stored_form(kind: Kind, obj: Obj) -> Obj:
    """The object with its members in the stored order."""
    form = {"apiVersion": "", "kind": "", "metadata": obj["metadata"], **obj}
    form["apiVersion"], form["kind"] = kind.api_version, kind.kind
    return form


class Storage:
    """What the pipeline and the readers know of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._decoded: dict[
            str, Decoded
        ] = {}  # an entry goes with its object, or as one of too many that pass
        self._passing: deque[str] = deque()  # whose kinds are not kept
        self._kept: dict[str, None] = {}  # prefixes of kinds
        self._sharing = Sharing()
        self._listed: dict[str, tuple[int, list[Obj]]] = {}  # by folder, while it does not change
        self._graves: dict[
            str, tuple[Revision, Obj]
        ] = {}  # by path: the deletion's revision; oldest go first
        self._wakes: dict[str, list[Callable[[], None]]] = {}  # by kind prefix; an entry goes by unsubscribe

    def find(self, kind: Kind, key: Key) -> Obj | None:
        """Shared: never mutate it."""
        kv = self.store.get(kind.path(key))
        return None if kv is None else self.decoded(kv)

    def all(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        """In lexical order of the keys; shared, the list too."""
        folder = kind.folder(namespace)
        changed = self.store.changed(folder)
        known = self._listed.get(folder)
        if known is not None and known[0] == changed:
            return known[1]
        decoded = self.decoded
        found = [decoded(kv) for kv in self.store.range(folder).kvs]
        if len(found) <= LONGEST_LISTED:
            if len(self._listed) >= MOST_LISTED:
                self._listed.clear()
            self._listed[folder] = (changed, found)
        return found

    def count(self, kind: Kind) -> int:
        return self.store.count(kind.prefix)

    def keep(self, kind: Kind) -> None:
        """Somebody holds all objects of the kind: to keep them decoded costs nothing more."""
        self._kept[kind.prefix] = None

    def share(self, kvs: Iterable[KeyValue]) -> None:
        """These have come to rest: what they have in common with others is made one object with theirs."""
        for kv in kvs:
            known = self._decoded.get(kv.key)
            if known is not None and known.revision == kv.mod_revision and self._are_kept(folders(kv.key)):
                known.obj.update(self._sharing.decode(kv.value))
                known.obj["metadata"]["resourceVersion"] = str(kv.mod_revision)

    def decoded(self, kv: KeyValue) -> Obj:
        known = self._decoded.get(kv.key)
        if known is not None and known.revision == kv.mod_revision:
            return known.obj
        return self._decode(kv.key, kv.value, kv.mod_revision)

    def after(self, entry: Entry) -> Obj:
        """The object that an entry left, or for a deletion its last state, with the entry's revision."""
        if entry.value is not None:
            return self._decode(entry.key, entry.value, entry.revision)
        revision, obj = self._graves.get(entry.key, (0, None))
        if obj is not None and revision == entry.revision:
            return obj
        last = self.before(entry)
        obj = decode(last) if last else {"metadata": {"name": entry.key.rsplit("/", 1)[1]}}
        obj["metadata"]["resourceVersion"] = str(entry.revision)
        self._bury(entry.key, entry.revision, obj)
        return obj

    def before(self, entry: Entry) -> bytes | None:
        """The stored bytes that an entry replaced; None when there were none or they are forgotten."""
        if not entry.prev_revision:
            return None
        try:
            found = self.store.range(entry.key, at=entry.prev_revision, limit=1).kvs
        except Compacted:
            return None
        return found[0].value if found and found[0].key == entry.key else None

    def put(
        self,
        path: str,
        obj: Obj,
        *,
        expected: Revision,
        origin: Origin,
        extra: Sequence[Op] = (),
        guards: Sequence[Compare] = (),
    ) -> bool:
        """Writes if the key's mod revision is `expected` (0: there is none); gives `obj` its resourceVersion.

        `obj` is in the stored form, without resourceVersion, and its metadata is the server's own.
        Raises: ApiError when the store is full.
        """
        value = encode(obj)
        when = (Compare(path, "mod", "==", expected), *guards)
        try:
            result = self.store.txn(when, (Put(path, value), *extra), origin=origin)
        except NoSpace as error:
            raise ApiError(str(error)) from None
        if not result.succeeded:
            return False
        obj["metadata"]["resourceVersion"] = str(result.revision)
        places = folders(path)
        self._remember(path, result.revision, obj, places)
        self._wake(places)
        for op in extra:
            self.wake(op.key)
        return True

    def remove(
        self, path: str, obj: Obj, *, expected: Revision, origin: Origin, extra: Sequence[Op] = ()
    ) -> Obj | None:
        """Deletes if the key's mod revision is `expected`, else returns None. `obj` is the last state, to be shown."""
        result = self.store.txn(
            (Compare(path, "mod", "==", expected),), (Delete(path), *extra), origin=origin
        )
        if not result.succeeded:
            return None
        self._decoded.pop(path, None)
        last = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(result.revision)}}
        self._bury(path, result.revision, last)
        self.wake(path)
        for op in extra:
            self.wake(op.key)
        return last

    def subscribe(self, kind: Kind, wake: Callable[[], None]) -> None:
        """`wake` is called after each write of the kind; it must only make a note to poll later."""
        self._wakes.setdefault(kind.prefix, []).append(wake)

    def unsubscribe(self, kind: Kind, wake: Callable[[], None]) -> None:
        wakes = self._wakes.get(kind.prefix, [])
        if wake in wakes:
            wakes.remove(wake)

    def wake(self, path: str) -> None:
        """Tells those who watch the kind of `path`."""
        self._wake(folders(path))

    def wake_for(self, entries: Iterable[Entry]) -> None:
        """For changes that came into the store by another way than this server (a replica's log)."""
        self._wake(dict.fromkeys(prefix for entry in entries for prefix in folders(entry.key)))

    def _wake(self, prefixes: Iterable[str]) -> None:
        for prefix in prefixes:
            for wake in self._wakes.get(prefix, ()):
                wake()

    def _decode(self, path: str, value: bytes, revision: Revision) -> Obj:
        known = self._decoded.get(path)
        if known is not None and known.revision == revision:
            return known.obj
        places = folders(path)
        obj: Obj = self._sharing.decode(value) if self._are_kept(places) else decode(value)
        obj["metadata"]["resourceVersion"] = str(revision)
        if known is None or known.revision < revision:
            self._remember(path, revision, obj, places)
        return obj

    def _remember(self, path: str, revision: Revision, obj: Obj, places: tuple[str, str]) -> None:
        if path not in self._decoded and not self._are_kept(places):
            self._passing.append(path)
            if len(self._passing) > MOST_PASSING:
                self._decoded.pop(self._passing.popleft(), None)
        self._decoded[path] = Decoded(revision, obj)

    def _are_kept(self, places: tuple[str, str]) -> bool:
        return places[0] in self._kept or places[1] in self._kept

    def _bury(self, path: str, revision: Revision, obj: Obj) -> None:
        self._graves[path] = (revision, obj)
        while len(self._graves) > MOST_GRAVES:
            del self._graves[next(iter(self._graves))]


def folders(path: str) -> tuple[str, str]:
    """Where the kind of `path` may end: `/registry/pods/`, or one further, as `/registry/services/specs/`."""
    first = path.find("/", path.find("/", 1) + 1) + 1
    return path[:first], path[: path.find("/", first) + 1]
