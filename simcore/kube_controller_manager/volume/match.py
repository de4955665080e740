"""Which PersistentVolume suits a claim best.

Models: kubernetes v1.36 component-helpers/storage/volume/pv_helpers.go (FindMatchingVolume).
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.meta import Obj, annotations_of, is_terminating, labels_of, uid_of
from simcore.apimachinery.quantity import Quantity, parse
from simcore.apimachinery.selectors import matches
from simcore.kube_controller_manager.node_affinity import allows

CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"


def class_of(obj: Obj) -> str:
    """The class of a volume or a claim; '' for none."""
    return annotations_of(obj).get(CLASS_ANNOTATION) or obj["spec"].get("storageClassName") or ""


def is_for(volume: Obj, claim: Obj) -> bool:
    """Whether the volume is reserved for this very claim, or for one of its name that nobody has made yet."""
    ref, meta = volume["spec"].get("claimRef") or {}, claim["metadata"]
    same = (ref.get("namespace"), ref.get("name")) == (meta["namespace"], meta["name"])
    return same and ref.get("uid", "") in ("", uid_of(claim))


def best_match(claim: Obj, volumes: Iterable[Obj], node: Obj | None, *, is_delayed: bool) -> Obj | None:
    """The one reserved for the claim, else the smallest that is big enough; of equal ones the first by name.

    `node`: where the claim's pod runs, if that is known; `is_delayed`: only reserved volumes count.
    """
    fitting = [volume for volume in volumes if _fits(volume, claim)]
    reserved = next((volume for volume in fitting if volume["spec"].get("claimRef")), None)
    if reserved is not None or is_delayed:
        return reserved
    selector = claim["spec"].get("selector")
    free = [
        volume
        for volume in fitting
        if (selector is None or matches(selector, labels_of(volume)))
        and (node is None or _reaches(volume, node))
    ]
    return min(free, key=lambda v: (capacity_of(v).nanos, v["metadata"]["name"]), default=None)


def capacity_of(volume: Obj) -> Quantity:
    return parse((volume["spec"].get("capacity") or {}).get("storage", "0"))


def _fits(volume: Obj, claim: Obj) -> bool:
    spec, wanted = volume["spec"], claim["spec"]
    request = ((wanted.get("resources") or {}).get("requests") or {}).get("storage", "0")
    if (spec.get("volumeMode") or "Filesystem") != (wanted.get("volumeMode") or "Filesystem"):
        return False
    if is_terminating(volume) or capacity_of(volume).nanos < parse(request).nanos:
        return False
    if spec.get("claimRef"):
        return is_for(volume, claim)
    free = ((volume.get("status") or {}).get("phase") or "Pending") in ("Available", "Pending")
    modes = set(wanted.get("accessModes") or ()) <= set(spec.get("accessModes") or ())
    return free and modes and class_of(volume) == class_of(claim)


def _reaches(volume: Obj, node: Obj) -> bool:
    required = (volume["spec"].get("nodeAffinity") or {}).get("required")
    if required is None:
        return True
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    return allows({"affinity": affinity}, node)
