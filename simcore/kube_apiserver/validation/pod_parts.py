"""What the subresources `ephemeralcontainers` and `resize` may change in a pod.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePodEphemeralContainersUpdate, ValidatePodResize),
pkg/registry/core/pod/strategy.go (dropNonEphemeralContainerUpdates, dropNonResizeUpdates).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.resources.quality_of_service import quality_of_service
from simcore.kube_apiserver.validation.field import Errors, forbidden, invalid, quoted
from simcore.kube_apiserver.validation.pod_annotations import MIRROR
from simcore.kube_apiserver.validation.pod_update import spec_diff

EPHEMERAL, RESIZE = "ephemeralcontainers", "resize"
_RESIZABLE = frozenset(("cpu", "memory"))
_CONTAINERS = ("containers", "initContainers")


def with_part(new: Obj, old: Obj, part: str) -> Obj:
    """The old pod with nothing new but the part."""
    if part == EPHEMERAL:
        spec = {k: v for k, v in old["spec"].items() if k != "ephemeralContainers"}
        if added := new["spec"].get("ephemeralContainers"):
            spec["ephemeralContainers"] = added
    else:
        spec = {**old["spec"], **_resized(new["spec"], old["spec"])}
    meta = {k: v for k, v in old["metadata"].items() if k not in ("resourceVersion", "managedFields")}
    meta |= {k: v for k in ("resourceVersion", "managedFields") if (v := new["metadata"].get(k)) is not None}
    return {**old, "metadata": meta, "spec": spec}


def validate_ephemeral_update(new: Obj, old: Obj) -> Errors:
    """Debugging containers are added, never taken away or changed."""
    path = "spec.ephemeralContainers"
    if MIRROR in annotations_of(old):
        return [forbidden("", "static pods do not support ephemeral containers")]
    now = {c["name"]: c for c in new["spec"].get("ephemeralContainers") or ()}
    errors: Errors = []
    for was in old["spec"].get("ephemeralContainers") or ():
        name = quoted(was["name"])
        if was["name"] not in now:
            errors.append(forbidden(path, f"existing ephemeral containers {name} may not be removed\n"))
        elif now[was["name"]] != was:
            difference = spec_diff(was, now[was["name"]])
            errors.append(
                forbidden(path, f"existing ephemeral containers {name} may not be changed\n{difference}")
            )
    return errors


def validate_resize(new: Obj, old: Obj) -> Errors:
    """Processor and memory of containers, within the pod's quality of service."""
    if MIRROR in annotations_of(old):
        return [forbidden("", "static pods cannot be resized")]
    errors: Errors = []
    for field in _CONTAINERS:
        before = {c["name"]: c for c in old["spec"].get(field) or ()}
        for i, container in enumerate(new["spec"].get(field) or ()):
            was = before[container["name"]].get("resources") or {}
            errors += _resize(f"spec.{field}[{i}].resources", container.get("resources") or {}, was)
    quality = quality_of_service(new["spec"])
    if quality != (old.get("status") or {}).get("qosClass", quality):
        errors.append(invalid("spec", quality, "Pod QOS Class may not change as a result of resizing"))
    return errors


def _resize(path: str, new: Obj, old: Obj) -> Errors:
    errors: Errors = []
    for side in ("limits", "requests"):
        now, was = new.get(side) or {}, old.get(side) or {}
        if any(now.get(name) != was.get(name) for name in {*now, *was} - _RESIZABLE):
            errors.append(forbidden(path, "only cpu and memory resources are mutable"))
        if any(name in was and name not in now for name in sorted(_RESIZABLE)):
            errors.append(forbidden(f"{path}.{side}", f"resource {side} cannot be removed"))
    return errors


def _resized(new: Obj, old: Obj) -> Obj:
    """The lists of containers with the new resources, by name."""
    parts: Obj = {}
    for field in _CONTAINERS:
        wanted = {c.get("name"): c for c in new.get(field) or ()}
        if field in old:
            parts[field] = [_with_resources(c, wanted.get(c["name"])) for c in old[field]]
    return parts


def _with_resources(container: Obj, wanted: Obj | None) -> Obj:
    if wanted is None or wanted.get("resources") == container.get("resources"):
        return container
    return {**container, "resources": wanted.get("resources") or {}}
