"""A pod's volumes: what lies in them when they are mounted, and what is to be seen of them in a container.

Models: kubernetes v1.36 pkg/volume/{configmap,secret,downwardapi,projected,emptydir,hostpath} and
pkg/volume/util/atomic_writer.go.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping

from simcore.apimachinery.meta import Obj
from simcore.kubelet.environment import text_of
from simcore.kubelet.facts import resource_value, whole_map
from simcore.kubelet.lookup import Lookup
from simcore.kubelet.records import FileChange
from simcore.kubelet.runtime.text import readable

ROOT_CA = "kube-root-ca.crt"
"""The ConfigMap that every pod mounts; its text is looked up by nobody, so no record holds it."""
WRITABLE = ("emptyDir", "persistentVolumeClaim", "hostPath", "ephemeral")
READ_ONLY = ("configMap", "secret", "downwardAPI", "projected", "image")
DEFAULT_MODE = 0o644
MOST_TEXT = 100_000
"""Characters of one file that a record keeps."""

Contents = dict[str, str]
"""Texts by path within the volume."""


class MountFault(Exception):
    """The volume cannot be mounted; the message is the kubelet's, without the volume's name."""


def kind_of(volume: Obj) -> str:
    return next((field for field in volume if field != "name"), "emptyDir")


def shows(volume: Obj) -> bool:
    """Whether it shows objects, which may change."""
    return kind_of(volume) in ("configMap", "secret", "downwardAPI", "projected")


def contents(
    volume: Obj, pod: Obj, facts: Mapping[str, str], allocatable: Mapping[str, str], lookup: Lookup
) -> Contents:
    """What the kubelet puts there, or finds there. Raises: MountFault."""
    kind = kind_of(volume)
    source = volume.get(kind) or {}
    if kind in ("configMap", "secret", "downwardAPI"):
        return _projection(kind, source, pod, facts, allocatable, lookup)
    if kind == "projected":
        found: Contents = {}
        for projection in source.get("sources") or ():
            for inner, part in projection.items():
                found |= _projection(inner, part or {}, pod, facts, allocatable, lookup)
        return found
    path = stored_path(volume, pod, lookup)
    return dict((lookup.stored(path) or {}).get("files", {})) if path else {}


def stored_path(volume: Obj, pod: Obj, lookup: Lookup) -> str:
    """Where the world keeps the volume's files when the pod is gone; empty: nowhere. Raises: MountFault."""
    kind = kind_of(volume)
    if kind == "hostPath":
        folder = volume["hostPath"]["path"].strip("/")
        return f"host/{pod['spec'].get('nodeName', '')}/{folder}"
    if kind not in ("persistentVolumeClaim", "ephemeral"):
        return ""
    name = volume[kind].get("claimName") or f"{pod['metadata']['name']}-{volume['name']}"
    namespace = pod["metadata"]["namespace"]
    claim = lookup.claim(namespace, name)
    if claim is None:
        raise MountFault(
            f"error processing PVC {namespace}/{name}: failed to fetch PVC from API server: "
            f'persistentvolumeclaims "{name}" not found'
        )
    bound = (claim.get("status") or {}).get("phase") == "Bound"
    if not bound or not claim["spec"].get("volumeName"):
        raise MountFault(f"error processing PVC {namespace}/{name}: PVC is not bound")
    return f"pv/{claim['spec']['volumeName']}"


def lies_in_memory(volume: Obj) -> bool:
    kind = kind_of(volume)
    return (
        kind in ("secret", "downwardAPI", "projected") or (volume.get(kind) or {}).get("medium") == "Memory"
    )


def modes(volume: Obj) -> Iterator[tuple[str, int]]:
    """The permissions of files that the volume's source names, or with an empty path of all others."""
    source = volume.get(kind_of(volume)) or {}
    for part in (source, *(inner for p in source.get("sources") or () for inner in p.values() if inner)):
        for item in part.get("items") or ():
            if item.get("mode") is not None:
                yield item["path"], item["mode"]
    if source.get("defaultMode") is not None and source["defaultMode"] != DEFAULT_MODE:
        yield "", source["defaultMode"]


