"""What a store is: one Protocol, kept by the memory store and by the Redis store.

Models: etcd 3.6 api/etcdserverpb and server/storage/mvcc, with one thing more: every change carries its Origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from simcore.sim.trace import Origin

Revision = int
LeaseId = int

STORE = ""
"""As the key of a compare: the store itself; its `mod` is the newest revision."""
LEASES = "/leases/live/"
"""Where each lease has its record, by its id."""

CompareField = Literal["mod", "create", "version", "value", "lease"]
CompareOp = Literal["==", "!=", "<", ">"]


def lease_key(lease: LeaseId) -> str:
    return f"{LEASES}{lease}"


class Packed(Protocol):
    """Values that are kept packed."""

    def read(self, key: str) -> bytes: ...

    def size(self, key: str) -> int:
        """How many bytes read() would return."""
        ...


class KeyValue(Struct, frozen=True, eq=False, gc=False):
    """A key's state. `version` counts its writes since creation, from 1."""

    key: str
    held: bytes | Packed
    """The value, or where it is packed."""
    create_revision: Revision
    mod_revision: Revision
    version: int
    lease: LeaseId = 0

    @property
    def value(self) -> bytes:
        held = self.held
        return held if isinstance(held, bytes) else held.read(self.key)

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        held = self.held
        return len(self.key) + (len(held) if isinstance(held, bytes) else held.size(self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyValue) and _contents(self) == _contents(other)

    def __hash__(self) -> int:
        return hash((self.key, self.mod_revision))


def _contents(kv: KeyValue) -> tuple[str | bytes | int, ...]:
    return kv.key, kv.value, kv.create_revision, kv.mod_revision, kv.version, kv.lease


class Put(Struct, frozen=True, gc=False):
    key: str
    value: bytes
    lease: LeaseId = 0


class Delete(Struct, frozen=True, gc=False):
    key: str


Op = Put | Delete


class Compare(Struct, frozen=True, gc=False):
    """A condition on one key. A key that does not exist has mod, create, version and lease 0 and an empty value.

    The key STORE stands for the store itself.
    """

    key: str
    field: CompareField
    op: CompareOp
    value: int | bytes


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """One change in the log. A transaction of several operations shares one revision; `op` numbers them from 0."""

    revision: Revision
    op: int
    key: str
    value: bytes | None
    """None: the key was deleted."""
    create_revision: Revision
    version: int
    lease: LeaseId
    prev_revision: Revision
    """The key's mod revision before this change; 0 when it did not exist."""
    origin: Origin

    @property
    def key_value(self) -> KeyValue:
        assert self.value is not None, self.key
        return KeyValue(self.key, self.value, self.create_revision, self.revision, self.version, self.lease)


class TxnResult(Struct, frozen=True, gc=False):
    succeeded: bool
    revision: Revision
    """The store's revision after the transaction: that of the writes, if there were any."""
    current: tuple[KeyValue | None, ...] = ()
    """When it did not succeed: the compared keys as they are, in the order of the compares."""


class RangeResult(Struct, frozen=True, gc=False):
    kvs: list[KeyValue]
    """In lexical order of the keys."""
    revision: Revision
    """The revision that the result is true at."""
    more: bool
    total: int
    """How many keys the prefix holds from the start key on, whatever the limit."""


class StoreError(Exception):
    """Something the store refuses or cannot do; nothing was written."""


class Compacted(StoreError):
    """The revision asked for is no longer kept."""

    def __init__(self, asked: Revision, kept_from: Revision) -> None:
        super().__init__(f"required revision has been compacted: {asked} < {kept_from}")
        self.asked, self.kept_from = asked, kept_from


class FutureRevision(StoreError):
    """The revision asked for has not been written yet."""


class DuplicateKey(StoreError):
    """Two operations of one transaction are on the same key."""

    def __init__(self) -> None:
        super().__init__("duplicate key given in txn request")


class LeaseNotFound(StoreError):
    """There is no such lease, or not any more."""

    def __init__(self) -> None:
        super().__init__("requested lease not found")


class Unavailable(StoreError):
    """The store cannot be reached, is full, or did not take the write in time."""


class NoSpace(Unavailable):
    """There is no room for what is to be written; deletions and compaction are still let in."""

    def __init__(self, why: str = "mvcc: database space exceeded") -> None:
        super().__init__(f"etcdserver: {why}")


class Fenced(StoreError):
    """The writer's token is no longer the valid one; another writer has taken over."""


class Watch(Protocol):
    def poll(self) -> list[Entry]:
        """What has changed under the prefix since the last poll, in order of revision and op. Never blocks.

        Raises: Compacted when changes that were not yet polled are gone.
        """
        ...

    def cancel(self) -> None: ...


class Store(Protocol):
    @property
    def revision(self) -> Revision:
        """The revision of the newest change; 0 in an empty store."""
        ...

    def get(self, key: str) -> KeyValue | None: ...

    def count(self, folder: str) -> int:
        """How many keys there are in a folder of two segments, as `/registry/pods/`; costs nothing."""
        ...

    def changed(self, prefix: str) -> Revision:
        """A number that stays the same as long as no key under the prefix changes."""
        ...

    def range(
        self, prefix: str, *, at: Revision | None = None, limit: int | None = None, start_key: str = ""
    ) -> RangeResult:
        """The keys that begin with `prefix`, from `start_key` (inclusive) on, at most `limit` of them.

        Raises: Compacted, FutureRevision.
        """
        ...

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        """Writes `then` if every compare holds, else `otherwise`, as one revision.

        Deleting a missing key is no change.

        Raises: DuplicateKey, LeaseNotFound, NoSpace, Unavailable.
        """
        ...

    def watch(self, prefix: str, *, start: Revision) -> Watch:
        """Changes under `prefix` from revision `start` (inclusive) on.

        Raises: Compacted.
        """
        ...

    def compact(self, before: Revision) -> None:
        """Forgets history older than `before`; the newest state of every key stays.

        Raises: Compacted when that was done already, FutureRevision.
        """
        ...
