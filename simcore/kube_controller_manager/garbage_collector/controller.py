"""Deletes what has lost its owners, and finishes deletions that wait for dependents.

Models: kubernetes v1.36 pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import EVENT, Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, ControlLoop, Result, Watch
from simcore.client.interfaces import ApiClient
from simcore.client.recorder import EventRecorder
from simcore.kube_controller_manager.garbage_collector.graph import (
    FOREGROUND,
    ORPHAN,
    Graph,
    Node,
    is_deleting_dependents,
    is_orphaning,
)
from simcore.kube_controller_manager.known_kinds import KnownKinds

IGNORED = (EVENT,)
RefTest = Callable[[Obj], bool]


class _Owners(NamedTuple):
    """An object's references by what their owners are doing."""

    solid: list[Obj]
    missing: list[Obj]
    waiting: list[Obj]


class GarbageCollector:
    """One loop a kind, over one graph."""

    def __init__(self, ctx: ComponentContext, kinds: KnownKinds) -> None:
        self._ctx, self._kinds = ctx, kinds
        self._loops: dict[Kind, ControlLoop] = {}
        self._graph = Graph(self._enqueue)
        self._recorder = ctx.recorder("garbage-collector-controller")

    def start(self) -> None:
        self._look_after(self._kinds)
        self._kinds.on_new(lambda kind: self._look_after((kind,)))

    def _look_after(self, kinds: Iterable[Kind]) -> None:
        """Also of a kind that has gone and come again: its informer and its loop are still there."""
        new = [k for k in kinds if k not in IGNORED and "delete" in k.verbs and k not in self._loops]
        for kind in new:
            collector = KindCollector(self._ctx.client, kind, self._graph, self._recorder)
            self._loops[kind] = ControlLoop(self._ctx, collector)
        self._graph.add([self._ctx.informers.informer(kind) for kind in new])

    def _enqueue(self, node: Node, revision: int) -> None:
        self._loops[node.kind].enqueue(node.key, revision)


class KindCollector:
    """Collects the objects of one kind. The graph says which."""

    name = "generic-garbage-collector"
    watches: Sequence[Watch] = ()

    def __init__(self, client: ApiClient, kind: Kind, graph: Graph, recorder: EventRecorder) -> None:
        self._client, self._kind, self._graph, self._recorder = client, kind, graph, recorder

    def reconcile(self, key: Key) -> Result:
        obj = self._graph.find(Node(self._kind, key))
        if obj is None:
            return DONE
        if is_orphaning(obj):
            self._orphan_dependents(obj)
        elif is_deleting_dependents(obj):
            self._finish_foreground(obj)
        elif not is_terminating(obj) and obj["metadata"].get("ownerReferences"):
            self._judge(key, obj)
        return DONE

    def _judge(self, key: Key, obj: Obj) -> None:
        owners = self._classified(obj)
        if owners is None or not (owners.missing or owners.waiting):
            return
        if owners.solid:
            gone = {ref["uid"] for ref in (*owners.missing, *owners.waiting)}
            self._keep_refs(self._kind, obj, lambda ref: ref["uid"] not in gone)
            return
        dependents = self._graph.dependents(uid_of(obj))
        policy: Literal["Background", "Foreground"] = "Background"
        if owners.waiting and dependents:
            if any(map(self._is_waiting_itself, dependents)):
                obj = self._unblock(obj)
            policy = "Foreground"
        try:
            self._client.delete(self._kind, key, uid=uid_of(obj), propagation=policy)
        except NotFound:
            return  # what we wanted

    def _is_waiting_itself(self, node: Node) -> bool:
        found = self._graph.find(node)
        return found is not None and is_deleting_dependents(found)

    def _unblock(self, obj: Obj) -> Obj:
        """Breaks what may be a circle of objects that wait for each other."""
        refs = [{**ref, "blockOwnerDeletion": False} for ref in obj["metadata"]["ownerReferences"]]
        return self._patch_meta(self._kind, obj, {"ownerReferences": refs})

    def _classified(self, obj: Obj) -> _Owners | None:
        """None when an owner can't be judged: its kind is unknown or out of the object's reach."""
        owners, namespace = _Owners([], [], []), obj["metadata"].get("namespace", "")
        for ref in obj["metadata"]["ownerReferences"]:
            node = self._graph.owner_node(ref, namespace)
            if node is None:
                return None
            if node.kind.namespaced and not namespace:
                self._complain(obj, ref)
                return None
            owner = self._graph.owner(ref, namespace) or self._ask_for(node, ref)
            if owner is None:
                owners.missing.append(ref)
            elif is_deleting_dependents(owner):
                owners.waiting.append(ref)
            else:
                owners.solid.append(ref)
        return owners

    def _ask_for(self, node: Node, ref: Obj) -> Obj | None:
        """Asks the API whether an owner that the informer does not show is really not there."""
        try:
            found = self._client.get(node.kind, node.key)
        except NotFound:
            return None
        return found if uid_of(found) == ref["uid"] else None

    def _finish_foreground(self, obj: Obj) -> None:
        """Lets the object go once no dependent blocks it; the dependents are told by the graph."""
        blocking = [d for d in self._graph.dependents(uid_of(obj)) if self._blocks(d, obj)]
        if not blocking:
            self._drop_finalizer(obj, FOREGROUND)

    def _blocks(self, dependent: Node, owner: Obj) -> bool:
        found = self._graph.find(dependent)
        refs = (found or {"metadata": {}})["metadata"].get("ownerReferences") or ()
        return any(ref["uid"] == uid_of(owner) and ref.get("blockOwnerDeletion") for ref in refs)

    def _orphan_dependents(self, owner: Obj) -> None:
        for node in self._graph.dependents(uid_of(owner)):
            dependent = self._graph.find(node)
            if dependent is not None:
                self._keep_refs(node.kind, dependent, lambda ref: ref["uid"] != uid_of(owner))
        self._drop_finalizer(owner, ORPHAN)

    def _keep_refs(self, kind: Kind, obj: Obj, is_kept: RefTest) -> None:
        refs = [ref for ref in obj["metadata"].get("ownerReferences") or () if is_kept(ref)]
        self._patch_meta(kind, obj, {"ownerReferences": refs or None})

    def _drop_finalizer(self, obj: Obj, finalizer: str) -> None:
        kept = [f for f in obj["metadata"]["finalizers"] if f != finalizer]
        self._patch_meta(self._kind, obj, {"finalizers": kept or None})

    def _patch_meta(self, kind: Kind, obj: Obj, changes: Obj) -> Obj:
        guard = {"uid": uid_of(obj), "resourceVersion": obj["metadata"]["resourceVersion"]}
        try:
            return self._client.patch(kind, key_of(obj), {"metadata": guard | changes})
        except NotFound:
            return obj  # gone, with its finalizers and references

    def _complain(self, obj: Obj, ref: Obj) -> None:
        shown = f"{ref['apiVersion']}/{ref['kind']}, namespace: , name: {ref['name']}, uid: {ref['uid']}"
        message = f'ownerRef [{shown}] does not exist in namespace ""'
        self._recorder.event(obj, "Warning", "OwnerRefInvalidNamespace", message)
