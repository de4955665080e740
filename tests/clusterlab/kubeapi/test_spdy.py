"""SPDY frames survive their way through two framers, and what is none is refused."""

from __future__ import annotations

import struct
import zlib

import pytest

from clusterlab.kubeapi.spdy import (
    DICTIONARY,
    FIN,
    MOST_FRAME,
    PING,
    RST_STREAM,
    SYN_REPLY,
    SYN_STREAM,
    Framer,
    Malformed,
)

HEADERS = (("streamtype", "data"), ("port", "80"), ("requestid", "0"))


def test_the_dictionary_is_the_drafts() -> None:
    assert (len(DICTIONARY), zlib.adler32(DICTIONARY)) == (1423, 0xE3C6A7C2)


def test_headers_are_packed_with_what_was_packed_before() -> None:
    here, there = Framer(), Framer()
    sizes = []
    for stream in (1, 3, 5):
        sent = here.opening(SYN_STREAM, stream, HEADERS)
        (frame,) = there.take(sent)
        assert (frame.kind, frame.stream, frame.headers) == (SYN_STREAM, stream, HEADERS)
        sizes.append(len(sent))
    assert sizes[2] < sizes[0]
    (reply,) = here.take(there.opening(SYN_REPLY, 5, (("a", "b"),)))
    assert (reply.kind, reply.stream, reply.headers) == (SYN_REPLY, 5, (("a", "b"),))


def test_frames_may_come_in_any_pieces() -> None:
    framer = Framer()
    sent = framer.data(1, b"hello") + framer.data(1, b"", last=True) + framer.control(PING, b"\0\0\0\7")
    found = [frame for at in range(len(sent)) for frame in framer.take(sent[at : at + 1])]
    assert [(f.kind, f.stream, f.body, f.is_last) for f in found] == [
        (None, 1, b"hello", False),
        (None, 1, b"", True),
        (PING, 0, b"\0\0\0\7", False),
    ]


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", 1, MOST_FRAME + 1),
        struct.pack(">II", 0x8000_0000 | 2 << 16 | SYN_STREAM, 0),
        struct.pack(">II", 0x8000_0000 | 3 << 16 | RST_STREAM, 2) + b"xx",
        struct.pack(">II", 0x8000_0000 | 3 << 16 | SYN_STREAM, FIN << 24 | 14) + b"\0\0\0\1" + b"x" * 10,
    ],
    ids=["too long", "other version", "no stream", "no headers"],
)
def test_what_is_no_spdy_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        Framer().take(data)
