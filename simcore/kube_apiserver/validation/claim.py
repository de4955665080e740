"""The spec of a PersistentVolumeClaim, wherever one is written.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePersistentVolumeClaimSpec).
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_subdomain
from simcore.kube_apiserver.validation.selectors import validate_selector

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")


def validate_claim_spec(path: str, spec: Obj) -> Errors:
    modes = spec.get("accessModes") or ()
    errors = [] if modes else [required(f"{path}.accessModes", "at least 1 access mode is required")]
    errors += validate_selector(f"{path}.selector", spec.get("selector"))
    errors += access_modes(f"{path}.accessModes", modes)
    errors += _storage(f"{path}.resources", spec.get("resources") or {})
    errors += _class(f"{path}.storageClassName", spec.get("storageClassName"))
    errors += volume_mode(f"{path}.volumeMode", spec.get("volumeMode"))
    errors += _data_sources(path, spec)
    return errors + _class(f"{path}.volumeAttributesClassName", spec.get("volumeAttributesClassName"))


def access_modes(path: str, modes: Sequence[str]) -> Errors:
    errors: Errors = [not_supported(path, mode, ACCESS_MODES) for mode in modes if mode not in ACCESS_MODES]
    others = [mode for mode in modes if mode in ACCESS_MODES and mode != "ReadWriteOncePod"]
    if "ReadWriteOncePod" in modes and others:
        errors.append(forbidden(path, "may not use ReadWriteOncePod with other access modes"))
    return errors


def volume_mode(path: str, mode: str | None) -> Errors:
    if mode is None or mode in VOLUME_MODES:
        return []
    return [not_supported(path, mode, VOLUME_MODES)]


def positive_storage(path: str, amount: object) -> Errors:
    """Storage that is asked for or offered."""
    quantity = parse(str(amount))
    return [] if quantity.nanos > 0 else [invalid(path, str(quantity), "must be greater than zero")]


def _storage(path: str, resources: Obj) -> Errors:
    requests = resources.get("requests") or {}
    if "storage" not in requests:
        return [required(f"{path}[storage]")]
    return positive_storage(f"{path}[storage]", requests["storage"])


def _class(path: str, name: str | None) -> Errors:
    return all_invalid(path, name, dns_subdomain(name)) if name else []


def _data_sources(path: str, spec: Obj) -> Errors:
    errors: Errors = []
    sources = [spec[field] for field in ("dataSource", "dataSourceRef") if spec.get(field) is not None]
    for field in ("dataSource", "dataSourceRef"):
        if spec.get(field) is not None:
            errors += _data_source(f"{path}.{field}", spec[field])
    if len(sources) == 2 and sources[0] != sources[1]:
        # Upstream shows a path of its own as the value, of which nothing can be seen.
        errors.append(invalid(path, {}, "must match dataSourceRef"))
    return errors


def _data_source(path: str, source: Obj) -> Errors:
    group, kind = source.get("apiGroup"), source.get("kind") or ""
    errors = [required(f"{path}.{part}") for part in ("name", "kind") if not source.get(part)]
    if group:
        return errors + all_invalid(f"{path}.apiGroup", group, dns_subdomain(group))
    if kind != "PersistentVolumeClaim":
        detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
        errors.append(invalid(path, kind, detail))
    return errors
