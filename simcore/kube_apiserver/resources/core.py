"""Namespaces and nodes, whose lifecycles are their own.

Models: kubernetes v1.36 pkg/registry/core/{namespace,node}/strategy.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import NAMESPACE, NODE
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.core import default_namespace, default_node
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext, with_status
from simcore.kube_apiserver.tables import core as table
from simcore.kube_apiserver.validation.core import (
    validate_namespace,
    validate_namespace_status,
    validate_node,
    validate_node_update,
)

_FINALIZER = "kubernetes"


class NamespaceStrategy(BuiltIn):
    """A namespace ends when its content is gone: the namespace controller removes the finalizer in its spec."""

    def __init__(self) -> None:
        content = Content(
            default=default_namespace,
            rules=validate_namespace,
            status_rules=validate_namespace_status,
            new_status={"phase": "Active"},
            table=table.NAMESPACE,
            field_selectors=("status.phase", "name"),
        )
        super().__init__(NAMESPACE, content)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        finalizers = obj["spec"].get("finalizers") or []
        if _FINALIZER not in finalizers:
            finalizers = [*finalizers, _FINALIZER]
        return super().prepare_create({**obj, "spec": {"finalizers": finalizers}}, ctx)

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        if ctx.subresource == "finalize":
            return with_status(new, old)
        return with_status({**new, "spec": old["spec"]}, old)

    def begin_deletion(self, obj: Obj) -> Obj:
        return {**obj, "status": {**obj["status"], "phase": "Terminating"}}

    def is_held(self, obj: Obj) -> bool:
        return bool(obj["spec"].get("finalizers"))

    def field(self, obj: Obj, path: str) -> str:
        return obj["metadata"]["name"] if path == "name" else super().field(obj, path)


class NodeStrategy(BuiltIn):
    """A kubelet registers its node together with its status."""

    def __init__(self) -> None:
        content = Content(
            default=default_node,
            rules=validate_node,
            update_rules=validate_node_update,
            new_status={},
            table=table.NODE,
            field_selectors=("spec.unschedulable",),
        )
        super().__init__(NODE, content)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        return obj

    def field(self, obj: Obj, path: str) -> str:
        return super().field(obj, path) or "false"
