"""What one socket is told besides the picture: of the bulletin, whatever it has not heard yet."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from clusterlab.hub import Resident
from clusterlab.live.bulletin import Bulletin, Guest
from simcore.etcd.interface import Revision

BEAT_S = 5.0
"""A browser that hears nothing for longer may take the connection for lost."""


class Surroundings:
    """`heard_at` is when the browser last got anything."""

    def __init__(
        self, resident: Resident, bulletin: Bulletin, guest: Guest, say: Callable[[str], Awaitable[None]]
    ) -> None:
        self._clock_of = resident.clock
        self._bulletin, self._guest, self._say = bulletin, guest, say
        self.heard_at = time.monotonic()
        self._version = -1
        self._clock: dict[str, Any] | None = None
        self._people: list[dict[str, Any]] = []
        self._count = bulletin.count  # as the welcome has told it
        self._marked: Revision | None = None

    async def tell(self, since: Revision) -> None:
        """Everything that has changed; `since` is where the socket's picture began."""
        self._bulletin.check()
        if self._bulletin.version != self._version:
            self._version = self._bulletin.version
            await self._tell_news(since)
        if time.monotonic() - self.heard_at > BEAT_S:
            await self._send("beat", at=self._clock_of.now())

    async def _tell_news(self, since: Revision) -> None:
        clock, count, people = self._bulletin.clock, self._bulletin.count, self._bulletin.people
        if clock != self._clock:
            self._clock = clock
            await self._send("clock", at=self._clock_of.now(), **clock)
        if count != self._count:
            self._count = count
            await self._send("viewers", n=count)
        if people != self._people:
            self._people = people
            await self._say(self._bulletin.presence(self._guest.id))
        for marker in self._bulletin.markers_after(since if self._marked is None else self._marked):
            self._marked = marker.rev
            await self._send("marker", **marker._asdict())

    async def _send(self, kind: str, /, **more: Any) -> None:
        await self._say(json.dumps({"t": kind, **more}))
