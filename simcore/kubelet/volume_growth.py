"""Makes the file system of a volume that has grown larger, on the node where a pod uses it.

Models: kubernetes v1.36 pkg/volume/util/operationexecutor/operation_generator.go (nodeExpandVolume).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM, POD
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kubelet.world import NODES, World

PENDING = "NodeResizePending"
_ON_THE_WAY = ("allocatedResourceStatuses", "conditions")


class VolumeGrowth:
    """Its keys are those of claims; it acts for the kubelets of all nodes."""

    name = "kubelet-volume-growth"

    def __init__(self, ctx: ComponentContext, world: World) -> None:
        self._ctx, self._client, self._world = ctx, ctx.client, world
        self._pods = ctx.informers.informer(POD)
        self.watches: Sequence[Watch] = (Watch(PERSISTENT_VOLUME_CLAIM, _pending), Watch(POD, _started))

    def reconcile(self, key: Key) -> Result:
        try:
            claim = self._client.get(
                PERSISTENT_VOLUME_CLAIM, key
            )  # the informer may not show our own writes yet
        except NotFound:
            return DONE
        if not _pending(None, claim):
            return DONE
        name = claim["spec"]["volumeName"]
        pod = next((pod for pod in self._users(key) if self._is_on(pod["spec"]["nodeName"])), None)
        if pod is None:
            return DONE
        node = pod["spec"]["nodeName"]
        kubelet = self._ctx.for_actor(f"kubelet/{node}")
        done = {name: value for name, value in claim["status"].items() if name not in _ON_THE_WAY}
        status = done | {"capacity": claim["status"]["allocatedResources"]}
        kubelet.client.update_status(PERSISTENT_VOLUME_CLAIM, {**claim, "status": status})
        recorder = kubelet.recorder("kubelet", node)
        message = f'MountVolume.NodeExpandVolume succeeded for volume "{name}" {node}'
        for about in (pod, claim):
            recorder.event(about, "Normal", "FileSystemResizeSuccessful", message)
        return DONE

    def _users(self, claim: Key) -> list[Obj]:
        """The running pods that use it, in the order of their names."""
        found = (p for p in self._pods.list(claim.namespace) if claim in claims_of(p))
        return sorted((p for p in found if p["status"].get("phase") == "Running"), key=key_of)

    def _is_on(self, node: str) -> bool:
        return (self._world.get(NODES + node) or {}).get("power") == "on"


def claims_of(pod: Obj) -> list[Key]:
    """Generic ephemeral volumes' are called after pod and volume."""
    meta, found = pod["metadata"], []
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append(Key(meta["namespace"], volume["persistentVolumeClaim"]["claimName"]))
        elif "ephemeral" in volume:
            found.append(Key(meta["namespace"], f"{meta['name']}-{volume['name']}"))
    return found


def _pending(old: Obj | None, new: Obj | None) -> list[Key]:
    states = ((new or {}).get("status") or {}).get("allocatedResourceStatuses") or {}
    return [key_of(new)] if new is not None and states.get("storage") == PENDING else []


def _started(old: Obj | None, new: Obj | None) -> list[Key]:
    """The claims of a pod that has just begun to run."""
    if new is None or _phase(new) != "Running" or (old is not None and _phase(old) == "Running"):
        return []
    return claims_of(new)


def _phase(pod: Obj) -> str:
    return str((pod.get("status") or {}).get("phase", ""))
