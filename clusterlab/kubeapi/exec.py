"""`kubectl exec`: a command in a simulated container."""

from __future__ import annotations

import asyncio
from typing import Any

from clusterlab.kubeapi.channel import ChannelApi, Wire, ended, keep
from clusterlab.kubeapi.pod_connection import Place, opened, query_of
from simcore.apimachinery.errors import BadRequest
from simcore.cluster.execution import Execution, Session


class ExecApi(ChannelApi):
    async def _serve(self, scope: dict[str, Any], place: Place, wire: Wire) -> dict[str, Any]:
        """The Status at the end. Raises: ApiError, Gone."""
        query = query_of(scope)
        argv = tuple(query.get("command", ()))
        if not argv:
            raise BadRequest("you must specify at least 1 command for the container")
        resident, pod, view = await opened(scope, place, self._authenticator, self._pool)
        execution = Execution(view, resident.clock, pod, query.get("container", [""])[0])
        loop = asyncio.get_running_loop()
        if "true" in query.get("tty", ()) and "true" in query.get("stdin", ()) and len(argv) == 1:
            session = Session(execution)
            await self.interact(resident, session, wire)
            return ended(session.code)
        stdin = await wire.input() if "true" in query.get("stdin", ()) else ""
        outcome = await loop.run_in_executor(self._pool, execution.run, argv, stdin)
        await loop.run_in_executor(self._pool, keep, resident, execution, outcome.changes)
        await wire.show(outcome.printed)
        if not outcome.ends:
            await wire.until_gone()
        return ended(outcome.code)
