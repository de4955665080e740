"""One picture for many sockets: whoever comes first brings it up to date, the others wait for that."""

from __future__ import annotations

import asyncio

from clusterlab.hub import Resident
from clusterlab.live.picture import Picture


class Advancing:
    """`resident.shared(Advancing)`. On one event loop."""

    def __init__(self, resident: Resident) -> None:
        self._resident = resident
        self.picture = resident.shared(Picture)
        self._under_way: asyncio.Task[int] | None = None

    async def advance(self) -> None:
        """Up to what the replica knows now, or a little later. Raises: Compacted."""
        while self.picture.revision < self._resident.store.revision:
            task = self._under_way
            if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
                task = self._under_way = asyncio.create_task(asyncio.to_thread(self.picture.advance))
            await asyncio.shield(task)
