"""How the log's records are written in Redis.

A record is what one step or one transaction has written. Its id in the stream is `<its last revision>-0`. Fields:

    z  a frame of msgpack, the entries as they are; with zstd when that saves something. Objects of one step resemble
       each other, so a frame of many is a fraction of many frames, in size and in time
    k  four bytes for each key that it touches, by which a script tells what has changed since a revision
    a  of a transaction: the simulated time, when the log was ahead of its writer

A transaction is packed before its revision is known. Where others wrote other keys meanwhile, the id says by how much
its revisions have to be moved.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

import msgspec
import zstandard
from msgspec.structs import replace

from simcore.etcd.interface import Entry, Revision

COMPRESS_FROM = 400
"""Bytes. Below it a zstd frame saves too little for its time."""
LEVEL = 1


FRAME_BYTES = 4 << 20
"""Of values. Longer histories take several frames, so that no process has all of one unpacked twice."""


class Codec:
    """Packs and unpacks. Holds zstd contexts, so one thread at a time."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(level=LEVEL).compress
        self._decompress = zstandard.ZstdDecompressor().decompress
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list[Entry]).decode

    def pack(self, entries: Sequence[Entry]) -> bytes:
        """Entries as one frame."""
        raw = self._encode(entries)
        return self._compress(raw) if len(raw) >= COMPRESS_FROM else raw

    def unpack(self, frame: bytes) -> list[Entry]:
        is_packed = frame.startswith(zstandard.FRAME_HEADER)
        return self._decode(self._decompress(frame) if is_packed else frame)

    def entries(self, place: bytes, record: Mapping[bytes, bytes]) -> list[Entry]:
        """What the record with this id tells, in order."""
        found = self.unpack(record[b"z"])
        revision, at = int(place.partition(b"-")[0]), record.get(b"a")
        if found[-1].revision != revision:
            found = [_moved(entry, revision) for entry in found]
        if at is not None:
            found = [replace(entry, origin=replace(entry.origin, at=int(at))) for entry in found]
        return found


def in_frames(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """A history in parts, cut between revisions, that are packed one by one."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        if size >= FRAME_BYTES and entry.revision != part[-1].revision:
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry.key) + len(entry.value or b"")
    if part:
        yield part


def _moved(entry: Entry, revision: Revision) -> Entry:
    """A transaction's entry at the revision that it got."""
    is_new = entry.create_revision == entry.revision
    return replace(entry, revision=revision, create_revision=revision if is_new else entry.create_revision)


def touched(keys: Iterable[str]) -> bytes:
    """Four bytes a key. Two keys may share theirs, which costs a writer one more try and nothing else."""
    return array("I", map(crc32, map(str.encode, keys))).tobytes()
