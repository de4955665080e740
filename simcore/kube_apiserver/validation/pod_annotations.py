"""Annotations that mean something to a pod: its mirror, its cost of deletion, and profiles from before the fields.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePodSpecificAnnotations and ...AnnotationUpdates).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import Errors, forbidden, invalid, quoted
from simcore.kube_apiserver.validation.paths import local_descending

MIRROR = "kubernetes.io/config.mirror"
_COST = "controller.kubernetes.io/pod-deletion-cost"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_NAMED = ("runtime/default", "docker/default", "unconfined")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}")
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")

Annotations = Mapping[str, str]


def validate_pod_annotations(path: str, annotations: Annotations, spec: Obj) -> Errors:
    """Of a pod, or of a template's pods."""
    errors: Errors = []
    if MIRROR in annotations and not spec.get("nodeName"):
        detail = "must set spec.nodeName if mirror pod annotation is set"
        errors.append(invalid(f"{path}[{MIRROR}]", annotations[MIRROR], detail))
    if (cost := annotations.get(_COST)) is not None and not _is_cost(cost):
        errors.append(invalid(f"{path}[{_COST}]", cost, "must be a 32bit integer"))
    for key in sorted(annotations, key=lambda key: key != _SECCOMP_POD):
        if key == _SECCOMP_POD or key.startswith(_SECCOMP):
            errors += _seccomp(f"{path}.{key}", annotations[key])
    for key, profile in annotations.items():
        if key.startswith(_APP_ARMOR):
            errors += _app_armor(f"{path}[{key}]", key.removeprefix(_APP_ARMOR), profile, spec)
    return errors


def validate_annotations_match(path: str, annotations: Annotations, spec: Obj) -> Errors:
    """That a new pod's profiles in annotations are those in its fields."""
    errors: Errors = []
    context = spec.get("securityContext") or {}
    if _SECCOMP_POD in annotations and (profile := context.get("seccompProfile")):
        where = f"{path}.securityContext.seccompProfile"
        errors += _same(where, "seccomp", annotations[_SECCOMP_POD], profile)
    for where, container in _containers(path, spec):
        own = container.get("securityContext") or {}
        key = _SECCOMP + (container.get("name") or "")
        if key in annotations and (profile := own.get("seccompProfile")):
            where_profile = f"{where}.securityContext.seccompProfile"
            errors += _same(where_profile, "seccomp", annotations[key], profile)
    for where, container in _containers(path, spec):
        own = container.get("securityContext") or {}
        key = _APP_ARMOR + (container.get("name") or "")
        profile = own.get("appArmorProfile") or context.get("appArmorProfile")
        if key in annotations and profile:
            errors += _same(f"{where}.securityContext.appArmorProfile", "apparmor", annotations[key], profile)
    return errors


def validate_annotations_update(new: Annotations, old: Annotations) -> Errors:
    """What a pod keeps as it came."""
    errors: Errors = []
    path = "metadata.annotations"
    for keys, other, verb in ((old, new, "remove or update"), (new, old, "add")):
        for key in keys:
            if key in other and (verb == "add" or other[key] == keys[key]):
                continue
            if key.startswith(_APP_ARMOR):
                errors.append(forbidden(f"{path}[{key}]", f"may not {verb} AppArmor annotations"))
            if key == MIRROR:
                errors.append(forbidden(f"{path}[{key}]", f"may not {verb} mirror pod annotation"))
    return errors


def _is_cost(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and -(2**31) <= int(text) < 2**31


def _seccomp(path: str, profile: str) -> Errors:
    if profile in _NAMED:
        return []
    if profile.startswith("localhost/"):
        return local_descending(path, profile.removeprefix("localhost/"))
    return [invalid(path, profile, "must be a valid seccomp profile")]


def _app_armor(path: str, container: str, profile: str, spec: Obj) -> Errors:
    errors: Errors = []
    if all(own.get("name") != container for _, own in _containers("spec", spec)):
        errors.append(invalid(path, container, "container not found"))
    if profile not in ("", "runtime/default", "unconfined") and not profile.startswith("localhost/"):
        errors.append(invalid(path, profile, f"invalid AppArmor profile name: {quoted(profile)}"))
    return errors


def _same(path: str, what: str, annotation: str, profile: Obj) -> Errors:
    kind, name = profile.get("type"), profile.get("localhostProfile")
    if kind == "Localhost" and annotation.startswith("localhost/"):
        detail = f"{what} profile in annotation and field must match"
        same = annotation.removeprefix("localhost/") == name
        return [] if same else [forbidden(f"{path}.localhostProfile", detail)]
    defaults = ("runtime/default", "docker/default") if what == "seccomp" else ("runtime/default",)
    allowed = {"Unconfined": ("unconfined",), "RuntimeDefault": defaults, "Localhost": ()}
    if annotation in allowed.get(kind or "", (annotation,)):
        return []
    return [forbidden(f"{path}.type", f"{what} type in annotation and field must match")]


def _containers(path: str, spec: Obj) -> Iterator[tuple[str, Obj]]:
    for field in _CONTAINERS:
        for i, container in enumerate(spec.get(field) or ()):
            yield f"{path}.{field}[{i}]", container
