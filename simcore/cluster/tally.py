"""Of how many objects a clause is true, kept up to date with what the store changes: a change costs one object."""

from __future__ import annotations

from simcore.apimachinery.encoding import decode
from simcore.cluster.condition import Clause, Condition
from simcore.etcd.interface import Compacted, Store


class Tally:
    def __init__(self, clause: Clause, store: Store) -> None:
        self._clause, self._store = clause, store
        self._folder = clause.kind.folder(clause.namespace)
        self._count()

    def is_true(self) -> bool:
        try:
            changes = self._changes.poll()
        except Compacted:
            self._count()
            changes = []
        for entry in changes:
            self._take(entry.key, entry.value)
        return self._clause.verdict(len(self._met), self._how_many)

    def _count(self) -> None:
        self._met: dict[str, bool] = {}  # by store key; goes with the object
        self._how_many = 0
        self._changes = self._store.watch(self._folder, start=self._store.revision + 1)
        for kv in self._store.range(self._folder).kvs:
            self._take(kv.key, kv.value)

    def _take(self, key: str, value: bytes | None) -> None:
        if self._clause.concerns(self._clause.kind.key(key).name):
            self._how_many -= self._met.pop(key, False)
            if value is not None:
                self._met[key] = self._clause.is_met_by(decode(value))
                self._how_many += self._met[key]


class Tallies:
    """A whole condition, followed."""

    def __init__(self, condition: Condition, store: Store) -> None:
        self._condition = condition
        self._tallies = {clause: Tally(clause, store) for clause in condition.clauses}

    def is_true(self) -> bool:
        return self._condition.is_true(lambda clause: self._tallies[clause].is_true())
