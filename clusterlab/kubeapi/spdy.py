"""SPDY/3.1 frames, as far as `kubectl port-forward` speaks them inside its websocket.

Models: the SPDY protocol, draft 3.1, and moby/spdystream, which Kubernetes uses; there is no flow control in it.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY = 1, 2, 3, 6, 7
FIN = 1
MOST_FRAME = 1 << 20
_VERSION = 3
_CONTROL = 0x8000_0000
_WORDS = """
options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow
authorization cache-control connection content-base content-encoding content-language content-length content-location
content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match
if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range
referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get
status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin
"""
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = (
    b"".join(struct.pack(">I", len(word)) + word.replace("_", " ").encode() for word in _WORDS.split())
    + _REST.encode()
)
"""What both sides of header compression begin with, as the draft lists it."""


class Malformed(Exception):
    """The peer does not speak SPDY/3.1."""


class Frame(NamedTuple):
    """`kind` None: data."""

    kind: int | None
    stream: int
    flags: int = 0
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_last(self) -> bool:
        return bool(self.flags & FIN)


class Framer:
    """One connection: bytes to frames, frames to bytes."""

    def __init__(self) -> None:
        self._unread = b""
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)
        self._deflate = zlib.compressobj(zdict=DICTIONARY)

    def take(self, data: bytes) -> list[Frame]:
        """The frames that are whole now. Raises: Malformed."""
        self._unread += data
        frames = []
        while len(self._unread) >= 8:
            first, second = struct.unpack(">II", self._unread[:8])
            flags, length = second >> 24, second & 0xFF_FFFF
            if length > MOST_FRAME:
                raise Malformed(f"a frame of {length} bytes")
            if len(self._unread) < 8 + length:
                break
            body, self._unread = self._unread[8 : 8 + length], self._unread[8 + length :]
            frames.append(self._frame(first, flags, body))
        return frames

    def data(self, stream: int, body: bytes, *, last: bool = False) -> bytes:
        return struct.pack(">II", stream, (FIN if last else 0) << 24 | len(body)) + body

    def control(self, kind: int, body: bytes, flags: int = 0) -> bytes:
        head = _CONTROL | _VERSION << 16 | kind
        return struct.pack(">II", head, flags << 24 | len(body)) + body

    def opening(self, kind: int, stream: int, headers: tuple[tuple[str, str], ...] = ()) -> bytes:
        """SYN_STREAM or SYN_REPLY."""
        pairs = b"".join(_text(name) + _text(value) for name, value in headers)
        block = struct.pack(">I", len(headers)) + pairs
        packed = self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        more = struct.pack(">IH", 0, 0) if kind == SYN_STREAM else b""
        return self.control(kind, struct.pack(">I", stream) + more + packed)

    def _frame(self, first: int, flags: int, body: bytes) -> Frame:
        if not first & _CONTROL:
            return Frame(None, first, flags, body)
        if first >> 16 & 0x7FFF != _VERSION:
            raise Malformed(f"version {first >> 16 & 0x7FFF}")
        kind = first & 0xFFFF
        if kind not in (SYN_STREAM, SYN_REPLY, RST_STREAM):
            return Frame(kind, 0, flags, body)
        if len(body) < 4:
            raise Malformed("a frame without its stream")
        stream = struct.unpack(">I", body[:4])[0] & 0x7FFF_FFFF
        at = {SYN_STREAM: 10, SYN_REPLY: 4}.get(kind)
        return Frame(kind, stream, flags, body[4:], () if at is None else self._headers(body[at:]))

    def _headers(self, packed: bytes) -> tuple[tuple[str, str], ...]:
        try:
            block = self._inflate.decompress(packed, MOST_FRAME)
            (count,) = struct.unpack(">I", block[:4])
            at, found = 4, []
            for _ in range(min(count, 100)):
                name, at = _read(block, at)
                value, at = _read(block, at)
                found.append((name, value))
        except (zlib.error, struct.error) as error:
            raise Malformed(f"headers: {error}") from None
        return tuple(found)


def _text(text: str) -> bytes:
    return struct.pack(">I", len(text)) + text.encode("latin-1")


def _read(block: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack(">I", block[at : at + 4])
    return block[at + 4 : at + 4 + length].decode("latin-1"), at + 4 + length
