"""A connection that only looks: informers over it are filled once and hear of nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NoReturn

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, revision_of
from simcore.apimachinery.watch import ObjectEvent
from simcore.client.context import ComponentContext
from simcore.client.informer import InformerFactory
from simcore.client.interfaces import ApiClient
from simcore.sim.clock import Clock
from simcore.sim.latency import INSTANT
from simcore.sim.rng import Rng


class StillClient:
    """Reads through another client. To write through it is our own bug."""

    def __init__(self, inner: ApiClient) -> None:
        self._inner, self.cause = inner, 0

    def get(self, kind: Kind, key: Key) -> Obj:
        return self._inner.get(kind, key)

    def list(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        return self._inner.list(kind, namespace)

    def watch(self, kind: Kind) -> _StillWatch:
        return _StillWatch(self._inner.list(kind))

    def create(self, kind: Kind, obj: Obj) -> NoReturn:
        raise AssertionError(kind)

    def update(self, kind: Kind, obj: Obj) -> NoReturn:
        raise AssertionError(kind)

    def update_status(self, kind: Kind, obj: Obj) -> NoReturn:
        raise AssertionError(kind)

    def patch(self, kind: Kind, key: Key, patch: Obj, *, subresource: str = "") -> NoReturn:
        raise AssertionError(key)

    def bind(self, pod: Key, uid: str, node: str) -> NoReturn:
        raise AssertionError(pod)

    def delete(
        self,
        kind: Kind,
        key: Key,
        *,
        uid: str | None = None,
        grace_s: int | None = None,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
    ) -> NoReturn:
        raise AssertionError(key)


class _StillWatch:
    def __init__(self, objects: list[Obj]) -> None:
        self._events = [ObjectEvent("ADDED", obj, revision_of(obj)) for obj in objects]

    def poll(self) -> list[ObjectEvent]:
        events, self._events = self._events, []
        return events

    def on_change(self, wake: Callable[[], None]) -> None:
        """There will be none."""

    def cancel(self) -> None:
        self._events = []


def still_context(client: ApiClient, clock: Clock, rng: Rng) -> ComponentContext:
    """For a View: nothing that is made with it stays connected to the server."""
    still = StillClient(client)
    return ComponentContext(
        lambda actor: still, InformerFactory(still, clock, rng, INSTANT), clock, rng, INSTANT, "explanation"
    )
