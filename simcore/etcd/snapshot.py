"""A store as bytes: its state at one revision and, if wanted, the log that follows.

The file is a line that names the format and the checksum, then msgpack: the state in blocks, the log in frames. It is
written and read a block at a time, so a state of a gigabyte takes no second gigabyte; what is packed in a store goes
out as it is, and stays packed when it is loaded.
`clusterlab-snapshot 2 <sha256 of the rest>\\n<rest>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec
import zstandard

from simcore.etcd.blocks import Block, Shelf, pack, unpacked
from simcore.etcd.interface import Entry, KeyValue, Revision, Store, StoreError
from simcore.etcd.journal import Mark
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.wire import Codec, in_frames

FORMAT = "clusterlab-snapshot 2"
MOST_BYTES = 2 << 30
"""Unpacked. A file that claims more is refused before it is unpacked."""
MOST_FRAME_BYTES = 64 << 20


class BadSnapshot(StoreError):
    """The bytes are no snapshot, are damaged, or are of another format."""


class Snapshot(NamedTuple):
    revision: Revision
    kvs: list[KeyValue]
    """The state at the revision, in order of the keys."""
    log: list[Entry]
    """What was written after it, in order."""
    journal: list[Mark] = []  # noqa: RUF012  (nobody appends to it)
    """How owners came to write it; without it the log can be read but not replayed."""


class _File(msgspec.Struct, array_like=True, frozen=True):
    revision: Revision
    blocks: list[bytes]
    log: list[bytes]
    journal: list[Mark]


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
    codec = Codec()
    log = [codec.pack(entries) for entries in in_frames(snapshot.log)]
    made = _File(snapshot.revision, list(_frames(snapshot.kvs)), log, snapshot.journal)
    rest = msgspec.msgpack.encode(made)
    return f"{FORMAT} {sha256(rest).hexdigest()}\n".encode() + rest


def load(data: bytes) -> Snapshot:
    """Raises: BadSnapshot."""
    head, _, rest = data.partition(b"\n")
    if head.rpartition(b" ")[0] != FORMAT.encode():
        raise BadSnapshot(f"not a snapshot of the format {FORMAT!r}")
    if head.rpartition(b" ")[2] != sha256(rest).hexdigest().encode():
        raise BadSnapshot("the snapshot is damaged: its checksum differs")
    codec, shelf = Codec(), Shelf()
    try:
        file = msgspec.msgpack.decode(rest, type=_File)
        _check_sizes([*file.blocks, *file.log])
        kvs = [kv for frame in file.blocks for kv in _states(frame, shelf)]
        log = [entry for frame in file.log for entry in codec.unpack(frame)]
    except (msgspec.DecodeError, zstandard.ZstdError) as error:
        raise BadSnapshot(f"the snapshot cannot be read: {error}") from error
    return Snapshot(file.revision, sorted(kvs, key=lambda kv: kv.key), log, file.journal)


def _frames(kvs: Iterable[KeyValue]) -> Iterator[bytes]:
    """Blocks that are whole go out as they are."""
    kvs = list(kvs)
    used = Counter(kv.held for kv in kvs if isinstance(kv.held, Block))
    whole = {block for block, count in used.items() if count == len(block)}
    yield from (block.frame for block in used if block in whole)
    others = (kv for kv in kvs if not (isinstance(kv.held, Block) and kv.held in whole))
    last: Block | None = None
    for kv in pack(others, Shelf()):
        if kv.held is not last and isinstance(kv.held, Block):
            last = kv.held
            yield last.frame


def _states(frame: bytes, shelf: Shelf) -> list[KeyValue]:
    rows = unpacked(frame)
    return Block(frame, rows, shelf).states(rows)


def _check_sizes(frames: Iterable[bytes]) -> None:
    """Raises: BadSnapshot, zstandard.ZstdError."""
    sizes = [
        zstandard.frame_content_size(f) if f.startswith(zstandard.FRAME_HEADER) else len(f) for f in frames
    ]
    if sum(sizes) > MOST_BYTES or max(sizes, default=0) > MOST_FRAME_BYTES:
        raise BadSnapshot(f"the snapshot is larger than {MOST_BYTES} bytes")
