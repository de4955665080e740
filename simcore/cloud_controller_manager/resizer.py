"""Makes a driver's volumes larger when their claims ask for it, and leaves the file system to the kubelet.

Models: kubernetes-csi/external-resizer pkg/controller (resize_status.go, expand_and_recover.go).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.apimachinery.quantity import parse
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch

IN_PROGRESS, NODE_PENDING = "ControllerResizeInProgress", "NodeResizePending"
FOR_THE_NODE = "Waiting for user to (re-)start a pod to finish file system resize of volume on node."
REQUIRED = "Require file system resize of volume on node"


class Resizer:
    """Its keys are those of claims."""

    name = "external-resizer"

    def __init__(self, ctx: ComponentContext) -> None:
        self._ctx, self._client, self._clock = ctx, ctx.client, ctx.clock
        self._volumes = ctx.informers.informer(PERSISTENT_VOLUME)
        self.watches: Sequence[Watch] = (Watch(PERSISTENT_VOLUME_CLAIM, _growing),)

    def reconcile(self, key: Key) -> Result:
        try:
            claim = self._client.get(
                PERSISTENT_VOLUME_CLAIM, key
            )  # the informer may not show our own writes yet
        except NotFound:
            return DONE
        if not _growing(None, claim):
            return DONE
        volume = self._volumes.get(Key("", claim["spec"]["volumeName"]))
        driver = ((volume or {}).get("spec", {}).get("csi") or {}).get("driver")
        is_done = _state(claim) == NODE_PENDING and not _has_grown_again(claim)
        if volume is None or driver is None or is_done:
            return DONE
        recorder, wanted = (
            self._ctx.recorder(f"{self.name} {driver}"),
            claim["spec"]["resources"]["requests"]["storage"],
        )
        name = volume["metadata"]["name"]
        if parse(volume["spec"]["capacity"]["storage"]).nanos < parse(wanted).nanos:
            recorder.event(claim, "Normal", "Resizing", f"External resizer is resizing volume {name}")
            claim = self._tell(claim, wanted, IN_PROGRESS, self._condition("Resizing"))
            self._client.patch(PERSISTENT_VOLUME, key_of(volume), {"spec": {"capacity": {"storage": wanted}}})
        self._tell(claim, wanted, NODE_PENDING, self._condition("FileSystemResizePending", FOR_THE_NODE))
        recorder.event(claim, "Normal", "FileSystemResizeRequired", REQUIRED)
        return DONE

    def _tell(self, claim: Obj, wanted: str, state: str, condition: Obj) -> Obj:
        status = {
            **claim["status"],
            "allocatedResources": {"storage": wanted},
            "allocatedResourceStatuses": {"storage": state},
            "conditions": [condition],
        }
        return self._client.update_status(PERSISTENT_VOLUME_CLAIM, {**claim, "status": status})

    def _condition(self, name: str, message: str = "") -> Obj:
        found = {
            "type": name, "status": "True", "lastProbeTime": None, "lastTransitionTime": self._clock.timestamp(),
        }  # fmt: skip
        return found | ({"message": message} if message else {})


def _growing(old: Obj | None, new: Obj | None) -> list[Key]:
    """A bound claim that asks for more than it has."""
    status = (new or {}).get("status") or {}
    has = (status.get("capacity") or {}).get("storage")
    if new is None or has is None or status.get("phase") != "Bound":
        return []
    grows = parse(has).nanos < parse(new["spec"]["resources"]["requests"]["storage"]).nanos
    return [key_of(new)] if grows else []


def _state(claim: Obj) -> str:
    return str((claim["status"].get("allocatedResourceStatuses") or {}).get("storage", ""))


def _has_grown_again(claim: Obj) -> bool:
    told = (claim["status"].get("allocatedResources") or {}).get("storage", "0")
    return parse(told).nanos < parse(claim["spec"]["resources"]["requests"]["storage"]).nanos
