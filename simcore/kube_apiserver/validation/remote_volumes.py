"""Volumes that live on the network or in a cloud, in pods and in PersistentVolumes.

Models: kubernetes v1.36 pkg/apis/core/validation (validate*VolumeSource, validate*PersistentVolumeSource).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    invalid,
    not_supported,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.names import dns_label, dns_subdomain, in_range

Rule = Callable[[str, Obj], Errors]
"""(path, volume source) to its faults."""

_IQN = re.compile(
    r"iqn\.\d{4}-\d{2}\.[a-zA-Z0-9.-]+:[^,;*&$|\s]+|eui.[a-zA-Z0-9]{16}|naa.[a-zA-Z0-9]{32}", re.ASCII
)
_KNOWN_STARTS = ("iqn", "eui", "naa")
_RESERVED = (".kubernetes.io", ".k8s.io")
_HOSTS = "must be a host:port pair or multiple pairs separated by commas"
_CACHING = ("None", "ReadOnly", "ReadWrite")
_DISKS = ("Dedicated", "Managed", "Shared")
_MANAGED_URI = (
    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
)
_BLOB_URI = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
_CSI_SECRETS = (
    "controllerPublishSecretRef",
    "controllerExpandSecretRef",
    "nodePublishSecretRef",
    "nodeExpandSecretRef",
)


def needs(*fields: str) -> Rule:
    """A rule: these fields must be set."""

    def rule(path: str, source: Obj) -> Errors:
        return [required(f"{path}.{field}") for field in fields if not source.get(field)]

    return rule


def csi_driver_name(path: str, name: str) -> Errors:
    errors = [] if name else [required(path)]
    if len(name) > 63:
        errors.append(too_long(path, 63))
    return errors + all_invalid(path, name, dns_subdomain(name.lower()))


def _disk(field: str) -> Rule:
    def rule(path: str, source: Obj) -> Errors:
        partition = source.get("partition") or 0
        wrong = [] if 0 <= partition <= 255 else [invalid(f"{path}.partition", partition, in_range(1, 255))]
        return needs(field)(path, source) + wrong

    return rule


def _nfs(path: str, source: Obj) -> Errors:
    errors = needs("server", "path")(path, source)
    target = source.get("path") or ""
    if not target.startswith("/"):
        errors.append(invalid(f"{path}.path", target, "must be an absolute path"))
    return errors


def _iscsi(start_says: str) -> Rule:
    """A pod's volume says more of a name's start than a PersistentVolume does."""

    def name(path: str, text: str) -> Errors:
        if not text.startswith(_KNOWN_STARTS):
            return [invalid(path, text, start_says)]
        return [] if _IQN.fullmatch(text) else [invalid(path, text, "must be valid format")]

    def rule(path: str, source: Obj) -> Errors:
        errors = needs("targetPortal", "iqn")(path, source)
        lun, secret = source.get("lun") or 0, source.get("secretRef")
        if source.get("iqn"):
            errors += name(f"{path}.iqn", source["iqn"])
        if not 0 <= lun <= 255:
            errors.append(invalid(f"{path}.lun", lun, in_range(0, 255)))
        if (source.get("chapAuthDiscovery") or source.get("chapAuthSession")) and secret is None:
            errors.append(required(f"{path}.secretRef"))
        if source.get("initiatorName") is not None:
            errors += name(f"{path}.initiatorname", source["initiatorName"])
        return errors

    return rule


def _fibre_channel(path: str, source: Obj) -> Errors:
    names, lun = source.get("targetWWNs") or [], source.get("lun")
    where = f"{path}.targetWWNs"
    if not names:
        detail = "must specify either targetWWNs or wwids, but not both"
        return [] if source.get("wwids") else [required(where, detail)]
    errors: Errors = []
    if source.get("wwids"):
        errors.append(invalid(where, names, "targetWWNs and wwids can not be specified simultaneously"))
    if lun is None:
        errors.append(required(f"{path}.lun", "lun is required if targetWWNs is specified"))
    elif not 0 <= lun <= 255:
        errors.append(invalid(f"{path}.lun", lun, in_range(0, 255)))
    return errors


def _flocker(path: str, source: Obj) -> Errors:
    name, uid = source.get("datasetName") or "", source.get("datasetUUID")
    errors: Errors = []
    if not name and not uid:
        errors.append(required(path, "one of datasetName and datasetUUID is required"))
    if name and uid:
        detail = "datasetName and datasetUUID can not be specified simultaneously"
        errors.append(invalid(path, "resource", detail))
    if "/" in name:
        errors.append(invalid(f"{path}.datasetName", name, "must not contain '/'"))
    return errors


def _quobyte(path: str, source: Obj) -> Errors:
    registry, errors = source.get("registry") or "", Errors()
    if not registry:
        errors.append(required(f"{path}.registry", _HOSTS))
    elif len(source.get("tenant") or "") >= 65:
        detail = "must be a UUID and may not exceed a length of 64 characters"
        errors.append(required(f"{path}.tenant", detail))
    else:
        wrong = [pair for pair in registry.split(",") if pair.count(":") != 1]
        errors += [invalid(f"{path}.registry", registry, _HOSTS) for _ in wrong]
    return errors + needs("volume")(path, source)


def _flex(path: str, source: Obj) -> Errors:
    errors = needs("driver")(path, source)
    for key in sorted(source.get("options") or ()):
        if f".{key.split('/')[0].lower()}".endswith(_RESERVED):
            detail = "kubernetes.io and k8s.io namespaces are reserved"
            errors.append(invalid(f"{path}.options[{key}]", key, detail))
    return errors


def _azure_disk(path: str, source: Obj) -> Errors:
    errors = needs("diskName", "diskURI")(path, source)
    caching, kind, uri = source.get("cachingMode"), source.get("kind"), source.get("diskURI") or ""
    if caching is not None and caching not in _CACHING:
        errors.append(not_supported(f"{path}.cachingMode", caching, _CACHING))
    if kind is not None and kind not in _DISKS:
        errors.append(not_supported(f"{path}.kind", kind, _DISKS))
    start, form = ("/subscriptions/", _MANAGED_URI) if kind == "Managed" else ("https://", _BLOB_URI)
    if kind is not None and not uri.startswith(start):
        errors.append(not_supported(f"{path}.diskURI", uri, (form,)))
    return errors


def _azure_file(path: str, source: Obj) -> Errors:
    errors = needs("secretName", "shareName")(path, source)
    return [*errors, required(f"{path}.secretNamespace")] if source.get("secretNamespace") == "" else errors


def _with_secret(rule: Rule, *fields: str) -> Rule:
    """That rule; and a `secretRef`, if there is one, has those fields."""

    def whole(path: str, source: Obj) -> Errors:
        secret = source.get("secretRef")
        return rule(path, source) + ([] if secret is None else needs(*fields)(f"{path}.secretRef", secret))

    return whole


def _storage_os(path: str, source: Obj) -> Errors:
    errors = needs("volumeName")(path, source)
    for field in ("volumeName", "volumeNamespace"):
        if name := source.get(field):
            errors += all_invalid(f"{path}.{field}", name, dns_label(name))
    return errors


def _gluster_volume(path: str, source: Obj) -> Errors:
    errors, namespace = _GLUSTER(path, source), source.get("endpointsNamespace")
    where = f"{path}.endpointsNamespace"
    if namespace == "":
        detail = "if the endpointnamespace is set, it must be a valid namespace name"
        errors.append(invalid(where, "", detail))
    elif namespace is not None:
        errors += all_invalid(where, namespace, dns_label(namespace))
    return errors


def _csi_volume(path: str, source: Obj) -> Errors:
    errors = csi_driver_name(f"{path}.driver", source.get("driver") or "")
    errors += needs("volumeHandle")(path, source)
    for field in _CSI_SECRETS:
        if (secret := source.get(field)) is not None:
            for part, rule in (("name", dns_subdomain), ("namespace", dns_label)):
                where, value = f"{path}.{field}.{part}", secret.get(part)
                errors += all_invalid(where, value, rule(value)) if value else [required(where)]
    return errors


_GLUSTER = needs("endpoints", "path")
_CINDER = needs("volumeID")
_START = "must be valid format starting with iqn, eui, or naa"
IN_PODS: dict[str, Rule] = {
    "gcePersistentDisk": _disk("pdName"),
    "awsElasticBlockStore": _disk("volumeID"),
    "nfs": _nfs,
    "iscsi": _iscsi(_START),
    "glusterfs": _GLUSTER,
    "flocker": _flocker,
    "rbd": needs("monitors", "image"),
    "cinder": _with_secret(_CINDER, "name"),
    "cephfs": needs("monitors"),
    "quobyte": _quobyte,
    "fc": _fibre_channel,
    "flexVolume": _flex,
    "azureFile": _azure_file,
    "vsphereVolume": needs("volumePath"),
    "photonPersistentDisk": needs("pdID"),
    "portworxVolume": needs("volumeID"),
    "azureDisk": _azure_disk,
    "storageos": _with_secret(_storage_os, "name"),
    "scaleIO": needs("gateway", "system", "volumeName"),
}
PERSISTENT: dict[str, Rule] = IN_PODS | {
    "iscsi": _with_secret(_iscsi("must be valid format"), "name"),
    "glusterfs": _gluster_volume,
    "cinder": _with_secret(_CINDER, "name", "namespace"),
    "storageos": _with_secret(_storage_os, "name", "namespace"),
    "csi": _csi_volume,
}
"""The rules of PersistentVolumes, which can name other namespaces."""

SHOWN_AS = {"gcePersistentDisk": "persistentDisk"}
"""What upstream calls a source in the paths of its faults, where that differs."""
SPARE_AS = {"downwardAPI": "downwarAPI", "cephfs": "cephFS"}
"""The same, in the fault of a second source."""
