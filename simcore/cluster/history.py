"""The hash of a run: two runs with the same seed and inputs have the same."""

from __future__ import annotations

from hashlib import sha256

from simcore.etcd.interface import Entry, Store


def history_hash(store: Store) -> str:
    """Over every change since the beginning: what, by whom, why, when. Raises: Compacted."""
    digest = sha256()
    for entry in store.watch("/", start=1).poll():
        digest.update(line(entry))
    return digest.hexdigest()


def line(entry: Entry) -> bytes:
    """One change as bytes; different changes give different bytes."""
    origin = entry.origin
    size = len(entry.value or b"")
    head = f"{entry.revision}-{entry.op} {entry.key} {origin.actor} {origin.cause} {origin.at} {size}"
    return f"{head} {'D' if entry.value is None else 'P'}\n".encode() + (entry.value or b"")
