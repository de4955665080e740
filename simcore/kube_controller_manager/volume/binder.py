"""Brings PersistentVolumes and claims together, and says what becomes of both.

A binding is made in four writes, each of which can be the last before an interruption: the volume points to the claim,
the volume is Bound, the claim points to the volume, the claim is Bound.

Models: kubernetes v1.36 pkg/controller/volume/persistentvolume/pv_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import (
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    STORAGE_CLASS,
    Kind,
)
from simcore.apimachinery.meta import Key, Obj, annotations_of, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.client.recorder import EventLevel, reference
from simcore.kube_controller_manager.volume.match import best_match, class_of, is_for
from simcore.kube_controller_manager.volume.use import claim_keys, index_by_claim, pods_using

BIND_COMPLETED, BOUND_BY_US = "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"
PROVISIONER = "volume.kubernetes.io/storage-provisioner"
OLD_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
RESYNC_MS = 15_000
LOST_VOLUME = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
LOST_REFERENCE = "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"
MISBOUND = "Two claims are bound to the same volume, this one is bound incorrectly"


class ClaimBinder:
    """Its keys are those of claims."""

    name = "persistentvolume-binder"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._recorder = ctx.client, ctx.recorder("persistentvolume-controller")
        self._claims = ctx.informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._volumes = ctx.informers.informer(PERSISTENT_VOLUME)
        self._classes, self._nodes = ctx.informers.informer(STORAGE_CLASS), ctx.informers.informer(NODE)
        self._pods = ctx.informers.informer(POD)
        index_by_claim(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(PERSISTENT_VOLUME_CLAIM, own_key),
            Watch(PERSISTENT_VOLUME, self._of_volume),
            Watch(STORAGE_CLASS, lambda old, new: self._unbound()),
            Watch(POD, self._of_pod),
        )

    def reconcile(self, key: Key) -> Result:
        claim = self._claims.get(key)
        if claim is None:
            return DONE
        if BIND_COMPLETED in annotations_of(claim):
            self._check(claim)
            return DONE
        if claim["spec"].get("volumeName"):
            return self._take_named(claim)
        return self._find(claim)

    def _check(self, claim: Obj) -> None:
        """A claim that was bound stays so, or is lost."""
        name = claim["spec"].get("volumeName")
        volume = self._find_volume(name) if name else None
        if not name:
            self._lose(claim, "ClaimLost", LOST_REFERENCE)
        elif volume is None:
            self._lose(claim, "ClaimLost", LOST_VOLUME)
        elif not volume["spec"].get("claimRef") or is_for(volume, claim):
            self._bind(volume, claim)
        else:
            self._lose(claim, "ClaimMisbound", MISBOUND)

    def _take_named(self, claim: Obj) -> Result:
        """The user, or we before an interruption, have chosen the volume."""
        volume = self._find_volume(claim["spec"]["volumeName"])
        if volume is not None and (not volume["spec"].get("claimRef") or is_for(volume, claim)):
            self._bind(volume, claim)
        else:
            self._set_phase(PERSISTENT_VOLUME_CLAIM, claim, "Pending")
        return DONE

    def _find(self, claim: Obj) -> Result:
        if claim["spec"].get("storageClassName") is None and (default := self._default_class()):
            self._client.patch(
                PERSISTENT_VOLUME_CLAIM, key_of(claim), {"spec": {"storageClassName": default}}
            )
            return DONE
        node = self._node_for(claim)
        is_delayed = node is None and self._waits_for_consumer(claim)
        volumes = sorted(self._client.list(PERSISTENT_VOLUME), key=key_of)
        volume = best_match(claim, volumes, node, is_delayed=is_delayed)
        if volume is not None:
            self._bind(volume, claim)
            return DONE
        if is_delayed:
            self._tell_of_waiting(claim)
        elif class_of(claim):
            self._ask_provisioner(claim)
        else:
            message = "no persistent volumes available for this claim and no storage class is set"
            self._event(claim, "Normal", "FailedBinding", message)
        self._set_phase(PERSISTENT_VOLUME_CLAIM, claim, "Pending")
        return Result(RESYNC_MS)

    def _tell_of_waiting(self, claim: Obj) -> None:
        waiting = [
            pod["metadata"]["name"]
            for pod in pods_using(self._pods, claim)
            if not pod["spec"].get("nodeName")
        ]
        if waiting:
            message = f"waiting for pod {','.join(sorted(waiting))} to be scheduled"
            self._event(claim, "Normal", "WaitForPodScheduled", message)
        else:
            message = "waiting for first consumer to be created before binding"
            self._event(claim, "Normal", "WaitForFirstConsumer", message)

    def _ask_provisioner(self, claim: Obj) -> None:
        """The provisioner itself is another's; it knows its claims by an annotation."""
        name = class_of(claim)
        found = self._classes.get(Key("", name))
        if found is None:
            message = f'storageclass.storage.k8s.io "{name}" not found'
            self._event(claim, "Warning", "ProvisioningFailed", message)
            return
        provisioner = found["provisioner"]
        if provisioner == NO_PROVISIONER:
            self._event(
                claim, "Warning", "ProvisioningFailed", f"no volume plugin matched name: {provisioner}"
            )
            return
        if annotations_of(claim).get(PROVISIONER) != provisioner:
            wanted = {PROVISIONER: provisioner, OLD_PROVISIONER: provisioner}
            self._client.patch(PERSISTENT_VOLUME_CLAIM, key_of(claim), {"metadata": {"annotations": wanted}})
        message = (
            f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the "
            "system administrator. If volume creation is delayed, please verify that the provisioner is running and "
            "correctly registered."
        )
        self._event(claim, "Normal", "ExternalProvisioning", message)

    def _bind(self, volume: Obj, claim: Obj) -> None:
        ref = volume["spec"].get("claimRef") or {}
        if ref.get("uid") != uid_of(claim):
            patch: Obj = {"spec": {"claimRef": reference(claim)}}
            if not ref:
                patch["metadata"] = {"annotations": {BOUND_BY_US: "yes"}}
            volume = self._patch(PERSISTENT_VOLUME, volume, patch)
        self._set_phase(PERSISTENT_VOLUME, volume, "Bound")
        marks = {BIND_COMPLETED: "yes"}
        if claim["spec"].get("volumeName") != volume["metadata"]["name"]:
            marks[BOUND_BY_US] = "yes"
        if not marks.items() <= annotations_of(claim).items():
            patch = {"metadata": {"annotations": marks}, "spec": {"volumeName": volume["metadata"]["name"]}}
            claim = self._patch(PERSISTENT_VOLUME_CLAIM, claim, patch)
        status = {
            **(claim.get("status") or {}),
            "phase": "Bound",
            "accessModes": volume["spec"].get("accessModes") or [],
        }
        if (claim.get("status") or {}).get(
            "phase"
        ) != "Bound":  # later its file system may be smaller than its volume
            status["capacity"] = volume["spec"].get("capacity") or {}
        if status != claim.get("status"):
            self._client.update_status(PERSISTENT_VOLUME_CLAIM, {**claim, "status": status})

    def _lose(self, claim: Obj, reason: str, message: str) -> None:
        if (claim.get("status") or {}).get("phase") != "Lost":
            self._set_phase(PERSISTENT_VOLUME_CLAIM, claim, "Lost")
            self._event(claim, "Warning", reason, message)

    def _set_phase(self, kind: Kind, obj: Obj, phase: str) -> None:
        status = obj.get("status") or {}
        if status.get("phase") != phase:
            self._client.patch(kind, key_of(obj), {"status": {"phase": phase}}, subresource="status")

    def _patch(self, kind: Kind, obj: Obj, patch: Obj) -> Obj:
        meta = {"resourceVersion": obj["metadata"]["resourceVersion"], **(patch.get("metadata") or {})}
        return self._client.patch(kind, key_of(obj), {**patch, "metadata": meta})

    def _event(self, claim: Obj, level: EventLevel, reason: str, message: str) -> None:
        self._recorder.event(claim, level, reason, message)

    def _find_volume(self, name: str) -> Obj | None:
        return self._volumes.get(Key("", name))

    def _waits_for_consumer(self, claim: Obj) -> bool:
        found = self._classes.get(Key("", class_of(claim)))
        return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"

    def _node_for(self, claim: Obj) -> Obj | None:
        """The node that was chosen for the claim's first pod, by the scheduler or by having put it there."""
        chosen = annotations_of(claim).get(SELECTED_NODE)
        names = [chosen] if chosen else [p["spec"].get("nodeName") for p in pods_using(self._pods, claim)]
        return next((node for name in names if name and (node := self._nodes.get(Key("", name)))), None)

    def _default_class(self) -> str:
        """The newest that says so."""
        found = [c for c in self._classes.list() if annotations_of(c).get(IS_DEFAULT) == "true"]
        ordered = sorted(found, key=lambda c: c["metadata"]["name"])
        newest = max(ordered, key=lambda c: c["metadata"]["creationTimestamp"], default=None)
        return newest["metadata"]["name"] if newest is not None else ""

    def _unbound(self) -> list[Key]:
        claims = (
            c for c in self._claims.list() if (c.get("status") or {}).get("phase", "Pending") == "Pending"
        )
        return sorted(map(key_of, claims))

    def _of_volume(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """The volume's own claim; every waiting one when it may be free."""
        keys = {
            Key(ref["namespace"], ref["name"]): None
            for obj in (old, new)
            if obj is not None and (ref := obj["spec"].get("claimRef"))
        }
        if new is not None and not new["spec"].get("claimRef"):
            keys |= dict.fromkeys(self._unbound())
        return sorted(keys)

    def _of_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """Hot: a pod matters when it is put on a node, or waits for one, and has claims."""
        if new is None or not new["spec"].get("volumes"):
            return []
        if old is not None and old["spec"].get("nodeName") == new["spec"].get("nodeName"):
            return []
        return [
            key for key in claim_keys(new) if (c := self._claims.get(key)) and not c["spec"].get("volumeName")
        ]
