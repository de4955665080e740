"""What differs from kind to kind: a Strategy holds one kind's defaults, rules, lifecycle and columns.

Models: kubernetes v1.36 apiserver/pkg/registry/rest (RESTCreateStrategy and its siblings for update and delete).

Objects are shared and read-only here, too: a hook that changes something returns a new object which shares the parts
it leaves alone (`{**obj, "spec": spec}`), and returns its argument itself when nothing is to be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.observing.xray import NO_XRAY, Xray
from simcore.kube_apiserver.users import User
from simcore.sim.clock import Clock
from simcore.sim.rng import Rng

Propagation = Literal["Background", "Foreground", "Orphan"]


@dataclass(frozen=True)
class Column:
    """A column of a Table. `priority` above 0 is shown with `-o wide` only."""

    name: str
    description: str = ""
    type: str = "string"
    format: str = ""
    priority: int = 0


@dataclass(frozen=True)
class DeleteOptions:
    """metav1.DeleteOptions; None means not given."""

    grace_s: int | None = None
    propagation: Propagation | None = None
    orphan_dependents: bool | None = None
    uid: str | None = None
    resource_version: str | None = None
    dry_run: bool = False


class Reader(Protocol):
    """The stored state, for strategies and admission. What it returns is shared: never mutate it."""

    def find(self, kind: Kind, key: Key) -> Obj | None: ...

    def all(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        """In lexical order of the keys."""
        ...

    def count(self, kind: Kind) -> int:
        """How many there are in the whole cluster; costs nothing. Of kinds with a folder of their own."""
        ...


@dataclass(slots=True)
class RequestContext:
    """What a hook may know of the request beyond the object; only the lists are written to."""

    user: User
    clock: Clock
    rng: Rng
    read: Reader
    subresource: str = ""
    attempt: int = 0
    """Counts the tries of one request; a hook that draws (a port, an address) puts it into the label."""
    dry_run: bool = False
    manager: str = ""
    """The field manager of the write; '' when nobody is to be noted."""
    warnings: list[str] = field(default_factory=list)
    """Hooks append; the client gets them as Warning headers."""
    claims: list[tuple[str, bytes]] = field(default_factory=list)
    """(store path, value) that must not exist and are written in the same transaction as the object (an allocated
    address); when one does exist, the request is tried again with the next attempt."""
    releases: list[str] = field(default_factory=list)
    """Store paths that are deleted in the same transaction."""
    charges: list[tuple[Kind, Obj]] = field(default_factory=list)
    """Other objects that are changed in the same transaction (a quota's usage); each must still be what it was when
    it was read, else the request is tried again."""
    xray: Xray = NO_XRAY
    """The request's, for what is worth a note."""


class Strategy(Protocol):
    """One kind's behaviour. Subclass BaseStrategy and override what differs."""

    columns: Sequence[Column]
    """Without Name and Age only if the kind has others: the whole row as kubectl shows it."""
    counts_generation: bool
    """Whether metadata.generation starts at 1 and grows with each change of anything but metadata and status."""
    unconditional_update: bool
    """Whether an update may leave resourceVersion out."""
    create_on_update: bool
    """Whether PUT creates an object that does not exist."""
    field_selectors: Sequence[str]
    """The fields beyond metadata.name and metadata.namespace that `fieldSelector` knows, as `spec.nodeName`."""

    def default(self, obj: Obj) -> Obj:
        """Fills in what the versioned API defaults; runs on create and on each update, before the rest."""
        ...

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        """Sets and clears what a client may not decide (status, allocations)."""
        ...

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        """As prepare_create, for an update of the object itself: status is the old one's."""
        ...

    def prepare_status(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        """For an update through the status subresource: everything but status (and most metadata) is the old one's."""
        ...

    def validate(self, obj: Obj) -> list[FieldError]:
        """All faults of a new object, in Kubernetes' order, its metadata's included (name rules differ by kind)."""
        ...

    def validate_update(self, new: Obj, old: Obj) -> list[FieldError]:
        """All faults of an update (validate() is not called for updates)."""
        ...

    def validate_part(self, new: Obj, old: Obj, subresource: str) -> list[FieldError]:
        """All faults of an update through a subresource other than status."""
        ...

    def validate_status(self, new: Obj, old: Obj) -> list[FieldError]: ...

    def grace_s(self, obj: Obj, asked: int | None) -> int | None:
        """Seconds the object gets to terminate by itself; 0: remove it now; None: the kind has no graceful deletion."""
        ...

    def begin_deletion(self, obj: Obj) -> Obj:
        """The object as it looks once its deletionTimestamp is set (a namespace becomes Terminating)."""
        ...

    def is_held(self, obj: Obj) -> bool:
        """Whether finalizers other than metadata.finalizers keep a deleted object (a namespace's spec.finalizers)."""
        ...

    def release(self, obj: Obj, ctx: RequestContext) -> None:
        """Gives back what prepare_create claimed, when the object is removed (ctx.releases)."""
        ...

    def warnings(self, obj: Obj, old: Obj | None) -> list[str]:
        """What a client should know about an accepted object, as Kubernetes' Warning headers say it.

        `old` is None for a new object. Status and other subresources are not asked about.
        """
        ...

    def field(self, obj: Obj, path: str) -> str:
        """The value of one of field_selectors; '' when it is not set."""
        ...

    def cells(self, obj: Obj, now_ms: int) -> list[Any]:
        """The row for `columns`; `now_ms` is Unix milliseconds, for ages."""
        ...


_NAME = Column("Name", "Name must be unique within a namespace.", format="name")
_AGE = Column("Created At", "CreationTimestamp is a timestamp representing the server time.", "date")


class BaseStrategy:
    """A kind without rules of its own: status is separate, everything is valid, deletion is immediate."""

    columns: Sequence[Column] = (_NAME, _AGE)
    counts_generation = False
    unconditional_update = True
    create_on_update = False
    field_selectors: Sequence[str] = ()

    def default(self, obj: Obj) -> Obj:
        return obj

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        return obj

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        return new

    def prepare_status(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        merged = {**old, "metadata": {**new["metadata"]}}
        owners = old["metadata"].get("ownerReferences")
        if owners is None:
            merged["metadata"].pop("ownerReferences", None)
        else:
            merged["metadata"]["ownerReferences"] = owners
        return with_status(merged, new)

    def validate(self, obj: Obj) -> list[FieldError]:
        return []

    def validate_update(self, new: Obj, old: Obj) -> list[FieldError]:
        return []

    def validate_part(self, new: Obj, old: Obj, subresource: str) -> list[FieldError]:
        return self.validate_update(new, old)

    def validate_status(self, new: Obj, old: Obj) -> list[FieldError]:
        return []

    def grace_s(self, obj: Obj, asked: int | None) -> int | None:
        return None

    def begin_deletion(self, obj: Obj) -> Obj:
        return obj

    def is_held(self, obj: Obj) -> bool:
        return False

    def release(self, obj: Obj, ctx: RequestContext) -> None:
        return None

    def warnings(self, obj: Obj, old: Obj | None) -> list[str]:
        return []

    def field(self, obj: Obj, path: str) -> str:
        value: Any = obj
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return (
            {None: "", True: "true", False: "false"}.get(value, str(value))
            if not isinstance(value, dict)
            else ""
        )

    def cells(self, obj: Obj, now_ms: int) -> list[Any]:
        meta = obj["metadata"]
        return [meta["name"], meta.get("creationTimestamp")]


class StatusStrategy(BaseStrategy):
    """A kind with a status subresource: create drops status, update keeps the old one; generation counts."""

    counts_generation = True

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        return {**obj, "status": {}}

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        return with_status(new, old)


def with_status(obj: Obj, other: Obj) -> Obj:
    """`obj` with the status of `other`: a new object unless it has that very status."""
    status = other.get("status")
    if status is None:
        return {k: v for k, v in obj.items() if k != "status"} if "status" in obj else obj
    return obj if obj.get("status") is status else {**obj, "status": status}


StrategyTable = dict[str, Strategy]
"""By `Kind.resource` (`pods`, `deployments.apps`); a kind that is not listed has DEFAULT or DEFAULT_WITH_STATUS."""

DEFAULT: Strategy = BaseStrategy()
DEFAULT_WITH_STATUS: Strategy = StatusStrategy()


def strategy_for(kind: Kind, table: StrategyTable) -> Strategy:
    found = table.get((kind.stored_as or kind).resource)
    return found or (DEFAULT_WITH_STATUS if "status" in kind.subresources else DEFAULT)
