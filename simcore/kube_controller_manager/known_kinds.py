"""The kinds that there are objects of: the built-in ones and, from then on, each that a definition brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from simcore.apimachinery.custom_kinds import is_true, storing_kind
from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION, Kind
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.client.informer import InformerFactory


class KnownKinds(Iterable[Kind]):
    """Each kind once, in the version in which it is stored."""

    def __init__(self, built_in: Iterable[Kind], informers: InformerFactory) -> None:
        self._built_in = tuple(built_in)
        self._custom: dict[Key, Kind] = {}  # by definition; goes with it
        self._listeners: list[Callable[[Kind], None]] = []
        informers.informer(CUSTOM_RESOURCE_DEFINITION).on_event(self._see)

    def __iter__(self) -> Iterator[Kind]:
        yield from self._built_in
        yield from (self._custom[key] for key in sorted(self._custom))

    def on_new(self, listener: Callable[[Kind], None]) -> None:
        """Calls `listener` for each kind that comes from now on."""
        self._listeners.append(listener)

    def _see(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        definition = new if new is not None else old
        assert definition is not None, revision
        key = key_of(definition)
        kind = storing_kind(new) if new is not None and is_true(new, "Established") else None
        known = self._custom.get(key)
        if kind is None:
            if new is None:
                self._custom.pop(key, None)
            return
        self._custom[key] = kind
        if kind != known:
            for listener in self._listeners:
                listener(kind)
