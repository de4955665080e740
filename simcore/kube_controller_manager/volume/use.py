"""Which pods use a claim."""

from __future__ import annotations

from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.client.informer import Informer
from simcore.kube_controller_manager.pods import is_finished

INDEX = "claim"


def claim_keys(pod: Obj) -> list[Key]:
    """Of the claims in a pod's volumes; generic ephemeral ones are called after pod and volume."""
    meta, found = pod["metadata"], []
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append(Key(meta["namespace"], volume["persistentVolumeClaim"]["claimName"]))
        elif "ephemeral" in volume:
            found.append(Key(meta["namespace"], f"{meta['name']}-{volume['name']}"))
    return found


def index_by_claim(pods: Informer) -> None:
    pods.add_index(INDEX, claim_keys, part="spec")


def pods_using(pods: Informer, claim: Obj) -> list[Obj]:
    """Those that have not ended, in the order of their names."""
    found = pods.by_index(INDEX, key_of(claim))
    return sorted((pod for pod in found if not is_finished(pod)), key=key_of)
