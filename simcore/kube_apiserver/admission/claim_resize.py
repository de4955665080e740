"""A claim grows only when it is bound, and when its class says that volumes may.

Models: kubernetes v1.36 plugin/pkg/admission/storage/persistentvolume/resize/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext

NOT_BOUND = "Only bound persistent volume claims can be expanded"
NOT_GROWING = (
    "only dynamically provisioned pvc can be resized and "
    "the storageclass that provisions the pvc must support resize"
)


class PersistentVolumeClaimResize(BasePlugin):
    name = "PersistentVolumeClaimResize"

    def concerns(self, kind: Kind) -> bool:
        return kind is PERSISTENT_VOLUME_CLAIM

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        new, old = asked.obj, asked.old
        if new is None or old is None or asked.subresource or _wanted(new) <= _wanted(old):
            return
        if (old.get("status") or {}).get("phase") != "Bound":
            raise forbidden(asked, NOT_BOUND)
        name = old["spec"].get("storageClassName")
        found = ctx.read.find(STORAGE_CLASS, Key("", name)) if name else None
        if found is None or not found.get("allowVolumeExpansion"):
            raise forbidden(asked, NOT_GROWING)


def _wanted(claim: Obj) -> int:
    return parse(((claim["spec"].get("resources") or {}).get("requests") or {}).get("storage", "0")).nanos
