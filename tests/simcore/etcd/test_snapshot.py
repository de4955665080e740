"""A store as bytes and back."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest
import zstandard

from simcore.etcd import snapshot, wire
from simcore.etcd.interface import Compacted, Delete, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.snapshot import BadSnapshot
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 0, 1_000)
A, B = "/registry/pods/default/a", "/registry/pods/default/b"


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    for op in (Put(A, b"1"), Put(B, b"1"), Put(A, b"2"), Delete(B)):
        store.txn([], [op], origin=ORIGIN)
    return store


def test_a_restored_store_holds_the_same_keys_at_the_same_revisions(store: MemoryStore):
    copy = snapshot.restore(snapshot.load(snapshot.dump(snapshot.take(store))))
    assert copy.range("/") == store.range("/")
    assert copy.revision == 4


def test_a_snapshot_of_the_past_is_the_past(store: MemoryStore):
    copy = snapshot.restore(snapshot.take(store, at=2))
    assert copy.range("/") == store.range("/", at=2)
    copy.txn([], [Put(A, b"another future")], origin=ORIGIN)
    assert (copy.revision, store.get(A).value) == (3, b"2")


def test_the_log_comes_along_when_asked_for(store: MemoryStore):
    whole = snapshot.with_log(snapshot.take(store, at=2), store.entries_since(2))
    copy = snapshot.restore(snapshot.load(snapshot.dump(whole)))
    assert copy.range("/") == store.range("/")
    assert copy.range("/", at=2) == store.range("/", at=2)
    assert copy.watch("/", start=3).poll() == store.watch("/", start=3).poll()
    with pytest.raises(Compacted):
        copy.range("/", at=1)


def test_a_log_that_does_not_follow_is_our_bug(store: MemoryStore):
    with pytest.raises(AssertionError):
        snapshot.with_log(snapshot.take(store, at=1), store.entries_since(2))


def _signed(frame: bytes) -> bytes:
    return f"{snapshot.FORMAT} {sha256(frame).hexdigest()}\n".encode() + frame


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a snapshot"),
        (b"PK\x03\x04 a zip", "not a snapshot"),
        (b"clusterlab-snapshot 9 abc\nxyz", "not a snapshot"),
        (b"clusterlab-snapshot 1 abc\nxyz", "not a snapshot"),
        (b"clusterlab-snapshot 2 abc\nxyz", "damaged"),
        (_signed(msgspec.msgpack.encode([1, "no list", [], []])), "cannot be read"),
        (_signed(b"\xc1"), "cannot be read"),
        (_signed(msgspec.msgpack.encode([1, [b"no frame"], [], []])), "cannot be read"),
        (_signed(msgspec.msgpack.encode([1, [zstandard.compress(b"\x91\x01")], [], []])), "cannot be read"),
    ],
    ids=["empty", "zip", "format", "old format", "checksum", "shape", "msgpack", "no block", "no row"],
)
def test_what_is_no_snapshot_is_refused(data: bytes, message: str):
    with pytest.raises(BadSnapshot, match=message):
        snapshot.load(data)


@pytest.mark.parametrize("bound", ["MOST_BYTES", "MOST_FRAME_BYTES"])
def test_a_bomb_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch, store: MemoryStore, bound: str
):
    monkeypatch.setattr(snapshot, bound, 10)
    with pytest.raises(BadSnapshot, match=r"larger than \d+ bytes"):
        snapshot.load(snapshot.dump(snapshot.take(store)))


def test_what_a_store_has_packed_goes_out_as_it_is_and_the_rest_is_packed_with_it():
    store = MemoryStore()
    for number in range(300):
        store.txn([], [Put(f"/registry/pods/default/{number:03}", b"x" * 1000)], origin=ORIGIN)
    store.txn([], [Put(B, b"last")], origin=ORIGIN)
    store.compact(301)
    blocks = [*{kv.held: None for kv in store.range("/").kvs if kv.key != B}]
    store.txn([], [Put("/registry/pods/default/100", b"changed"), Put(A, b"new")], origin=ORIGIN)
    data = snapshot.dump(snapshot.take(store))
    copy = snapshot.load(data)
    assert [block.frame in data for block in blocks] == [True, False, True, True, True]
    assert copy.kvs == store.range("/").kvs
    assert [kv.key for kv in copy.kvs] == sorted(kv.key for kv in copy.kvs)


def test_a_long_log_is_written_in_frames_and_read_as_one(monkeypatch: pytest.MonkeyPatch, store: MemoryStore):
    monkeypatch.setattr(wire, "FRAME_BYTES", 1)
    store.txn([], [Put(A, b"3"), Put(B, b"3")], origin=ORIGIN)
    whole = snapshot.with_log(snapshot.take(store, at=2), store.entries_since(2))
    assert [[e.revision for e in part] for part in wire.in_frames(whole.log)] == [[3], [4], [5, 5]]
    assert snapshot.load(snapshot.dump(whole)).log == whole.log
