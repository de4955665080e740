"""Watch streams: what a stream has to say goes out as it comes, as fast as the client reads, for as long as it may."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from clusterlab.hub import Resident, hub
from simcore.etcd.interface import StoreError
from simcore.kube_apiserver.http.message import Stream

log = logging.getLogger(__name__)

LONGEST_S = 3600
"""Of a stream whose client names no limit; clients come again by themselves."""
BOOKMARK_S = 60.0
CHECK_S = 1.0
"""How often the client's right to listen is asked for again."""
CHUNK_BYTES = 256 * 1024

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Streaming:
    """One stream on its way to one client."""

    def __init__(self, stream: Stream, resident: Resident, pool: Executor, send: Send) -> None:
        self._stream, self._resident, self._pool, self._send = stream, resident, pool, send
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._changed.set()
        self._is_client_gone = False

    async def run(self, receive: Receive, is_still_allowed: Callable[[], Awaitable[bool]]) -> None:
        """Ends with the stream, the client, its time limit or its right."""
        metrics = self._resident.http.observer.metrics
        metrics.streams += 1
        self._stream.on_change(self._wake)
        listening = asyncio.create_task(self._listen(receive))
        try:
            with self._resident.advances.heard_by(self._changed):
                await self._send_head()
                await self._follow(is_still_allowed)
        except StoreError as error:
            log.warning("cluster %s: a watch ends: %s", self._resident.id, error)
        finally:
            metrics.streams -= 1
            listening.cancel()
            self._stream.cancel()
            await self._send({"type": "http.response.body", "body": b""})

    async def _follow(self, is_still_allowed: Callable[[], Awaitable[bool]]) -> None:
        ends_at = self._loop.time() + min(self._stream.timeout_s or LONGEST_S, LONGEST_S)
        bookmark_at = self._loop.time() + BOOKMARK_S
        while not self._is_client_gone and await is_still_allowed():
            await self._resident.stays_used()
            if self._changed.is_set() or self._stream.grows_with_time:
                self._changed.clear()
                await self._send_chunks(await self._loop.run_in_executor(self._pool, self._chunks))
            now = self._loop.time()
            if now > bookmark_at:
                bookmark_at = now + BOOKMARK_S
                await self._send_chunks([self._stream.bookmark()])
            if self._stream.is_finished or now > ends_at or not hub.has(self._resident):
                return
            with suppress(TimeoutError):  # not wait_for(): before Python 3.12 it may lose a cancellation
                async with asyncio.timeout(min(CHECK_S, max(ends_at - now, 0.001))):
                    await self._changed.wait()

    def _wake(self) -> None:
        """From any thread; the loop may be gone already when the process ends."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._changed.set)

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._is_client_gone = True
        self._changed.set()

    async def _send_head(self) -> None:
        """At once, though there may be nothing to say for long: clients wait for it."""
        headers = [(n.lower().encode(), v.encode("latin-1", "replace")) for n, v in self._stream.headers]
        await self._send({"type": "http.response.start", "status": self._stream.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"", "more_body": True})

    async def _send_chunks(self, chunks: list[bytes]) -> None:
        """In pieces, so that a client that does not read holds us back and not our memory."""
        data = b"".join(chunks)
        for begin in range(0, len(data), CHUNK_BYTES):
            piece = data[begin : begin + CHUNK_BYTES]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    def _chunks(self) -> list[bytes]:
        with self._resident.guard:
            return self._stream.chunks()
