"""How the log's records are written in Redis.

A step's record      field `z`: a zstd frame of msgpack, the entries as they are. Objects of one step resemble each
                     other, so a frame of many is a fraction of many frames, in size and in time.
A transaction's      field `h`: `<revision> <cause> <at> <actor>\\n`, then for each change
                     `<create> <version> <lease> <prev> <size, -1 for a deletion> <key>\\n`;
                     field `v`: the values one after the other: `r` and the bytes, or `z` and a zstd frame.
A kept key           `<create> <mod> <version> <lease>`; its value is in the log or in the base.

The Lua scripts write transactions' records and kept keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import zstandard

from simcore.etcd.interface import Entry, KeyValue
from simcore.sim.trace import Origin

COMPRESS_FROM = 160
"""Bytes. Below it a zstd frame saves too little for its time."""
LEVEL = 1


def one_line(text: str) -> str:
    """Raises: ValueError when the text would break the header."""
    if "\n" in text:
        raise ValueError(f"a line break in {text!r}")
    return text


def bare(key: str, kept_key: bytes) -> KeyValue:
    """A kept key without its value."""
    create, mod, version, lease = map(int, kept_key.split(b" "))
    return KeyValue(key, b"", create, mod, version, lease)


class Codec:
    """Packs and unpacks. Holds zstd contexts, so one thread at a time."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(level=LEVEL).compress
        self._decompress = zstandard.ZstdDecompressor().decompress
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list[Entry]).decode

    def step(self, entries: Sequence[Entry]) -> tuple[bytes, bytes, bytes]:
        """The record, the kept keys of what is there in the end and the names of what is gone, both in msgpack."""
        last = {entry.key: entry for entry in entries}
        puts: list[str] = []
        for key, e in last.items():
            if e.value is not None:
                puts += (key, f"{e.create_revision} {e.revision} {e.version} {e.lease}")
        gone = [key for key, e in last.items() if e.value is None]
        return self.pack(entries), self._encode(puts), self._encode(gone)

    def kept(self, kvs: Sequence[KeyValue]) -> bytes:
        """The kept keys of a state, in msgpack."""
        return self._encode(
            [
                part
                for kv in kvs
                for part in (kv.key, f"{kv.create_revision} {kv.mod_revision} {kv.version} {kv.lease}")
            ]
        )

    def values(self, values: Sequence[bytes]) -> bytes:
        joined = b"".join(values)
        return b"z" + self._compress(joined) if len(joined) >= COMPRESS_FROM else b"r" + joined

    def entries(self, record: Mapping[bytes, bytes]) -> list[Entry]:
        """What a record tells, in order."""
        frame = record.get(b"z")
        return self.unpack(frame) if frame is not None else self._transaction(record)

    def pack(self, entries: Sequence[Entry]) -> bytes:
        """Entries as one frame."""
        return self._compress(self._encode(entries))

    def unpack(self, frame: bytes) -> list[Entry]:
        return self._decode(self._decompress(frame))

    def _transaction(self, record: Mapping[bytes, bytes]) -> list[Entry]:
        first, *lines, _ = record[b"h"].decode().split("\n")
        revision, cause, at, actor = first.split(" ", 3)
        origin = Origin(actor, int(cause), int(at))
        packed = record[b"v"]
        values = self._decompress(packed[1:]) if packed[:1] == b"z" else packed[1:]
        entries, begin = [], 0
        for number, line in enumerate(lines):
            create, version, lease, prev, size, key = line.split(" ", 5)
            end = begin + max(int(size), 0)
            value = values[begin:end] if size != "-1" else None
            entries.append(
                Entry(
                    int(revision),
                    number,
                    key,
                    value,
                    int(create),
                    int(version),
                    int(lease),
                    int(prev),
                    origin,
                )
            )
            begin = end
        return entries
