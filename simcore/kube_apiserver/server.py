"""The API server's pipeline, one verb a method.

A write passes these stages: authorization, defaulting, mutating admission, the strategy's preparation, validation,
validating admission, persistence. A change is tried again on what is newest when somebody else wrote meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import AlreadyExists, FieldError, Invalid, NotFound, ServiceUnavailable
from simcore.apimachinery.kinds import EVENT, LEASE, POD, Kind, KindTable
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.apimachinery.schema import OBJECT_META, Node, Schema
from simcore.etcd.interface import Compare, Delete, Op, Put, Store
from simcore.kube_apiserver import deletion, metadata
from simcore.kube_apiserver.admission.namespace_lifecycle import NamespaceLifecycle
from simcore.kube_apiserver.admission.plugin import Asked, Chain, Plugin
from simcore.kube_apiserver.authorization.authorizer import Authorizer, authorize
from simcore.kube_apiserver.authorization.modes import ByFlags
from simcore.kube_apiserver.custom.registry import CustomKinds
from simcore.kube_apiserver.heartbeats import Heartbeats, with_heartbeat
from simcore.kube_apiserver.managed_fields.tracking import Writer, only_times_differ, track_update
from simcore.kube_apiserver.request import Attributes, Request
from simcore.kube_apiserver.storage import Storage, stored_form
from simcore.kube_apiserver.strategy import (
    DeleteOptions,
    RequestContext,
    Strategy,
    StrategyTable,
    strategy_for,
)
from simcore.kube_apiserver.users import User
from simcore.kube_apiserver.versions import to_served, to_stored
from simcore.sim.clock import Clock
from simcore.sim.rng import Rng
from simcore.sim.trace import Origin

MOST_TRIES = 32
"""Of one write against others that keep changing the same object."""
MOST_NAMES = 8
"""Generated names that are tried."""
AS_GIVEN = frozenset(("binding", "finalize", "eviction"))
"""Subresources whose change is stored as it is; nobody but the server makes it."""
PLAIN_DELETE = DeleteOptions()

Warnings = list[str]
"""Texts of Warning headers, appended to."""
Change = Callable[[Obj, RequestContext], Obj]
"""From the newest object to the wanted one."""


class Deleted(NamedTuple):
    """What a DELETE did: `obj` is the last state, or the state in which the object waits for its end."""

    obj: Obj
    is_gone: bool


class Write(NamedTuple):
    """One try of a writing request."""

    kind: Kind
    key: Key
    strategy: Strategy
    ctx: RequestContext
    origin: Origin
    path: str
    """The store's key of the object."""


