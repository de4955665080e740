"""Makes volumes for claims, whatever the provisioner is called, and deletes those that are to go with their claims.

Models: sig-storage-lib-external-provisioner controller/controller.go, which every CSI driver runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import AlreadyExists, NotFound
from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS
from simcore.apimachinery.meta import Key, Obj, annotations_of, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.client.recorder import reference

PROVISIONER = "volume.kubernetes.io/storage-provisioner"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_NAME = "pvc-"


class Provisioner:
    """Its keys are those of claims."""

    name = "external-provisioner"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._recorder = ctx.client, ctx.recorder(self.name)
        self._claims = ctx.informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._classes = ctx.informers.informer(STORAGE_CLASS)
        self.watches: Sequence[Watch] = (Watch(PERSISTENT_VOLUME_CLAIM, _waiting),)

    def reconcile(self, key: Key) -> Result:
        claim = self._claims.get(key)
        if claim is None or not _waiting(None, claim):
            return DONE
        storage_class = self._classes.get(Key("", claim["spec"].get("storageClassName") or ""))
        if storage_class is None or storage_class["provisioner"] != annotations_of(claim)[PROVISIONER]:
            return DONE
        message = f'External provisioner is provisioning volume for claim "{key}"'
        self._recorder.event(claim, "Normal", "Provisioning", message)
        volume = _volume_for(claim, storage_class)
        try:
            self._client.create(PERSISTENT_VOLUME, volume)
        except AlreadyExists:
            return DONE  # made before, but not bound yet
        message = f"Successfully provisioned volume {volume['metadata']['name']}"
        self._recorder.event(claim, "Normal", "ProvisioningSucceeded", message)
        return DONE


class Deleter:
    """Its keys are those of volumes."""

    name = "external-provisioner-deletion"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._volumes = ctx.client, ctx.informers.informer(PERSISTENT_VOLUME)
        self.watches: Sequence[Watch] = (Watch(PERSISTENT_VOLUME, _released),)

    def reconcile(self, key: Key) -> Result:
        volume = self._volumes.get(key)
        if volume is not None and _released(None, volume):
            try:
                self._client.delete(PERSISTENT_VOLUME, key, uid=uid_of(volume))
            except NotFound:
                return DONE  # what we wanted
        return DONE


def _waiting(old: Obj | None, new: Obj | None) -> list[Key]:
    """A claim that the binder has sent to its provisioner."""
    if new is None or is_terminating(new) or new["spec"].get("volumeName"):
        return []
    return [key_of(new)] if PROVISIONER in annotations_of(new) else []


def _released(old: Obj | None, new: Obj | None) -> list[Key]:
    if new is None or is_terminating(new) or PROVISIONED_BY not in annotations_of(new):
        return []
    is_ours = new["spec"].get("persistentVolumeReclaimPolicy") == "Delete"
    return [key_of(new)] if is_ours and (new.get("status") or {}).get("phase") == "Released" else []


def _volume_for(claim: Obj, storage_class: Obj) -> Obj:
    name, wanted, driver = f"{_NAME}{uid_of(claim)}", claim["spec"], storage_class["provisioner"]
    spec: Obj = {
        "accessModes": wanted["accessModes"],
        "capacity": {"storage": wanted["resources"]["requests"]["storage"]},
        "claimRef": reference(claim),
        **_source(driver, name),
        "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy") or "Delete",
        "storageClassName": storage_class["metadata"]["name"],
        "volumeMode": wanted.get("volumeMode") or "Filesystem",
    }
    if storage_class.get("mountOptions"):
        spec["mountOptions"] = storage_class["mountOptions"]
    meta = {"name": name, "annotations": {PROVISIONED_BY: driver}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": spec}


def _source(driver: str, name: str) -> Obj:
    """A provisioner whose name is no CSI driver's makes folders on its nodes, as local-path does."""
    if "/" in driver:
        return {"hostPath": {"path": f"/opt/volumes/{name}", "type": "DirectoryOrCreate"}}
    return {"csi": {"driver": driver, "volumeHandle": name}}
