"""What an admission plugin is, and the chain of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from simcore.apimachinery.errors import Forbidden
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

    def concerns(self, kind: Kind) -> bool:
        """Whether it may ever do anything about objects of this kind."""
        ...

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        """The object to go on with (`asked.obj` itself when nothing changes). Raises: ApiError."""
        ...

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        """After all plugins have changed what they change. Raises: ApiError."""
        ...


class BasePlugin:
    """Changes and refuses nothing."""

    name = ""

    def concerns(self, kind: Kind) -> bool:
        return True

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        return asked.obj

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        return None


def forbidden(asked: Asked, why: str) -> Forbidden:
    """As upstream's admission words it."""
    details = {"name": asked.name, "group": asked.kind.group, "kind": asked.kind.plural}
    message = f'{asked.kind.resource} "{asked.name}" is forbidden: {why}'
    return Forbidden(message, details={name: value for name, value in details.items() if value})


Admit = Callable[[Asked, RequestContext], Obj | None]
Validate = Callable[[Asked, RequestContext], None]


class _Links(NamedTuple):
    admit: tuple[Admit, ...]
    validate: tuple[Validate, ...]


class Chain:
    """The plugins in their order; a write meets only those that its kind concerns."""

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self.plugins = tuple(plugins)
        self._links: dict[str, _Links] = {}  # by resource; as many as there have been kinds

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        for admit in self._of(asked.kind).admit:
            asked.obj = admit(asked, ctx)
        return asked.obj

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        for validate in self._of(asked.kind).validate:
            validate(asked, ctx)

    def _of(self, kind: Kind) -> _Links:
        found = self._links.get(kind.resource)
        if found is None:
            concerned = [plugin for plugin in self.plugins if plugin.concerns(kind)]
            found = self._links[kind.resource] = _Links(
                tuple(p.admit for p in concerned if type(p).admit is not BasePlugin.admit),
                tuple(p.validate for p in concerned if type(p).validate is not BasePlugin.validate),
            )
        return found