class ApiServer:
    """The one component that sees the store. Objects it returns are shared and read-only."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        rng: Rng,
        kinds: KindTable | None = None,
        schema: Schema | None = None,
        heartbeats: Heartbeats | None = None,
        strategies: StrategyTable | None = None,
        plugins: Sequence[Plugin] = (NamespaceLifecycle(),),
        authorizer: Authorizer | None = None,
    ) -> None:
        self.storage, self.clock, self.rng = Storage(store), clock, rng
        self._kinds, self.schema = kinds or KindTable(), schema
        self.heartbeats = heartbeats
        self._strategies, self.admission = dict(strategies or {}), Chain(plugins)
        self._custom = CustomKinds(self.storage, self._kinds, self._strategies)
        self.authorizer: Authorizer = authorizer or ByFlags(self.storage)

    @property
    def kinds(self) -> KindTable:
        """What is served now, the kinds of stored definitions included."""
        self._custom.refresh()
        return self._kinds

    def strategy(self, kind: Kind) -> Strategy:
        return strategy_for(kind, self._strategies)

    def node(self, kind: Kind) -> Node | None:
        """What the schema says of the kind, if there is one that does."""
        if self.schema is None:
            return None
        if kind.structure is not None:
            return kind.structure.node(self.schema.node(OBJECT_META))
        return self.schema.node(kind.definition) if kind.definition else None

    def get(self, kind: Kind, key: Key, request: Request, subresource: str = "") -> Obj:
        """Raises: NotFound, Forbidden."""
        self.authorize(request, "get", kind, key, subresource)
        request.xray.enter("reading")
        return with_heartbeat(kind, key, to_served(kind, self._existing(kind, key)), self.heartbeats)

    def list(self, kind: Kind, namespace: str | None, request: Request) -> list[Obj]:
        """In lexical order of the keys. Raises: Forbidden."""
        self.authorize(request, "list", kind, Key(namespace or "", ""))
        found = self.storage.all(kind, namespace)
        if kind is LEASE and self.heartbeats is not None:
            found = [with_heartbeat(kind, key_of(obj), obj, self.heartbeats) for obj in found]
        return [*found] if kind.stored_as is None else [to_served(kind, obj) for obj in found]

    def create(self, kind: Kind, obj: Obj, request: Request, *, warnings: Warnings | None = None) -> Obj:
        """The namespace stands in metadata. Raises: AlreadyExists, Invalid, Forbidden, NotFound (the namespace)."""
        if kind.stored_as is not None:
            wanted = to_stored(kind, obj)
            return to_served(kind, self.create(kind.stored_as, wanted, request, warnings=warnings))
        meta = obj["metadata"]
        key = Key(meta.get("namespace", ""), meta.get("name", ""))
        self.authorize(request, "create", kind, key._replace(name=""))
        base = "" if key.name else meta.get("generateName", "")
        request.xray.enter("defaulting")
        if not _is_recorded(kind, request.user):
            obj = self.strategy(kind).default(obj)
        if request.manager and request.user.role != "system":
            obj = self._tracked(kind, obj, None, request.manager)
        for attempt in range(MOST_NAMES):
            if base:
                key = Key(key.namespace, self._generated(kind, key.namespace, base, attempt))
            write = self._attempt(kind, key, request, "", attempt)
            made = self._create_once(write, obj, is_generated=bool(base))
            if made is not None:
                _pass_on(warnings, write)
                request.xray.enter("answer")
                return made
        raise _no_unique_name(kind, key.name) if base else AlreadyExists.named(kind, key.name)

    def update(
        self,
        kind: Kind,
        obj: Obj,
        request: Request,
        *,
        subresource: str = "",
        warnings: Warnings | None = None,
    ) -> Obj:
        """Replaces the object, or with `subresource` its status. Raises: NotFound, Conflict, Invalid, Forbidden."""

        def replace(old: Obj, ctx: RequestContext) -> Obj:
            return obj

        return self.change(
            kind, key_of(obj), replace, request, verb="update", subresource=subresource, warnings=warnings
        )

    def change(
        self,
        kind: Kind,
        key: Key,
        change: Change,
        request: Request,
        *,
        verb: str = "patch",
        subresource: str = "",
        warnings: Warnings | None = None,
    ) -> Obj:
        """Applies `change` to the newest object and stores the result. Raises: as update(), and as `change`."""
        if kind.stored_as is not None:
            wanted, stored_kind = _through(kind, change), kind.stored_as
            changed = self.change(
                stored_kind, key, wanted, request, verb=verb, subresource=subresource, warnings=warnings
            )
            return to_served(kind, changed)
        self.authorize(request, verb, kind, key, subresource)
        for attempt in range(MOST_TRIES):
            request.xray.enter("reading")
            old = self._existing(kind, key)
            write = self._attempt(kind, key, request, subresource, attempt)
            changed = change(old, write.ctx)
            if verb == "update":
                metadata.check_identity(kind, changed["metadata"], old["metadata"])
            new = self._prepared(write, changed, old)
            stored = self._store_update(write, new, old)
            if stored is not None:
                _pass_on(warnings, write)
                request.xray.enter("answer")
                return stored
        raise _too_busy(kind, key)

    def delete(
        self, kind: Kind, key: Key, request: Request, options: DeleteOptions = PLAIN_DELETE
    ) -> Deleted:
        """Removes the object or starts its deletion. Raises: NotFound, Forbidden, Conflict (preconditions)."""
        if kind.stored_as is not None:
            deleted = self.delete(kind.stored_as, key, request, options)
            return deleted._replace(obj=to_served(kind, deleted.obj))
        self.authorize(request, "delete", kind, key)
        for attempt in range(MOST_TRIES):
            request.xray.enter("reading")
            old = self._existing(kind, key)
            deletion.check_preconditions(kind, old, options)
            write = self._attempt(kind, key, request, "", attempt)
            asked = Asked("delete", kind, key.namespace, key.name, None, old)
            request.xray.enter("admission")
            self.admission.admit(asked, write.ctx)
            self.admission.validate(asked, write.ctx)
            request.xray.enter("storage")
            new = deletion.marked(old, write.strategy, options, self.clock)
            if new is None:
                return Deleted(old, is_gone=False)
            is_gone = deletion.is_finished(new, write.strategy)
            stored = self._remove(write, new, old) if is_gone else self._put(write, new, old)
            if stored is not None:
                return Deleted(stored, is_gone)
        raise _too_busy(kind, key)

    # stages

    def authorize(self, request: Request, verb: str, kind: Kind, key: Key, subresource: str = "") -> None:
        """Raises: Forbidden."""
        if request.user.role != "system" and not request.is_authorized:
            asked = Attributes(verb, kind.group, kind.plural, subresource, key.namespace, key.name)
            authorize(self.authorizer, request.user, asked)

    def _create_once(self, write: Write, obj: Obj, *, is_generated: bool) -> Obj | None:
        """Admission to persistence of a new object; None when its generated name or a claim was taken."""
        kind, key, strategy, ctx, _, path = write
        asked = Asked("create", kind, key.namespace, key.name, obj, None)
        ctx.xray.enter("mutating admission")
        admitted = self.admission.admit(asked, ctx) or obj
        meta = metadata.created(
            admitted["metadata"],
            name=key.name,
            uid=self.rng.uid(path, self.storage.store.revision + 1),
            now=self.clock.timestamp(),
            generation=1 if strategy.counts_generation else 0,
        )
        ctx.xray.enter("validation")
        new = strategy.prepare_create({**admitted, "metadata": meta}, ctx)
        if not _is_recorded(kind, ctx.user):
            _refuse(kind, key.name, strategy.validate(new))
            _warn(write, new, None)
        asked.obj = new
        ctx.xray.enter("validating admission")
        self.admission.validate(asked, ctx)
        ctx.xray.enter("storage")
        if self.storage.store.get(path) is not None:
            if is_generated:
                return None
            raise AlreadyExists.named(kind, key.name)
        new = stored_form(kind, new)
        return new if ctx.dry_run or self._write(write, new, 0) else None

    def _prepared(self, write: Write, new: Obj, old: Obj) -> Obj:
        """Preconditions to validating admission of an update."""
        kind, key, strategy, ctx, _, _ = write
        old_meta = old["metadata"]
        ctx.xray.enter("defaulting")
        metadata.check_preconditions(kind, new["metadata"], old_meta, strategy)
        if ctx.subresource not in AS_GIVEN and not _is_pod_status(write, new, old):
            new = strategy.default(new)
        if ctx.manager and ("managedFields" in old_meta or "managedFields" in new["metadata"]):
            new = self._tracked(kind, new, old, ctx.manager, ctx.subresource)
        asked = Asked("update", kind, key.namespace, key.name, new, old, ctx.subresource)
        ctx.xray.enter("mutating admission")
        new = self.admission.admit(asked, ctx) or new
        ctx.xray.enter("validation")
        generation = old_meta.get("generation", 0)
        new = {**new, "metadata": metadata.updated(new["metadata"], old_meta, generation=generation)}
        if ctx.subresource in AS_GIVEN:
            return stored_form(kind, new)
        if ctx.subresource == "status":
            new = strategy.prepare_status(new, old, ctx)
            faults = strategy.validate_status(new, old)
        else:
            new = strategy.prepare_update(new, old, ctx)
            if strategy.counts_generation and metadata.content_differs(new, old):
                new["metadata"]["generation"] = generation + 1
            part = ctx.subresource
            faults = strategy.validate_part(new, old, part) if part else strategy.validate_update(new, old)
        _refuse(kind, key.name, faults)
        if not ctx.subresource:
            _warn(write, new, old)
        asked.obj = new
        ctx.xray.enter("validating admission")
        self.admission.validate(asked, ctx)
        return stored_form(kind, new)

    # persistence; None: somebody else wrote meanwhile

    def _store_update(self, write: Write, new: Obj, old: Obj) -> Obj | None:
        if "deletionTimestamp" in old["metadata"] and deletion.is_finished(new, write.strategy):
            return self._remove(write, new, old)
        return self._put(write, new, old)

    def _put(self, write: Write, new: Obj, old: Obj) -> Obj | None:
        """Nothing is written when nothing changed."""
        write.ctx.xray.enter("storage")
        if _same(new, old) or _only_noted(new, old):
            return old
        revision = old["metadata"]["resourceVersion"]
        if write.ctx.dry_run:
            return {**new, "metadata": {**new["metadata"], "resourceVersion": revision}}
        return new if self._write(write, new, int(revision)) else None

    def _remove(self, write: Write, new: Obj, old: Obj) -> Obj | None:
        """The last state: what was stored, with the revision of its end."""
        write.strategy.release(new, write.ctx)
        if write.ctx.dry_run:
            return old
        expected = int(old["metadata"]["resourceVersion"])
        extra = [Delete(path) for path in write.ctx.releases]
        last = self.storage.remove(write.path, old, expected=expected, extra=extra, origin=write.origin)
        if last is not None:
            write.ctx.xray.wrote(write.path, expected, int(last["metadata"]["resourceVersion"]))
        return last

    def _write(self, write: Write, new: Obj, expected: int) -> bool:
        ctx = write.ctx
        extra, guards = _besides(ctx) if ctx.claims or ctx.releases or ctx.charges else ((), ())
        done = self.storage.put(
            write.path, new, expected=expected, origin=write.origin, extra=extra, guards=guards
        )
        if done:
            ctx.xray.wrote(write.path, expected, int(new["metadata"]["resourceVersion"]))
        return done

    # parts

    def _existing(self, kind: Kind, key: Key) -> Obj:
        obj = self.storage.find(kind, key)
        if obj is None:
            raise NotFound.named(kind, key.name)
        return obj

    def _attempt(self, kind: Kind, key: Key, request: Request, subresource: str, attempt: int) -> Write:
        ctx = RequestContext(
            request.user,
            self.clock,
            self.rng,
            self.storage,
            subresource,
            attempt,
            request.dry_run,
            request.manager,
            xray=request.xray,
        )
        origin = Origin(request.actor, request.cause, self.clock.now())
        return Write(kind, key, self.strategy(kind), ctx, origin, kind.path(key))

    def _tracked(self, kind: Kind, new: Obj, old: Obj | None, manager: str, subresource: str = "") -> Obj:
        """With who manages which field after this write."""
        if subresource in AS_GIVEN:
            return new
        writer = Writer(manager, kind.api_version, subresource)
        return track_update(old, new, writer, self.node(kind), self.clock.timestamp())

    def _generated(self, kind: Kind, namespace: str, base: str, attempt: int) -> str:
        base = base[: metadata.LONGEST_BASE]
        where = kind.path(Key(namespace, base))
        return base + self.rng.suffix(5, where, self.storage.store.revision + 1, attempt)


def _through(kind: Kind, change: Change) -> Change:
    """The change of a stored object by way of another version."""
    return lambda old, ctx: to_stored(kind, change(to_served(kind, old), ctx))


def _besides(ctx: RequestContext) -> tuple[Sequence[Op], Sequence[Compare]]:
    """What is written in the same transaction, and what must be true for it."""
    extra: list[Op] = [Put(path, value) for path, value in ctx.claims]
    extra += [Delete(path) for path in ctx.releases]
    guards = [Compare(path, "mod", "==", 0) for path, _ in ctx.claims]
    for kind, charged in ctx.charges:
        path, meta = kind.path(key_of(charged)), dict(charged["metadata"])
        guards.append(Compare(path, "mod", "==", int(meta.pop("resourceVersion"))))
        extra.append(Put(path, encode(stored_form(kind, {**charged, "metadata": meta}))))
    return extra, guards


def _is_recorded(kind: Kind, user: User) -> bool:
    """Whether a component's recorder has made the object: an Event with all its fields, and nothing wrong in them."""
    return kind is EVENT and user.role == "system"


