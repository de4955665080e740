"""Refuses objects for namespaces that do not exist or are being deleted, and the deletion of the built-in ones.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.errors import Forbidden, NotFound
from simcore.apimachinery.kinds import NAMESPACE
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext

IMMORTAL = frozenset(("default", "kube-system", "kube-public"))
ACCESS_REVIEW_GROUP = "authorization.k8s.io"


class NamespaceLifecycle(BasePlugin):
    name = "NamespaceLifecycle"

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        if asked.kind is NAMESPACE:
            if asked.verb == "delete" and asked.name in IMMORTAL:
                raise Forbidden(
                    f'namespaces "{asked.name}" is forbidden: this namespace may not be deleted',
                    details={"name": asked.name, "kind": "namespaces"},
                )
            return asked.obj
        if not asked.namespace or asked.verb == "delete" or asked.kind.group == ACCESS_REVIEW_GROUP:
            return asked.obj
        namespace = ctx.read.find(NAMESPACE, Key("", asked.namespace))
        if namespace is None:
            raise NotFound.named(NAMESPACE, asked.namespace)
        if asked.verb == "create" and namespace.get("status", {}).get("phase") == "Terminating":
            raise _terminating(asked)
        return asked.obj


def _terminating(asked: Asked) -> Forbidden:
    why = f"unable to create new content in namespace {asked.namespace} because it is being terminated"
    cause = {
        "reason": "NamespaceTerminating",
        "message": f"namespace {asked.namespace} is being terminated",
        "field": "metadata.namespace",
    }
    details = {"name": asked.name, "group": asked.kind.group, "kind": asked.kind.plural, "causes": [cause]}
    named = f'{asked.kind.resource} "{asked.name}"'
    return Forbidden(f"{named} is forbidden: {why}", details={k: v for k, v in details.items() if v})
