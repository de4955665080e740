"""Gives every pod a service account.

Models: kubernetes v1.36 plugin/pkg/admission/serviceaccount/admission.go.
Left out: see docs/deviations.md, kube_apiserver (the account need not exist, no token is mounted).
"""

from __future__ import annotations

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext

DEFAULT_ACCOUNT = "default"


class ServiceAccount(BasePlugin):
    name = "ServiceAccount"

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.kind is not POD or asked.verb != "create" or pod is None:
            return pod
        spec = pod["spec"]
        if spec.get("serviceAccountName"):
            return pod
        return {
            **pod,
            "spec": {**spec, "serviceAccountName": DEFAULT_ACCOUNT, "serviceAccount": DEFAULT_ACCOUNT},
        }
