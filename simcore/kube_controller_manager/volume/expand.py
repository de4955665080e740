"""Says of claims that are to grow that it is somebody else's work: no volume is made larger by this controller.

Models: kubernetes v1.36 pkg/controller/volume/expand/expand_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.apimachinery.quantity import parse
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch

WAITING = "waiting for an external controller to expand this PVC"


class ExpandController:
    name = "expand-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._claims, self._recorder = (
            ctx.informers.informer(PERSISTENT_VOLUME_CLAIM),
            ctx.recorder("volume_expand"),
        )
        self.watches: Sequence[Watch] = (Watch(PERSISTENT_VOLUME_CLAIM, _grown),)

    def reconcile(self, key: Key) -> Result:
        claim = self._claims.get(key)
        if claim is not None and is_growing(claim):
            self._recorder.event(claim, "Normal", "ExternalExpanding", WAITING)
        return DONE


def is_growing(claim: Obj) -> bool:
    """Whether a bound claim asks for more than it has."""
    status = claim.get("status") or {}
    has = (status.get("capacity") or {}).get("storage")
    return status.get("phase") == "Bound" and has is not None and parse(has).nanos < _wanted(claim)


def _grown(old: Obj | None, new: Obj | None) -> list[Key]:
    if old is None or new is None or _wanted(old) >= _wanted(new):
        return []
    return [key_of(new)]


def _wanted(claim: Obj) -> int:
    return parse(claim["spec"]["resources"]["requests"]["storage"]).nanos