def references(pod: Obj) -> Iterator[tuple[str, str]]:
    """The ConfigMaps and Secrets that the pod's volumes show: (kind, name)."""
    for volume in pod["spec"].get("volumes") or ():
        source = volume.get(kind_of(volume)) or {}
        parts = [{kind_of(volume): source}] if "sources" not in source else source["sources"]
        for part in parts:
            if "configMap" in part and part["configMap"].get("name") not in (None, ROOT_CA):
                yield "configMap", part["configMap"]["name"]
            if "secret" in part:
                yield "secret", part["secret"].get("secretName") or part["secret"].get("name", "")


def tells_of_pod(pod: Obj) -> bool:
    """Whether a volume shows the pod's own labels or annotations."""
    for volume in pod["spec"].get("volumes") or ():
        source = volume.get(kind_of(volume)) or {}
        parts = (source, *(part.get("downwardAPI") or {} for part in source.get("sources") or ()))
        items = (item for part in parts for item in part.get("items") or ())
        if any((item.get("fieldRef") or {}).get("fieldPath", "").startswith("metadata.") for item in items):
            return True
    return False


def is_relabelled(old: Obj, new: Obj) -> bool:
    """Whether a pod has other labels or annotations, and volumes that show something: then it is mounted anew."""
    before, after = old["metadata"], new["metadata"]
    same = all(before.get(field) == after.get(field) for field in ("labels", "annotations"))
    return not same and any(map(shows, new["spec"].get("volumes") or ()))


def changed(known: list[FileChange], fresh: Contents, now: int) -> list[FileChange]:
    """What an update brings to a mounted volume."""
    present: dict[str, str | None] = {}
    for change in known:
        present[change.path] = change.text
    gone = [
        FileChange(now, path, None)
        for path, text in present.items()
        if text is not None and path not in fresh
    ]
    new = [FileChange(now, path, text) for path, text in fresh.items() if present.get(path) != text]
    return gone + new


def _projection(
    kind: str, source: Obj, pod: Obj, facts: Mapping[str, str], allocatable: Mapping[str, str], lookup: Lookup
) -> Contents:
    namespace = pod["metadata"]["namespace"]
    if kind == "configMap":
        name = source["name"]
        obj = lookup.config_map(namespace, name)
        if obj is None:
            return _absent(f'configmap "{name}" not found', source)
        texts = {**(obj.get("data") or {})} if name != ROOT_CA else dict.fromkeys(obj.get("data") or {}, "")
        texts |= {key: _decoded(value) for key, value in (obj.get("binaryData") or {}).items()}
        return _chosen(texts, source, "configmap references non-existent config key: {}")
    if kind == "secret":
        name = source.get("secretName") or source.get("name", "")
        obj = lookup.secret(namespace, name)
        if obj is None:
            return _absent(f'secret "{name}" not found', source)
        texts = {key: text_of(obj, key) or "" for key in obj.get("data") or {}}
        return _chosen(texts, source, "references non-existent secret key: {}")
    if kind == "downwardAPI":
        return {item["path"]: _downward(item, pod, facts, allocatable) for item in source.get("items") or ()}
    if kind == "serviceAccountToken":
        return {source.get("path", "token"): token_of(pod, source)}
    return {}


def token_of(pod: Obj, source: Obj) -> str:
    """A name for the token, which is no secret: nothing in the simulation lets anybody in with it."""
    account = pod["spec"].get("serviceAccountName", "default")
    audience = source.get("audience") or "https://kubernetes.default.svc.cluster.local"
    return f"token.{pod['metadata']['namespace']}.{account}.{pod['metadata']['uid']}.{audience}"


def _absent(message: str, source: Obj) -> Contents:
    if source.get("optional"):
        return {}
    raise MountFault(message)


def _chosen(texts: Contents, source: Obj, fault: str) -> Contents:
    items = source.get("items")
    if not items:
        return dict(sorted(texts.items()))
    found: Contents = {}
    for item in items:
        if item["key"] in texts:
            found[item["path"]] = texts[item["key"]]
        elif not source.get("optional"):
            raise MountFault(fault.format(item["key"]))
    return found


def _downward(item: Obj, pod: Obj, facts: Mapping[str, str], allocatable: Mapping[str, str]) -> str:
    if "resourceFieldRef" in item:
        reference = item["resourceFieldRef"]
        every = (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ()))
        container = next((c for c in every if c["name"] == reference.get("containerName")), every[0])
        return resource_value(reference, container, allocatable)
    path = (item.get("fieldRef") or {}).get("fieldPath", "")
    found = whole_map(pod, path)
    return found if found is not None else facts.get(path, "")


def _decoded(value: str) -> str:
    return readable(b64decode(value))
