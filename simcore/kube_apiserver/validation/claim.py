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
_SNAPSHOTS = ("PersistentVolumeClaim", "VolumeSnapshot")


def validate_claim_spec(path: str, spec: Obj) -> Errors:
    errors = validate_access_modes(f"{path}.accessModes", spec.get("accessModes") or ())
    errors += validate_selector(f"{path}.selector", spec.get("selector"))
    errors += _storage(f"{path}.resources", spec.get("resources") or {})
    for field in ("storageClassName", "volumeAttributesClassName"):
        if name := spec.get(field):
            errors += all_invalid(f"{path}.{field}", name, dns_subdomain(name))
    errors += volume_mode(f"{path}.volumeMode", spec.get("volumeMode"))
    return errors + _data_source(path, spec)


def validate_access_modes(path: str, modes: Sequence[str]) -> Errors:
    if not modes:
        return [required(path, "at least 1 access mode is required")]
    errors: Errors = [not_supported(path, mode, ACCESS_MODES) for mode in modes if mode not in ACCESS_MODES]
    if "ReadWriteOncePod" in modes and len(set(modes)) > 1:
        detail = "may not use ReadWriteOncePod with other access modes"
        errors.append(forbidden(path, detail))
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


def _data_source(path: str, spec: Obj) -> Errors:
    errors: Errors = []
    for field in ("dataSource", "dataSourceRef"):
        source = spec.get(field)
        if source is None:
            continue
        for part in ("name", "kind"):
            if not source.get(part):
                errors.append(required(f"{path}.{field}.{part}"))
        if not source.get("apiGroup") and source.get("kind") not in (None, "", "PersistentVolumeClaim"):
            detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            errors.append(invalid(f"{path}.{field}", source["kind"], detail))
    return errors
