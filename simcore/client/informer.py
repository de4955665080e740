"""A component's local copy of one kind: every object, indexes over them, and a notice of each change.

Models: kubernetes v1.36 client-go/tools/cache (shared informers). The copy is filled when the informer is made,
so that a component never acts on half a picture; changes arrive `watch_delivery` after they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, KeysView, Mapping, Sequence
from itertools import chain

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, controller_of, key_of, revision_of
from simcore.client.interfaces import ApiClient, ObjectEvent
from simcore.sim.clock import Clock, Timer
from simcore.sim.latency import LatencyProfile
from simcore.sim.rng import Rng

EventHandler = Callable[[Obj | None, Obj | None, int], None]
"""Called with (old, new, revision). old is None: added; new is None: deleted."""

IndexFunction = Callable[[Obj], Sequence[Hashable]]
"""The values under which an object is found; depends on nothing but the object."""

_EMPTY: dict[Key, None] = {}


class Index:
    """The keys of objects by a value computed from each."""

    __slots__ = ("_buckets", "_part", "_values_of")

    def __init__(self, values_of: IndexFunction, objects: Mapping[Key, Obj], part: str = "") -> None:
        self._values_of, self._part = values_of, part
        self._buckets: dict[Hashable, dict[Key, None]] = {}  # a bucket goes when its last object does
        for key, obj in objects.items():
            self.replace(key, None, obj)

    def replace(self, key: Key, old: Obj | None, new: Obj | None) -> None:
        part = self._part
        if part and old is not None and new is not None and old.get(part) is new.get(part):
            return
        before = self._values_of(old) if old is not None else ()
        after = self._values_of(new) if new is not None else ()
        if before == after:
            return
        kept = dict.fromkeys(after)
        for value in before:
            if value not in kept:
                self._drop(value, key)
        for value in kept:
            self._buckets.setdefault(value, {})[key] = None

    def bucket(self, value: Hashable) -> Mapping[Key, None]:
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
        self._by_owner: dict[str, list[EventHandler]] = {}  # by the kind of the controlling owner
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

    def add_index(self, name: str, values_of: IndexFunction, *, part: str = "") -> None:
        """Does nothing when there is an index of that name already.

        `part`: the values depend on this member of the object alone (`spec`), apart from its name and namespace.
        """
        if name not in self._indexes:
            self._indexes[name] = Index(values_of, self._objects, part)

    def by_index(self, name: str, value: Hashable) -> list[Obj]:
        """In the order of arrival, as list()."""
        objects = self._objects
        return [objects[key] for key in self._indexes[name].bucket(value)]

    def count(self, name: str, value: Hashable) -> int:
        """How many objects by_index() would return."""
        return len(self._indexes[name].bucket(value))

    def index_values(self, name: str) -> list[Hashable]:
        """The values under which there is at least one object."""
        return [*self._indexes[name].values()]

    def on_event(self, handler: EventHandler, *, owner: str = "") -> None:
        """Calls `handler` for each change from now on, and at once for every existing object as added.

        With `owner`, a kind's name, only for objects that one of that kind controls, or nobody, before or after.
        """
        for obj in [*self._objects.values()]:
            if not owner or _owner_kind(obj) in (owner, ""):
                handler(None, obj, revision_of(obj))
        if owner:
            self._by_owner.setdefault(owner, []).append(handler)
        else:
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
        if self._by_owner:
            for handler in self._owners_handlers(old, new):
                handler(old, new, event.revision)

    def _owners_handlers(self, old: Obj | None, new: Obj | None) -> Iterable[EventHandler]:
        owner = _owner_kind(new if new is not None else old)
        if owner and (old is None or new is None or _owner_kind(old) == owner):
            return self._by_owner.get(owner, ())
        return chain.from_iterable(self._by_owner.values())


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


def _owner_kind(obj: Obj | None) -> str:
    """Of the object's controller; '' without one."""
    ref = controller_of(obj) if obj is not None else None
    return ref["kind"] if ref else ""
