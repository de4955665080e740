"""Adopting what a controller's selector matches and nobody controls, releasing what it no longer matches.

Models: kubernetes v1.36 pkg/controller/controller_ref_manager.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from simcore.apimachinery.errors import Conflict, Invalid, NotFound
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import (
    Key,
    Obj,
    controller_of,
    controller_ref,
    is_terminating,
    key_of,
    labels_of,
    uid_of,
)
from simcore.apimachinery.selectors import matches
from simcore.client.control_loop import controller_key
from simcore.client.informer import Informer
from simcore.client.interfaces import ApiClient

INDEX = "controller"


def index_by_controller(informer: Informer) -> None:
    """Makes owned_by() and orphans_in() possible."""
    informer.add_index(INDEX, _controllers)


def owned_by(informer: Informer, uid: str) -> list[Obj]:
    """The objects that the controller with this uid controls, in the order of their names."""
    return sorted(informer.by_index(INDEX, uid), key=key_of)


def orphans_in(informer: Informer, namespace: str) -> list[Obj]:
    """The namespace's objects that nobody controls, in the order of their names."""
    return sorted(informer.by_index(INDEX, ("", namespace)), key=key_of)


def _controllers(obj: Obj) -> tuple[object, ...]:
    ref = controller_of(obj)
    return (ref["uid"],) if ref else (("", obj["metadata"].get("namespace", "")),)


def selector_of(owner: Obj) -> Obj | None:
    """The owner's label selector; the one of a ReplicationController is older than label selectors."""
    selector: Obj | None = owner["spec"].get("selector")
    return {"matchLabels": selector} if owner["kind"] == "ReplicationController" else selector


class Claims:
    """The claims of controllers of one kind on objects of another."""

    def __init__(self, client: ApiClient, owner_kind: Kind, kind: Kind, *, finalizer: str = "") -> None:
        """`finalizer` comes and goes with the claim."""
        self._client, self._owner_kind, self._kind = client, owner_kind, kind
        self._finalizer = finalizer

    def adopt(self, owner: Obj, orphans: Iterable[Obj]) -> list[Obj]:
        """Takes the orphans that the owner's selector matches; returns them as they are now.

        Raises: Conflict when the owner is gone or has been replaced meanwhile.
        """
        selector = selector_of(owner)
        wanted = [o for o in orphans if not is_terminating(o) and matches(selector, labels_of(o))]
        if not wanted or is_terminating(owner) or not self._may_adopt(owner):
            return []
        refs = ([*(o["metadata"].get("ownerReferences") or ()), controller_ref(owner)] for o in wanted)
        return [*self._rewrite(wanted, refs, [self._finalizer] if self._finalizer else [])]

    def release(self, owner: Obj, owned: Iterable[Obj]) -> list[Obj]:
        """Lets go of the owned objects that the selector does not match; returns them as they are now."""
        if is_terminating(owner):
            return []
        selector, uid = selector_of(owner), uid_of(owner)
        unwanted = [o for o in owned if not matches(selector, labels_of(o))]
        refs = ([r for r in o["metadata"]["ownerReferences"] if r["uid"] != uid] for o in unwanted)
        return [*self._rewrite(unwanted, refs, [])]

    def _may_adopt(self, owner: Obj) -> bool:
        """Asks the API, not the informer: an owner that is being deleted must not take anything."""
        fresh = self._client.get(self._owner_kind, key_of(owner))
        if uid_of(fresh) != uid_of(owner):
            raise Conflict(f"original {self._owner_kind.kind} {key_of(owner)} is gone")
        return not is_terminating(fresh)

    def _rewrite(self, objects: Sequence[Obj], refs: Iterable[list[Obj]], claim: list[str]) -> Iterable[Obj]:
        for obj, wanted in zip(objects, refs, strict=True):
            meta = {
                "uid": uid_of(obj),
                "resourceVersion": obj["metadata"]["resourceVersion"],
                "ownerReferences": wanted or None,
            }
            if self._finalizer:
                others = [f for f in obj["metadata"].get("finalizers") or () if f != self._finalizer]
                meta["finalizers"] = [*others, *claim] or None
            try:
                yield self._client.patch(self._kind, key_of(obj), {"metadata": meta})
            except (NotFound, Invalid):
                continue  # gone, or another object by now: its own events will bring us back


def owners_keys(kind: Kind, informer: Informer) -> Callable[[Obj | None, Obj | None], list[Key]]:
    """For a Watch of what `kind` owns: the controlling objects, or those that might adopt; `informer` is of `kind`."""
    controlling = controller_key(kind)
    return lambda old, new: controlling(old, new) or adopters(informer, old, new)


def adopters(informer: Informer, old: Obj | None, new: Obj | None) -> list[Key]:
    """The controllers in `informer` that might adopt a changed object without a controller."""
    if new is None or controller_of(new) is not None:
        return []
    if old is not None and labels_of(old) == labels_of(new) and controller_of(old) is None:
        return []
    namespace = new["metadata"].get("namespace", "")
    return sorted(key_of(c) for c in informer.list(namespace) if matches(selector_of(c), labels_of(new)))
