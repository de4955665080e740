"""The API server as a component sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.watch import EventType, ObjectEvent

__all__ = ["ApiClient", "EventType", "ObjectEvent", "ObjectWatch"]


class ObjectWatch(Protocol):
    """The changes of one kind, each with the whole object."""

    def poll(self) -> list[ObjectEvent]:
        """What happened since the last poll, in order. Never blocks."""
        ...

    def on_change(self, wake: Callable[[], None]) -> None:
        """Calls `wake` at each write of the kind; it must only make a note to poll later."""
        ...

    def cancel(self) -> None: ...


class ApiClient(Protocol):
    """A component's own connection. Every object it returns is shared: never mutate it.

    Objects that it is given belong to the server from then on: build a new one for each call.
    Raises (all from simcore.apimachinery.errors): NotFound, AlreadyExists, Conflict, Invalid, Forbidden.
    """

    cause: int
    """The revision that makes the component act now; stored with every write. Set by the control loop."""

    def get(self, kind: Kind, key: Key) -> Obj: ...

    def list(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        """In lexical order of the keys."""
        ...

    def watch(self, kind: Kind) -> ObjectWatch:
        """All namespaces. The first poll returns every existing object as ADDED."""
        ...

    def create(self, kind: Kind, obj: Obj) -> Obj:
        """The namespace stands in metadata; `generateName` is honoured."""
        ...

    def update(self, kind: Kind, obj: Obj) -> Obj:
        """Conflict when metadata.resourceVersion is given and not the newest."""
        ...

    def update_status(self, kind: Kind, obj: Obj) -> Obj:
        """As update(), but only `status` is taken over (through the status subresource)."""
        ...

    def patch(self, kind: Kind, key: Key, patch: Obj, *, subresource: str = "") -> Obj:
        """A JSON merge patch (RFC 7386)."""
        ...

    def bind(self, pod: Key, uid: str, node: str) -> None:
        """The pod's binding subresource. Conflict when it is bound already or has another uid."""
        ...

    def delete(
        self,
        kind: Kind,
        key: Key,
        *,
        uid: str | None = None,
        grace_s: int | None = None,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
    ) -> None:
        """`uid` is a precondition (Conflict)."""
        ...
