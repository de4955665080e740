"""The table of kinds: names, scope, verbs and where the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simcore.apimachinery.meta import Key

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Kind:
    """One kind in one version. Equal by identity of (group, version, kind)."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[str, ...] = ()
    storage: str = ""
    """The folder under /registry/; upstream's own spelling, which is not always the plural."""
    definition: str = ""
    """The schema's name, as `io.k8s.api.core.v1.Pod`."""
    api_version: str = field(init=False, compare=False)
    prefix: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "api_version", f"{self.group}/{self.version}" if self.group else self.version)
        set_(self, "prefix", f"/registry/{self.storage or self.plural}/")
        set_(self, "singular", self.singular or self.kind.lower())

    def __hash__(self) -> int:
        return hash((self.group, self.version, self.kind))

    def path(self, key: Key) -> str:
        """The store's key of an object."""
        return f"{self.prefix}{key.namespace}/{key.name}" if self.namespaced else self.prefix + key.name

    def folder(self, namespace: str | None) -> str:
        """The store's prefix of a namespace's objects; of all objects without one."""
        return f"{self.prefix}{namespace}/" if self.namespaced and namespace else self.prefix

    def key(self, path: str) -> Key:
        """The inverse of path()."""
        rest = path[len(self.prefix) :]
        return Key(*rest.split("/", 1)) if self.namespaced else Key("", rest)

    @property
    def resource(self) -> str:
        """`pods`, `deployments.apps`: the resource as messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


_CORE = "io.k8s.api.core.v1."
_ALL = ("all",)

NAMESPACE = Kind(
    "", "v1", "Namespace", "namespaces", False, short_names=("ns",), subresources=("finalize", "status"),
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"), definition=_CORE + "Namespace",
)  # fmt: skip
NODE = Kind(
    "", "v1", "Node", "nodes", False, short_names=("no",), subresources=("status",), storage="minions",
    definition=_CORE + "Node",
)  # fmt: skip
POD = Kind(
    "", "v1", "Pod", "pods", short_names=("po",), categories=_ALL,
    subresources=("binding", "eviction", "log", "status"), definition=_CORE + "Pod",
)  # fmt: skip
SERVICE = Kind(
    "", "v1", "Service", "services", short_names=("svc",), categories=_ALL, subresources=("status",),
    storage="services/specs", definition=_CORE + "Service",
)  # fmt: skip
CONFIG_MAP = Kind("", "v1", "ConfigMap", "configmaps", short_names=("cm",), definition=_CORE + "ConfigMap")
EVENT = Kind("", "v1", "Event", "events", short_names=("ev",), definition=_CORE + "Event")
REPLICA_SET = Kind(
    "apps", "v1", "ReplicaSet", "replicasets", short_names=("rs",), categories=_ALL,
    subresources=("scale", "status"), definition="io.k8s.api.apps.v1.ReplicaSet",
)  # fmt: skip
DEPLOYMENT = Kind(
    "apps", "v1", "Deployment", "deployments", short_names=("deploy",), categories=_ALL,
    subresources=("scale", "status"), definition="io.k8s.api.apps.v1.Deployment",
)  # fmt: skip
LEASE = Kind(
    "coordination.k8s.io", "v1", "Lease", "leases", definition="io.k8s.api.coordination.v1.Lease"
)  # fmt: skip

BUILT_IN = (NAMESPACE, NODE, POD, SERVICE, CONFIG_MAP, EVENT, REPLICA_SET, DEPLOYMENT, LEASE)


class KindTable:
    """The kinds that one server serves; later ones may be added by definitions."""

    def __init__(self, kinds: Iterable[Kind] = BUILT_IN) -> None:
        self._by_resource: dict[tuple[str, str, str], Kind] = {}
        self._by_kind: dict[tuple[str, str], Kind] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: Kind) -> None:
        self._by_resource[kind.group, kind.version, kind.plural] = kind
        self._by_kind[kind.api_version, kind.kind] = kind

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_kind.values())

    def by_resource(self, group: str, version: str, plural: str) -> Kind | None:
        return self._by_resource.get((group, version, plural))

    def by_kind(self, api_version: str, kind: str) -> Kind | None:
        return self._by_kind.get((api_version, kind))
