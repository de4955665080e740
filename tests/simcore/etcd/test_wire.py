"""What is packed comes back, wherever in the log it came to be."""

from __future__ import annotations

from zlib import crc32

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from simcore.etcd.interface import Entry
from simcore.etcd.wire import COMPRESS_FROM, Codec, touched
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 3, 500)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
counts = st.integers(0, 2**53)
origins = st.builds(Origin, texts, counts, counts)
entries = st.builds(
    Entry, counts, counts, texts, st.none() | st.binary(max_size=600), counts, counts, counts, counts, origins
)


def entry(revision: int = 5, op: int = 0, value: bytes | None = b"1", created: int = 2) -> Entry:
    return Entry(revision, op, f"/a/{op}", value, created, 3, 7, 4, ORIGIN)


@given(st.lists(entries, max_size=5))
def test_entries_come_back_as_they_were(written: list[Entry]):
    codec = Codec()
    assert codec.unpack(codec.pack(written)) == written


@pytest.mark.parametrize("more", [-1, 0, 1, 10_000])
def test_only_what_is_long_enough_is_compressed(more: int):
    empty = len(msgspec.msgpack.encode([entry(value=b"x" * 300)])) - 300
    written = [entry(value=b"x" * (COMPRESS_FROM - empty + more))]
    frame = Codec().pack(written)
    assert frame.startswith(zstandard.FRAME_HEADER) is (more >= 0)
    assert Codec().unpack(frame) == written


def test_like_objects_take_little_room():
    values = [
        b'{"kind":"Pod","metadata":{"name":"web-%d","uid":"%032x"}}' % (n, n * 2654435761) for n in range(100)
    ]
    together = len(Codec().pack([entry(op=n, value=value) for n, value in enumerate(values)]))
    alone = sum(len(Codec().pack([entry(value=value)])) for value in values)
    assert together * 3 < alone


def record(*written: Entry, at: int | None = None) -> dict[bytes, bytes]:
    found = {b"z": Codec().pack(written), b"k": touched(e.key for e in written)}
    return found if at is None else found | {b"a": b"%d" % at}


def test_a_record_at_its_own_place_is_read_as_it_is():
    written = [entry(4), entry(5)]
    assert Codec().entries(b"5-0", record(*written)) == written


def test_a_record_that_moved_takes_its_new_keys_along():
    moved = Codec().entries(b"9-0", record(entry(5, 0), entry(5, 1, created=5), entry(5, 2, value=None)))
    assert [(e.revision, e.op, e.create_revision) for e in moved] == [(9, 0, 2), (9, 1, 9), (9, 2, 2)]
    assert [e.prev_revision for e in moved] == [4, 4, 4], "what was before has not moved"
    assert {e.origin for e in moved} == {ORIGIN}


@pytest.mark.parametrize("place", [b"5-0", b"9-0"], ids=["at its place", "moved"])
def test_the_time_of_a_late_writer_is_mended(place: bytes):
    found = Codec().entries(place, record(entry(5, 0), entry(5, 1), at=777))
    assert [e.origin for e in found] == [Origin("user:ada", 3, 777)] * 2
    assert [e.value for e in found] == [b"1", b"1"]


@pytest.mark.parametrize("keys", [[], ["/a"], ["/b", "/a"], ["/a", "/a"], ["/日本", "\n"]], ids=len)
def test_each_key_is_four_bytes_in_order(keys: list[str]):
    found = touched(keys)
    assert [found[i : i + 4] for i in range(0, len(found), 4)] == [
        crc32(key.encode()).to_bytes(4, "little") for key in keys
    ]


@pytest.mark.parametrize("damaged", [b"", b"\xc1", b"\x91\x01", zstandard.FRAME_HEADER + b"no frame"])
def test_a_damaged_frame_is_no_entries(damaged: bytes):
    with pytest.raises((msgspec.DecodeError, zstandard.ZstdError)):
        Codec().unpack(damaged)
