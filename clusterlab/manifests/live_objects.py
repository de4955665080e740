"""Objects as `kubectl get -o yaml` prints them: what their cluster has filled in is not for another one.

A dump of a whole cluster so becomes a manifest: what somebody wrote is applied, and what controllers made of it they
make here, too.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj, controller_of

Path = tuple[str, ...]

_OF_THE_SERVER = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink",
                  "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences")  # fmt: skip
_NOTES = ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision",
          "deprecated.daemonset.template.generation", "pv.kubernetes.io/bind-completed",
          "pv.kubernetes.io/bound-by-controller", "volume.kubernetes.io/selected-node")  # fmt: skip
_JOB_LABELS = (
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "job-name",
    "batch.kubernetes.io/job-name",
)
_MADE_ANEW = {"Event", "Lease", "Node", "Endpoints", "EndpointSlice", "ControllerRevision", "CSINode", "IPAddress",
              "VolumeAttachment", "PodMetrics", "NodeMetrics", "ComponentStatus", "ServiceCIDR"}  # fmt: skip
_EVERYWHERE = {("ConfigMap", "kube-root-ca.crt"), ("Service", "kubernetes"), ("ServiceAccount", "default")}
_MIRROR = "kubernetes.io/config.mirror"
_BOOTSTRAP = "kubernetes.io/bootstrapping"
_FILLED_IN: dict[str, tuple[Path, ...]] = {
    "Pod": (("spec", "nodeName"),),
    "Service": (("spec", "clusterIPs"), ("spec", "healthCheckNodePort")),
    "PersistentVolumeClaim": (("spec", "volumeName"),),
    "PersistentVolume": (("spec", "claimRef", "uid"), ("spec", "claimRef", "resourceVersion")),
    "ServiceAccount": (("secrets",),),
}


def is_live(obj: Obj) -> bool:
    """Whether a server has given it out: nobody writes a uid by hand."""
    meta = obj.get("metadata")
    return isinstance(meta, dict) and "uid" in meta and "creationTimestamp" in meta


def reason_to_skip(obj: Obj) -> str:
    """Why it is not for another cluster, as a sentence; '' when it is."""
    meta, kind = obj["metadata"], str(obj.get("kind", ""))
    owner = _owner(obj)
    if owner:
        return f"{owner} makes it."
    if _MIRROR in (meta.get("annotations") or {}):
        return "A node makes it of a static pod."
    if (
        kind in _MADE_ANEW
        or (kind, meta.get("name")) in _EVERYWHERE
        or _BOOTSTRAP in (meta.get("labels") or {})
    ):
        return "Every cluster makes its own."
    if kind == "Secret" and obj.get("type") == "kubernetes.io/service-account-token":
        return "Every cluster makes its own."
    return ""


def as_written(obj: Obj) -> Obj:
    """Without what the server and the controllers have filled in. A copy where it differs."""
    meta = {name: value for name, value in obj["metadata"].items() if name not in _OF_THE_SERVER}
    notes = {k: v for k, v in (meta.pop("annotations", None) or {}).items() if k not in _NOTES}
    if notes:
        meta["annotations"] = notes
    found: Obj = {name: value for name, value in obj.items() if name != "status"} | {"metadata": meta}
    kind = str(obj.get("kind", ""))
    for path in _FILLED_IN.get(kind, ()):
        found = _without(found, path)
    if kind == "Service" and (found.get("spec") or {}).get("clusterIP") != "None":
        found = _without(found, ("spec", "clusterIP"))
    if kind == "Job" and not (found.get("spec") or {}).get("manualSelector"):
        found = _without(found, ("spec", "selector"))
        for label in _JOB_LABELS:
            found = _without(
                _without(found, ("metadata", "labels", label)),
                ("spec", "template", "metadata", "labels", label),
            )
    return found


def _owner(obj: Obj) -> str:
    try:
        owner = controller_of(obj)
    except (AttributeError, KeyError, TypeError):  # anything may stand in an upload
        return ""
    return f"{owner.get('kind')} {owner.get('name')}" if owner else ""


def _without(obj: Any, path: Path) -> Any:
    """A copy along the path; the object itself when there is nothing at its end."""
    name, rest = path[0], path[1:]
    if not isinstance(obj, dict) or name not in obj:
        return obj
    if not rest:
        return {key: value for key, value in obj.items() if key != name}
    return {**obj, name: _without(obj[name], rest)}
