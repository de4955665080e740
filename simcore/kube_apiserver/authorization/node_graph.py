"""Whether a node's pods use an object: the edges from objects to pods to nodes, looked up when somebody asks.

Models: kubernetes v1.36 plugin/pkg/auth/authorizer/node/graph_populator.go and pkg/api/pod/util.go (which fields of
a pod name Secrets and ConfigMaps). Upstream keeps the graph; here the few questions of a node are answered from
the state.
"""

from __future__ import annotations

from collections.abc import Iterator

from simcore.apimachinery.kinds import (
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    RESOURCE_SLICE,
    VOLUME_ATTACHMENT,
)
from simcore.apimachinery.meta import Key, Obj, annotations_of
from simcore.kube_apiserver.strategy import Reader

MIRROR = "kubernetes.io/config.mirror"
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def is_used(read: Reader, node: str, resource: str, namespace: str, name: str) -> bool:
    """Whether the object is the node's, or one of the node's pods names it."""
    match resource:
        case "pods":
            pod = read.find(POD, Key(namespace, name))
            return pod is not None and pod["spec"].get("nodeName") == node
        case "persistentvolumes":
            return _volume_is_used(read, node, read.find(PERSISTENT_VOLUME, Key("", name)))
        case "volumeattachments":
            found = read.find(VOLUME_ATTACHMENT, Key("", name))
            return found is not None and found["spec"].get("nodeName") == node
        case "resourceslices":
            found = read.find(RESOURCE_SLICE, Key("", name))
            return found is not None and found["spec"].get("nodeName") == node
    pods = _pods_on(read, node, namespace)
    if any((resource, name) in _named(pod) for pod in pods):
        return True
    return resource == "secrets" and any(
        _volume_secret(volume) == (namespace, name) and _volume_is_used(read, node, volume)
        for volume in read.all(PERSISTENT_VOLUME)
    )


def secrets_of(pod: Obj) -> Iterator[str]:
    spec = pod["spec"]
    for reference in spec.get("imagePullSecrets") or ():
        yield reference.get("name", "")
    yield from _in_containers(spec, "secretRef", "secretKeyRef")
    for volume in spec.get("volumes") or ():
        yield (volume.get("secret") or {}).get("secretName", "")
        for source in (volume.get("projected") or {}).get("sources") or ():
            yield (source.get("secret") or {}).get("name", "")
        for driver in volume.values():
            if isinstance(driver, dict):
                for member in ("secretRef", "nodePublishSecretRef"):
                    yield (driver.get(member) or {}).get("name", "")
        yield (volume.get("azureFile") or {}).get("secretName", "")


def config_maps_of(pod: Obj) -> Iterator[str]:
    yield from _in_containers(pod["spec"], "configMapRef", "configMapKeyRef")
    for volume in pod["spec"].get("volumes") or ():
        yield (volume.get("configMap") or {}).get("name", "")
        for source in (volume.get("projected") or {}).get("sources") or ():
            yield (source.get("configMap") or {}).get("name", "")


def claims_of(pod: Obj) -> Iterator[str]:
    for volume in pod["spec"].get("volumes") or ():
        yield (volume.get("persistentVolumeClaim") or {}).get("claimName", "")
        if volume.get("ephemeral"):
            yield f"{pod['metadata']['name']}-{volume['name']}"


def _named(pod: Obj) -> set[tuple[str, str]]:
    """(resource, name) of all that a pod uses; a mirror pod was not written by the API's users and uses nothing."""
    if MIRROR in annotations_of(pod):
        return set()
    spec = pod["spec"]
    found = {("secrets", name) for name in secrets_of(pod)} | {("configmaps", n) for n in config_maps_of(pod)}
    found |= {("persistentvolumeclaims", name) for name in claims_of(pod)}
    found.add(("serviceaccounts", spec.get("serviceAccountName", "")))
    statuses = (pod.get("status") or {}).get("resourceClaimStatuses") or ()
    generated = [status.get("resourceClaimName", "") for status in statuses]
    given = [claim.get("resourceClaimName", "") for claim in spec.get("resourceClaims") or ()]
    return {pair for pair in found | {("resourceclaims", n) for n in [*generated, *given]} if pair[1]}


def _pods_on(read: Reader, node: str, namespace: str) -> Iterator[Obj]:
    return (pod for pod in read.all(POD, namespace) if pod["spec"].get("nodeName") == node)


def _volume_is_used(read: Reader, node: str, volume: Obj | None) -> bool:
    claim = ((volume or {}).get("spec") or {}).get("claimRef")
    if not claim:
        return False
    namespace, name = claim.get("namespace", ""), claim.get("name", "")
    if read.find(PERSISTENT_VOLUME_CLAIM, Key(namespace, name)) is None:
        return False
    return any(name in claims_of(pod) for pod in _pods_on(read, node, namespace))


def _volume_secret(volume: Obj) -> tuple[str, str] | None:
    """Where the Secret of a volume's driver is."""
    for driver in volume["spec"].values():
        if isinstance(driver, dict):
            for member in ("nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef", "secretRef"):
                if reference := driver.get(member):
                    return reference.get("namespace", ""), reference.get("name", "")
    return None


def _in_containers(spec: Obj, whole: str, key: str) -> Iterator[str]:
    """Names in `envFrom` and `env` of all containers."""
    for container in (c for listed in _CONTAINERS for c in spec.get(listed) or ()):
        for source in container.get("envFrom") or ():
            yield (source.get(whole) or {}).get("name", "")
        for variable in container.get("env") or ():
            yield ((variable.get("valueFrom") or {}).get(key) or {}).get("name", "")