def _refuse(kind: Kind, name: str, faults: Sequence[FieldError]) -> None:
    if faults:
        raise Invalid.because(kind, name, faults)


def _warn(write: Write, new: Obj, old: Obj | None) -> None:
    """Components don't read warnings."""
    if write.ctx.user.role != "system":
        write.ctx.warnings.extend(write.strategy.warnings(new, old))


def _pass_on(warnings: list[str] | None, write: Write) -> None:
    if warnings is not None:
        warnings.extend(write.ctx.warnings)


def _no_unique_name(kind: Kind, name: str) -> AlreadyExists:
    why = "the server was not able to generate a unique name for the object"
    return AlreadyExists(f'{kind.resource} "{name}" already exists, {why}')


def _too_busy(kind: Kind, key: Key) -> ServiceUnavailable:
    return ServiceUnavailable(f"{kind.resource} {key}: written by others {MOST_TRIES} times in a row")


def _same(new: Obj, old: Obj) -> bool:
    """Whether an update would change nothing; `new` has no resourceVersion."""
    if len(new) != len(old):
        return False
    for name, value in new.items():
        if name != "metadata" and value is not old.get(name) and value != old.get(name):
            return False
    meta = new["metadata"]
    old_meta = old["metadata"]
    return len(meta) == len(old_meta) - 1 and all(old_meta.get(name) == meta[name] for name in meta)


def _is_pod_status(write: Write, new: Obj, old: Obj) -> bool:
    """A pod's status has no defaults, and a spec that is the stored one has them already."""
    return write.ctx.subresource == "status" and write.kind is POD and new.get("spec") is old["spec"]


def _only_noted(new: Obj, old: Obj) -> bool:
    """Whether an update would change nothing but the time at which a manager wrote."""
    if "managedFields" not in new["metadata"] or not only_times_differ(new, old):
        return False
    return _same(
        {**new, "metadata": {**new["metadata"], "managedFields": old["metadata"]["managedFields"]}}, old
    )
