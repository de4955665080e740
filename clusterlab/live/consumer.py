"""One websocket: hello, then the picture, frame after frame, as fast as the browser takes them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import redis
from channels.db import database_sync_to_async

from clusterlab.hub import NoSuchCluster, Resident, hub
from clusterlab.live import surroundings
from clusterlab.live.bulletin import Bulletin, Guest
from clusterlab.live.door import Entry, entry_of
from clusterlab.live.farewell import Farewell, farewell
from clusterlab.live.picture import Picture, Told
from clusterlab.live.presence import Look
from clusterlab.live.surroundings import Surroundings
from simcore.etcd.interface import Compacted, StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")

PROTOCOL = 1
FRAME_S, HIDDEN_FRAME_S = 0.05, 0.25
UNACKNOWLEDGED = 2
"""Frames under way; beyond it changes gather until the browser has caught up."""
MOST_BEHIND_S = 5.0


class ClusterConsumer:
    """The server's side of `/ws/clusters/<id>/`: an ASGI application for one socket."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()  # set by everything that the stream may have to act on
        self._stream: asyncio.Task[None] | None = None
        self._hidden = False
        self._look = Look()
        self._guest: Guest | None = None  # while it streams
        self._surroundings: Surroundings | None = None  # likewise
        self._under_way: deque[int] = deque()  # the `to` of frames that were not acknowledged yet
        self._full_since: float | None = None  # when the browser began to owe acknowledgements

    @classmethod
    def as_asgi(cls) -> Any:
        async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
            await cls()(scope, receive, send)

        return application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self._send = send
        self.cluster_id: str = scope["url_route"]["kwargs"]["cluster_id"]
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})
        self._entry = await _ask_database(entry_of, scope["headers"], self.cluster_id)
        if self._entry is None:
            await self._close(4404)
        try:
            while (event := await receive())["type"] == "websocket.receive":
                self._hear(_message(event.get("text")))
        finally:
            if self._stream is not None:
                self._stream.cancel()
                with suppress(asyncio.CancelledError):
                    await self._stream

    def _hear(self, message: dict[str, Any]) -> None:
        match message.get("t"):
            case "hello" if self._stream is None and self._entry is not None:
                since = message.get("since")
                stream = self._run(self._entry, since if isinstance(since, int) else None)
                self._stream = asyncio.create_task(stream)
            case "ack":
                revision = message.get("rev")
                while isinstance(revision, int) and self._under_way and self._under_way[0] <= revision:
                    self._under_way.popleft()
                self._wake.set()
            case "hidden":
                self._hidden = message.get("hidden") is True
            case "look":
                self._look = Look.of(message)
                if self._guest is not None:
                    self._guest.look = self._look

    async def _run(self, entry: Entry, since: int | None) -> None:
        """The stream, and what is said when it ends."""
        try:
            resident = await asyncio.to_thread(hub.get, self.cluster_id)
            with hub.held(resident):
                bulletin = await asyncio.to_thread(resident.shared, Bulletin)
                self._guest = Guest(entry.access, entry.name, self._wake, self._look)
                async with bulletin.joined(self._guest):
                    self._surroundings = Surroundings(resident, bulletin, self._guest, self._say)
                    head = {"t": "welcome", "proto": PROTOCOL, "role": entry.access.role.value}
                    await self._say(json.dumps({**head, "cluster": entry.cluster, "viewers": bulletin.count}))
                    await self._say_farewell(await self._follow(resident, since, bulletin))
        except Compacted:
            await self._say_farewell(Farewell("compacted", 4410))
        except NoSuchCluster:
            await self._say_farewell(Farewell("deleted", 4404))
        except (StoreError, redis.RedisError) as error:
            log.warning("cluster %s: a socket ends: %s", self.cluster_id, error)
            await self._close(1013)
        except Exception:  # a fault of ours must not leave a socket open that nothing ever comes through
            log.exception("cluster %s: a socket's stream has failed", self.cluster_id)
            await self._close(1011)

    async def _follow(self, resident: Resident, since: int | None, bulletin: Bulletin) -> Farewell:
        """Until it has to end; why. Raises: Compacted, StoreError."""
        assert self._guest is not None
        assert self._surroundings is not None
        picture = await asyncio.to_thread(resident.shared, Picture)
        await asyncio.to_thread(resident.sync)
        with resident.advances.heard_by(self._wake, prepared_by=picture.advance):
            began = sent = await self._first(picture, since)
            while (reason := await self._ended(resident, bulletin)) is None:
                await self._surroundings.tell(began)
                if not self._hidden:
                    await resident.stays_used()
                if picture.revision > sent and self._may_send():
                    sent = await self._next(picture, sent)
                    await asyncio.sleep(HIDDEN_FRAME_S if self._hidden else FRAME_S)
                else:
                    await self._nap()
        return reason

    async def _nap(self) -> None:
        """Until something happens, or a sign of life is due."""
        with suppress(TimeoutError):  # not wait_for(): before Python 3.12 it may lose a cancellation
            async with asyncio.timeout(surroundings.BEAT_S):
                await self._wake.wait()
        self._wake.clear()

    async def _first(self, picture: Picture, since: int | None) -> int:
        await asyncio.to_thread(picture.advance)
        found = picture.frame(since) if since is not None else None
        if found is None:
            found = await asyncio.to_thread(picture.snapshot)
        return since if found.revision == since else await self._send_state(found)

    async def _next(self, picture: Picture, sent: int) -> int:
        """What leads from `sent` to now; a snapshot when the browser was too slow for that."""
        was_slow = self._full_since is not None and time.monotonic() - self._full_since > MOST_BEHIND_S
        self._full_since = None
        found = None if was_slow else picture.frame(sent)
        if found is None:
            await self._say(json.dumps({"t": "skipped", "changes": picture.changes_since(sent)}))
            found = await asyncio.to_thread(picture.snapshot)
        return await self._send_state(found)

    def _may_send(self) -> bool:
        """Whether few enough frames are under way."""
        if len(self._under_way) < UNACKNOWLEDGED:
            return True
        self._full_since = self._full_since or time.monotonic()
        return False

    async def _ended(self, resident: Resident, bulletin: Bulletin) -> Farewell | None:
        """Why the stream has to end."""
        assert self._guest is not None
        is_dropped = not hub.has(resident)
        if not is_dropped and self._guest.id not in bulletin.refused:
            return None
        reason = await _ask_database(farewell, self._guest.access)
        return reason or (Farewell("compacted", 4410) if is_dropped else None)

    async def _send_state(self, told: Told) -> int:
        self._under_way.append(told.revision)
        for text in told.texts:
            await self._say(text)
        return told.revision

    async def _say(self, text: str) -> None:
        if self._surroundings is not None:
            self._surroundings.heard_at = time.monotonic()
        await self._send({"type": "websocket.send", "text": text})

    async def _say_farewell(self, reason: Farewell) -> None:
        await self._say(json.dumps({"t": "bye", "reason": reason.reason}))
        await self._close(reason.code)

    async def _close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code})


async def _ask_database(question: Callable[..., T], *args: Any) -> T:
    answer: T = await database_sync_to_async(question, thread_sensitive=False)(*args)
    return answer


def _message(text: str | None) -> dict[str, Any]:
    """What is no message of ours is no message."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
