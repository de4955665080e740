"""A store as bytes: its state at one revision and, if wanted, the log that follows.

The file is a line that names the format and the checksum, then a zstd frame of msgpack:
`clusterlab-snapshot 1 <sha256 of the frame>\\n<frame>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec
import zstandard

from simcore.etcd.interface import Entry, KeyValue, Revision, Store, StoreError
from simcore.etcd.journal import Mark
from simcore.etcd.memory_store import MemoryStore

FORMAT = "clusterlab-snapshot 1"
MOST_BYTES = 1 << 30
"""Unpacked. A file that claims more is refused before it is unpacked."""


class BadSnapshot(StoreError):
    """The bytes are no snapshot, are damaged, or are of another format."""


class Snapshot(msgspec.Struct, array_like=True, frozen=True):
    revision: Revision
    kvs: list[KeyValue]
    """The state at the revision, in order of the keys."""
    log: list[Entry]
    """What was written after it, in order."""
    journal: list[Mark] = []
    """How owners came to write it; without it the log can be read but not replayed."""


def take(store: Store, *, at: Revision | None = None) -> Snapshot:
    """The state now or at a kept revision, without a log. Raises: Compacted, FutureRevision."""
    found = store.range("/", at=at)
    return Snapshot(found.revision, found.kvs, [])


def with_log(base: Snapshot, entries: Sequence[Entry]) -> Snapshot:
    """The base and what followed it, which must begin right after it."""
    assert not entries or entries[0].revision == base.revision + 1, (base.revision, entries[0].revision)
    return Snapshot(base.revision, base.kvs, list(entries))


def restore(snapshot: Snapshot) -> MemoryStore:
    """A store of its own that holds the state and knows the history from the snapshot's revision on."""
    store = MemoryStore()
    store.load(snapshot.kvs, snapshot.revision)
    store.apply(snapshot.log)
    return store


def dump(snapshot: Snapshot) -> bytes:
    frame = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(snapshot))
    return f"{FORMAT} {sha256(frame).hexdigest()}\n".encode() + frame


def load(data: bytes) -> Snapshot:
    """Raises: BadSnapshot."""
    head, _, frame = data.partition(b"\n")
    if head.rpartition(b" ")[0] != FORMAT.encode():
        raise BadSnapshot(f"not a snapshot of the format {FORMAT!r}")
    if head.rpartition(b" ")[2] != sha256(frame).hexdigest().encode():
        raise BadSnapshot("the snapshot is damaged: its checksum differs")
    if zstandard.frame_content_size(frame) > MOST_BYTES:
        raise BadSnapshot(f"the snapshot is larger than {MOST_BYTES} bytes")
    try:
        return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(frame), type=Snapshot)
    except (msgspec.DecodeError, zstandard.ZstdError) as error:
        raise BadSnapshot(f"the snapshot cannot be read: {error}") from error
