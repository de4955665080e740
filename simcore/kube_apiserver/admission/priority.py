"""Turns a pod's priority class into its number; there is one default class at most.

Models: kubernetes v1.36 plugin/pkg/admission/priority/admission.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import POD, PRIORITY_CLASS, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import Reader, RequestContext

SYSTEM_CLASSES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Known even before their objects are written."""
DEFAULT_POLICY = "PreemptLowerPriority"


class Priority(BasePlugin):
    name = "Priority"

    def concerns(self, kind: Kind) -> bool:
        return kind in (POD, PRIORITY_CLASS)

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.kind is not POD or asked.verb != "create" or pod is None:
            return pod
        spec = pod["spec"]
        wanted = spec.get("priorityClassName") or ""
        found = _named(ctx.read, wanted) if wanted else _default(ctx.read)
        if wanted and found is None:
            raise forbidden(asked, f"no PriorityClass with name {wanted} was found")
        name, value, policy = found or ("", 0, DEFAULT_POLICY)
        if spec.get("priority", value) != value:
            why = (
                f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
                f"priority admission controller computed {value} from the given PriorityClass name"
            )
            raise forbidden(asked, why)
        if spec.get("preemptionPolicy", policy) != policy:
            why = (
                f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) must not be provided in pod spec; "
                f"priority admission controller computed {policy} from the given PriorityClass name"
            )
            raise forbidden(asked, why)
        named = {"priorityClassName": name} if name else {}
        return {**pod, "spec": {**spec, **named, "priority": value, "preemptionPolicy": policy}}

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.kind is not PRIORITY_CLASS or asked.obj is None or not asked.obj.get("globalDefault"):
            return
        for other in ctx.read.all(PRIORITY_CLASS):
            if other.get("globalDefault") and other["metadata"]["name"] != asked.name:
                named = other["metadata"]["name"]
                why = f"PriorityClass {named} is already marked as default. Only one default can exist"
                raise forbidden(asked, why)


Found = tuple[str, int, str]
"""A class's name, value and preemption policy."""


def _named(read: Reader, name: str) -> Found | None:
    found = read.find(PRIORITY_CLASS, Key("", name))
    if found is None:
        return (name, SYSTEM_CLASSES[name], DEFAULT_POLICY) if name in SYSTEM_CLASSES else None
    return name, found["value"], found.get("preemptionPolicy") or DEFAULT_POLICY


def _default(read: Reader) -> Found | None:
    """Of several defaults the lowest."""
    defaults = [found for found in read.all(PRIORITY_CLASS) if found.get("globalDefault")]
    if not defaults:
        return None
    lowest = min(defaults, key=lambda found: found["value"])
    return lowest["metadata"]["name"], lowest["value"], lowest.get("preemptionPolicy") or DEFAULT_POLICY
