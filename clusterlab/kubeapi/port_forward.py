"""`kubectl port-forward`: a local port's connections reach a simulated container, over SPDY in a websocket.

Each connection is a pair of streams, one for what goes wrong and one for the bytes. Servers in containers understand
HTTP; to any other that listens the connection opens, and nothing comes back.

Models: kubernetes v1.36 staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import Executor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from clusterlab.kubeapi.authentication import Authenticator
from clusterlab.kubeapi.pod_connection import Gone, Opened, Place, Receive, Send, opened
from clusterlab.kubeapi.spdy import GOAWAY, PING, RST_STREAM, SYN_REPLY, SYN_STREAM, Frame, Framer, Malformed
from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.meta import uid_of
from simcore.kubelet import serving
from simcore.kubelet.runtime.replies import Reply

PROTOCOL = "SPDY/3.1+portforward.k8s.io"
MOST_STREAMS, MOST_REQUEST = 200, 1 << 20
LONGEST_S = 3600
LOCALHOST = "127.0.0.1"
_REQUEST = re.compile(rb"([A-Z]{1,20}) (\S{1,4096}) HTTP/1\.([01])((?:\r\n[^\r\n]+)*)\r\n\r\n")
_LENGTH = re.compile(rb"(?:^|\r\n)content-length:\s*(\d{1,9})", re.IGNORECASE)
_CLOSES = re.compile(rb"(?:^|\r\n)connection:\s*close", re.IGNORECASE)


@dataclass
class Connection:
    """What has come of one of the local port's connections."""

    port: int
    data: int = 0
    error: int = 0
    """The streams' numbers."""
    unread: bytes = b""
    is_refused: bool = False


@dataclass
class Request:
    method: str
    path: str
    closes: bool


@dataclass
class PortForward:
    """One websocket."""

    pod: Opened
    framer: Framer = field(default_factory=Framer)
    connections: dict[str, Connection] = field(default_factory=dict)
    """By the request's number; goes when its data stream ends."""
    streams: dict[int, Connection] = field(default_factory=dict)

    def take(self, frame: Frame) -> bytes:
        """What goes back."""
        match frame.kind:
            case None:
                return self._data(frame)
            case kind if kind == SYN_STREAM:
                return self._open(frame)
            case kind if kind == PING:
                return self.framer.control(PING, frame.body)
            case kind if kind == RST_STREAM:
                self._forget(self.streams.get(frame.stream))
            case kind if kind == GOAWAY:
                raise Gone
        return b""

    def _open(self, frame: Frame) -> bytes:
        headers = {name.lower(): value for name, value in frame.headers}
        port, number = headers.get("port", ""), headers.get("requestid", "")
        if not port.isdigit() or not 0 < int(port) < 65536 or len(self.streams) >= MOST_STREAMS:
            return self.framer.control(RST_STREAM, frame.stream.to_bytes(4) + (3).to_bytes(4))
        connection = self.connections.setdefault(number, Connection(int(port)))
        self.streams[frame.stream] = connection
        back = self.framer.opening(SYN_REPLY, frame.stream)
        if headers.get("streamtype") == "error":
            connection.error = frame.stream
        else:
            connection.data = frame.stream
        if connection.error and connection.data:
            back += self._connect(connection)
        return back

    def _connect(self, connection: Connection) -> bytes:
        """Says on the error stream when nobody listens; closes both streams then."""
        if self._there(connection.port):
            return b""
        pod, port = self.pod.pod, connection.port
        where = f'failed to execute portforward in network namespace "/var/run/netns/cni-{uid_of(pod)}"'
        why = (
            f"error forwarding port {port} to pod {pod['metadata']['name']}, uid {uid_of(pod)}: {where}: "
            f"failed to connect to localhost:{port} inside namespace: dial tcp4 127.0.0.1:{port}: "
            "connect: connection refused"
        )
        connection.is_refused = True
        told = self.framer.data(connection.error, why.encode(), last=True)
        return told + self.framer.data(connection.data, b"", last=True)

    def _data(self, frame: Frame) -> bytes:
        connection = self.streams.get(frame.stream)
        if connection is None or frame.stream != connection.data or connection.is_refused:
            return b""
        connection.unread = (connection.unread + frame.body)[-MOST_REQUEST:]
        back, over = b"", frame.is_last
        while (request := _taken(connection)) is not None:
            reply = self._reply(connection.port, request)
            over = over or request.closes or reply is None
            back += b"" if reply is None else self.framer.data(frame.stream, answer(reply, request))
        if over:
            back += self.framer.data(connection.data, b"", last=True)
            back += self.framer.data(connection.error, b"", last=True)
            self._forget(connection)
        return back

    def _forget(self, connection: Connection | None) -> None:
        if connection is not None:
            self.connections = {n: c for n, c in self.connections.items() if c is not connection}
            self.streams = {n: c for n, c in self.streams.items() if c is not connection}

    def _there(self, port: int) -> bool:
        clock, pod = self.pod.resident.clock, self.pod.pod
        record = self.pod.view.record(pod)
        epoch_ms = clock.unix_ms() - clock.now()
        return record is not None and serving.connect(pod, record, port, epoch_ms) is not None

    def _reply(self, port: int, request: Request) -> Reply | None:
        """None: the server closes the connection without a word."""
        clock, pod = self.pod.resident.clock, self.pod.pod
        record = self.pod.view.record(pod)
        if record is None:
            return None
        epoch_ms = clock.unix_ms() - clock.now()
        reply = serving.get(pod, record, port, request.path, LOCALHOST, clock.now(), epoch_ms)
        return reply if reply.is_answer else None


