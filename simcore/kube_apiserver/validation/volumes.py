"""A pod's volumes.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidateVolumes, validateVolumeSource).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.claim import validate_claim_spec
from simcore.kube_apiserver.validation.env import (
    VOLUME_FIELDS,
    validate_field_ref,
    validate_resource_field_ref,
)
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.metadata import validate_annotations, validate_labels
from simcore.kube_apiserver.validation.names import dns_label, dns_subdomain
from simcore.kube_apiserver.validation.paths import (
    file_mode,
    local_descending,
    local_not_reserved,
    no_backsteps,
)
from simcore.kube_apiserver.validation.remote_volumes import (
    IN_PODS,
    SHOWN_AS,
    SPARE_AS,
    Rule,
    csi_driver_name,
    needs,
)

_HOST_PATH_TYPES = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_TEN_MINUTES_S, _LONGEST_S = 600, 2**32
_NOT_IN_TEMPLATES = ("name", "generateName", "namespace", "uid", "ownerReferences", "finalizers")


def validate_volumes(path: str, volumes: Sequence[Obj]) -> tuple[dict[str, Obj], Errors]:
    """The valid volumes by their names, and all faults."""
    errors: Errors = []
    known: dict[str, Obj] = {}
    for i, volume in enumerate(volumes):
        where, name = f"{path}[{i}]", volume.get("name")
        faults = _source(where, volume)
        if not name:
            faults.append(required(f"{where}.name"))
        else:
            faults += all_invalid(f"{where}.name", name, dns_label(name))
        if name in known:
            faults.append(duplicate(f"{where}.name", name))
        if faults:
            errors += faults
        elif name:
            known[name] = volume
    return known, errors


def _source(path: str, volume: Obj) -> Errors:
    given = [name for name in SOURCES if volume.get(name) is not None]
    if not given:
        return [required(path, "must specify a volume type")]
    first, *others = given
    errors = SOURCES[first](f"{path}.{SHOWN_AS.get(first, first)}", volume[first])
    return errors + [
        forbidden(f"{path}.{SPARE_AS.get(name, name)}", "may not specify more than 1 volume type")
        for name in others
    ]


def _empty_dir(path: str, source: Obj) -> Errors:
    limit = source.get("sizeLimit")
    if limit is None or parse(limit).nanos >= 0:
        return []
    return [forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]


def host_path(path: str, source: Obj) -> Errors:
    if not (target := source.get("path")):
        return [required(f"{path}.path")]
    errors = no_backsteps(f"{path}.path", target)
    kind = source.get("type") or ""
    return (
        errors
        if kind in _HOST_PATH_TYPES
        else [*errors, not_supported(f"{path}.type", kind, _HOST_PATH_TYPES)]
    )


def _git_repo(path: str, source: Obj) -> Errors:
    errors = needs("repository")(path, source)
    return errors + local_descending(f"{path}.directory", source.get("directory") or "")


def _files(name_field: str) -> Rule:
    """A rule for volumes whose files are the keys of a ConfigMap or a Secret."""

    def rule(path: str, source: Obj) -> Errors:
        errors = needs(name_field)(path, source)
        errors += file_mode(f"{path}.defaultMode", source.get("defaultMode"))
        return errors + _items(f"{path}.items", source.get("items") or ())

    return rule


def _items(path: str, items: Iterable[Obj]) -> Errors:
    errors: Errors = []
    for i, item in enumerate(items):
        where, target = f"{path}[{i}]", item.get("path") or ""
        errors += needs("key", "path")(where, item)
        errors += local_not_reserved(f"{where}.path", target)
        errors += file_mode(f"{where}.mode", item.get("mode"))
    return errors


def _downward_api(path: str, source: Obj) -> Errors:
    errors = file_mode(f"{path}.defaultMode", source.get("defaultMode"))
    for item in source.get("items") or ():
        errors += _downward_file(path, item)
    return errors


def _downward_file(path: str, item: Obj) -> Errors:
    """Upstream gives the volume's path for all of its files."""
    errors = needs("path")(path, item)
    errors += local_not_reserved(f"{path}.path", item.get("path") or "")
    field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if field is not None:
        errors += validate_field_ref(f"{path}.fieldRef", field, VOLUME_FIELDS)
        if resource is not None:
            detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
            errors.append(invalid(path, "resource", detail))
    elif resource is not None:
        errors += validate_resource_field_ref(f"{path}.resourceFieldRef", resource, in_volume=True)
    else:
        errors.append(required(path, "one of fieldRef and resourceFieldRef is required"))
    return errors + file_mode(f"{path}.mode", item.get("mode"))


