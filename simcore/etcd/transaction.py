"""Transactions that read and delete by range, and that nest: `if` in `if`, as etcd's.

Models: etcd 3.6 server/etcdserver/txn (Txn, DeleteRange, Range). They are worked out on the store's newest state and
written only if that is still the newest, so they are as atomic as the plain ones, on every store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from simcore.etcd.compare import holds
from simcore.etcd.interface import STORE, Compare, Delete, KeyValue, Op, Put, Revision, Store, Unavailable
from simcore.sim.trace import Origin

TRIES = 100


class Range(NamedTuple):
    """Reads the keys with a prefix, what the transaction has done before included."""

    prefix: str
    limit: int | None = None


class DeleteRange(NamedTuple):
    prefix: str


@dataclass(frozen=True)
class If:
    """`then` if every compare holds, else `otherwise`."""

    when: Sequence[Compare]
    then: Sequence[Step] = ()
    otherwise: Sequence[Step] = ()


Step = Put | Delete | Range | DeleteRange | If


class Outcome(NamedTuple):
    succeeded: bool
    revision: Revision
    answers: list[list[KeyValue]]
    """Of each Range what it found, of each DeleteRange what was there, in the order in which they ran."""


def transact(store: Store, txn: If, *, origin: Origin) -> Outcome:
    """Raises: Unavailable when others were faster at every try."""
    for _ in range(TRIES):
        newest = store.revision
        draft = _Draft(store)
        succeeded = draft.run(txn)
        done = store.txn([Compare(STORE, "mod", "==", newest)], draft.ops(), origin=origin)
        if done.succeeded:
            return Outcome(succeeded, done.revision, draft.answers)
    raise Unavailable("the store changed at every try")


@dataclass
class _Draft:
    """What a transaction would do, on top of the store."""

    store: Store
    changes: dict[str, Op] = field(default_factory=dict)
    answers: list[list[KeyValue]] = field(default_factory=list)

    def run(self, txn: If) -> bool:
        succeeded = all(holds(compare, self._get(compare.key)) for compare in txn.when)
        for step in txn.then if succeeded else txn.otherwise:
            match step:
                case If():
                    self.run(step)
                case Range(prefix, limit):
                    self.answers.append(self._under(prefix)[:limit])
                case DeleteRange(prefix):
                    found = self._under(prefix)
                    self.answers.append(found)
                    self.changes |= {kv.key: Delete(kv.key) for kv in found}
                case _:
                    self.changes[step.key] = step
        return succeeded

    def ops(self) -> list[Op]:
        return list(self.changes.values())

    def _get(self, key: str) -> KeyValue | None:
        return self._changed(key, self.store.get(key))

    def _under(self, prefix: str) -> list[KeyValue]:
        found = {kv.key: kv for kv in self.store.range(prefix).kvs}
        keys = sorted({*found, *(key for key in self.changes if key.startswith(prefix))})
        states = (self._changed(key, found.get(key)) for key in keys)
        return [kv for kv in states if kv is not None]

    def _changed(self, key: str, old: KeyValue | None) -> KeyValue | None:
        match self.changes.get(key):
            case Put(_, value, lease):
                revision = self.store.revision + 1
                created, version = (old.create_revision, old.version + 1) if old else (revision, 1)
                return KeyValue(key, value, created, revision, version, lease)
            case Delete():
                return None
        return old
