"""The store in memory: for forks, what-if and tests, and as every process's replica of a shared store.

The history of a key is the list of its states; a read at revision 5 of

    revision     2    3    4    5    6    7
    key "a"      put       put            del
    key "b"           put       del

takes the last state at or before 5: "a" as put at 4, and nothing for "b". A key that has had one state only needs no
history. Keys are kept by folder (`/registry/pods/`), so that a watch of one kind reads that kind's log alone. What the
log forgets and still is true is packed (see blocks.py): most keys of a large cluster are at rest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from sortedcontainers import SortedList

from simcore.etcd.blocks import Block, Shelf, pack
from simcore.etcd.compare import holds
from simcore.etcd.interface import (
    Compacted,
    Compare,
    Delete,
    DuplicateKey,
    Entry,
    FutureRevision,
    KeyValue,
    LeaseNotFound,
    Op,
    RangeResult,
    Revision,
    TxnResult,
    lease_key,
)
from simcore.etcd.quota import Quota
from simcore.sim.trace import Origin

_by_revision = attrgetter("revision")
_by_mod_revision = attrgetter("mod_revision")
END = "\U0010ffff"
"""Sorts behind every key that begins with what stands before it."""
FEWEST_LEFT = 0.5
"""The part of a block's keys that has to be as it was; below it the rest is packed anew."""


def folder_of(key: str) -> str:
    """The first two path segments, slashes included: `/registry/pods/` of `/registry/pods/default/web-1`."""
    end = key.find("/", key.find("/", 1) + 1)
    return key[: end + 1] if end > 0 else key


@lru_cache(maxsize=8192)
def folder_around(prefix: str) -> str | None:
    """The one folder that holds every key with the prefix; None when several may."""
    return folder_of(prefix) if prefix.count("/") >= 3 else None


class Log:
    """Changes in order. A place in it is counted from the first one that there ever was."""

    __slots__ = ("dropped", "entries")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.dropped = 0

    def place(self, revision: Revision) -> int:
        """Of the first change at the revision or later."""
        return self.dropped + bisect_left(self.entries, revision, key=_by_revision)

    def since(self, place: int) -> list[Entry]:
        return self.entries[place - self.dropped :]

    def drop(self, before: Revision) -> None:
        """Forgets what is older than `before`."""
        count = self.place(before) - self.dropped
        del self.entries[:count]
        self.dropped += count


class Folder:
    """The keys of one folder in order, and the log of their changes."""

    __slots__ = ("_fresh", "_sorted", "changed", "count", "gone", "log")

    def __init__(self) -> None:
        self.gone: dict[str, None] = {}  # of the keys, those that only the past has
        self._sorted: SortedList[str] = SortedList()
        self._fresh: list[str] = []  # not sorted in yet; empty after each look at `keys`
        self.changed: Revision = 0
        self.count = 0  # of keys that have a value now
        self.log = Log()

    def add(self, key: str) -> None:
        """A key that is not there yet."""
        self._fresh.append(key)

    @property
    def keys(self) -> SortedList[str]:
        if self._fresh:
            self._sorted.update(self._fresh)
            self._fresh.clear()
        return self._sorted


class MemoryWatch:
    """A cursor in one log. It holds nothing but its place, so a slow reader costs nothing."""

    def __init__(self, store: MemoryStore, log: Log, prefix: str, start: Revision) -> None:
        self._store, self._log, self._prefix = store, log, prefix
        self._next = start  # the first revision not yet polled
        self._place = log.place(start)

    def poll(self) -> list[Entry]:
        if self._place < self._log.dropped:
            raise Compacted(self._next, self._store.kept_from)
        fresh = self._log.since(self._place)
        if not fresh:
            return fresh
        self._place += len(fresh)
        self._next = fresh[-1].revision + 1
        return [e for e in fresh if e.key.startswith(self._prefix)]

    def cancel(self) -> None:
        self._log, self._place = Log(), 0


