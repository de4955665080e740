"""Starts the controllers that look after definitions."""

from __future__ import annotations

from simcore.apiextensions.cleanup import CleanupController
from simcore.apiextensions.naming import NamingController
from simcore.client.context import ComponentContext
from simcore.client.control_loop import ControlLoop


class ApiExtensions:
    """They write under the names of their controllers, inside the API server."""

    def __init__(self, ctx: ComponentContext) -> None:
        self._ctx = ctx

    def start(self) -> None:
        for make in (NamingController, CleanupController):
            ctx = self._ctx.for_actor(make.name)
            ControlLoop(ctx, make(ctx)).start()
