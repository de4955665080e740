"""A change of an object, as watches tell it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.apimachinery.meta import Obj

EventType = Literal["ADDED", "MODIFIED", "DELETED"]


class ObjectEvent(NamedTuple):
    """One change of one object."""

    type: EventType
    obj: Obj
    """The object after the change; of a deletion its last state. Shared: never mutate it."""
    revision: int
