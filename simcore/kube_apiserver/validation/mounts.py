"""Where a container sees its pod's volumes.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidateVolumeMounts, ValidateVolumeDevices).
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    forbidden,
    invalid,
    not_found,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.paths import local_descending

_PROPAGATION = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE = ("Disabled", "Enabled", "IfPossible")


def validate_mounts(path: str, container: Obj, volumes: Mapping[str, Obj]) -> Errors:
    """`volumes` are the pod's valid ones, by name."""
    devices = {d.get("name"): d.get("devicePath") for d in container.get("volumeDevices") or ()}
    errors: Errors = []
    targets: set[str] = set()
    for i, mount in enumerate(container.get("volumeMounts") or ()):
        where, name, target = f"{path}[{i}]", mount.get("name") or "", mount.get("mountPath") or ""
        if not name:
            errors.append(required(f"{where}.name"))
        if name not in volumes:
            errors.append(not_found(f"{where}.name", name))
        if not target:
            errors.append(required(f"{where}.mountPath"))
        if target in targets:
            errors.append(invalid(f"{where}.mountPath", target, "must be unique"))
        targets.add(target)
        if devices:
            errors += _overlap(where, name, "mountPath", target, devices, "volumeDevices")
        errors += _details(path, where, mount, volumes.get(name) or {}, container)
    return errors


def validate_devices(path: str, container: Obj, volumes: Mapping[str, Obj]) -> Errors:
    mounts = {m.get("name"): m.get("mountPath") for m in container.get("volumeMounts") or ()}
    errors: Errors = []
    names: set[str] = set()
    targets: set[str] = set()
    for i, device in enumerate(container.get("volumeDevices") or ()):
        where, name, target = f"{path}[{i}]", device.get("name") or "", device.get("devicePath") or ""
        if not name:
            errors.append(required(f"{where}.name"))
        if name in names:
            errors.append(invalid(f"{where}.name", name, "must be unique"))
        errors += _block_source(where, name, volumes)
        if not target:
            errors.append(required(f"{where}.devicePath"))
        if target in targets:
            errors.append(invalid(f"{where}.devicePath", target, "must be unique"))
        if ".." in target.split("/"):
            errors.append(invalid(f"{where}.devicePath", target, "can not contain backsteps ('..')"))
        targets.add(target)
        errors += _overlap(where, name, "devicePath", target, mounts, "volumeMounts")
        names.add(name)
    return errors


def _block_source(path: str, name: str, volumes: Mapping[str, Obj]) -> Errors:
    volume = volumes.get(name)
    if volume is None:
        return [not_found(f"{path}.name", name)]
    if volume.get("persistentVolumeClaim") is not None or volume.get("ephemeral") is not None:
        return []
    detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
    return [invalid(f"{path}.name", name, detail)]


def _overlap(
    path: str, name: str, field: str, target: str, others: Mapping[object, object], where: str
) -> Errors:
    errors: Errors = []
    if name in others:
        errors.append(invalid(f"{path}.name", name, f"must not already exist in {where}"))
    if target in others.values():
        errors.append(invalid(f"{path}.{field}", target, f"must not already exist as a path in {where}"))
    return errors


def _details(path: str, where: str, mount: Obj, volume: Obj, container: Obj) -> Errors:
    """Upstream names some of these without the mount's index."""
    errors: Errors = []
    sub_path, expression = mount.get("subPath"), mount.get("subPathExpr")
    if sub_path:
        errors += local_descending(f"{path}.subPath", sub_path)
    if expression:
        if sub_path:
            detail = "subPathExpr and subPath are mutually exclusive"
            errors.append(invalid(f"{where}.subPathExpr", expression, detail))
        errors += local_descending(f"{path}.subPathExpr", expression)
    if mount.get("mountPropagation") is not None:
        errors += _propagation(f"{path}.mountPropagation", mount["mountPropagation"], container)
    if mount.get("recursiveReadOnly") is not None:
        errors += _recursive_read_only(f"{path}.recursiveReadOnly", mount)
    return errors


def _propagation(path: str, propagation: str, container: Obj) -> Errors:
    errors = [] if propagation in _PROPAGATION else [not_supported(path, propagation, _PROPAGATION)]
    privileged = (container.get("securityContext") or {}).get("privileged")
    if propagation == "Bidirectional" and not privileged:
        detail = "Bidirectional mount propagation is available only to privileged containers"
        errors.append(forbidden(path, detail))
    return errors


def _recursive_read_only(path: str, mount: Obj) -> Errors:
    mode = mount["recursiveReadOnly"]
    if mode == "Disabled":
        return []
    if mode not in _RECURSIVE:
        return [not_supported(path, mode, _RECURSIVE)]
    errors = [] if mount.get("readOnly") else [forbidden(path, "may only be specified when readOnly is true")]
    if mount.get("mountPropagation") not in (None, "None"):
        detail = "may only be specified when mountPropagation is None or not specified"
        errors.append(forbidden(path, detail))
    return errors
