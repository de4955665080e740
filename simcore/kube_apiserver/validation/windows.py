"""What a pod may say that runs on Windows, and what one on Linux may not.

Models: kubernetes v1.36 pkg/apis/core/validation (validateOS, validateLinux, validateWindows,
validateWindowsSecurityContextOptions, validateWindowsHostProcessPod).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_subdomain

_NOT_IN_PODS = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls"),
    *("runAsUser", "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy"),
)
_NOT_IN_CONTAINERS = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem"),
    *("privileged", "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"),
)
_LONGEST_SPEC, _LONGEST_DOMAIN, _LONGEST_USER = 65_536, 256, 104
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DNS_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf'[^\\/:*?"<>|.][^\\/:*?"<>|]{{0,14}}|{_DNS_LABEL}(?:\.{_DNS_LABEL})*')
_NOT_IN_USERS = re.compile(r'["/\\:;|=,+*?<>@\[\]]')
_SYSTEMS = ("linux", "windows")


def validate_operating_system(path: str, spec: Obj) -> Errors:
    """`spec.os`, and what does not go with it."""
    name = (spec.get("os") or {}).get("name")
    if not name:
        return [required(f"{path}.os.name", "cannot be empty")]
    if name not in _SYSTEMS:
        return [not_supported(f"{path}.os", name, _SYSTEMS)]
    return _windows(path, spec) if name == "windows" else _linux(path, spec)


def validate_windows_options(path: str, options: Obj | None) -> Errors:
    if options is None:
        return []
    errors: Errors = []
    if (name := options.get("gmsaCredentialSpecName")) is not None:
        errors += all_invalid(f"{path}.gmsaCredentialSpecName", name, dns_subdomain(name))
    text, where = options.get("gmsaCredentialSpec"), f"{path}.gmsaCredentialSpec"
    if text == "":
        errors.append(invalid(where, text, "gmsaCredentialSpec cannot be an empty string"))
    elif text is not None and len(text) > _LONGEST_SPEC:
        errors.append(invalid(where, text, "gmsaCredentialSpec size must be under 64 KiB"))
    if (user := options.get("runAsUserName")) is not None:
        errors += _user_name(f"{path}.runAsUserName", user)
    return errors


def validate_host_processes(path: str, spec: Obj) -> Errors:
    """Host processes: all of a pod's containers or none, in the host's network."""
    own = _is_host_process(spec.get("securityContext"))
    errors: Errors = []
    has_some = False
    kinds: set[bool] = set()
    for where, container in _containers(path, spec):
        said = _is_host_process(container.get("securityContext"))
        is_one = bool(own if said is None else said)
        kinds.add(is_one)
        has_some |= is_one
        if own is not None and said is not None and own != said:
            where_said = f"{where}.securityContext.windowsOptions.hostProcess"
            detail = f"pod hostProcess value must be identical if both are specified, was {str(own).lower()}"
            errors.append(invalid(where_said, said, detail))
    if not has_some:
        return errors
    if len(kinds) > 1:
        detail = (
            "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        )
        errors.append(invalid(path, "", detail))
    if not spec.get("hostNetwork"):
        detail = "hostNetwork must be true if pod contains any hostProcess containers"
        errors.append(invalid(f"{path}.hostNetwork", False, detail))
    return errors


def _is_host_process(context: Obj | None) -> bool | None:
    said: bool | None = ((context or {}).get("windowsOptions") or {}).get("hostProcess")
    return said


def _linux(path: str, spec: Obj) -> Errors:
    contexts = [(path, spec), *_containers(path, spec)]
    return [
        forbidden(f"{where}.securityContext.windowsOptions", "windows options cannot be set for a linux pod")
        for where, owner in contexts
        if (owner.get("securityContext") or {}).get("windowsOptions") is not None
    ]


def _windows(path: str, spec: Obj) -> Errors:
    refused: list[str] = []
    context = spec.get("securityContext") or {}
    refused += [f"{path}.securityContext.{field}" for field in _NOT_IN_PODS if context.get(field) is not None]
    if spec.get("hostUsers") is not None:
        refused.append(f"{path}.hostUsers")
    refused += [f"{path}.{field}" for field in ("hostPID", "hostIPC") if spec.get(field)]
    if context.get("seLinuxChangePolicy") is not None:
        refused.append(f"{path}.securityContext.seLinuxChangePolicy")
    if spec.get("shareProcessNamespace") is not None:
        refused.append(f"{path}.shareProcessNamespace")
    for where, container in _containers(path, spec):
        own = container.get("securityContext") or {}
        refused += [f"{where}.securityContext.{f}" for f in _NOT_IN_CONTAINERS if own.get(f) is not None]
    return [forbidden(where, "cannot be set for a windows pod") for where in refused]


def _user_name(path: str, name: str) -> Errors:
    """A user, perhaps after a NetBIOS or DNS domain and a backslash."""
    domain, separator, user = name.rpartition("\\")
    if not name:
        says = [" cannot be an empty string"]
    elif _CONTROL.search(name):
        says = [" cannot contain control characters"]
    elif "\\" in domain:
        says = [" cannot contain more than one backslash"]
    else:
        says = _domain_faults(domain) if separator else []
        says += _user_faults(user)
    return [invalid(path, name, f"runAsUserName{text}") for text in says]


def _domain_faults(domain: str) -> list[str]:
    faults = [] if len(domain) < _LONGEST_DOMAIN else ["'s Domain length must be under 256 characters"]
    fits = _DOMAIN.fullmatch(domain)
    return faults if fits else [*faults, "'s Domain doesn't match the NetBios nor the DNS format"]


def _user_faults(user: str) -> list[str]:
    faults = [] if user else ["'s User cannot be empty"]
    if len(user) > _LONGEST_USER:
        faults.append("'s User length must not be longer than 104 characters")
    if user and not user.strip(". "):
        faults.append("'s User cannot contain only periods or spaces")
    if _NOT_IN_USERS.search(user):
        faults.append("'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]")
    return faults


def _containers(path: str, spec: Obj) -> Iterator[tuple[str, Obj]]:
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for i, container in enumerate(spec.get(field) or ()):
            yield f"{path}.{field}[{i}]", container
