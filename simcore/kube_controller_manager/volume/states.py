"""Says of each PersistentVolume whether it is free, bound or left behind.

Models: kubernetes v1.36 pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume, reclaimVolume).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM
from simcore.apimachinery.meta import Key, Obj, annotations_of, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.volume.binder import PROVISIONED_BY


class VolumeStates:
    """Its keys are those of volumes: Available, Bound, Released."""

    name = "persistentvolume-states"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._recorder = ctx.client, ctx.recorder("persistentvolume-controller")
        self._claims = ctx.informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._volumes = ctx.informers.informer(PERSISTENT_VOLUME)
        self.watches: Sequence[Watch] = (
            Watch(PERSISTENT_VOLUME, own_key),
            Watch(PERSISTENT_VOLUME_CLAIM, _volume_of),
        )

    def reconcile(self, key: Key) -> Result:
        volume = self._volumes.get(key)
        if volume is None:
            return DONE
        ref, phase = volume["spec"].get("claimRef") or {}, (volume.get("status") or {}).get("phase")
        if not ref.get("uid"):
            self._write(volume, "Available")
        elif self._is_claimed(ref):
            return DONE  # the claim's side writes Bound
        elif phase not in ("Released", "Failed"):
            self._write(volume, "Released")
        elif phase == "Released":
            self._reclaim(volume)
        return DONE

    def _is_claimed(self, ref: Obj) -> bool:
        """Asks the API server as well: a volume can be seen before its claim."""
        key = Key(ref["namespace"], ref["name"])
        claim = self._claims.get(key)
        if claim is None or uid_of(claim) != ref["uid"]:
            fresh = [c for c in self._client.list(PERSISTENT_VOLUME_CLAIM, key.namespace) if key_of(c) == key]
            claim = fresh[0] if fresh else None
        return claim is not None and uid_of(claim) == ref["uid"]

    def _reclaim(self, volume: Obj) -> None:
        """Volumes that a provisioner made are deleted by it; no other can be."""
        if volume["spec"].get("persistentVolumeReclaimPolicy") != "Delete" or is_terminating(volume):
            return
        if PROVISIONED_BY not in annotations_of(volume):
            name = volume["metadata"]["name"]
            message = (
                f'error getting deleter volume plugin for volume "{name}": no deletable volume plugin matched'
            )
            self._write(volume, "Failed", reason="VolumeFailedDelete", message=message)
            self._recorder.event(volume, "Warning", "VolumeFailedDelete", message)

    def _write(self, volume: Obj, phase: str, **why: str) -> None:
        if (volume.get("status") or {}).get("phase") != phase:
            patch = {"status": {"phase": phase, **why}}
            self._client.patch(PERSISTENT_VOLUME, key_of(volume), patch, subresource="status")


def _volume_of(old: Obj | None, new: Obj | None) -> list[Key]:
    """The volumes of a claim that has gone or changed."""
    names = {obj["spec"].get("volumeName") for obj in (old, new) if obj is not None}
    return [Key("", name) for name in sorted(filter(None, names))]
