"""One websocket: hello, then the picture, frame after frame, as fast as the browser takes them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from contextlib import suppress
from typing import Any

import redis
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from clusterlab.api.serializers import cluster_out
from clusterlab.hub import NoSuchCluster, Resident, hub
from clusterlab.labs.access import Access, Visitor, access_of
from clusterlab.labs.people import name_of
from clusterlab.live import ticks
from clusterlab.live.advancing import Advancing
from clusterlab.live.farewell import Farewell, farewell
from clusterlab.live.picture import Told
from clusterlab.live.presence import Look
from clusterlab.live.surroundings import Surroundings
from simcore.etcd.interface import Compacted, StoreError

log = logging.getLogger(__name__)

PROTOCOL = 1
FRAME_S, HIDDEN_FRAME_S = 0.05, 0.25
UNACKNOWLEDGED = 2
"""Frames under way; beyond it changes gather until the browser has caught up."""
MOST_BEHIND_S = 5.0
QUIET_S = 1.0
CHECK_S = 5.0
"""How often access is asked for again and the clock told again, whatever ticks come."""


class ClusterConsumer(AsyncWebsocketConsumer):
    """The server's side of `/ws/clusters/<id>/`."""

    async def connect(self) -> None:
        self.cluster_id: str = self.scope["url_route"]["kwargs"]["cluster_id"]
        self._stream: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()  # set by everything that the stream may have to act on
        self._access_ticked, self._hidden = False, False
        self._under_way: deque[int] = deque()  # the `to` of frames that were not acknowledged yet
        self._full_since: float | None = None  # when the browser began to owe acknowledgements
        self._surroundings: Surroundings | None = None  # while it streams
        self._checked_at = time.monotonic()
        await self.accept()
        self.access = await self._find_access()
        if self.access is None:
            await self.close(4404)
            return
        await self.channel_layer.group_add(ticks.group_of(self.cluster_id), self.channel_name)

    async def disconnect(self, code: int) -> None:
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError):
                await self._stream
        if self.access is not None:
            await self.channel_layer.group_discard(ticks.group_of(self.cluster_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = _message(text_data)
        match message.get("t"):
            case "hello" if self._stream is None and self.access is not None:
                since = message.get("since")
                self._stream = asyncio.create_task(self._run(since if isinstance(since, int) else None))
            case "ack":
                revision = message.get("rev")
                while isinstance(revision, int) and self._under_way and self._under_way[0] <= revision:
                    self._under_way.popleft()
                self._wake.set()
            case "hidden":
                self._hidden = message.get("hidden") is True
            case "look" if self._surroundings is not None:
                self._surroundings.look(Look.of(message))
                self._wake.set()

    async def tick_access(self, _event: dict[str, Any]) -> None:
        self._access_ticked = True
        self._wake.set()

    async def tick_viewers(self, _event: dict[str, Any]) -> None:
        if self._surroundings is not None:
            self._surroundings.viewers_changed = True
        self._wake.set()

    async def _run(self, since: int | None) -> None:
        """The stream, and what is said when it ends."""
        try:
            resident = await asyncio.to_thread(hub.get, self.cluster_id)
            with hub.held(resident):
                around = Surroundings(resident, self.channel_name, self._person(), self._say)
                async with around as self._surroundings:
                    await self._follow(resident, since, around)
        except Compacted:
            await self._say_farewell(Farewell("compacted", 4410))
        except NoSuchCluster:
            await self._say_farewell(Farewell("deleted", 4404))
        except (StoreError, redis.RedisError) as error:
            log.warning("cluster %s: a socket ends: %s", self.cluster_id, error)
            await self.close(1013)
        except Exception:  # a fault of ours must not leave a socket open that nothing ever comes through
            log.exception("cluster %s: a socket's stream has failed", self.cluster_id)
            await self.close(1011)

    async def _follow(self, resident: Resident, since: int | None, around: Surroundings) -> None:
        pictures = await asyncio.to_thread(resident.shared, Advancing)
        assert self.access is not None
        cluster = await database_sync_to_async(cluster_out)(self.access)
        head = {"t": "welcome", "proto": PROTOCOL, "role": cluster["role"]}
        await self._say(json.dumps({**head, "cluster": cluster, "viewers": await around.count()}))
        await asyncio.to_thread(resident.sync)
        began = sent = await self._first(pictures, since)
        with resident.advances.heard_by(self._wake):
            while (reason := await self._ended(resident)) is None:
                await around.tell(began)
                if not self._hidden:
                    await resident.stays_used()
                if resident.store.revision > sent and self._may_send():
                    sent = await self._next(pictures, sent)
                    await asyncio.sleep(HIDDEN_FRAME_S if self._hidden else FRAME_S)
                else:
                    await self._nap()
        await self._say_farewell(reason)

    async def _nap(self) -> None:
        """Until something happens, or QUIET_S."""
        with suppress(TimeoutError):  # not wait_for(): before Python 3.12 it may lose a cancellation
            async with asyncio.timeout(QUIET_S):
                await self._wake.wait()
        self._wake.clear()

    async def _first(self, pictures: Advancing, since: int | None) -> int:
        await pictures.advance()
        found = pictures.picture.frame(since) if since is not None else None
        if found is None:
            found = await asyncio.to_thread(pictures.picture.snapshot)
        return since if found.revision == since else await self._send_state(found)

    async def _next(self, pictures: Advancing, sent: int) -> int:
        """What leads from `sent` to now; a snapshot when the browser was too slow for that."""
        was_slow = self._full_since is not None and time.monotonic() - self._full_since > MOST_BEHIND_S
        self._full_since = None
        await pictures.advance()
        found = None if was_slow else pictures.picture.frame(sent)
        if found is None:
            await self._say(json.dumps({"t": "skipped", "changes": pictures.picture.changes_since(sent)}))
            found = await asyncio.to_thread(pictures.picture.snapshot)
        return await self._send_state(found)

    def _may_send(self) -> bool:
        """Whether few enough frames are under way."""
        if len(self._under_way) < UNACKNOWLEDGED:
            return True
        self._full_since = self._full_since or time.monotonic()
        return False

    async def _send_state(self, told: Told) -> int:
        self._under_way.append(told.revision)
        for text in told.texts:
            await self._say(text)
        return told.revision

    async def _say(self, text: str) -> None:
        if self._surroundings is not None:
            self._surroundings.heard_at = time.monotonic()
        await self.send(text)

    async def _ended(self, resident: Resident) -> Farewell | None:
        """Why the stream has to end; access is asked for again after a tick and every CHECK_S."""
        is_dropped = not hub.has(resident)
        if not (is_dropped or self._access_ticked or time.monotonic() - self._checked_at > CHECK_S):
            return None
        self._access_ticked, self._checked_at = False, time.monotonic()
        assert self.access is not None
        reason = await database_sync_to_async(farewell)(self.access)
        return reason or (Farewell("compacted", 4410) if is_dropped else None)

    async def _say_farewell(self, reason: Farewell) -> None:
        await self.send(json.dumps({"t": "bye", "reason": reason.reason}))
        await self.close(reason.code)

    def _person(self) -> dict[str, Any]:
        assert self.access is not None
        return {"name": self._name, "role": self.access.role.value}

    @database_sync_to_async
    def _find_access(self) -> Access | None:
        self._name = name_of(self.scope["session"], self.scope.get("user"))
        return access_of(Visitor.of(self.scope["session"], self.scope.get("user")), self.cluster_id)


def _message(text: str | None) -> dict[str, Any]:
    """What is no message of ours is no message."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
