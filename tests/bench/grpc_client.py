"""Unary gRPC calls over one HTTP/2 connection: as much of both as a benchmark's client needs, and no more."""

from __future__ import annotations

import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
INITIAL_WINDOW_SIZE = 4  # a setting's number
LARGEST_FRAME = 16_384
FIRST_WINDOW = 65_535
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class GrpcConnection:
    """One client: a call at a time, each answered before the next."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))
        self._buffer = b""
        self._next_stream, self._received = 1, 0
        self._first_window = self._window = self._stream_window = FIRST_WINDOW  # bytes that we may still send

    def call(self, path: str, message: bytes) -> bytes:
        """The answer's message. Raises: EOFError when the server refuses, OSError."""
        stream, self._next_stream = self._next_stream, self._next_stream + 2
        self._socket.sendall(frame(HEADERS, END_HEADERS, stream, header_block(path)))
        self._stream_window = self._first_window
        unsent = self._send(stream, b"\0" + struct.pack(">I", len(message)) + message)
        answer = b""
        while True:
            kind, flags, on, payload = self._frame()
            if on == stream and kind == DATA:
                answer += payload
                self._acknowledge(len(payload))
            elif on == stream and kind == HEADERS and flags & END_STREAM:
                if not answer:
                    raise EOFError(f"the server refused {path}")
                return answer[5:]
            else:
                self._housekeeping(kind, flags, on, payload)
                unsent = self._send(stream, unsent)

    def close(self) -> None:
        self._socket.close()

    def _send(self, stream: int, body: bytes) -> bytes:
        """Sends as much as the server's windows allow; returns the rest."""
        while body and (size := min(len(body), LARGEST_FRAME, self._window, self._stream_window)) > 0:
            part, body = body[:size], body[size:]
            self._socket.sendall(frame(DATA, 0 if body else END_STREAM, stream, part))
            self._window -= size
            self._stream_window -= size
        return body

    def _housekeeping(self, kind: int, flags: int, on: int, payload: bytes) -> None:
        if kind in (RST_STREAM, GOAWAY):
            raise EOFError(f"the server ended the call: {payload!r}")
        if kind == WINDOW_UPDATE and on == 0:
            self._window += int.from_bytes(payload, "big")
        elif kind == WINDOW_UPDATE:
            self._stream_window += int.from_bytes(payload, "big")
        elif kind == PING and not flags & ACK:
            self._socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == SETTINGS and not flags & ACK:
            self._settle(payload)
            self._socket.sendall(frame(SETTINGS, ACK, 0, b""))

    def _settle(self, payload: bytes) -> None:
        for number, value in struct.iter_unpack(">HI", payload):
            if number == INITIAL_WINDOW_SIZE:
                self._stream_window += value - self._first_window
                self._first_window = value

    def _acknowledge(self, size: int) -> None:
        """Lets the server send on: the connection's window counts down with each answer."""
        self._received += size
        if self._received >= LARGEST_FRAME:
            self._socket.sendall(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", self._received)))
            self._received = 0

    def _frame(self) -> tuple[int, int, int, bytes]:
        head = self._read(9)
        length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        return kind, flags, int.from_bytes(head[5:9], "big"), self._read(length)

    def _read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            received = self._socket.recv(65_536)
            if not received:
                raise EOFError("the server closed the connection")
            self._buffer += received
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def header_block(path: str) -> bytes:
    """HPACK in its plainest form: every field spelled out, nothing remembered."""
    headers = {
        ":method": "POST",
        ":scheme": "http",
        ":path": path,
        ":authority": "127.0.0.1",
        "content-type": "application/grpc",
        "te": "trailers",
    }
    texts = ((name.encode(), value.encode()) for name, value in headers.items())
    return b"".join(b"\0" + bytes((len(n),)) + n + bytes((len(v),)) + v for n, v in texts)


def protobuf(*members: tuple[int, int | bytes]) -> bytes:
    """A message of integers and byte strings (or messages), by field number."""
    parts = []
    for number, value in members:
        if isinstance(value, int):
            parts.append(varint(number << 3) + varint(value))
        else:
            parts.append(varint(number << 3 | 2) + varint(len(value)) + value)
    return b"".join(parts)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def fields(message: bytes) -> dict[int, int]:
    """The integer fields of a message; what else it holds is skipped."""
    found, at = {}, 0
    while at < len(message):
        tag, at = read_varint(message, at)
        value, at = read_varint(message, at)
        if tag & 7 == 2:
            at += value
        else:
            found[tag >> 3] = value
    return found


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
