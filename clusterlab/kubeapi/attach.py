"""`kubectl attach` and `kubectl run -i`: what a container's own program prints, and what is typed into it.

A shell that waits for input runs the lines that come in; when it ends, its container ends with its code. To any other
program nothing can be said.
"""

from __future__ import annotations

import asyncio
from typing import Any

from clusterlab.kubeapi.channel import STDOUT, ChannelApi, Wire, ended, keep
from clusterlab.kubeapi.pod_connection import Opened, Place, opened, query_of
from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.meta import uid_of
from simcore.cluster.execution import Execution, Session
from simcore.kubelet.logs import ContainerLogs, LogLine
from simcore.kubelet.world import EXITS

EVERY_S = 0.3
RECENT_MS = 10_000
"""What was printed so lately is shown to somebody who has just come."""


class AttachApi(ChannelApi):
    async def _serve(self, scope: dict[str, Any], place: Place, wire: Wire) -> dict[str, Any]:
        query = query_of(scope)
        there = await opened(scope, place, self._authenticator, self._pool)
        container = query.get("container", [there.pod["spec"]["containers"][0]["name"]])[0]
        execution = Execution(there.view, there.resident.clock, there.pod, container)
        stdin, tty = ("true" in query.get(name, ()) for name in ("stdin", "tty"))
        if not stdin or not execution.waits_for_input:
            await self._follow(there, container, wire, end="\r\n" if tty else "\n")
            return ended(0)
        loop = asyncio.get_running_loop()
        if tty:
            session = Session(execution)
            await self.interact(there.resident, session, wire)
            code = session.code
        else:
            outcome = await loop.run_in_executor(self._pool, execution.run, ("sh",), await wire.input())
            await loop.run_in_executor(self._pool, keep, there.resident, execution, outcome.changes)
            await wire.show(outcome.printed)
            code = outcome.code
        await loop.run_in_executor(self._pool, _end, there, container, execution.run_number, code)
        return ended(0)

    async def _follow(self, there: Opened, container: str, wire: Wire, *, end: str) -> None:
        """Until the program ends. Raises: Gone."""
        loop, clock = asyncio.get_running_loop(), there.resident.clock
        shown, leaving = clock.unix_ms() - RECENT_MS, asyncio.ensure_future(wire.until_gone())
        seen = 0
        try:
            while True:
                goes_on = await loop.run_in_executor(self._pool, _goes_on, there, container)
                lines = await loop.run_in_executor(self._pool, _lines, there, container)
                fresh = [line for line in lines[seen:] if line.unix_ms >= shown]
                seen = len(lines)
                await wire.say(STDOUT, "".join(line.text + end for line in fresh))
                if not goes_on:
                    return
                await asyncio.wait([leaving], timeout=EVERY_S)
                if leaving.done():
                    leaving.result()
        finally:
            leaving.cancel()


def _goes_on(there: Opened, container: str) -> bool:
    there.resident.sync()
    there.resident.used()
    return ContainerLogs(there.resident.world, there.resident.clock).is_running(there.pod, container)


def _lines(there: Opened, container: str) -> list[LogLine]:
    try:
        return ContainerLogs(there.resident.world, there.resident.clock).lines(there.pod, container)
    except BadRequest:
        return []  # the pod is gone


def _end(there: Opened, container: str, run: int, code: int) -> None:
    """The kubelet ends the container."""
    meta = there.pod["metadata"]
    doc = {
        "namespace": meta["namespace"],
        "name": meta["name"],
        "container": container,
        "run": run,
        "code": code,
    }
    there.resident.world.put(f"{EXITS}{uid_of(there.pod)}/{container}", doc, actor="attach", cause=0)
    there.resident.used(wrote=True)
