"""Who looks at what, over all processes: a hash in Redis with a field for each process, and a counter of its changes.

Nothing is broadcast: each process writes its own people, reads the counter now and then, and the hash when the counter
has moved. So many people who move at once cost no more than a few.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import redis

from clusterlab.engine.pace import wall_ms
from clusterlab.live.notices import access_key

COUNTED_MS = 40_000
"""A process that has not told of its people for so long is gone."""
MOST_PEOPLE = 50
LONGEST_VIEW, LONGEST_SELECTION = 200, 400
KEPT_S = 3600


@dataclass(frozen=True)
class Look:
    """What a page shows: no pixels."""

    view: str = ""
    sel: str | None = None
    rev: int | None = None
    lead: bool = False
    """Whoever looks so asks the others to follow."""

    @classmethod
    def of(cls, message: dict[str, Any]) -> Look:
        """What is no look is none."""
        view, sel, rev = message.get("view"), message.get("sel"), message.get("rev")
        return cls(
            view[:LONGEST_VIEW] if isinstance(view, str) else "",
            sel[:LONGEST_SELECTION] if isinstance(sel, str) else None,
            rev if isinstance(rev, int) and not isinstance(rev, bool) and 0 <= rev < 2**53 else None,
            message.get("lead") is True,
        )


@dataclass(frozen=True)
class Person:
    """One socket's, as the others are told."""

    id: str
    name: str
    role: str
    look: Look = Look()

    def document(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "role": self.role, **asdict(self.look)}


class Moves(NamedTuple):
    """Counters that grow with every change."""

    people: int
    access: int


class Company(NamedTuple):
    """At most MOST_PEOPLE are told by name, those who lead first; everybody counts."""

    people: list[dict[str, Any]]
    elsewhere: int
    """How many sockets the other processes have."""


class Presence:
    """One cluster's, as one process sees it. Each call is one round trip. Raises: redis.RedisError."""

    def __init__(self, client: redis.Redis, cluster_id: str, process: str) -> None:
        self._client, self._process = client, process
        self._people, self._moves = f"{{{cluster_id}}}:people", f"{{{cluster_id}}}:people-moves"
        self._access = access_key(cluster_id)

    def put(self, people: Sequence[Person]) -> None:
        """All people of this process."""
        told = sorted(people, key=_order_of)[:MOST_PEOPLE]
        document = {
            "until": wall_ms() + COUNTED_MS,
            "count": len(people),
            "people": [person.document() for person in told],
        }
        with self._client.pipeline() as pipe:
            pipe.hset(self._people, self._process, json.dumps(document))
            pipe.expire(self._people, KEPT_S)
            self._moved(pipe)

    def withdraw(self) -> None:
        """This process has nobody here any more."""
        with self._client.pipeline() as pipe:
            pipe.hdel(self._people, self._process)
            self._moved(pipe)

    def moves(self) -> Moves:
        found: Any = self._client.mget(self._moves, self._access)
        return Moves(*(int(count or 0) for count in found))

    def company(self) -> Company:
        now, people, elsewhere = wall_ms(), [], 0
        reply: Any = self._client.hgetall(self._people)
        for process, text in reply.items():
            told = json.loads(text)
            if told["until"] > now:
                people += told["people"]
                elsewhere += 0 if process.decode() == self._process else told["count"]
        return Company(sorted(people, key=lambda p: (not p["lead"], p["id"]))[:MOST_PEOPLE], elsewhere)

    def _moved(self, pipe: Any) -> None:
        pipe.incr(self._moves)
        pipe.expire(self._moves, KEPT_S)
        pipe.execute()


def _order_of(person: Person) -> tuple[bool, str]:
    return not person.look.lead, person.id
