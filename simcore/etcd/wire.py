"""How keys and log entries are written in Redis: a readable header, then the value.

A kept key   `<create> <mod> <version> <lease>\\n<value>`
A log entry  `<create> <version> <lease> <prev> <cause> <at> <P or D> <actor>\\n<key>\\n<value>`
A value      `r` and the bytes as they are, or `z` and a zstd frame where that pays.

The Lua scripts read and write the same headers.
"""

from __future__ import annotations

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


class Codec:
    """Packs and unpacks. Holds zstd contexts, so one thread at a time."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(level=LEVEL).compress
        self._decompress = zstandard.ZstdDecompressor().decompress

    def value(self, data: bytes) -> bytes:
        return b"z" + self._compress(data) if len(data) >= COMPRESS_FROM else b"r" + data

    def data(self, value: bytes) -> bytes:
        return self._decompress(value[1:]) if value[:1] == b"z" else value[1:]

    def records(self, entry: Entry) -> tuple[bytes, bytes]:
        """An entry as its log record and as its kept key; the second is empty for a deletion."""
        head = (
            f"{entry.create_revision} {entry.version} {entry.lease} {entry.prev_revision} {entry.origin.cause}"
            f" {entry.origin.at} {'D' if entry.value is None else 'P'} {one_line(entry.origin.actor)}\n"
            f"{one_line(entry.key)}\n"
        ).encode()
        if entry.value is None:
            return head, b""
        packed = self.value(entry.value)
        kept = f"{entry.create_revision} {entry.revision} {entry.version} {entry.lease}\n"
        return head + packed, kept.encode() + packed

    def entry(self, entry_id: bytes, record: bytes) -> Entry:
        """The inverse of records(): a stream entry's id (`<revision>-<op>`) and its record."""
        head, key, packed = record.split(b"\n", 2)
        create, version, lease, prev, cause, at, change, actor = head.decode().split(" ", 7)
        revision, op = entry_id.split(b"-")
        value = None if change == "D" else self.data(packed)
        origin = Origin(actor, int(cause), int(at))
        return Entry(
            int(revision),
            int(op),
            key.decode(),
            value,
            int(create),
            int(version),
            int(lease),
            int(prev),
            origin,
        )

    def key_value(self, key: bytes, kept: bytes) -> KeyValue:
        head, packed = kept.split(b"\n", 1)
        create, mod, version, lease = map(int, head.split(b" "))
        return KeyValue(key.decode(), self.data(packed), create, mod, version, lease)
