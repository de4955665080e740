"""Who looks at what, over all processes: a hash of sockets in Redis and a counter of its changes.

Nothing is broadcast: each process reads the counter now and then, and the hash when the counter has moved. So many
people who move at once cost no more than a few.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import redis

from clusterlab.engine.pace import wall_ms
from clusterlab.labs.tokens import hash_of

COUNTED_MS = 40_000
"""A socket that has not renewed its place for so long is gone; it renews it with its place among the viewers."""
MOST_PEOPLE = 50
LONGEST_VIEW, LONGEST_SELECTION = 20, 400
KEPT_S = 3600


@dataclass(frozen=True)
class Look:
    """What a page shows: no pixels."""

    view: str = ""
    sel: str | None = None
    rev: int | None = None

    @classmethod
    def of(cls, message: dict[str, Any]) -> Look:
        """What is no look is none."""
        view, sel, rev = message.get("view"), message.get("sel"), message.get("rev")
        return cls(
            view[:LONGEST_VIEW] if isinstance(view, str) else "",
            sel[:LONGEST_SELECTION] if isinstance(sel, str) else None,
            rev if isinstance(rev, int) and not isinstance(rev, bool) and rev >= 0 else None,
        )


class Presence:
    """One cluster's sockets. Each call is one or two round trips."""

    def __init__(self, client: redis.Redis, cluster_id: str) -> None:
        self._client = client
        self._people, self._moves = f"{{{cluster_id}}}:people", f"{{{cluster_id}}}:people-moves"

    def put(self, socket: str, person: dict[str, Any], look: Look) -> None:
        document = {
            **person,
            "view": look.view,
            "sel": look.sel,
            "rev": look.rev,
            "until": wall_ms() + COUNTED_MS,
        }
        with self._client.pipeline() as pipe:
            pipe.hset(self._people, socket, json.dumps(document))
            pipe.expire(self._people, KEPT_S)
            pipe.incr(self._moves)
            pipe.expire(self._moves, KEPT_S)
            pipe.execute()

    def leave(self, socket: str) -> None:
        self._client.hdel(self._people, socket)
        self._client.incr(self._moves)

    def moves(self) -> int:
        """Grows with every change."""
        return int(self._client.get(self._moves) or 0)

    def people(self) -> list[dict[str, Any]]:
        """Those who are here, at most MOST_PEOPLE, in a steady order."""
        reply: Any = self._client.hgetall(self._people)
        now, found = wall_ms(), []
        for socket, text in reply.items():
            person = json.loads(text)
            if person.pop("until") > now:
                found.append({"id": person_id(socket.decode()), **person})
        return sorted(found, key=lambda person: str(person["id"]))[:MOST_PEOPLE]


def person_id(socket: str) -> str:
    """A socket's name is the process's own affair; this stands for it."""
    return hash_of(socket)[:12]
