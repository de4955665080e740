"""What one socket is told besides the picture, and what the others are told of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from clusterlab.hub import Resident
from clusterlab.live.bulletin import Bulletin
from clusterlab.live.presence import Look, Presence, person_id
from clusterlab.live.viewers import Viewers
from clusterlab.redis_clients import shared_client
from simcore.etcd.interface import Revision

BEAT_S = 5.0
LOOK_S = 0.5
"""A socket's own moves are told at most so often; so are the others' to it."""

Say = Callable[[str], Awaitable[None]]


class Surroundings:
    """Use as `async with`, while the socket streams. `heard_at` is when the browser last got anything."""

    def __init__(
        self, resident: Resident, socket: str, person: dict[str, Any], say: Callable[[str], Awaitable[None]]
    ) -> None:
        self._resident, self._socket, self._person, self._say = resident, socket, person, say
        self._bulletin = resident.shared(Bulletin)
        self._presence = Presence(shared_client(), resident.id)
        self.viewers = Viewers(resident.id, socket)
        self.viewers_changed, self.heard_at = True, time.monotonic()
        self._look, self._look_told, self._look_told_at = Look(), False, 0.0
        self._clock: dict[str, Any] | None = None
        self._people: list[dict[str, Any]] = []
        self._people_told_at = 0.0
        self._count = -1
        self._marked: Revision | None = None

    async def __aenter__(self) -> Surroundings:
        await self.viewers.__aenter__()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await asyncio.to_thread(self._presence.leave, self._socket)
        await self.viewers.__aexit__()

    def look(self, look: Look) -> None:
        """The page shows something else now."""
        if look != self._look:
            self._look, self._look_told = look, False

    async def count(self) -> int:
        """How many look on, as it is told now."""
        self._count = await self.viewers.count()
        return self._count

    async def tell(self, since: Revision) -> None:
        """Everything that has changed; `since` is where the socket's picture began."""
        await self._bulletin.refresh()
        await self._tell_clock()
        await self._tell_viewers()
        await self._tell_people()
        await self._tell_markers(since)
        if time.monotonic() - self.heard_at > BEAT_S:
            await self._send("beat", at=self._resident.clock.now())

    async def _tell_clock(self) -> None:
        clock = self._bulletin.clock
        if clock and clock != self._clock:
            self._clock = clock
            await self._send("clock", at=self._resident.clock.now(), **clock)

    async def _tell_viewers(self) -> None:
        if await self.viewers.renew():
            self.viewers_changed, self._look_told = True, False
        if self.viewers_changed:
            self.viewers_changed = False
            if (count := await self.viewers.count()) != self._count:
                self._count = count
                await self._send("viewers", n=count)

    async def _tell_people(self) -> None:
        now = time.monotonic()
        if not self._look_told and now - self._look_told_at > LOOK_S:
            self._look_told, self._look_told_at = True, now
            await asyncio.to_thread(self._presence.put, self._socket, self._person, self._look)
        people = self._bulletin.people
        if people is not self._people and now - self._people_told_at > LOOK_S:
            if people != self._people:
                me = person_id(self._socket)
                self._people_told_at = now
                await self._send("presence", people=[{**p, "me": p["id"] == me} for p in people])
            self._people = people

    async def _tell_markers(self, since: Revision) -> None:
        for marker in self._bulletin.markers_after(since if self._marked is None else self._marked):
            self._marked = marker.rev
            await self._send("marker", **marker._asdict())

    async def _send(self, kind: str, /, **more: Any) -> None:
        await self._say(json.dumps({"t": kind, **more}))
