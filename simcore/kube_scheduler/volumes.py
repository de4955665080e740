"""Claims, volumes and classes as the volume plugins look them up, and which volume may serve which claim.

Models: kubernetes v1.36 component-helpers/storage/volume (FindMatchingVolume, IsVolumeBound).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simcore.apimachinery import selectors
from simcore.apimachinery.kinds import (
    CSI_NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    STORAGE_CLASS,
)
from simcore.apimachinery.meta import Key, Obj, annotations_of, key_of, labels_of, uid_of
from simcore.client.informer import InformerFactory
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.plugins.node_affinity import matches_terms
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.resources import amount_of

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_US = "pv.kubernetes.io/bound-by-controller"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
STORAGE = "storage"


class Volumes:
    """What the informers know, and the volumes that the scheduler has promised meanwhile."""

    def __init__(self, informers: InformerFactory) -> None:
        self._claims = informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._volumes = informers.informer(PERSISTENT_VOLUME)
        self._classes, self._csi_nodes = informers.informer(STORAGE_CLASS), informers.informer(CSI_NODE)
        self.promised: dict[str, str] = {}  # volume -> uid of its claim; goes when the volume says so itself

    def claim(self, key: Key) -> Obj | None:
        return self._claims.get(key)

    def volume(self, name: str) -> Obj | None:
        return self._volumes.get(Key("", name))

    def storage_class(self, name: str) -> Obj | None:
        return self._classes.get(Key("", name))

    def csi_node(self, name: str) -> Obj | None:
        return self._csi_nodes.get(Key("", name))

    def waits_for_consumer(self, claim: Obj) -> bool:
        found = self.storage_class(class_of(claim))
        return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"

    def candidates(self, claim: Obj) -> list[Obj]:
        """Volumes that could be bound to the claim, the smallest first."""
        found = [volume for volume in self._volumes.list() if self._may_serve(volume, claim)]
        return sorted(found, key=lambda volume: (_size(volume), volume["metadata"]["name"]))

    def _may_serve(self, volume: Obj, claim: Obj) -> bool:
        spec, wanted = volume["spec"], claim["spec"]
        if ref := spec.get("claimRef"):
            return _is_for(ref, claim)
        if self.promised.get(volume["metadata"]["name"], uid_of(claim)) != uid_of(claim):
            return False
        if (volume.get("status") or {}).get("phase", "Available") not in ("Available", "Pending"):
            return False
        asked = ((wanted.get("resources") or {}).get("requests") or {}).get(STORAGE, "0")
        return (
            "deletionTimestamp" not in volume["metadata"]
            and class_of(volume) == class_of(claim)
            and spec.get("volumeMode", "Filesystem") == wanted.get("volumeMode", "Filesystem")
            and set(wanted.get("accessModes") or ()) <= set(spec.get("accessModes") or ())
            and _size(volume) >= amount_of(STORAGE, asked)
            and (wanted.get("selector") is None or selectors.matches(wanted["selector"], labels_of(volume)))
        )


def claim_keys(pod: PodInfo) -> list[Key]:
    """Of the claims that the pod's volumes name, or that are made for its ephemeral ones."""
    return [
        Key(
            pod.key.namespace,
            (volume.get("persistentVolumeClaim") or {}).get("claimName") or _own(pod, volume),
        )
        for volume in pod.shape.volumes
        if "persistentVolumeClaim" in volume or "ephemeral" in volume
    ]


def class_of(obj: Obj) -> str:
    """The storage class of a claim or a volume; '' when it has none."""
    return annotations_of(obj).get(CLASS_ANNOTATION) or obj["spec"].get("storageClassName") or ""


def is_bound(claim: Obj) -> bool:
    return bool(claim["spec"].get("volumeName")) and BIND_COMPLETED in annotations_of(claim)


def reaches(volume: Obj, node: NodeInfo) -> bool:
    """Whether the node may use the volume."""
    required = (volume["spec"].get("nodeAffinity") or {}).get("required")
    return matches_terms(required, node.name, node.labels)


def allows(storage_class: Obj, node: NodeInfo) -> bool:
    """Whether the class makes volumes where the node is."""
    terms: Sequence[Obj] = storage_class.get("allowedTopologies") or ()
    return not terms or any(_meets(term, node) for term in terms)


def concerns(pod: PodInfo, change: Change) -> bool:
    """Whether an event about a claim is about one of the pod's; about anything else it may always be."""
    is_claim = change.event == ClusterEvent.CLAIM_CHANGED and change.obj is not None
    return not is_claim or (change.obj is not None and key_of(change.obj) in claim_keys(pod))


def refs_of(pods: Iterable[PodInfo], wanted: frozenset[Key]) -> int:
    """How many of the pods use one of the claims."""
    return sum(any(key in wanted for key in claim_keys(pod)) for pod in pods if pod.shape.volumes)


def _meets(term: Obj, node: NodeInfo) -> bool:
    return all(
        node.labels.get(each["key"]) in each["values"] for each in term.get("matchLabelExpressions") or ()
    )


def _own(pod: PodInfo, volume: Obj) -> str:
    return f"{pod.key.name}-{volume['name']}"


def _is_for(ref: Obj, claim: Obj) -> bool:
    meta = claim["metadata"]
    same = ref.get("name") == meta["name"] and ref.get("namespace") == meta.get("namespace", "")
    return bool(same and ref.get("uid", meta["uid"]) == meta["uid"])


def _size(volume: Obj) -> int:
    return amount_of(STORAGE, (volume["spec"].get("capacity") or {}).get(STORAGE, "0"))
