"""Kubernetes clients that cost little: HTTP/1.1 over TLS on one event loop, answers cut at their length."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

_TYPES = {"PATCH": "application/merge-patch+json"}


class Target:
    """Where a kubeconfig points to, and with which token."""

    def __init__(self, kubeconfig: Path) -> None:
        document = yaml.safe_load(kubeconfig.read_text())
        url = urlsplit(document["clusters"][0]["cluster"]["server"])
        assert url.hostname is not None
        self.kubeconfig = kubeconfig
        self.host, self.port, self.base = url.hostname, url.port, url.path
        self.token = document["users"][0]["user"]["token"]
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE


class Connection:
    """One client; requests one after the other, as fast as they are answered."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def open(self) -> Connection:
        at = self._target
        self._reader, self._writer = await asyncio.open_connection(at.host, at.port, ssl=at.tls, limit=2**26)
        return self

    def close(self) -> None:
        self._writer.close()

    async def ask(self, method: str, path: str, document: Any = None) -> tuple[int, bytes]:
        """(status, body)."""
        self.send(method, path, b"" if document is None else json.dumps(document).encode())
        status, headers = await self.head()
        if "content-length" in headers:
            return status, await self._reader.readexactly(int(headers["content-length"]))
        return status, b""

    def send(self, method: str, path: str, body: bytes = b"") -> None:
        at = self._target
        head = (
            f"{method} {at.base}{path} HTTP/1.1\r\nHost: {at.host}\r\nAuthorization: Bearer {at.token}\r\n"
            f"Content-Type: {_TYPES.get(method, 'application/json')}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)

    async def head(self) -> tuple[int, dict[str, str]]:
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split(" ", 2)[1]), {name.lower(): value for name, value in headers.items()}

    async def line(self) -> bytes:
        """A line of a stream, whatever chunk it came in."""
        while True:
            line = await self._reader.readline()
            if not line or line.startswith(b"{"):
                return line


async def connections(target: Target, count: int) -> list[Connection]:
    return [await Connection(target).open() for _ in range(count)]


async def rate(clients: list[Connection], work: Any, seconds: float) -> float:
    """Requests per second of all clients together: `work(client, i)` again and again."""
    began = time.perf_counter()
    done = 0

    async def go_on(number: int, client: Connection) -> None:
        nonlocal done
        while time.perf_counter() - began < seconds:
            await work(client, number)
            done += 1

    await asyncio.gather(*(go_on(number, client) for number, client in enumerate(clients)))
    return done / (time.perf_counter() - began)
