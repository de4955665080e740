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
CHECK_S = 2.0
"""How often the client's right to listen is asked for again."""
CHUNK_BYTES = 256 * 1024

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def send_stream(
    stream: Stream,
    resident: Resident,
    pool: Executor,
    receive: Receive,
    send: Send,
    is_still_allowed: Callable[[], Awaitable[bool]],
) -> None:
    """Ends with the stream, the client, its time limit or its right."""
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    changed.set()
    stream.on_change(lambda: loop.call_soon_threadsafe(changed.set))
    resident.advances.start()
    gone = asyncio.create_task(_client_is_gone(receive))
    try:
        await _send_head(stream, send)
        ends_at = loop.time() + min(stream.timeout_s or LONGEST_S, LONGEST_S)
        bookmark_at = loop.time() + BOOKMARK_S
        while not gone.done() and loop.time() < ends_at and hub.has(resident):
            if changed.is_set():
                changed.clear()
                await _send_chunks(await loop.run_in_executor(pool, _chunks, resident, stream), send)
                if stream.is_finished:
                    break
            if loop.time() > bookmark_at:
                bookmark_at = loop.time() + BOOKMARK_S
                await _send_chunks([stream.bookmark()], send)
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), min(CHECK_S, max(ends_at - loop.time(), 0.001)))
            if not await is_still_allowed():
                break
    except StoreError as error:
        log.warning("cluster %s: a watch ends: %s", resident.id, error)
    finally:
        gone.cancel()
        stream.cancel()
        await send({"type": "http.response.body", "body": b""})


async def _client_is_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_head(stream: Stream, send: Send) -> None:
    """At once, though there may be nothing to say for long: clients wait for it."""
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in stream.headers]
    await send({"type": "http.response.start", "status": stream.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


async def _send_chunks(chunks: list[bytes], send: Send) -> None:
    """In pieces, so that a client that does not read holds us back and not our memory."""
    data = b"".join(chunks)
    for begin in range(0, len(data), CHUNK_BYTES):
        piece = data[begin : begin + CHUNK_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": True})


def _chunks(resident: Resident, stream: Stream) -> list[bytes]:
    with resident.guard:
        return stream.chunks()
