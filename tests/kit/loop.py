"""Tests that are coroutines: each on an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec

Arguments = ParamSpec("Arguments")


def on_a_loop(test: Callable[Arguments, Awaitable[None]]) -> Callable[Arguments, None]:
    @wraps(test)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        asyncio.run(_bounded(test(*args, **kwargs)))

    return run


async def _bounded(coroutine: Awaitable[None]) -> None:
    """A test that hangs is a failure with a name."""
    async with asyncio.timeout(30):
        await coroutine
