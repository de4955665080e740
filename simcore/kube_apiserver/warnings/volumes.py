"""Volumes whose drivers are gone, and files of one volume that get into each other's way.

Models: kubernetes v1.36 pkg/api/pod/warnings.go (warningsForOverlappingVirtualPaths), pkg/api/persistentvolume/util.go,
pkg/api/persistentvolumeclaim/util.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.field import quoted
from simcore.kube_apiserver.warnings import node_labels

_GONE = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
_GONE_OF_PERSISTENT = ("cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd")
_SPELLED = {"storageos": "storageOS"}
"""Upstream's path names the field otherwise than the API does."""
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_USE_CLASS = 'deprecated since v1.8; use "storageClassName" attribute instead'
_RECYCLE = "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."


def of_volumes(path: str, volumes: Sequence[Obj]) -> list[str]:
    """For a pod's volumes."""
    told = []
    for i, volume in enumerate(volumes):
        told += [
            f"{path}[{i}].{_SPELLED.get(name, name)}: {why}"
            for name, why in _GONE.items()
            if volume.get(name) is not None
        ]
        template = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
        if template:
            where = f"{path}[{i}].ephemeral.volumeClaimTemplate.spec"
            told += of_claim_spec(where, template.get("spec") or {})
    return told


def of_persistent_volume(volume: Obj) -> list[str]:
    spec = volume["spec"]
    told = _of_old_class(volume)
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        told.append(f"spec.persistentVolumeReclaimPolicy: {_RECYCLE}")
    terms = ((spec.get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms") or ()
    told += node_labels.of_terms("spec.nodeAffinity.required.nodeSelectorTerms", terms)
    gone = (name for name in _GONE_OF_PERSISTENT if spec.get(name) is not None)
    return told + [f"spec.{_SPELLED.get(name, name)}: {_GONE[name]}" for name in gone]


def of_claim(claim: Obj) -> list[str]:
    return _of_old_class(claim) + of_claim_spec("spec", claim["spec"])


def of_claim_spec(path: str, spec: Obj) -> list[str]:
    told = []
    for side in ("requests", "limits"):
        amount = ((spec.get("resources") or {}).get(side) or {}).get("storage")
        if amount is not None and parse(amount).milli % 1000:
            shown = quoted(str(parse(amount)))
            why = f"fractional byte value {shown} is invalid, must be an integer"
            told.append(f"{path}.resources.{side}[storage]: {why}")
    return told


def of_overlaps(volumes: Iterable[Obj]) -> list[str]:
    """Files of one volume where one hides the other, or is a folder on the other's way."""
    told: list[str] = []
    for volume in volumes:
        name = quoted(volume["name"])
        for label, paths in _files_of(volume):
            told += _clashes(paths, f"volume {name} ({label}): overlapping paths")
        known: set[str] = set()
        for source in (volume.get("projected") or {}).get("sources") or ():
            if not source:
                told.append(f"volume {name} (Projected) has no sources provided")
                continue
            for label, paths in _files_of_source(source):
                what = f"volume {name} (Projected {label}): overlapping paths"
                told += _clashes(paths, what) + _clashes(sorted([*set(paths), *known]), what)
                known |= set(paths)
    return told


def _of_old_class(obj: Obj) -> list[str]:
    named = _OLD_CLASS in (obj["metadata"].get("annotations") or {})
    return [f"metadata.annotations[{_OLD_CLASS}]: {_USE_CLASS}"] if named else []


def _files_of(volume: Obj) -> Iterator[tuple[str, list[str]]]:
    """(how the source is called, its paths) of a volume that is one source."""
    for field, kind, named in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        source = volume.get(field) or {}
        if source.get("items"):
            yield f"{kind} {quoted(source.get(named, ''))}", _paths(source)
    if (volume.get("downwardAPI") or {}).get("items"):
        yield "DownwardAPI", _paths(volume["downwardAPI"])


def _files_of_source(source: Obj) -> Iterator[tuple[str, list[str]]]:
    for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
        if (source.get(field) or {}).get("items"):
            yield f"{kind} {quoted(source[field].get('name', ''))}", _paths(source[field])
    if (source.get("downwardAPI") or {}).get("items"):
        yield "DownwardAPI", _paths(source["downwardAPI"])
    if token := source.get("serviceAccountToken"):
        yield "ServiceAccountToken", [token["path"]]
    if bundle := source.get("clusterTrustBundle"):
        named = bundle.get("name") or bundle.get("signerName", "")
        yield f"ClusterTrustBundle {quoted(named)}", [bundle["path"]]


def _paths(source: Obj) -> list[str]:
    return [item.get("path", "") for item in source["items"]]


def _clashes(paths: Iterable[str], what: str) -> list[str]:
    told, known = [], list[str]()
    for given in paths:
        path = given.rstrip("/")
        other = next((o for o in known if o and path and _is_in_the_way(o, path)), "")
        if other:
            told.append(f"{what}: {quoted(path)} with {quoted(other)}")
        known.append(path)
    return told


def _is_in_the_way(one: str, other: str) -> bool:
    return one == other or f"{one}/".startswith(other) or f"{other}/".startswith(one)
