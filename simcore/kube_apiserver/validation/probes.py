"""Probes and lifecycle hooks.

Models: kubernetes v1.36 pkg/apis/core/validation (validateProbe, validateHandler, validateLifecycle).
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    forbidden,
    invalid,
    not_negative,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import http_header, port_name, port_number

_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def validate_probes(path: str, container: Obj, grace_s: int | None) -> Errors:
    """The three probes of a container."""
    errors: Errors = []
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(field)
        if probe is None:
            continue
        where = f"{path}.{field}"
        errors += _probe(where, probe, grace_s)
        if field == "readinessProbe":
            if probe.get("terminationGracePeriodSeconds") is not None:
                grace = f"{where}.terminationGracePeriodSeconds"
                given = probe["terminationGracePeriodSeconds"]
                errors.append(invalid(grace, given, "must not be set for readinessProbes"))
        elif probe.get("successThreshold") != 1:
            errors.append(invalid(f"{where}.successThreshold", probe.get("successThreshold"), "must be 1"))
    return errors


def validate_lifecycle(path: str, lifecycle: Obj, grace_s: int | None) -> Errors:
    errors: Errors = []
    for hook in ("postStart", "preStop"):
        if lifecycle.get(hook) is not None:
            errors += _handler(f"{path}.{hook}", lifecycle[hook], grace_s)
    return errors


def port_number_or_name(path: str, port: Any) -> Errors:
    if isinstance(port, str):
        return all_invalid(path, port, port_name(port))
    return all_invalid(path, port or 0, port_number(port or 0))


def _probe(path: str, probe: Obj, grace_s: int | None) -> Errors:
    errors = _handler(path, probe, grace_s)
    for field in _COUNTS:
        errors += not_negative(f"{path}.{field}", probe.get(field))
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        errors.append(invalid(f"{path}.terminationGracePeriodSeconds", grace, "must be greater than 0"))
    return errors


def _handler(path: str, handler: Obj, grace_s: int | None) -> Errors:
    given = [name for name in _HANDLERS if handler.get(name) is not None]
    if not given:
        return [required(path, "must specify a handler type")]
    first, *others = given
    errors = _action(f"{path}.{first}", first, handler[first], grace_s)
    return errors + [
        forbidden(f"{path}.{name}", "may not specify more than 1 handler type") for name in others
    ]


def _action(path: str, name: str, action: Obj, grace_s: int | None) -> Errors:
    match name:
        case "exec":
            return [] if action.get("command") else [required(f"{path}.command")]
        case "httpGet":
            return _http_get(path, action)
        case "sleep":
            seconds = action.get("seconds", 0)
            if grace_s is not None and not 0 <= seconds <= grace_s:
                limit = f"must be non-negative and less than terminationGracePeriodSeconds ({grace_s})"
                return [invalid(path, seconds, limit)]
            return []
        case _:
            return port_number_or_name(f"{path}.port", action.get("port"))


def _http_get(path: str, action: Obj) -> Errors:
    errors = [] if action.get("path") else [required(f"{path}.path")]
    errors += port_number_or_name(f"{path}.port", action.get("port"))
    scheme = action.get("scheme", "")
    if scheme not in ("HTTP", "HTTPS"):
        errors.append(not_supported(f"{path}.scheme", scheme, ("HTTP", "HTTPS")))
    for header in action.get("httpHeaders") or ():
        errors += all_invalid(
            f"{path}.httpHeaders", header.get("name", ""), http_header(header.get("name", ""))
        )
    return errors
