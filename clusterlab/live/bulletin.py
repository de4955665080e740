"""What every socket of a cluster is told besides the picture: the clock and its goal, who is here, new markers.

Read once for all sockets of the process, at most every REFRESH_S, by whichever socket comes first.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from clusterlab.hub import Resident
from clusterlab.live.presence import Presence
from clusterlab.reading.library import Library
from clusterlab.redis_clients import shared_client
from simcore.apimachinery.encoding import decode
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Revision
from simcore.explain.markers import Marker

REFRESH_S = 0.5


class Bulletin:
    """`resident.shared(Bulletin)`. Its members are replaced, never changed."""

    def __init__(self, resident: Resident) -> None:
        self._resident, self._presence = resident, Presence(shared_client(), resident.id)
        self._refreshed_at, self._is_reading = 0.0, False
        self._moves = -1
        self.clock: dict[str, Any] = {}
        """Speed, paused, state and goal."""
        self.people: list[dict[str, Any]] = []
        self.markers: list[Marker] = []

    async def refresh(self) -> None:
        """Cheap while it is not due."""
        now = time.monotonic()
        if now - self._refreshed_at < REFRESH_S or self._is_reading:
            return
        self._is_reading = True
        try:
            await asyncio.to_thread(self._read)
            self._refreshed_at = time.monotonic()
        finally:
            self._is_reading = False

    def markers_after(self, revision: Revision) -> list[Marker]:
        return [marker for marker in self.markers[-20:] if marker.rev > revision]

    def _read(self) -> None:
        self.clock = self._read_clock()
        moves = self._presence.moves()
        if moves != self._moves:
            self._moves, self.people = moves, self._presence.people()
        library = self._resident.shared(Library)
        library.advance()
        self.markers = list(library.markers.newest)

    def _read_clock(self) -> dict[str, Any]:
        now, found = self._resident.clock.pace, self._resident.store.get(CLOCK)
        told: dict[str, Any] = {"speed": now.speed, "paused": now.state == "paused", "state": now.state}
        goal = decode(found.value).get("goal") if found else None
        if goal and found:
            rev = found.mod_revision if goal["state"] != "running" else None
            told["goal"] = {"text": goal["text"], "state": goal["state"], "rev": rev}
        return told
