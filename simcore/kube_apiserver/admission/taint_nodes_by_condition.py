"""A new Node takes no pods until the node lifecycle controller has found it ready.

Models: kubernetes v1.36 plugin/pkg/admission/nodetaint/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import NODE, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext

NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


class TaintNodesByCondition(BasePlugin):
    """The simulation's own machines are ready from their first write and get no taint."""

    name = "TaintNodesByCondition"

    def concerns(self, kind: Kind) -> bool:
        return kind is NODE

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        node = asked.obj
        if asked.verb != "create" or node is None or ctx.user.role == "system":
            return node
        spec = node.get("spec") or {}
        taints = spec.get("taints") or []
        if any((t.get("key"), t.get("effect")) == tuple(NOT_READY.values()) for t in taints):
            return node
        return {**node, "spec": {**spec, "taints": [*taints, NOT_READY]}}
