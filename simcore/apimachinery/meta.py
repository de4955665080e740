"""Reading the parts that every object has."""

from __future__ import annotations

from typing import Any, NamedTuple

Obj = dict[str, Any]
"""A decoded API object, shaped like its manifest."""


class Key(NamedTuple):
    """An object's place within its kind. Cluster-scoped objects have the namespace ''."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def key_of(obj: Obj) -> Key:
    """Asked for so often that the detour by Key's own constructor would be felt."""
    meta = obj["metadata"]
    return tuple.__new__(Key, (meta.get("namespace", ""), meta["name"]))


def labels_of(obj: Obj) -> dict[str, str]:
    return obj["metadata"].get("labels") or {}


def annotations_of(obj: Obj) -> dict[str, str]:
    return obj["metadata"].get("annotations") or {}


def uid_of(obj: Obj) -> str:
    uid: str = obj["metadata"]["uid"]
    return uid


def revision_of(obj: Obj) -> int:
    """The store's revision behind the object's resourceVersion; 0 when it was never stored."""
    return int(obj["metadata"].get("resourceVersion") or 0)


def is_terminating(obj: Obj) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def controller_of(obj: Obj) -> Obj | None:
    """The owner reference with `controller: true`."""
    for ref in obj["metadata"].get("ownerReferences") or ():
        if ref.get("controller"):
            return ref  # type: ignore[no-any-return]  # owner references are objects
    return None


def controller_ref(owner: Obj) -> Obj:
    """A controller owner reference to `owner`, as metav1.NewControllerRef makes it."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
