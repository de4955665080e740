"""A stand-in for the live socket that says as much as asked for: a large cluster in steady unrest."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import socket
import struct
import threading
import time
from typing import Any

PART_ROWS = 400
FRAMES_A_SECOND = 20
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_REASONS = (
    "Running",
    "Pending",
    "ContainerCreating",
    "Error",
    "CrashLoopBackOff",
    "Terminating",
    "Completed",
)


class LiveFeed:
    """Serves one page: a snapshot, then frames with `changes` pods a second for `seconds`. Close it by `with`."""

    def __init__(self, *, pods: int, nodes: int, changes: int, seconds: int) -> None:
        draw = random.Random(7)
        self.nodes = [_node(number) for number in range(nodes)]
        self.pods = [_pod(number, nodes) for number in range(pods)]
        each = changes // FRAMES_A_SECOND
        picks = [draw.sample(range(pods), each) for _ in range(seconds * FRAMES_A_SECOND)]
        self._frames = [
            _text({"t": "frame", "from": at, "to": at + 1, "at": 50 * at, "nodes": [], "pods": rows})
            for at, rows in enumerate(([self._changed(n, draw) for n in pick] for pick in picks), start=1)
        ]
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._go, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> LiveFeed:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._go.set()
        self._server.close()

    def begin(self) -> None:
        """The unrest, from now on."""
        self._go.set()

    def _changed(self, number: int, draw: random.Random) -> dict[str, Any]:
        status = draw.randrange(len(_REASONS))
        return _pod(number, len(self.nodes)) | {"s": status, "d": _REASONS[status], "k": draw.randrange(20)}

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            with peer:
                try:
                    self._talk(peer)
                except OSError:
                    continue  # the page went away

    def _talk(self, peer: socket.socket) -> None:
        _handshake(peer)
        clock = {"speed": 1.0, "paused": False, "state": "running"}
        peer.sendall(
            _text(
                {
                    "t": "welcome",
                    "proto": 1,
                    "role": "owner",
                    "viewers": 1,
                    "cluster": {"clock": clock | {"sim_ms": 0}},
                }
            )
        )
        for start in range(0, len(self.pods), PART_ROWS):
            more = {"more": 1} if start + PART_ROWS < len(self.pods) else {}
            nodes = self.nodes if start == 0 else []
            rows = {"nodes": nodes, "pods": self.pods[start : start + PART_ROWS]}
            peer.sendall(_text({"t": "snapshot", "rev": 1, "at": 0, "epoch": 0, **rows, **more}))
        threading.Thread(target=_drain, args=(peer,), daemon=True).start()
        self._go.wait()
        due = time.monotonic()
        for frame in self._frames:
            if self._over.is_set():
                return
            peer.sendall(frame)
            due += 1 / FRAMES_A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        self._over.wait()


def _pod(number: int, nodes: int) -> dict[str, Any]:
    return {
        "u": f"u{number}", "n": f"web-5d8f9c7b6d-{number:05}", "ns": f"team-{number % 12}",
        "o": f"node-{number % nodes}", "w": f"ReplicaSet/web-{number % 40}", "t": 0,
        "s": 0, "d": "Running", "y": "1/1", "k": 0, "ip": f"10.{number >> 8 & 255}.{number & 255}.7",
        "i": f"registry.example/web:{number % 6}", "c": 50 * (number % 30),
    }  # fmt: skip


def _node(number: int) -> dict[str, Any]:
    return {
        "u": f"n{number}", "n": f"node-{number}", "z": f"zone-{'abc'[number % 3]}", "r": 1, "s": 0, "ta": [],
        "c": [8000, 4000], "m": [16 << 30, 6 << 30], "p": 110,
    }  # fmt: skip


def _handshake(peer: socket.socket) -> None:
    request = b""
    while b"\r\n\r\n" not in request:
        request += peer.recv(4096)
    lines = request.decode("latin-1").split("\r\n")
    key = next(line.split(": ", 1)[1] for line in lines if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + _MAGIC).encode()).digest()).decode()
    head = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    peer.sendall("\r\n".join((*head, f"Sec-WebSocket-Accept: {accept}", "", "")).encode())


def _text(message: dict[str, Any]) -> bytes:
    """A whole, unmasked text frame of RFC 6455."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    size = len(payload)
    head = (
        bytes([0x81, size])
        if size < 126
        else struct.pack("!BBH", 0x81, 126, size)
        if size < 65536
        else struct.pack("!BBQ", 0x81, 127, size)
    )
    return head + payload


def _drain(peer: socket.socket) -> None:
    """What the page says is read and thrown away."""
    try:
        while peer.recv(65536):
            pass
    except OSError:
        return
