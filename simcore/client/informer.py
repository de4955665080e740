"""A component's local copy of one kind: every object, indexes over them, and a notice of each change.

Models: kubernetes v1.36 client-go/tools/cache (shared informers). The copy is filled when the informer is made,
so that a component never acts on half a picture; changes arrive `watch_delivery` after they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, KeysView

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, key_of, revision_of
from simcore.client.interfaces import ApiClient, ObjectEvent
from simcore.sim.clock import Clock, Timer
from simcore.sim.latency import LatencyProfile
from simcore.sim.rng import Rng

EventHandler = Callable[[Obj | None, Obj | None, int], None]
"""Called with (old, new, revision). old is None: added; new is None: deleted."""

IndexFunction = Callable[[Obj], Iterable[Hashable]]
"""The values under which an object is found; depends on nothing but the object."""

_EMPTY: dict[Key, Obj] = {}


class Index:
    """Objects by a value computed from each."""

    __slots__ = ("_buckets", "_values_of")

    def __init__(self, values_of: IndexFunction, objects: Iterable[Obj]) -> None:
        self._values_of = values_of
        self._buckets: dict[Hashable, dict[Key, Obj]] = {}  # a bucket goes when its last object does
        for obj in objects:
            self.replace(key_of(obj), None, obj)

    def replace(self, key: Key, old: Obj | None, new: Obj | None) -> None:
        after = dict.fromkeys(self._values_of(new)) if new is not None else {}
        if old is not None:
            for value in self._values_of(old):
                if value not in after:
                    self._drop(value, key)
        if new is not None:
            for value in after:
                self._buckets.setdefault(value, {})[key] = new

    def bucket(self, value: Hashable) -> dict[Key, Obj]:
        return self._buckets.get(value, _EMPTY)

    def values(self) -> KeysView[Hashable]:
        return self._buckets.keys()

    def _drop(self, value: Hashable, key: Key) -> None:
        bucket = self._buckets[value]
        del bucket[key]
        if not bucket:
            del self._buckets[value]


class Informer:
    """One kind's objects as last delivered. Every object is shared: never mutate it."""

    def __init__(
        self, client: ApiClient, kind: Kind, clock: Clock, rng: Rng, latency: LatencyProfile
    ) -> None:
        self.kind = kind
        self._clock, self._rng, self._latency = clock, rng, latency
        self._objects: dict[Key, Obj] = {}
        self._indexes: dict[str, Index] = {}
        self._handlers: list[EventHandler] = []
        self._delivery: Timer | None = None  # gone once it has fired
        self._revision = 0
        self._watch = client.watch(kind)
        self._poll()
        self._watch.on_change(self._wake)

    @property
    def revision(self) -> int:
        """Everything that happened to the kind up to this revision has been delivered."""
        return self._revision

    def get(self, key: Key) -> Obj | None:
        return self._objects.get(key)

    def add_index(self, name: str, values_of: IndexFunction) -> None:
        """Does nothing when there is an index of that name already."""
        if name not in self._indexes:
            self._indexes[name] = Index(values_of, self._objects.values())

    def by_index(self, name: str, value: Hashable) -> list[Obj]:
        """In the order of arrival, as list()."""
        return [*self._indexes[name].bucket(value).values()]

    def count(self, name: str, value: Hashable) -> int:
        """How many objects by_index() would return."""
        return len(self._indexes[name].bucket(value))

    def index_values(self, name: str) -> list[Hashable]:
        """The values under which there is at least one object."""
        return [*self._indexes[name].values()]

    def on_event(self, handler: EventHandler) -> None:
        """Calls `handler` for each change from now on, and at once for every existing object as added."""
        for obj in [*self._objects.values()]:
            handler(None, obj, revision_of(obj))
        self._handlers.append(handler)

    def list(self, namespace: str | None = None) -> list[Obj]:
        """In the order of arrival, which a take-over changes: sort where order matters."""
        if namespace is None:
            return [*self._objects.values()]
        self.add_index("namespace", _namespace_of)
        return self.by_index("namespace", namespace)

    def _wake(self) -> None:
        if self._delivery is None:
            delay = self._latency.draw(
                self._latency.watch_delivery, self._rng, "watch", self.kind.plural, self._clock.now()
            )
            self._delivery = self._clock.call_later(
                delay, self._deliver, label=f"informer {self.kind.plural}"
            )

    def _deliver(self) -> None:
        self._delivery = None
        self._poll()

    def _poll(self) -> None:
        for event in self._watch.poll():
            self._take(event)

    def _take(self, event: ObjectEvent) -> None:
        key = key_of(event.obj)
        old = self._objects.get(key)
        self._revision = event.revision
        if event.type == "DELETED":
            if old is None:
                return
            new = None
            del self._objects[key]
        else:
            self._objects[key] = new = event.obj
        for index in self._indexes.values():
            index.replace(key, old, new)
        for handler in self._handlers:
            handler(old, new, event.revision)


class InformerFactory:
    """The informers of one cluster: one per kind, shared by all components."""

    def __init__(self, client: ApiClient, clock: Clock, rng: Rng, latency: LatencyProfile) -> None:
        self._client, self._clock, self._rng, self._latency = client, clock, rng, latency
        self._informers: dict[Kind, Informer] = {}

    def informer(self, kind: Kind) -> Informer:
        found = self._informers.get(kind)
        if found is None:
            found = Informer(self._client, kind, self._clock, self._rng, self._latency)
            self._informers[kind] = found
        return found


def _namespace_of(obj: Obj) -> tuple[str]:
    return (obj["metadata"].get("namespace", ""),)
