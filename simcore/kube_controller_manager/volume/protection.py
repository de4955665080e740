"""Holds claims that pods use and volumes that are bound until nobody needs them.

Models: kubernetes v1.36 pkg/controller/volume/{pvcprotection,pvprotection}.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.pods import is_finished
from simcore.kube_controller_manager.volume.use import claim_keys, index_by_claim, pods_using

CLAIM_IN_USE, VOLUME_IN_USE = "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"


class ClaimProtection:
    name = "pvc-protection-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._ctx, self._claims = ctx, ctx.informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._pods = ctx.informers.informer(POD)
        index_by_claim(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(PERSISTENT_VOLUME_CLAIM, lambda old, new: _held(new, CLAIM_IN_USE)),
            Watch(POD, _freed),
        )

    def reconcile(self, key: Key) -> Result:
        claim = self._claims.get(key)
        if claim is not None and _held(claim, CLAIM_IN_USE) and not pods_using(self._pods, claim):
            _let_go(self._ctx, PERSISTENT_VOLUME_CLAIM, claim, CLAIM_IN_USE)
        return DONE


class VolumeProtection:
    name = "pv-protection-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._ctx, self._volumes = ctx, ctx.informers.informer(PERSISTENT_VOLUME)
        self.watches: Sequence[Watch] = (
            Watch(PERSISTENT_VOLUME, lambda old, new: _held(new, VOLUME_IN_USE)),
        )

    def reconcile(self, key: Key) -> Result:
        volume = self._volumes.get(key)
        if volume is None or not _held(volume, VOLUME_IN_USE):
            return DONE
        if (volume.get("status") or {}).get("phase") != "Bound":
            _let_go(self._ctx, PERSISTENT_VOLUME, volume, VOLUME_IN_USE)
        return DONE


def _held(obj: Obj | None, finalizer: str) -> list[Key]:
    """The key of an object that waits for our word."""
    if obj is None or not is_terminating(obj):
        return []
    return [key_of(obj)] if finalizer in (obj["metadata"].get("finalizers") or ()) else []


def _freed(old: Obj | None, new: Obj | None) -> list[Key]:
    """The claims of a pod that has ended or gone."""
    if old is None or (new is not None and (is_finished(old) or not is_finished(new))):
        return []
    return claim_keys(old)


def _let_go(ctx: ComponentContext, kind: Kind, obj: Obj, finalizer: str) -> None:
    kept = [f for f in obj["metadata"]["finalizers"] if f != finalizer]
    meta = {"resourceVersion": obj["metadata"]["resourceVersion"], "finalizers": kept or None}
    try:
        ctx.client.patch(kind, key_of(obj), {"metadata": meta})
    except NotFound:
        return  # gone