def _projected(path: str, source: Obj) -> Errors:
    errors = file_mode(f"{path}.defaultMode", source.get("defaultMode"))
    paths: set[str] = set()
    for i, projection in enumerate(source.get("sources") or ()):
        where = f"{path}.sources[{i}]"
        given = [name for name in _PROJECTIONS if projection.get(name) is not None]
        for name in given:
            part = projection[name]
            errors += _PROJECTIONS[name](f"{where}.{name}", part)
            if name == "serviceAccountToken":
                errors += _token_path(f"{path}.path", part.get("path"))
            else:
                errors += _conflicts(path, part, paths)
        if len(given) > 1:
            errors.append(forbidden(where, "may not specify more than 1 volume type per source"))
    return errors


def _conflicts(path: str, part: Obj, paths: set[str]) -> Errors:
    """Files that several sources would write; `paths` collects those seen."""
    own = [item.get("path") for item in part.get("items") or ()] if "items" in part else [part.get("path")]
    errors: Errors = []
    for target in own:
        if target and target in paths:
            errors.append(invalid(path, part.get("name", target), "conflicting duplicate paths"))
        elif target:
            paths.add(target)
    return errors


def _projected_files(path: str, part: Obj) -> Errors:
    return needs("name")(path, part) + _items(f"{path}.items", part.get("items") or ())


def _projected_downward(path: str, part: Obj) -> Errors:
    return [error for item in part.get("items") or () for error in _downward_file(path, item)]


def _token(path: str, part: Obj) -> Errors:
    errors: Errors = []
    seconds = part.get("expirationSeconds", 3600)
    if seconds < _TEN_MINUTES_S:
        detail = "may not specify a duration less than 10 minutes"
        errors.append(invalid(f"{path}.expirationSeconds", seconds, detail))
    if seconds > _LONGEST_S:
        detail = "may not specify a duration larger than 2^32 seconds"
        errors.append(invalid(f"{path}.expirationSeconds", seconds, detail))
    return errors


def _token_path(path: str, target: str | None) -> Errors:
    """Upstream gives the volume's path for it."""
    return local_not_reserved(path, target) if target else [required(path)]


def _csi(path: str, source: Obj) -> Errors:
    errors = csi_driver_name(f"{path}.driver", source.get("driver") or "")
    if (secret := source.get("nodePublishSecretRef")) is not None:
        if name := secret.get("name"):
            errors += all_invalid(f"{path}.name", name, dns_subdomain(name))
        else:
            errors.append(required(f"{path}.nodePublishSecretRef.name"))
    return errors


def _ephemeral(path: str, source: Obj) -> Errors:
    template = source.get("volumeClaimTemplate")
    if template is None:
        return [required(f"{path}.volumeClaimTemplate")]
    where, meta = f"{path}.volumeClaimTemplate.metadata", template.get("metadata") or {}
    errors = validate_annotations(f"{where}.annotations", meta.get("annotations"))
    errors += validate_labels(f"{where}.labels", meta.get("labels"))
    spare = [field for field in _NOT_IN_TEMPLATES if meta.get(field)]
    errors += [forbidden(f"{where}.{field}", "cannot be set") for field in spare]
    return errors + validate_claim_spec(f"{path}.volumeClaimTemplate.spec", template.get("spec") or {})


def _image(path: str, source: Obj) -> Errors:
    policy = source.get("pullPolicy") or ""
    errors = needs("reference")(path, source)
    if policy not in _PULL_POLICIES:
        errors.append(not_supported(f"{path}.pullPolicy", policy, _PULL_POLICIES))
    return errors


_LOCAL: dict[str, Rule] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "gitRepo": _git_repo,
    "secret": _files("secretName"),
    "persistentVolumeClaim": needs("claimName"),
    "downwardAPI": _downward_api,
    "configMap": _files("name"),
    "projected": _projected,
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": _image,
}
_ORDER = (
    "emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker "
    "persistentVolumeClaim rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume "
    "photonPersistentDisk portworxVolume azureDisk storageos projected scaleIO csi ephemeral image"
)
SOURCES: dict[str, Rule] = {name: (_LOCAL | IN_PODS)[name] for name in _ORDER.split()}
"""In the order in which upstream looks at them."""

_PROJECTIONS: dict[str, Rule] = {
    "secret": _projected_files,
    "configMap": _projected_files,
    "downwardAPI": _projected_downward,
    "serviceAccountToken": _token,
    "clusterTrustBundle": needs("path"),
    "podCertificate": needs(),
}
