"""Marks come back as they were, and what is no mark is refused."""

from __future__ import annotations

import msgspec
import pytest

from simcore.etcd.journal import Mark, packed, unpacked


@pytest.mark.parametrize(
    "mark",
    [Mark("start", 0, 0, 0), Mark("take", 7, 3, 90_000), Mark("end", 2**53, 2**40, 2**53)],
    ids=lambda m: m.what,
)
def test_a_mark_comes_back(mark: Mark):
    assert unpacked(packed(mark)) == mark


@pytest.mark.parametrize(
    "data", [b"", b"\xc1", msgspec.msgpack.encode(["begin", 1, 1, 1]), msgspec.msgpack.encode(["end", 1, 1])],
    ids=["empty", "no msgpack", "another word", "too short"],
)  # fmt: skip
def test_what_is_no_mark_is_refused(data: bytes):
    with pytest.raises(msgspec.DecodeError):
        unpacked(data)
