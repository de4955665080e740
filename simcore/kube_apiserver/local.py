"""The API server for components in the same process: no HTTP, the same pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from simcore.apimachinery.kinds import SUBJECT_ACCESS_REVIEW, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.patches import merge_patch
from simcore.apimachinery.watch import ObjectEvent
from simcore.etcd.interface import Compacted, Entry, RangeResult
from simcore.kube_apiserver.authorization.reviews import access_status
from simcore.kube_apiserver.binding import bind
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.storage import Storage
from simcore.kube_apiserver.strategy import DeleteOptions
from simcore.kube_apiserver.users import User, component

PROGRAMS = frozenset(("kube-apiserver", "kube-scheduler", "kubelet", "kube-proxy", "coredns"))
"""Actors that are programs of their own; the others are controllers of one."""


class LocalClient:
    """One actor's connection; client.interfaces.ApiClient by shape."""

    def __init__(self, server: ApiServer, actor: str, user: User | None = None) -> None:
        self.cause = 0
        self._server, self._actor = server, actor
        self._user = user or component(actor)
        self._manager = field_manager(actor)
        self._last = Request(self._user, actor, 0, manager=self._manager)

    def get(self, kind: Kind, key: Key) -> Obj:
        return self._server.get(kind, key, self._request())

    def list(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        return self._server.list(kind, namespace, self._request())

    def watch(self, kind: Kind) -> LocalWatch:
        return LocalWatch(self._server.storage, kind)

    def create(self, kind: Kind, obj: Obj) -> Obj:
        if kind is SUBJECT_ACCESS_REVIEW:
            return {**obj, "status": access_status(self._server.authorizer, kind, obj["spec"], self._user)}
        return self._server.create(kind, obj, self._request())

    def update(self, kind: Kind, obj: Obj) -> Obj:
        return self._server.update(kind, obj, self._request())

    def update_status(self, kind: Kind, obj: Obj) -> Obj:
        return self._server.update(kind, obj, self._request(), subresource="status")

    def patch(self, kind: Kind, key: Key, patch: Obj, *, subresource: str = "") -> Obj:
        return self._server.change(
            kind, key, lambda old, ctx: merge_patch(old, patch), self._request(), subresource=subresource
        )

    def bind(self, pod: Key, uid: str, node: str) -> None:
        bind(self._server, pod, node, self._request(), uid=uid)

    def delete(
        self,
        kind: Kind,
        key: Key,
        *,
        uid: str | None = None,
        grace_s: int | None = None,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
    ) -> None:
        options = DeleteOptions(grace_s=grace_s, propagation=propagation, uid=uid)
        self._server.delete(kind, key, self._request(), options)

    def _request(self) -> Request:
        if self._last.cause != self.cause:
            self._last = Request(self._user, self._actor, self.cause, manager=self._manager)
        return self._last


def field_manager(actor: str) -> str:
    """The program that the actor belongs to, as its requests name it."""
    if actor.startswith("user:"):
        return "kubectl-create"
    program = actor.partition("/")[0]
    return program if program in PROGRAMS else "kube-controller-manager"


class LocalWatch:
    """The changes of one kind. A watch that fell behind compaction starts again and says what is gone, too."""

    def __init__(self, storage: Storage, kind: Kind) -> None:
        self._storage, self._kind = storage, kind
        storage.keep(kind)
        self._wake: Callable[[], None] | None = None
        self._known: set[str] = set()  # the store paths told as existing; one goes with its object
        self._listed: RangeResult | None = None  # until it is told
        self._open()

    def poll(self) -> list[ObjectEvent]:
        if self._listed is None:
            try:
                return [self._event(entry) for entry in self._log.poll()]
            except Compacted:
                self._open()
        return self._relist()

    def on_change(self, wake: Callable[[], None]) -> None:
        assert self._wake is None, "one listener a watch"
        self._wake = wake
        self._storage.subscribe(self._kind, wake)

    def cancel(self) -> None:
        self._log.cancel()
        if self._wake is not None:
            self._storage.unsubscribe(self._kind, self._wake)
            self._wake = None

    def _open(self) -> None:
        store = self._storage.store
        self._listed = listed = store.range(self._kind.prefix)
        self._log = store.watch(self._kind.prefix, start=listed.revision + 1)

    def _relist(self) -> list[ObjectEvent]:
        listed, self._listed = self._listed, None
        assert listed is not None
        events = []
        for path in sorted(self._known - {kv.key for kv in listed.kvs}):
            gone = {"metadata": {**self._kind.key(path)._asdict(), "resourceVersion": str(listed.revision)}}
            events.append(ObjectEvent("DELETED", gone, listed.revision))
        self._known = {kv.key for kv in listed.kvs}
        for kv in listed.kvs:
            events.append(ObjectEvent("ADDED", self._storage.decoded(kv), kv.mod_revision))
        return events

    def _event(self, entry: Entry) -> ObjectEvent:
        obj = self._storage.after(entry)
        if entry.value is None:
            self._known.discard(entry.key)
            return ObjectEvent("DELETED", obj, entry.revision)
        self._known.add(entry.key)
        return ObjectEvent("MODIFIED" if entry.prev_revision else "ADDED", obj, entry.revision)
