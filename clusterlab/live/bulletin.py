"""What the sockets of a cluster are told besides the picture: the clock and its goal, who is here, new markers.

One task reads it for all sockets of the process, while there are any, and wakes them only when something has changed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import redis
from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from clusterlab.hub import Resident
from clusterlab.labs.access import Access, valid_memberships
from clusterlab.labs.authors import signed
from clusterlab.labs.tokens import new_id
from clusterlab.live.presence import Company, Look, Moves, Person, Presence
from clusterlab.reading.library import Library
from clusterlab.redis_clients import shared_client
from simcore.apimachinery.encoding import decode
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Revision, StoreError
from simcore.explain.markers import Marker

log = logging.getLogger(__name__)

T = TypeVar("T")

REFRESH_S = 0.5
CHECK_S = 5.0
"""How often access is asked for again without a notice: links expire."""
RENEW_S = 10.0
MOST_MARKERS = 20
"""Newer ones than a socket has seen, that are told one by one."""


@dataclass
class Guest:
    """One socket. `wake` is set when there is something to tell it."""

    access: Access
    name: str
    wake: asyncio.Event
    look: Look
    id: str = field(default_factory=new_id)

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.access.role.value, self.look)


class Bulletin:
    """`resident.shared(Bulletin)`. Its members are replaced, never changed; `version` grows with them."""

    def __init__(self, resident: Resident) -> None:
        self._resident = resident
        self._presence = Presence(shared_client(), resident.id, new_id())
        self._guests: dict[str, Guest] = {}
        self._task: asyncio.Task[None] | None = None
        self._told: list[Person] = []  # our people, as the other processes know them
        self._told_at = self._checked_at = 0.0
        self._moves = Moves(-1, -1)
        self._company = Company([], 0)
        self._presence_of: list[dict[str, Any]] | None = None
        self._presence_text = ""  # of those
        self.version = 0
        self.count = 0
        self.clock: dict[str, Any] = {}
        """Speed, paused, state and goal."""
        self.markers: list[Marker] = []
        """The newest, with people's names."""
        self._newest: list[Marker] = []  # the same, as the log has them
        self.refused: frozenset[str] = frozenset()
        """Guests, by id, whose access holds no longer."""

    @property
    def people(self) -> list[dict[str, Any]]:
        return self._company.people

    def presence(self, me: str) -> str:
        """The message about the people for one of them, made once for all."""
        if self._presence_of is not self.people:
            people = [{"me": False, **person} for person in self.people]
            self._presence_of, self._presence_text = (
                self.people,
                json.dumps({"t": "presence", "people": people}),
            )
        return self._presence_text.replace(f'"me": false, "id": "{me}"', f'"me": true, "id": "{me}"', 1)

    @asynccontextmanager
    async def joined(self, guest: Guest) -> AsyncIterator[None]:
        """The guest is one of the company, and what is told is fresh when the block begins."""
        self._guests[guest.id] = guest
        try:
            if (
                self._task is None
                or self._task.done()
                or self._task.get_loop() is not asyncio.get_running_loop()
            ):
                await _in_thread(self._read)
                self._task = asyncio.create_task(self._run())
            self.count = len(self._guests) + self._company.elsewhere
            yield
        finally:
            del self._guests[guest.id]
            if not self._guests:
                await self._close()

    def check(self) -> None:
        """Raises whatever has ended the reading: then sockets must not go on as if nothing happened."""
        if self._task is not None and self._task.done():
            self._task.result()

    def markers_after(self, revision: Revision) -> list[Marker]:
        return [marker for marker in self.markers if marker.rev > revision]

    async def _close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._told = []
        try:
            await asyncio.to_thread(self._presence.withdraw)
        except (redis.RedisError, OSError) as error:
            log.warning(
                "cluster %s: the others are not told that nobody is here: %s", self._resident.id, error
            )

    async def _run(self) -> None:
        try:
            while True:
                await asyncio.sleep(REFRESH_S)
                await self._refresh()
        finally:
            self._wake_all()

    async def _refresh(self) -> None:
        before = self._all()
        try:
            access_moved = await _in_thread(self._read)
            if access_moved or time.monotonic() - self._checked_at > CHECK_S:
                self._checked_at = time.monotonic()
                self.refused = await _in_thread(self._find_refused)
        except (redis.RedisError, OSError, StoreError, DatabaseError) as error:
            log.warning("cluster %s: its sockets are told nothing new: %s", self._resident.id, error)
        if self._all() != before:
            self.version += 1
            self._wake_all()

    def _all(self) -> tuple[Any, ...]:
        return self.count, self.clock, self.people, self.markers, self.refused

    def _wake_all(self) -> None:
        for guest in self._guests.values():
            guest.wake.set()

    def _read(self) -> bool:
        """Whether somebody's access may have changed."""
        self._put()
        moves = self._presence.moves()
        access_moved = moves.access != self._moves.access
        if moves.people != self._moves.people:
            self._company = self._presence.company()
        self._moves = moves
        self.count = len(self._guests) + self._company.elsewhere
        self.clock = self._read_clock()
        library = self._resident.shared(Library)
        library.advance()
        newest = library.markers.newest[-MOST_MARKERS:]
        if newest != self._newest:
            self._newest, self.markers = newest, signed(self._resident.id, newest)
        return access_moved

    def _put(self) -> None:
        """Tells the other processes of our people when they have moved, and now and then that they are still here."""
        people = [guest.person for guest in list(self._guests.values())]
        if people != self._told or time.monotonic() - self._told_at > RENEW_S:
            self._presence.put(people)
            self._told, self._told_at = people, time.monotonic()

    def _find_refused(self) -> frozenset[str]:
        """One question to the database for all."""
        guests = list(self._guests.values())
        asked = [guest.access.membership.pk for guest in guests if guest.access.membership]
        held = set(valid_memberships(timezone.now()).filter(pk__in=asked).values_list("pk", "role"))
        return frozenset(guest.id for guest in guests if _held_by(guest) not in held)

    def _read_clock(self) -> dict[str, Any]:
        now, found = self._resident.clock.pace, self._resident.store.get(CLOCK)
        told: dict[str, Any] = {"speed": now.speed, "paused": now.state == "paused", "state": now.state}
        goal = decode(found.value).get("goal") if found else None
        if goal and found:
            rev = found.mod_revision if goal["state"] != "running" else None
            told["goal"] = {"text": goal["text"], "state": goal["state"], "rev": rev}
        return told


async def _in_thread(ask: Callable[[], T]) -> T:
    """With a connection to the database that is still good."""
    answer: T = await database_sync_to_async(ask, thread_sensitive=False)()
    return answer


def _held_by(guest: Guest) -> tuple[int, str]:
    membership = guest.access.membership
    return (membership.pk if membership else 0, guest.access.role.value)
