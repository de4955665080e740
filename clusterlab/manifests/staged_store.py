"""A store on top of another one: writes stay here until they are committed to it, all in one transaction.

So a whole upload is tried out with the real pipeline, each object seeing those before it, and then becomes true at
once or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.etcd.compare import holds
from simcore.etcd.interface import (
    Compare,
    Delete,
    KeyValue,
    Op,
    Put,
    RangeResult,
    Revision,
    Store,
    StoreError,
    TxnResult,
    Watch,
)
from simcore.sim.trace import Origin


class StagedStore:
    """The Store protocol for one thread and a short time; its revisions go on from the base's, for show."""

    def __init__(self, base: Store) -> None:
        self._base = base
        self._staged: dict[str, KeyValue | None] = {}  # None: deleted here
        self._conditions: dict[Compare, None] = {}  # on keys of the base, as the pipeline asked for them
        self._revision = base.revision
        self._writes = 0

    @property
    def revision(self) -> Revision:
        return self._revision

    def get(self, key: str) -> KeyValue | None:
        return self._staged[key] if key in self._staged else self._base.get(key)

    def count(self, folder: str) -> int:
        staged = [(key, kv) for key, kv in self._staged.items() if key.startswith(folder)]
        differences = ((kv is not None) - (self._base.get(key) is not None) for key, kv in staged)
        return self._base.count(folder) + sum(differences)

    def changed(self, prefix: str) -> Revision:
        return self._base.changed(prefix) + self._writes

    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        below = {kv.key: kv for kv in self._base.range(prefix, start_key=start_key).kvs}
        here = {k: v for k, v in self._staged.items() if k.startswith(prefix) and k >= start_key}
        merged = {**below, **here}
        kvs = [kv for key in sorted(merged) if (kv := merged[key]) is not None]
        cut = kvs[:limit] if limit else kvs
        return RangeResult(cut, self._revision, len(cut) < len(kvs), len(kvs))

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        states = tuple(self.get(c.key) for c in when)
        succeeded = all(map(holds, when, states))
        if succeeded:
            self._conditions |= dict.fromkeys(c for c in when if c.key not in self._staged)
        for op in then if succeeded else otherwise:
            self._stage(op)
        return TxnResult(succeeded, self._revision, () if succeeded else states)

    def watch(self, prefix: str, *, start: Revision) -> Watch:
        raise StoreError("nothing is watched while an upload is tried")

    def compact(self, before: Revision) -> None:
        raise StoreError("nothing is compacted while an upload is tried")

    def commit(self, origin: Origin) -> bool:
        """Writes everything to the base as one revision; False when what it stands on has changed meanwhile."""
        ops: list[Op] = [
            Delete(key) if kv is None else Put(key, kv.value, kv.lease) for key, kv in self._staged.items()
        ]
        return not ops or self._base.txn(list(self._conditions), ops, origin=origin).succeeded

    def _stage(self, op: Op) -> None:
        self._revision += 1
        self._writes += 1
        if isinstance(op, Delete):
            self._staged[op.key] = None
            return
        old = self.get(op.key)
        created, version = (old.create_revision, old.version + 1) if old else (self._revision, 1)
        self._staged[op.key] = KeyValue(op.key, op.value, created, self._revision, version, op.lease)
