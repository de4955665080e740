"""What controllers ask of a pod.

Models: kubernetes v1.36 pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj, controller_ref, is_terminating
from simcore.sim.timestamps import parse_time


def phase_of(pod: Obj) -> str:
    phase: str = (pod.get("status") or {}).get("phase") or "Pending"
    return phase


def is_finished(pod: Obj) -> bool:
    """Whether the pod has ended for good, well or badly."""
    return phase_of(pod) in ("Succeeded", "Failed")


def is_active(pod: Obj) -> bool:
    """Whether the pod counts: it has neither ended nor been told to."""
    return not is_finished(pod) and not is_terminating(pod)


def condition_of(obj: Obj, name: str) -> Obj | None:
    """The status condition of that type."""
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if condition["type"] == name:
            return condition  # type: ignore[no-any-return]  # conditions are objects
    return None


def is_ready(pod: Obj) -> bool:
    condition = condition_of(pod, "Ready")
    return condition is not None and condition["status"] == "True"


def ready_since_ms(pod: Obj) -> int | None:
    """Unix milliseconds of the last change to Ready; None when it isn't, or when that isn't known."""
    condition = condition_of(pod, "Ready")
    if condition is None or condition["status"] != "True":
        return None
    since = condition.get("lastTransitionTime")
    return parse_time(since) if since else None


def is_available(pod: Obj, min_ready_s: int, now_ms: int) -> bool:
    """Whether the pod has been ready for at least `min_ready_s` seconds."""
    if not min_ready_s:
        return is_ready(pod)
    since = ready_since_ms(pod)
    return since is not None and since + min_ready_s * 1000 <= now_ms


def pod_from_template(template: Obj, owner: Obj) -> Obj:
    """A pod as the controller `owner` creates it; it shares the template's spec."""
    meta: Obj = {
        "generateName": f"{owner['metadata']['name']}-",
        "namespace": owner["metadata"]["namespace"],
        "ownerReferences": [controller_ref(owner)],
    }
    wanted = template.get("metadata") or {}
    for field in ("labels", "annotations", "finalizers"):
        if wanted.get(field):
            meta[field] = wanted[field]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": template["spec"]}


def namespace_is_terminating(details: Obj) -> bool:
    """Whether an ApiError's details say that nothing can be created in a namespace that is being deleted."""
    return any(cause.get("reason") == "NamespaceTerminating" for cause in details.get("causes") or ())