def _taken(connection: Connection) -> Request | None:
    """The next whole request, taken from what is unread."""
    found = _REQUEST.match(connection.unread)
    if found is None:
        return None
    length = _LENGTH.search(found[4])
    end = found.end() + (int(length[1]) if length else 0)
    if len(connection.unread) < end:
        return None
    connection.unread = connection.unread[end:]
    closes = found[3] == b"0" or _CLOSES.search(found[4]) is not None
    return Request(found[1].decode(), found[2].decode("latin-1"), closes)


def answer(reply: Reply, request: Request) -> bytes:
    """As a server writes it."""
    body = "".join(f"{line}\n" for line in reply.lines).encode()
    kind = "text/html" if body.startswith(b"<") else "text/plain; charset=utf-8"
    try:
        phrase = HTTPStatus(reply.code).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {reply.code} {phrase}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += ["Connection: close"] if request.closes else []
    head = "\r\n".join([*lines, "", ""]).encode()
    return head if request.method == "HEAD" else head + body


class PortForwardApi:
    """An ASGI application for websockets."""

    def __init__(self, pool: Executor) -> None:
        self._pool, self._authenticator = pool, Authenticator()

    async def serve(self, scope: dict[str, Any], place: Place, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if PROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.close"})
            return
        try:
            pod = await opened(scope, place, self._authenticator, self._pool)
        except ApiError:
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        forward, loop = PortForward(pod), asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LONGEST_S):
                while True:
                    back = await loop.run_in_executor(self._pool, _step, forward, await _received(receive))
                    if back:
                        await send({"type": "websocket.send", "bytes": back})
        except (Gone, Malformed, TimeoutError):
            await send({"type": "websocket.close", "code": 1000})


def _step(forward: PortForward, data: bytes) -> bytes:
    """Raises: Gone, Malformed."""
    resident = forward.pod.resident
    resident.sync()
    resident.used()
    with resident.guard:
        return b"".join(forward.take(frame) for frame in forward.framer.take(data))


async def _received(receive: Receive) -> bytes:
    """Raises: Gone."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        raise Gone
    return message.get("bytes") or b""
