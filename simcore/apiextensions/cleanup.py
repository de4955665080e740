"""Deletes the objects of a definition that is being deleted, then lets it go.

Models: kubernetes v1.36 apiextensions-apiserver pkg/controller/finalizer/crd_finalizer.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.custom_kinds import storing_kind
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION, Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
RETRY_MS = 5_000
"""How soon objects that have finalizers of their own are looked for again."""


class CleanupController:
    name = "crd-finalizer"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client = ctx.client
        self._crds = ctx.informers.informer(CUSTOM_RESOURCE_DEFINITION)
        self.watches: Sequence[Watch] = (Watch(CUSTOM_RESOURCE_DEFINITION, own_key),)

    def reconcile(self, key: Key) -> Result:
        crd = self._crds.get(key)
        if crd is None or not is_terminating(crd) or CLEANUP not in (crd["metadata"].get("finalizers") or ()):
            return DONE
        kind = storing_kind(crd)
        if kind is not None and self._delete_all(kind):
            return Result(RETRY_MS)
        self._client.update(CUSTOM_RESOURCE_DEFINITION, _released(crd))
        return DONE

    def _delete_all(self, kind: Kind) -> bool:
        """Whether objects are left."""
        for obj in self._client.list(kind):
            if is_terminating(obj):
                continue
            try:
                self._client.delete(kind, key_of(obj))
            except NotFound:
                continue  # it went by itself
        return bool(self._client.list(kind))


def _released(crd: Obj) -> Obj:
    meta = crd["metadata"]
    finalizers = [name for name in meta["finalizers"] if name != CLEANUP]
    return {**crd, "metadata": {**meta, "finalizers": finalizers}}
