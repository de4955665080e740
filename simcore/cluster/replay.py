"""Runs a recorded history again: the same inputs at the same places, and the same must come out, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.schema import Schema
from simcore.cluster.cluster import Cluster
from simcore.cluster.difference import first_divergence
from simcore.cluster.history import line
from simcore.cluster.world import CLUSTER
from simcore.etcd.interface import Entry, Revision
from simcore.etcd.journal import Mark
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.snapshot import Snapshot

OUTSIDE = "user:"
"""How the names begin of those whose writes are inputs; all others are components of the cluster."""


class NotReplayable(Exception):
    """The record lacks what a replay needs."""


class Replayed(NamedTuple):
    begin: Revision
    """Where the replay began; what is before it is taken as given."""
    end: Revision
    inputs: int
    """Changes that came from outside."""
    firings: int
    recorded: str
    """The history's hash, from the beginning of the replay on."""
    replayed: str
    divergence: Entry | None
    """The first recorded change that did not come out the same."""

    @property
    def is_same(self) -> bool:
        return self.recorded == self.replayed


def replay(
    record: Snapshot, *, schema: Schema | None = None, authority_key: Callable[[str], bytes] = lambda _: b""
) -> Replayed:
    """`authority_key` makes the key of the certificate authorities from the cluster's id. Raises: NotReplayable."""
    starts = [n for n, m in enumerate(record.journal) if m.what == "start" and m.revision >= record.revision]
    if not starts:
        raise NotReplayable("the record has no place where an owner built the cluster")
    first, *marks = record.journal[starts[0] :]
    run = _Run(record, first, schema, authority_key)
    is_whole = all(run.follow(mark) for mark in marks)  # up to the first one that cannot be followed
    return run.result(first.revision, None if is_whole else record.journal[-1].revision)


class _Run:
    def __init__(
        self, record: Snapshot, first: Mark, schema: Schema | None, authority_key: Callable[[str], bytes]
    ) -> None:
        self._log, self._schema, self._authority_key = record.log, schema, authority_key
        self.store = MemoryStore()
        self.store.load(record.kvs, record.revision)
        self._past = [e for e in self._log if e.revision <= first.revision]
        self.store.apply(self._past)
        self.cluster = self._built(first)
        self.inputs = self.firings = 0

    def follow(self, mark: Mark) -> bool:
        """Whether the run can go on: what it has not written itself by now has to be an input."""
        while self.cluster.fired < mark.fired:
            if self.cluster.clock.next_due() is None:
                return False
            self.cluster.fire_next()
        entries = self._between(self.store.revision, mark.revision)
        if not all(entry.origin.actor.startswith(OUTSIDE) for entry in entries):
            return False
        if entries and entries[0].revision != self.store.revision + 1:
            return False
        if mark.what == "end":
            self.firings += self.cluster.fired
            return True
        self.inputs += len(entries)
        if mark.what == "take":
            self.cluster.clock.jump_to(mark.at)
            self.store.apply(entries)
            self.cluster.take(entries)
        else:
            self.store.apply(entries)
            self.firings += self.cluster.fired
            self.cluster = self._built(mark)
        return True

    def result(self, begin: Revision, expected: Revision | None) -> Replayed:
        """`expected`: how far the run should have come, if it did not."""
        again = self.store.entries_since(begin)
        recorded = self._between(begin, self.store.revision if expected is None else expected)
        place = first_divergence(recorded, again)
        if place is None and len(recorded) != len(again):
            place = min(len(recorded), len(again))
        divergence = recorded[place] if place is not None and place < len(recorded) else None
        hashes = _hash(recorded), _hash(again)
        return Replayed(begin, self.store.revision, self.inputs, self.firings, *hashes, divergence)

    def _built(self, start: Mark) -> Cluster:
        kv = self.store.get(CLUSTER)
        key = self._authority_key(decode(kv.value).get("id", "") if kv else "")
        return Cluster(self.store, now=start.at, schema=self._schema, authority_key=key)

    def _between(self, after: Revision, last: Revision) -> list[Entry]:
        return [entry for entry in self._log if after < entry.revision <= last]


def _hash(entries: Sequence[Entry]) -> str:
    digest = sha256()
    for entry in entries:
        digest.update(line(entry))
    return digest.hexdigest()
