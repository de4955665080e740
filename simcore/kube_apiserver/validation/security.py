"""Security contexts of pods and containers.

Models: kubernetes v1.36 pkg/apis/core/validation (validatePodSpecSecurityContext, ValidateSecurityContext).
"""

from __future__ import annotations

import re

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    duplicate,
    forbidden,
    internal,
    invalid,
    not_supported,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.names import in_range
from simcore.kube_apiserver.validation.paths import local_descending
from simcore.kube_apiserver.validation.windows import validate_windows_options

_MOST_ID = 2**32 - 1
_SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SYSCTL = rf"({_SEGMENT}[\./])*{_SEGMENT}"
_NET, _IPC = ("net.",), ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_LONGEST_PROFILE = 4095
_PROFILE = ("type", "localhostProfile")
_CONTEXT = (
    "capabilities",
    "privileged",
    "seLinuxOptions",
    "windowsOptions",
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "readOnlyRootFilesystem",
    "allowPrivilegeEscalation",
    "procMount",
    "seccompProfile",
    "appArmorProfile",
)
_INNER = {
    "capabilities": ("add", "drop"),
    "seLinuxOptions": ("user", "role", "type", "level"),
    "seccompProfile": _PROFILE,
    "appArmorProfile": _PROFILE,
}


def validate_pod_security(path: str, context: Obj, spec: Obj) -> Errors:
    errors: Errors = []
    for field in ("fsGroup", "runAsUser", "runAsGroup"):
        errors += _identity(f"{path}.{field}", context.get(field))
    for i, group in enumerate(context.get("supplementalGroups") or ()):
        errors += _identity(f"{path}.supplementalGroups[{i}]", group)
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        errors.append(invalid(f"{path}.shareProcessNamespace", True, detail))
    errors += _sysctls(f"{path}.sysctls", context, spec)
    errors += _enum(
        f"{path}.fsGroupChangePolicy", context.get("fsGroupChangePolicy"), ("Always", "OnRootMismatch")
    )
    errors += _profiles(path, context)
    errors += _enum(
        f"{path}.supplementalGroupsPolicy", context.get("supplementalGroupsPolicy"), ("Merge", "Strict")
    )
    return errors + _enum(
        f"{path}.seLinuxChangePolicy", context.get("seLinuxChangePolicy"), ("MountOption", "Recursive")
    )


def validate_container_security(path: str, context: Obj, *, host_users: bool) -> Errors:
    errors = _identity(f"{path}.runAsUser", context.get("runAsUser"))
    errors += _identity(f"{path}.runAsGroup", context.get("runAsGroup"))
    if (mount := context.get("procMount")) is not None:
        errors += _enum(f"{path}.procMount", mount, ("Default", "Unmasked"))
        if host_users and mount == "Unmasked":
            errors.append(invalid(f"{path}.procMount", mount, "`hostUsers` must be false to use `Unmasked`"))
    errors += _seccomp(f"{path}.seccompProfile", context.get("seccompProfile"))
    if context.get("allowPrivilegeEscalation") is False:
        errors += _no_escalation(path, context)
    errors += validate_windows_options(f"{path}.windowsOptions", context.get("windowsOptions"))
    return errors + _app_armor(f"{path}.appArmorProfile", context.get("appArmorProfile"))


def _no_escalation(path: str, context: Obj) -> Errors:
    errors: Errors = []
    if context.get("privileged"):
        detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        errors.append(invalid(path, _shown_context(context), detail))
    if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
        detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
        errors.append(invalid(path, _shown_context(context), detail))
    return errors


def _shown_context(context: Obj) -> Shown:
    """With the objects in it as upstream's internal types show themselves."""
    parts: Obj = dict(context)
    for field, names in _INNER.items():
        if field in parts:
            parts[field] = internal(parts[field], *names)
    return internal(parts, *_CONTEXT)


def _identity(path: str, number: int | None) -> Errors:
    if number is None or 0 <= number <= _MOST_ID:
        return []
    return [invalid(path, number, in_range(0, _MOST_ID))]


def _enum(path: str, value: str | None, supported: tuple[str, ...]) -> Errors:
    return [] if value is None or value in supported else [not_supported(path, value, supported)]


def _profiles(path: str, context: Obj) -> Errors:
    errors = _seccomp(f"{path}.seccompProfile", context.get("seccompProfile"))
    errors += validate_windows_options(f"{path}.windowsOptions", context.get("windowsOptions"))
    return errors + _app_armor(f"{path}.appArmorProfile", context.get("appArmorProfile"))


def _profile_type(path: str, profile: Obj, what: str) -> Errors:
    kind = profile.get("type")
    if not kind:
        return [required(f"{path}.type", f"type is required when {what} is set")]
    return _enum(f"{path}.type", kind, _PROFILES)


def _seccomp(path: str, profile: Obj | None) -> Errors:
    if profile is None:
        return []
    errors = _profile_type(path, profile, "seccompProfile")
    where, name = f"{path}.localhostProfile", profile.get("localhostProfile")
    if profile.get("type") == "Localhost":
        if name is None:
            return [*errors, required(where, "must be set when seccomp type is Localhost")]
        return errors + local_descending(where, name)
    if name is not None:
        shown_profile = internal(profile, *_PROFILE)
        errors.append(invalid(where, shown_profile, "can only be set when seccomp type is Localhost"))
    return errors


def _app_armor(path: str, profile: Obj | None) -> Errors:
    if profile is None:
        return []
    where, name = f"{path}.localhostProfile", profile.get("localhostProfile")
    if profile.get("type") == "Localhost":
        if not name:
            return [required(where, "must be set when AppArmor type is Localhost")]
        padded = [invalid(where, name, "must not be padded with whitespace")] if name != name.strip() else []
        return padded + ([too_long(where, _LONGEST_PROFILE)] if len(name) > _LONGEST_PROFILE else [])
    errors = _profile_type(path, profile, "appArmorProfile")
    if not errors and name is not None:
        errors.append(invalid(where, name, "can only be set when AppArmor type is Localhost"))
    return errors


def _sysctls(path: str, context: Obj, spec: Obj) -> Errors:
    errors: Errors = []
    seen: set[str] = set()
    for i, sysctl in enumerate(context.get("sysctls") or ()):
        where, name = f"{path}[{i}].name", sysctl.get("name", "")
        if not name:
            errors.append(required(where))
        elif len(name) > 253 or not re.fullmatch(_SYSCTL, name):
            errors.append(
                invalid(where, name, f"must have at most 253 characters and match regex ^{_SYSCTL}$")
            )
        elif name in seen:
            errors.append(duplicate(where, name))
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith(_NET):
            errors.append(invalid(where, name, "may not be specified when 'hostNetwork' is true"))
        elif spec.get("hostIPC") and dotted.startswith(_IPC):
            errors.append(invalid(where, name, "may not be specified when 'hostIPC' is true"))
        seen.add(name)
    return errors


def validate_host_users(path: str, spec: Obj) -> Errors:
    """A pod with its own users can't share other namespaces of the host."""
    if spec.get("hostUsers") is not False:
        return []
    fields = (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC"))
    return [
        forbidden(f"{path}.{shown}", "when `pod.Spec.HostUsers` is false")
        for field, shown in fields
        if spec.get(field)
    ]
