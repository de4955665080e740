"""A pod's runtime class brings its overhead and where it may run.

Models: kubernetes v1.36 plugin/pkg/admission/runtimeclass/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import POD, RUNTIME_CLASS, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext


class RuntimeClass(BasePlugin):
    name = "RuntimeClass"

    def concerns(self, kind: Kind) -> bool:
        return kind is POD

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.verb != "create" or pod is None:
            return pod
        spec = pod["spec"]
        name = spec.get("runtimeClassName")
        if not name:
            if spec.get("overhead"):
                raise forbidden(
                    asked,
                    "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
                )
            return pod
        found = ctx.read.find(RUNTIME_CLASS, Key("", name))
        if found is None:
            raise forbidden(asked, f'pod rejected: RuntimeClass "{name}" not found')
        return {**pod, "spec": _scheduled(asked, _with_overhead(asked, spec, found), found)}


def _with_overhead(asked: Asked, spec: Obj, found: Obj) -> Obj:
    fixed = (found.get("overhead") or {}).get("podFixed")
    if spec.get("overhead") not in (None, fixed):
        raise forbidden(asked, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    return spec if not fixed else {**spec, "overhead": fixed}


def _scheduled(asked: Asked, spec: Obj, found: Obj) -> Obj:
    scheduling = found.get("scheduling") or {}
    selector, tolerations = scheduling.get("nodeSelector") or {}, scheduling.get("tolerations") or []
    chosen = spec.get("nodeSelector") or {}
    for name, value in selector.items():
        if chosen.get(name, value) != value:
            why = (
                f"conflict: runtimeClass.scheduling.nodeSelector[{name}] = {value}; "
                f"pod.spec.nodeSelector[{name}] = {chosen[name]}"
            )
            raise forbidden(asked, why)
    if selector:
        spec = {**spec, "nodeSelector": {**chosen, **selector}}
    given = spec.get("tolerations") or []
    added = [toleration for toleration in tolerations if toleration not in given]
    return {**spec, "tolerations": [*given, *added]} if added else spec
