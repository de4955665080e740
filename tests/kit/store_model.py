"""A store as simple as can be: every revision keeps a whole copy of the state. What real stores are compared with."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from simcore.etcd.compare import holds
from simcore.etcd.interface import Compare, Delete, Entry, KeyValue, Op
from simcore.sim.trace import Origin

State = dict[str, KeyValue]


class Model:
    def __init__(self) -> None:
        self.states: list[State] = [{}]  # by revision
        self.entries: list[Entry] = []
        self.kept_from = 0
        self.last_at = 0

    @property
    def revision(self) -> int:
        return len(self.states) - 1

    @property
    def now(self) -> State:
        return self.states[-1]

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> bool:
        succeeded = all(holds(c, self.now.get(c.key)) for c in when)
        self.write(then if succeeded else otherwise, origin)
        return succeeded

    def write(self, ops: Sequence[Op], origin: Origin) -> None:
        state, revision, fresh = dict(self.now), self.revision + 1, []
        origin = replace(origin, at=max(origin.at, self.last_at))
        for op in ops:
            old = state.get(op.key)
            if isinstance(op, Delete):
                if old is None:
                    continue
                del state[op.key]
                change = (None, old.create_revision, 0, 0)
            else:
                created, version = (old.create_revision, old.version + 1) if old else (revision, 1)
                state[op.key] = KeyValue(op.key, op.value, created, revision, version, op.lease)
                change = (op.value, created, version, op.lease)
            prev = old.mod_revision if old else 0
            fresh.append(Entry(revision, len(fresh), op.key, *change, prev, origin))
        if fresh:
            self.states.append(state)
            self.entries += fresh
            self.last_at = origin.at

    def under(self, prefix: str, at: int, start_key: str = "") -> list[KeyValue]:
        state = self.states[at]
        return [state[key] for key in sorted(state) if key.startswith(prefix) and key >= start_key]

    def changes(self, prefix: str, start: int, end: int) -> list[Entry]:
        """From `start` to `end`, both inclusive."""
        return [e for e in self.entries if start <= e.revision <= end and e.key.startswith(prefix)]