class MemoryStore:
    """Everything in dictionaries; the reference for what the Protocol means."""

    def __init__(self, *, quota: Quota | None = None) -> None:
        self._quota = quota or Quota()
        self.stored_bytes = 0
        """Keys and values of the newest state."""
        self._revision: Revision = 0
        self._kept_from: Revision = 0  # of the log
        self._readable_from: Revision = 0
        self._current: dict[str, KeyValue] = {}
        self._history: dict[str, list[KeyValue]] = {}  # of keys with several states; shortened by compact()
        self._shelf = Shelf()
        self._packed: Counter[Block] = Counter()  # how many of a block's keys are as they were; goes at none
        self._folders: dict[str, Folder] = {}
        self._log = Log()

    @property
    def revision(self) -> Revision:
        return self._revision

    @property
    def kept_from(self) -> Revision:
        """The oldest revision that can still be watched from."""
        return self._kept_from

    def get(self, key: str) -> KeyValue | None:
        return self._current.get(key)

    @property
    def keys(self) -> int:
        """How many there are now."""
        return len(self._current)

    def count(self, folder: str) -> int:
        found = self._folders.get(folder)
        return found.count if found else 0

    def changed(self, prefix: str) -> Revision:
        if name := folder_around(prefix):
            found = self._folders.get(name)
            return found.changed if found else 0
        return self._revision

    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        if at is None or at == self._revision:
            return self._present(prefix, max(prefix, start_key), limit)
        if at < self._readable_from:
            raise Compacted(at, self._readable_from)
        if at > self._revision:
            raise FutureRevision(f"required revision is a future revision: {at} > {self._revision}")
        return self._past(prefix, max(prefix, start_key), at, limit)

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        succeeded = self.holds(when)
        for entry in self.draft(then if succeeded else otherwise, origin):
            self._append(entry)
        current = () if succeeded else tuple(self._current.get(c.key) for c in when)
        return TxnResult(succeeded, self._revision, current)

    def holds(self, when: Sequence[Compare]) -> bool:
        """Whether every compare holds now."""
        return all(map(self._holds, when))

    def draft(self, ops: Sequence[Op], origin: Origin) -> list[Entry]:
        """What the operations would write as the next revision. Raises: DuplicateKey, LeaseNotFound, NoSpace."""
        if len(ops) > 1 and len({op.key for op in ops}) < len(ops):
            raise DuplicateKey
        revision = self._revision + 1
        entries: list[Entry] = []
        for op in ops:
            old, number = self._current.get(op.key), len(entries)
            prev = old.mod_revision if old else 0
            if not isinstance(op, Delete):
                if op.lease and lease_key(op.lease) not in self._current:
                    raise LeaseNotFound
                created, version = (old.create_revision, old.version + 1) if old else (revision, 1)
                put = Entry(revision, number, op.key, op.value, created, version, op.lease, prev, origin)
                entries.append(put)
            elif old:
                gone = Entry(revision, number, op.key, None, old.create_revision, 0, 0, prev, origin)
                entries.append(gone)
        self._quota.check(entries, stored_bytes=self.stored_bytes, keys=len(self._current))
        return entries

    def watch(self, prefix: str, *, start: Revision) -> MemoryWatch:
        self.check_kept(start)
        folder = folder_around(prefix)
        return MemoryWatch(self, self._folder(folder).log if folder else self._log, prefix, start)

    def compact(self, before: Revision) -> None:
        self.check_kept(before)
        if before > self._revision:
            raise FutureRevision(f"required revision is a future revision: {before} > {self._revision}")
        self.pack(before)
        for log in (self._log, *(folder.log for folder in self._folders.values())):
            log.drop(before)
        for key in list(self._history):
            self._forget(key, before)
        self._kept_from = self._readable_from = before

    def pack(self, before: Revision) -> list[KeyValue]:
        """Packs the values that were not written since `before`; and anew what is left of blocks with many gaps.

        Returns what it has packed.
        """
        log = self._log.entries
        old = islice(log, bisect_left(log, before, key=_by_revision))
        cold = {e.key for e in old if (kv := self._current.get(e.key)) and _is_cold(kv, before)}
        for block, left in self._packed.items():
            if left < len(block) * FEWEST_LEFT:
                cold.update(key for key in block if (kv := self._current.get(key)) and kv.held is block)
        packed = list(pack((self._current[key] for key in sorted(cold)), self._shelf))
        for kv in packed:
            self._leave_block(self._current[kv.key])
            self._hold(kv)
        self._packed = +self._packed
        return packed

    def entries_since(self, revision: Revision) -> list[Entry]:
        """The log after `revision` (exclusive). Raises: Compacted."""
        self.check_kept(revision + 1)
        return self._log.since(self._log.place(revision + 1))

    def apply(self, entries: Iterable[Entry]) -> None:
        """Takes over what another store has logged after this one's revision, in its order."""
        for entry in entries:
            assert entry.revision in (self._revision, self._revision + 1), (entry.revision, self._revision)
            self._append(entry)

    def load(self, kvs: Iterable[KeyValue], revision: Revision) -> None:
        """Fills an empty store with a state whose history is not known."""
        assert not self._current and not self._log.entries
        for kv in kvs:
            self._hold(kv)
            self.stored_bytes += kv.size
            folder = self._folder(folder_of(kv.key))
            folder.add(kv.key)
            folder.count += 1
            folder.changed = max(folder.changed, kv.mod_revision)
        self._revision = self._readable_from = revision
        self._kept_from = revision + 1 if revision else 0

    def check_kept(self, revision: Revision) -> None:
        """Raises: Compacted."""
        if revision < self._kept_from:
            raise Compacted(revision, self._kept_from)

    def _holds(self, compare: Compare) -> bool:
        return holds(compare, self._state(compare.key))

    def _state(self, key: str) -> KeyValue | None:
        return self._current.get(key) if key else KeyValue("", b"", 0, self._revision, 0)

    def _append(self, entry: Entry) -> None:
        key, folder = entry.key, self._folder(folder_of(entry.key))
        self._revision = folder.changed = entry.revision
        old, states = self._current.get(key), self._history.get(key)
        if old is not None:
            folder.count -= 1
            self.stored_bytes -= old.size
            self._leave_block(old)
        if entry.value is None:
            new = KeyValue(key, b"", 0, entry.revision, 0)
            self._current.pop(key, None)
            folder.gone[key] = None
        else:
            folder.count += 1
            new = self._current[key] = entry.key_value
            self.stored_bytes += len(key) + len(entry.value)
            if states is not None:
                folder.gone.pop(key, None)
            elif old is None:
                folder.add(key)
        if states is not None:
            states.append(new)
        elif old is not None:
            self._history[key] = [old, new]
        folder.log.entries.append(entry)
        self._log.entries.append(entry)

    def _folder(self, name: str) -> Folder:
        found = self._folders.get(name)
        if found is None:
            found = self._folders[name] = Folder()
        return found

    def _hold(self, kv: KeyValue) -> None:
        self._current[kv.key] = kv
        if isinstance(kv.held, Block):
            self._packed[kv.held] += 1

    def _leave_block(self, kv: KeyValue) -> None:
        if isinstance(kv.held, Block):
            self._packed[kv.held] -= 1

    def _present(self, prefix: str, low: str, limit: int | None) -> RangeResult:
        """Costs what the page costs, however many keys there are."""
        current, name = self._current, folder_around(prefix)
        if name is None:
            kvs = [current[key] for key in self._keys(prefix, low) if key in current]
            return _page(kvs, self._revision, limit)
        keys = self._folder(name).keys.irange(low, prefix + END)
        kvs = list(islice((kv for key in keys if (kv := current.get(key)) is not None), limit or None))
        total = len(kvs) if not limit or len(kvs) < limit else self._total(name, low, prefix + END)
        return RangeResult(kvs, self._revision, len(kvs) < total, total)

    def _past(self, prefix: str, low: str, at: Revision, limit: int | None) -> RangeResult:
        """Costs the page and what has changed since, so that a long list is read in pages while much goes on."""
        name, end = folder_around(prefix), prefix + END
        if name is None or not limit:
            return _page([kv for key in self._keys(prefix, low) if (kv := self._at(key, at))], at, limit)
        folder = self._folder(name)
        kvs = list(islice((kv for key in folder.keys.irange(low, end) if (kv := self._at(key, at))), limit))
        if len(kvs) < limit:
            return RangeResult(kvs, at, False, len(kvs))
        changed = {e.key for e in folder.log.since(folder.log.place(at + 1)) if low <= e.key < end}
        came = sum((key in self._current) - (self._at(key, at) is not None) for key in changed)
        total = self._total(name, low, end) - came
        return RangeResult(kvs, at, len(kvs) < total, total)

    def _total(self, folder: str, low: str, end: str) -> int:
        """How many keys there are now, from `low` to `end`."""
        found = self._folder(folder)
        gone = sum(low <= key < end for key in found.gone)
        there: int = found.keys.bisect_left(end) - found.keys.bisect_left(low)
        return there - gone

    def _keys(self, prefix: str, low: str) -> list[str]:
        """Every key, of the present or the past, under the prefix and from `low` on, in order."""
        if name := folder_around(prefix):
            keys_of_folder = self._folder(name).keys
            return list(keys_of_folder.irange(low, prefix + END)) if keys_of_folder else []
        keys = (key for folder in self._folders.values() for key in folder.keys.irange(low, prefix + END))
        return sorted(keys)

    def _at(self, key: str, revision: Revision) -> KeyValue | None:
        states = self._history.get(key)
        if states is None:
            kv = self._current.get(key)
            return kv if kv is not None and kv.mod_revision <= revision else None
        place = bisect_right(states, revision, key=_by_mod_revision)
        return states[place - 1] if place and states[place - 1].version else None

    def _forget(self, key: str, before: Revision) -> None:
        """Drops what a read at `before` or later cannot reach."""
        states = self._history[key]
        place = bisect_right(states, before, key=_by_mod_revision) - 1
        if place >= 0 and not states[place].version:
            place += 1
        del states[: max(place, 0)]
        if states and (len(states) > 1 or not states[0].version):
            return
        del self._history[key]
        if not states:
            folder = self._folder(folder_of(key))
            folder.keys.discard(key)
            folder.gone.pop(key, None)


def _is_cold(kv: KeyValue, before: Revision) -> bool:
    return kv.mod_revision < before and not isinstance(kv.held, Block)


def _page(kvs: list[KeyValue], revision: Revision, limit: int | None) -> RangeResult:
    cut = kvs[:limit] if limit else kvs
    return RangeResult(cut, revision, len(cut) < len(kvs), len(kvs))
