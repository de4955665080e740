"""Defaults of a pod's volumes.

Models: kubernetes v1.36 pkg/apis/core/v1/defaults.go (SetDefaults_Volume, _*VolumeSource).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.container import field_ref, pull_policy, resource_field_ref
from simcore.kube_apiserver.defaulting.fill import (
    Change,
    change,
    each,
    fill,
    fill_zero,
    quantity,
    requirements,
)

_MODE = {"defaultMode": 0o644}


def default_volume(volume: Obj) -> Obj:
    source = next((field for field in volume if field != "name" and volume[field] is not None), None)
    if source is None:
        return {**volume, "emptyDir": {}}
    defaulted = _SOURCES.get(source)
    return change(volume, source, defaulted) if defaulted else volume


def default_claim_spec(spec: Obj) -> Obj:
    """A PersistentVolumeClaim's spec."""
    done = fill(spec, {"volumeMode": "Filesystem", "resources": {}})
    return change(done, "resources", requirements)


def default_claim_template(template: Obj) -> Obj:
    """An ephemeral volume's claim: its spec only, since it is no object yet."""
    return change(fill(template, {"metadata": {}}), "spec", default_claim_spec)


def _of_files(source: Obj) -> Obj:
    return change(fill(source, _MODE), "items", each(_file))


def _file(item: Obj) -> Obj:
    return change(change(item, "fieldRef", field_ref), "resourceFieldRef", resource_field_ref)


def _projected(source: Obj) -> Obj:
    return change(fill(source, _MODE), "sources", each(_projection))


def _projection(source: Obj) -> Obj:
    done = change(source, "serviceAccountToken", lambda token: fill(token, {"expirationSeconds": 3600}))
    return change(done, "downwardAPI", lambda files: change(files, "items", each(_file)))


def _empty_dir(source: Obj) -> Obj:
    return change(source, "sizeLimit", quantity)


def _host_path(source: Obj) -> Obj:
    return fill(source, {"type": ""})


def _image(source: Obj) -> Obj:
    return fill_zero(source, {"pullPolicy": pull_policy(source.get("reference") or "")})


def _ephemeral(source: Obj) -> Obj:
    return change(source, "volumeClaimTemplate", default_claim_template)


def iscsi(source: Obj) -> Obj:
    return fill_zero(source, {"iscsiInterface": "default"})


def rbd(source: Obj) -> Obj:
    return fill_zero(source, {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"})


def azure_disk(source: Obj) -> Obj:
    defaults = {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4", "readOnly": False}
    return fill(source, defaults)


def scale_io(source: Obj) -> Obj:
    return fill_zero(source, {"storageMode": "ThinProvisioned", "fsType": "xfs"})


SHARED_SOURCES: Mapping[str, Change] = {
    "hostPath": _host_path,
    "iscsi": iscsi,
    "rbd": rbd,
    "azureDisk": azure_disk,
    "scaleIO": scale_io,
}
"""The sources that a PersistentVolume has, too."""

_SOURCES: Mapping[str, Any] = {
    **SHARED_SOURCES,
    "configMap": _of_files,
    "secret": _of_files,
    "downwardAPI": _of_files,
    "projected": _projected,
    "emptyDir": _empty_dir,
    "image": _image,
    "ephemeral": _ephemeral,
}
