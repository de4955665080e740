"""Who refers to whom as an owner, over all kinds.

Models: kubernetes v1.36 pkg/controller/garbagecollector/graph_builder.go. The graph is a view of the informers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.informer import Informer

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"


class Node(NamedTuple):
    """An object's place among all kinds."""

    kind: Kind
    key: Key


Notify = Callable[[Node, int], None]
"""Called with what should be looked at, and the revision that is the reason."""


class Graph:
    """Dependents by their owners' uid, and a notice of every change that may mean work."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._informers: dict[Kind, Informer] = {}
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._dependents: dict[
            str, dict[Node, None]
        ] = {}  # a node goes with its reference, an entry when empty

    def add(self, informers: Sequence[Informer]) -> None:
        """All of them are known before the first of their objects is judged."""
        for informer in informers:
            self._informers[informer.kind] = informer
            self._kinds[informer.kind.group, informer.kind.kind] = informer.kind
        for informer in informers:
            informer.on_event(partial(self._see, informer.kind))

    def find(self, node: Node) -> Obj | None:
        return self._informers[node.kind].get(node.key)

    def dependents(self, uid: str) -> list[Node]:
        """In the order of kind, namespace and name."""
        return sorted(self._dependents.get(uid, ()), key=lambda n: (n.kind.api_version, n.kind.kind, n.key))

    def owner_node(self, ref: Obj, namespace: str) -> Node | None:
        """Where the owner should be; None when its kind is not known.

        A namespaced owner is looked for in the dependent's own namespace, '' for a cluster-scoped dependent.
        """
        group = ref["apiVersion"].rpartition("/")[0]
        kind = self._kinds.get((group, ref["kind"]))
        return Node(kind, Key(namespace if kind.namespaced else "", ref["name"])) if kind else None

    def owner(self, ref: Obj, namespace: str) -> Obj | None:
        """The owner as the informers show it; None when it isn't there or is another object of that name."""
        node = self.owner_node(ref, namespace)
        found = self.find(node) if node else None
        return found if found is not None and uid_of(found) == ref["uid"] else None

    def _see(self, kind: Kind, old: Obj | None, new: Obj | None, revision: int) -> None:
        before, after = _refs(old), _refs(new)
        obj = new if new is not None else old
        assert obj is not None
        if not (before or after) and new is not None and not is_terminating(new):
            return
        node = Node(kind, key_of(obj))
        if before != after:
            self._relink(node, before, after)
        if before and (new is None or before != after):
            self._tell_waiting_owners(obj, before, revision)
        if new is None:
            self._notify_all(self.dependents(uid_of(obj)), revision)
        elif _is_waiting(new):
            self._notify(node, revision)
            self._notify_all(self.dependents(uid_of(new)), revision)
        elif before != after and self._is_suspect(new, after):
            self._notify(node, revision)

    def _relink(self, node: Node, before: list[Obj], after: list[Obj]) -> None:
        kept = {ref["uid"] for ref in after}
        for ref in before:
            if ref["uid"] not in kept and ref["uid"] in self._dependents:
                self._dependents[ref["uid"]].pop(node, None)
                if not self._dependents[ref["uid"]]:
                    del self._dependents[ref["uid"]]
        for ref in after:
            self._dependents.setdefault(ref["uid"], {})[node] = None

    def _tell_waiting_owners(self, obj: Obj, refs: list[Obj], revision: int) -> None:
        """An owner may have waited for the end of this object, or of its reference."""
        namespace = obj["metadata"].get("namespace", "")
        for ref in refs:
            owner = self.owner(ref, namespace)
            where = self.owner_node(ref, namespace)
            if owner is not None and where is not None and _is_waiting(owner):
                self._notify(where, revision)

    def _notify_all(self, nodes: list[Node], revision: int) -> None:
        for node in nodes:
            self._notify(node, revision)

    def _is_suspect(self, obj: Obj, refs: list[Obj]) -> bool:
        """Whether an owner isn't there, or waits for its dependents' end."""
        namespace = obj["metadata"].get("namespace", "")
        owners = [self.owner(ref, namespace) for ref in refs]
        return any(owner is None or _is_waiting(owner) for owner in owners)


def is_deleting_dependents(obj: Obj) -> bool:
    return is_terminating(obj) and FOREGROUND in (obj["metadata"].get("finalizers") or ())


def is_orphaning(obj: Obj) -> bool:
    return is_terminating(obj) and ORPHAN in (obj["metadata"].get("finalizers") or ())


def _is_waiting(obj: Obj) -> bool:
    return is_deleting_dependents(obj) or is_orphaning(obj)


def _refs(obj: Obj | None) -> list[Obj]:
    return (obj["metadata"].get("ownerReferences") or []) if obj is not None else []
