"""Holds volumes and claims until their controllers say that nobody uses them.

Models: kubernetes v1.36 plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext

_FINALIZERS = {
    PERSISTENT_VOLUME: "kubernetes.io/pv-protection",
    PERSISTENT_VOLUME_CLAIM: "kubernetes.io/pvc-protection",
}


class StorageObjectInUseProtection(BasePlugin):
    name = "StorageObjectInUseProtection"

    def concerns(self, kind: Kind) -> bool:
        return kind in _FINALIZERS

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        finalizer = _FINALIZERS.get(asked.kind) if asked.verb == "create" and not asked.subresource else None
        if finalizer is None or asked.obj is None:
            return asked.obj
        meta = asked.obj["metadata"]
        present = meta.get("finalizers") or []
        if finalizer in present:
            return asked.obj
        return {**asked.obj, "metadata": {**meta, "finalizers": [*present, finalizer]}}
