"""Claims and Ingresses that name no class get the cluster's default one; the youngest when there are several.

Models: kubernetes v1.36 plugin/pkg/admission/storage/storageclass/setdefault and
plugin/pkg/admission/network/defaultingressclass.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import INGRESS, INGRESS_CLASS, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS, Kind
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext


class DefaultClass(BasePlugin):
    """`field` of the spec names the class; `legacy` is the annotation that once did."""

    def __init__(self, name: str, kind: Kind, classes: Kind, *, field: str, mark: str, legacy: str) -> None:
        self.name, self._kind, self._classes = name, kind, classes
        self._field, self._mark, self._legacy = field, mark, legacy

    def concerns(self, kind: Kind) -> bool:
        return kind is self._kind

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        obj = asked.obj
        if asked.verb != "create" or obj is None:
            return obj
        spec = obj.get("spec") or {}
        if spec.get(self._field) is not None or self._legacy in annotations_of(obj):
            return obj
        default = self._default(ctx)
        return obj if not default else {**obj, "spec": {**spec, self._field: default}}

    def _default(self, ctx: RequestContext) -> str:
        marked = [c for c in ctx.read.all(self._classes) if annotations_of(c).get(self._mark) == "true"]
        if not marked:
            return ""
        youngest = max(c["metadata"]["creationTimestamp"] for c in marked)
        named: list[str] = [
            c["metadata"]["name"] for c in marked if c["metadata"]["creationTimestamp"] == youngest
        ]
        return min(named)


def default_storage_class() -> DefaultClass:
    return DefaultClass(
        "DefaultStorageClass",
        PERSISTENT_VOLUME_CLAIM,
        STORAGE_CLASS,
        field="storageClassName",
        mark="storageclass.kubernetes.io/is-default-class",
        legacy="volume.beta.kubernetes.io/storage-class",
    )


def default_ingress_class() -> DefaultClass:
    return DefaultClass(
        "DefaultIngressClass",
        INGRESS,
        INGRESS_CLASS,
        field="ingressClassName",
        mark="ingressclass.kubernetes.io/is-default-class",
        legacy="kubernetes.io/ingress.class",
    )
