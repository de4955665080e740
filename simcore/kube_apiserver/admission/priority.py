"""Turns a pod's priority class into its number.

Models: kubernetes v1.36 plugin/pkg/admission/priority/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.strategy import RequestContext

SYSTEM_CLASSES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
DEFAULT_POLICY = "PreemptLowerPriority"


class Priority(BasePlugin):
    """Knows the two classes that every cluster has."""

    name = "Priority"

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.kind is not POD or asked.verb != "create" or pod is None:
            return pod
        spec = pod["spec"]
        wanted = spec.get("priorityClassName") or ""
        if wanted and wanted not in SYSTEM_CLASSES:
            raise _forbidden(asked, f"no PriorityClass with name {wanted} was found")
        value = SYSTEM_CLASSES.get(wanted, 0)
        if spec.get("priority", value) != value:
            why = (
                f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
                f"priority admission controller computed {value} from the given PriorityClass name"
            )
            raise _forbidden(asked, why)
        policy = spec.get("preemptionPolicy") or DEFAULT_POLICY
        return {**pod, "spec": {**spec, "priority": value, "preemptionPolicy": policy}}


def _forbidden(asked: Asked, why: str) -> Forbidden:
    details = {"name": asked.name, "kind": "pods"}
    return Forbidden(f'pods "{asked.name}" is forbidden: {why}', details=details)
