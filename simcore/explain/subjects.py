"""What a store key stands for, in the words of the API."""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Key
from simcore.etcd.interface import Revision

NOWHERE = "_"
"""Stands for the namespace of an object that has none."""
WORLD = {
    "/sim/cluster": "Cluster",
    "/sim/clock": "Clock",
    "/sim/faults": "Fault",
    "/sim/images": "Registry",
    "/sim/nodes": "Machine",
    "/sim/outages": "Outages",
    "/sim/runtime": "Containers",
}
"""The simulated world's records, which are no API objects."""


class Subject(NamedTuple):
    """An object or a record of the world."""

    path: str
    """The store's key."""
    kind: str
    namespace: str
    name: str
    resource: str = ""
    """`deployments.apps`; '' for a record of the world."""

    @property
    def key(self) -> str:
        """`deployments.apps/shop/web`, `nodes/_/node-1`; a record's own path."""
        return f"{self.resource}/{self.namespace or NOWHERE}/{self.name}" if self.resource else self.path

    def __str__(self) -> str:
        """As one speaks of it: `deployment shop/web`; the namespace `default` goes without saying."""
        name = f"{self.namespace}/{self.name}" if self.namespace not in ("", "default") else self.name
        return f"{self.kind} {name}" if self.kind else name


class Subjects:
    """The table of kinds, read from the store's side. Kinds that are added later are found, too."""

    def __init__(self, kinds: KindTable) -> None:
        self._kinds = kinds
        self._stored: dict[str, Kind] = {}  # by prefix; made again when the table changes
        self._resources: dict[str, Kind] = {}  # by `plural.group`
        self._as_of: Revision = -1

    def of(self, path: str) -> Subject:
        kind = self.kind_of(path)
        if kind is None:
            head = "/".join(path.split("/", 3)[:3])
            return Subject(path, WORLD.get(head, ""), "", path[len(head) + 1 :])
        key = kind.key(path)
        return Subject(path, kind.kind, key.namespace, key.name, kind.resource)

    def kind_of(self, path: str) -> Kind | None:
        """None for what is no API object."""
        self._read()
        first = path.find("/", path.find("/", 1) + 1) + 1
        return self._stored.get(path[: path.find("/", first) + 1]) or self._stored.get(path[:first])

    def by_kind(self, api_version: str, kind: str) -> Kind | None:
        return self._kinds.by_kind(api_version, kind)

    def find(self, key: str) -> tuple[Kind, Key] | None:
        """The inverse of Subject.key; None when there is no such kind or the text is no key."""
        self._read()
        resource, _, rest = key.partition("/")
        namespace, _, name = rest.partition("/")
        kind = self._resources.get(resource)
        if kind is None or not name or "/" in name or kind.namespaced == (namespace in ("", NOWHERE)):
            return None
        return kind, Key(namespace if kind.namespaced else "", name)

    def _read(self) -> None:
        if self._as_of != self._kinds.changes:
            served = [kind for kind in self._kinds if kind.is_stored]
            self._stored = {kind.prefix: kind for kind in served if kind.stored_as is None}
            self._resources = {kind.resource: kind for kind in reversed(served)}
            self._as_of = self._kinds.changes
