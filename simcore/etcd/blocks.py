"""Values that are seldom read, packed together.

Objects of one kind resemble each other: sixty pods in one zstd frame are a tenth of what they are one by one. A block
is such a frame of rows and knows its keys; whoever reads one of its values unpacks the whole block, and a shelf keeps
the blocks that were unpacked last, so that reading in the order of the keys unpacks each block once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import zstandard

from simcore.etcd.interface import KeyValue, Revision

BLOCK_BYTES = 64 << 10
"""A block ends with the value that fills it."""
LEVEL = 3
MOST_UNPACKED = 128
"""Blocks of one store that stay unpacked."""


class Row(NamedTuple):
    """A key's state as it is written down."""

    key: str
    value: bytes
    create_revision: Revision
    mod_revision: Revision
    version: int
    lease: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Row]).decode


class Shelf:
    """The blocks that are unpacked now; the one unpacked first goes first."""

    def __init__(self) -> None:
        self._unpacked: deque[Block] = deque()

    def keep(self, block: Block) -> None:
        self._unpacked.append(block)
        if len(self._unpacked) > MOST_UNPACKED:
            self._unpacked.popleft().close()


class Block:
    """Rows in one frame. For any thread: unpacking twice does no harm."""

    __slots__ = ("_keys", "_shelf", "_sizes", "_values", "frame")

    def __init__(self, frame: bytes, rows: list[Row], shelf: Shelf) -> None:
        """`rows` are what the frame holds, in order of the keys."""
        self.frame, self._shelf = frame, shelf
        self._keys = [row.key for row in rows]
        self._sizes = array("I", (len(row.value) for row in rows))
        self._values: dict[str, bytes] | None = None  # while it is on the shelf

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        """Its keys, in order."""
        return iter(self._keys)

    def read(self, key: str) -> bytes:
        values = self._values
        if values is None:
            values = self._values = {row.key: row.value for row in unpacked(self.frame)}
            self._shelf.keep(self)
        return values[key]

    def size(self, key: str) -> int:
        """Bytes of a value, without unpacking."""
        return self._sizes[bisect_left(self._keys, key)]

    def close(self) -> None:
        self._values = None

    def states(self, rows: Iterable[Row]) -> list[KeyValue]:
        """The rows as what a store holds: each with the block in place of its value."""
        made = []
        for key, _, created, modified, version, lease in rows:
            made.append(
                KeyValue(key, self, modified if created == modified else created, modified, version, lease)
            )
        return made


def pack(kvs: Iterable[KeyValue], shelf: Shelf) -> Iterator[KeyValue]:
    """The same states with their values in blocks; given in order of the keys, and so returned."""
    compress, rows, size = zstandard.ZstdCompressor(level=LEVEL).compress, list[Row](), 0

    def block() -> list[KeyValue]:
        return Block(compress(_encode(rows)), rows, shelf).states(rows)

    for kv in kvs:
        value = kv.value
        rows.append(Row(kv.key, value, kv.create_revision, kv.mod_revision, kv.version, kv.lease))
        size += len(value)
        if size >= BLOCK_BYTES:
            yield from block()
            rows, size = [], 0
    if rows:
        yield from block()


def unpacked(frame: bytes) -> list[Row]:
    """Raises: msgspec.DecodeError, zstandard.ZstdError."""
    return _decode(zstandard.ZstdDecompressor().decompress(frame))
