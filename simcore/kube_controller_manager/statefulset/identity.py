"""What makes a StatefulSet's pod itself: its ordinal, name, revision and claims.

Models: kubernetes v1.36 pkg/controller/statefulset/stateful_set_utils.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj, controller_ref, labels_of, uid_of
from simcore.kube_controller_manager.pods import pod_from_template
from simcore.kube_controller_manager.revisions import HASH_LABEL

POD_NAME, POD_INDEX = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"


def ordinals(sts: Obj) -> range:
    """Those of the pods that there should be."""
    start: int = (sts["spec"].get("ordinals") or {}).get("start", 0)
    return range(start, start + sts["spec"]["replicas"])


def first_updated(sts: Obj) -> int:
    """The lowest ordinal that an update reaches: the partition counts from the first pod."""
    rolling = (sts["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    return ordinals(sts).start + int(rolling.get("partition") or 0)


def ordinal_of(sts: Obj, pod: Obj) -> int:
    """-1 when the pod's name is none of this StatefulSet's."""
    parent, dash, ordinal = pod["metadata"]["name"].rpartition("-")
    is_ours = dash and parent == sts["metadata"]["name"] and ordinal.isascii() and ordinal.isdigit()
    return int(ordinal) if is_ours else -1


def knows_itself(pod: Obj) -> bool:
    return bool(labels_of(pod).get(POD_NAME) == pod["metadata"]["name"])


def own_labels(pod: Obj) -> Obj:
    """Those by which a pod is told from its siblings."""
    name: str = pod["metadata"]["name"]
    return {POD_NAME: name, POD_INDEX: name.rpartition("-")[2]}


def revision_of(pod: Obj) -> str:
    """The name of the ControllerRevision that the pod was made from."""
    return labels_of(pod).get(HASH_LABEL, "")


def pod_for(sts: Obj, ordinal: int, revision: Obj) -> Obj:
    """The pod as the revision's template has it."""
    template = {k: v for k, v in revision["data"]["spec"]["template"].items() if k != "$patch"}
    pod, name = pod_from_template(template, sts), f"{sts['metadata']['name']}-{ordinal}"
    own = {POD_NAME: name, POD_INDEX: str(ordinal), HASH_LABEL: revision["metadata"]["name"]}
    labels = (pod["metadata"].get("labels") or {}) | own
    spec = {**template["spec"], "hostname": name}
    if service := sts["spec"].get("serviceName"):
        spec["subdomain"] = service
    if volumes := _volumes(sts, ordinal, template["spec"]):
        spec["volumes"] = volumes
    return {**pod, "metadata": {**pod["metadata"], "name": name, "labels": labels}, "spec": spec}


def claims_for(sts: Obj, ordinal: int) -> list[Obj]:
    """The PersistentVolumeClaims that the pod with this ordinal needs."""
    found, meta = [], sts["metadata"]
    for template in sts["spec"].get("volumeClaimTemplates") or ():
        own = template.get("metadata") or {}
        labels = (own.get("labels") or {}) | (sts["spec"]["selector"].get("matchLabels") or {})
        wanted: Obj = {
            "name": _claim(sts, template, ordinal),
            "namespace": meta["namespace"],
            "labels": labels,
        }
        if own.get("annotations"):
            wanted["annotations"] = own["annotations"]
        if retention(sts, "whenDeleted") == "Delete":
            wanted["ownerReferences"] = [controller_ref(sts)]
        head = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": wanted}
        found.append({**head, "spec": template["spec"]})
    return found


def with_owner(sts: Obj, pod: Obj, claim: Obj) -> list[Obj]:
    """The claim's owners as the retention policy wants them: it goes with the set, or with its pod."""
    present = claim["metadata"].get("ownerReferences") or []
    others = [ref for ref in present if ref["uid"] not in (uid_of(sts), uid_of(pod))]
    if ordinal_of(sts, pod) not in ordinals(sts) and retention(sts, "whenScaled") == "Delete":
        name = pod["metadata"]["name"]
        return [*others, {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": uid_of(pod)}]
    if retention(sts, "whenDeleted") == "Delete":
        return [*others, controller_ref(sts)]
    return others


def retention(sts: Obj, when: str) -> str:
    """`when`: whenDeleted or whenScaled."""
    policy = sts["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    return str(policy.get(when) or "Retain")


def _claim(sts: Obj, template: Obj, ordinal: int) -> str:
    return f"{template['metadata']['name']}-{sts['metadata']['name']}-{ordinal}"


def _volumes(sts: Obj, ordinal: int, spec: Obj) -> list[Obj]:
    """A claim's volume takes the place of the template's of that name."""
    templates = sts["spec"].get("volumeClaimTemplates") or ()
    names = {template["metadata"]["name"] for template in templates}
    others = [volume for volume in spec.get("volumes") or () if volume["name"] not in names]
    claims = [
        {"name": t["metadata"]["name"], "persistentVolumeClaim": {"claimName": _claim(sts, t, ordinal)}}
        for t in templates
    ]
    return claims + others
