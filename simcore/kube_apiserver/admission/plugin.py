"""What an admission plugin is, and the chain of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import RequestContext


@dataclass(slots=True)
class Asked:
    """A write before it happens. `obj` is None for a deletion, `old` for a creation.

    `obj` is what the stages so far have made of it; only the pipeline sets it.
    """

    verb: str
    kind: Kind
    namespace: str
    name: str
    obj: Obj | None
    old: Obj | None
    subresource: str = ""


class Plugin(Protocol):
    name: str

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        """The object to go on with (`asked.obj` itself when nothing changes). Raises: ApiError."""
        ...

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        """After all plugins have changed what they change. Raises: ApiError."""
        ...


class BasePlugin:
    """Changes and refuses nothing."""

    name = ""

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        return asked.obj

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        return None


def admit(plugins: Sequence[Plugin], asked: Asked, ctx: RequestContext) -> Obj | None:
    for plugin in plugins:
        asked.obj = plugin.admit(asked, ctx)
    return asked.obj


def validate(plugins: Sequence[Plugin], asked: Asked, ctx: RequestContext) -> None:
    for plugin in plugins:
        plugin.validate(asked, ctx)
