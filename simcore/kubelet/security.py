"""Who a container's processes run as.

Models: kubernetes v1.36 pkg/kubelet/kuberuntime/security_context.go (verifyRunAsNonRoot).
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kubelet.happenings import pod_text
from simcore.kubelet.images import parse
from simcore.kubelet.runtime.catalogue import CATALOGUE


def setting(pod: Obj, spec: Obj, field: str) -> Any:
    """A field of the container's security context, or else of the pod's."""
    found = (spec.get("securityContext") or {}).get(field)
    return found if found is not None else (pod["spec"].get("securityContext") or {}).get(field)


def user_fault(pod: Obj, spec: Obj) -> str:
    """Why the container may not run as the user that it would have; empty when it may."""
    if not setting(pod, spec, "runAsNonRoot"):
        return ""
    user = setting(pod, spec, "runAsUser")
    about = f'(pod: "{pod_text(pod)}", container: {spec["name"]})'
    if user == 0:
        return f"container's runAsUser breaks non-root policy {about}"
    if user is None and parse(spec["image"]).name in CATALOGUE:
        return f"container has runAsNonRoot and image will run as root {about}"
    return ""


def linux_user(pod: Obj, spec: Obj) -> Obj:
    """The user as a container's status shows it."""
    user, group = setting(pod, spec, "runAsUser") or 0, setting(pod, spec, "runAsGroup") or 0
    of_pod = pod["spec"].get("securityContext") or {}
    more = [group, *(of_pod.get("supplementalGroups") or ())]
    if of_pod.get("fsGroup") is not None:
        more.append(of_pod["fsGroup"])
    return {"linux": {"gid": group, "supplementalGroups": sorted({*more}), "uid": user}}
