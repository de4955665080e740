"""Whether the informer has caught up with what a controller wrote itself.

A controller that counts pods in a stale copy would create them twice. Upstream counts expectations down and lets
them expire; here every write has a revision, so the question has an exact answer and no time-out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, revision_of, uid_of
from simcore.client.informer import Informer


@dataclass
class _Pending:
    revision: int = 0
    deleted: dict[Key, str] = field(default_factory=dict)


class PendingWrites:
    """Writes to one kind by the owner they were made for. Lost at a take-over, when the informer starts complete."""

    def __init__(self, informer: Informer) -> None:
        self._informer = informer
        self._pending: dict[Key, _Pending] = {}  # goes when the informer shows all of it, or with the owner

    def wrote(self, owner: Key, obj: Obj) -> None:
        """`obj` is what a create, update or patch returned."""
        pending = self._pending.setdefault(owner, _Pending())
        pending.revision = max(pending.revision, revision_of(obj))

    def deleted(self, owner: Key, obj: Obj) -> None:
        self._pending.setdefault(owner, _Pending()).deleted[key_of(obj)] = uid_of(obj)

    def are_seen(self, owner: Key) -> bool:
        """Whether the informer shows everything that was written for this owner."""
        pending = self._pending.get(owner)
        if pending is None:
            return True
        if self._informer.revision < pending.revision:
            return False
        if any(self._is_there(key, uid) for key, uid in pending.deleted.items()):
            return False
        del self._pending[owner]
        return True

    def forget(self, owner: Key) -> None:
        self._pending.pop(owner, None)

    def _is_there(self, key: Key, uid: str) -> bool:
        obj = self._informer.get(key)
        return obj is not None and uid_of(obj) == uid and not is_terminating(obj)
