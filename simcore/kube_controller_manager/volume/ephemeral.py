"""Makes the claims of generic ephemeral volumes; they go with their pod.

Models: kubernetes v1.36 pkg/controller/volume/ephemeral/controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM, POD
from simcore.apimachinery.meta import Key, Obj, controller_of, controller_ref, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, controller_key


class EphemeralVolumeController:
    name = "ephemeral-volume-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._recorder = ctx.client, ctx.recorder("ephemeral_volume")
        self._pods = ctx.informers.informer(POD)
        self._claims = ctx.informers.informer(PERSISTENT_VOLUME_CLAIM)
        self.watches: Sequence[Watch] = (
            Watch(POD, _that_came),
            Watch(PERSISTENT_VOLUME_CLAIM, controller_key(POD), owner=POD),
        )

    def reconcile(self, key: Key) -> Result:
        pod = self._pods.get(key)
        if pod is None or is_terminating(pod):
            return DONE
        for volume in _ephemeral(pod):
            self._ensure(pod, volume)
        return DONE

    def _ensure(self, pod: Obj, volume: Obj) -> None:
        key = key_of(pod)
        wanted = Key(key.namespace, f"{key.name}-{volume['name']}")
        claim = self._claims.get(wanted)
        if claim is None:
            self._client.create(PERSISTENT_VOLUME_CLAIM, _claim(wanted, pod, volume))
        elif not _belongs_to(claim, pod):
            why = f"PVC {wanted} was not created for pod {key} (pod is not owner)"
            self._recorder.event(pod, "Warning", "FailedBinding", why)


def _claim(key: Key, pod: Obj, volume: Obj) -> Obj:
    template = volume["ephemeral"]["volumeClaimTemplate"]
    given = template.get("metadata") or {}
    kept = {name: given[name] for name in ("annotations", "labels") if given.get(name)}
    meta = {"name": key.name, "namespace": key.namespace, "ownerReferences": [controller_ref(pod)]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": meta | kept,
        "spec": template["spec"],
    }


def _ephemeral(pod: Obj) -> list[Obj]:
    return [volume for volume in pod["spec"].get("volumes") or () if "ephemeral" in volume]


def _belongs_to(claim: Obj, pod: Obj) -> bool:
    owner = controller_of(claim)
    return owner is not None and owner["uid"] == uid_of(pod)


def _that_came(old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
    return (key_of(new),) if old is None and new is not None and _ephemeral(new) else ()
