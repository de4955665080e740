"""Lets every pod stay five minutes on a node that is not ready or not reachable, unless it says otherwise.

Models: kubernetes v1.36 plugin/pkg/admission/defaulttolerationseconds/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import POD, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext

STAY_S = 300
TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class DefaultTolerationSeconds(BasePlugin):
    name = "DefaultTolerationSeconds"

    def concerns(self, kind: Kind) -> bool:
        return kind is POD

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.verb != "create" or pod is None:
            return pod
        given = pod["spec"].get("tolerations") or []
        added = [_stay(taint) for taint in TAINTS if not any(_tolerates(t, taint) for t in given)]
        return {**pod, "spec": {**pod["spec"], "tolerations": [*given, *added]}} if added else pod


def _stay(taint: str) -> Obj:
    return {"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": STAY_S}


def _tolerates(toleration: Obj, taint: str) -> bool:
    return toleration.get("key") in (None, "", taint) and toleration.get("effect") in (None, "", "NoExecute")
