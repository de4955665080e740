"""On which nodes a DaemonSet wants its pods, and the pod for a node.

Models: kubernetes v1.36 pkg/controller/daemon/daemon_controller.go (NodeShouldRunDaemonPod), daemon/util.
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_controller_manager.node_affinity import allows, required_terms
from simcore.kube_controller_manager.node_lifecycle.eviction import tolerates
from simcore.kube_controller_manager.node_lifecycle.taints import taints_of
from simcore.kube_controller_manager.pods import pod_from_template
from simcore.kube_controller_manager.revisions import HASH_LABEL

GENERATION = "deprecated.daemonset.template.generation"
GENERATION_LABEL = "pod-template-generation"
_NODE_NAME = "metadata.name"
_BORNE = (
    ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"),
)  # fmt: skip


class Verdict(NamedTuple):
    """What a node means to a DaemonSet."""

    wants: bool
    keeps: bool
    """Whether a pod that is there may stay."""


def judge(ds: Obj, node: Obj) -> Verdict:
    spec = ds["spec"]["template"]["spec"]
    if spec.get("nodeName", node["metadata"]["name"]) != node["metadata"]["name"] or not allows(spec, node):
        return Verdict(wants=False, keeps=False)
    tolerations = tolerations_of(ds)
    repelling = [
        taint["effect"]
        for taint in taints_of(node)
        if taint["effect"] != "PreferNoSchedule" and not any(tolerates(t, taint) for t in tolerations)
    ]
    return Verdict(wants=not repelling, keeps="NoExecute" not in repelling)


def tolerations_of(ds: Obj) -> list[Obj]:
    """The template's own, and those for troubles of the node itself, which a daemon must bear."""
    spec = ds["spec"]["template"]["spec"]
    troubles = [*_BORNE, ("network-unavailable", "NoSchedule")] if spec.get("hostNetwork") else _BORNE
    own = list(spec.get("tolerations") or ())
    for trouble, effect in troubles:
        borne = {"key": f"node.kubernetes.io/{trouble}", "operator": "Exists", "effect": effect}
        if borne not in own:
            own.append(borne)
    return own


def pod_for(ds: Obj, node: str, template_hash: str) -> Obj:
    """The scheduler binds it; its affinity leaves nothing to choose."""
    template = ds["spec"]["template"]
    pod = pod_from_template(template, ds)
    labels = dict(pod["metadata"].get("labels") or {}) | {HASH_LABEL: template_hash}
    if generation := annotations_of(ds).get(GENERATION):
        labels[GENERATION_LABEL] = generation
    spec = {
        **template["spec"],
        "tolerations": tolerations_of(ds),
        "affinity": _bound_to(template["spec"], node),
    }
    return {**pod, "metadata": {**pod["metadata"], "labels": labels}, "spec": spec}


def node_of(pod: Obj) -> str:
    """The node that the pod is on or is meant for."""
    if name := pod["spec"].get("nodeName"):
        return str(name)
    for term in required_terms(pod["spec"]) or ():
        for field in term.get("matchFields") or ():
            if field["key"] == _NODE_NAME and field["operator"] == "In":
                return str(field["values"][0])
    return ""


def _bound_to(spec: Obj, node: str) -> Obj:
    affinity = spec.get("affinity") or {}
    own = affinity.get("nodeAffinity") or {}
    field = {"key": _NODE_NAME, "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {**affinity, "nodeAffinity": {**own, "requiredDuringSchedulingIgnoredDuringExecution": required}}
