"""The pod's binding subresource: the scheduler's verdict becomes spec.nodeName.

Models: kubernetes v1.36 pkg/registry/core/pod/storage/storage.go (BindingREST.assignPod).
"""

from __future__ import annotations

from simcore.apimachinery.errors import Conflict
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.strategy import RequestContext

TOPOLOGY = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")


def bind(
    server: ApiServer, pod: Key, node: str, request: Request, *, uid: str = "", annotations: Obj | None = None
) -> Obj:
    """The bound pod. Raises: NotFound, Forbidden, Conflict (bound already, another uid, terminating, gated)."""

    def assign(old: Obj, ctx: RequestContext) -> Obj:
        if why := _refusal(old, uid):
            details = {"name": pod.name, "kind": "pods/binding"}
            raise Conflict(
                f'Operation cannot be fulfilled on pods/binding "{pod.name}": {why}', details=details
            )
        labelled = with_topology(old, ctx.read.find(NODE, Key("", node)))
        return assigned(labelled, node, annotations or {}, ctx.clock.timestamp())

    return server.change(POD, pod, assign, request, verb="create", subresource="binding")


def with_topology(pod: Obj, node: Obj | None) -> Obj:
    """With the labels that say where the node stands (the admission plugin PodTopologyLabels)."""
    known = labels_of(node) if node is not None else {}
    place = {name: known[name] for name in TOPOLOGY if name in known}
    if not place:
        return pod
    return {**pod, "metadata": {**pod["metadata"], "labels": {**labels_of(pod), **place}}}


def assigned(pod: Obj, node: str, annotations: Obj, now: str) -> Obj:
    """The pod with its node and a true PodScheduled condition."""
    meta = pod["metadata"]
    if annotations:
        meta = {**meta, "annotations": {**(meta.get("annotations") or {}), **annotations}}
    status = pod.get("status") or {}
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
    if "generation" in meta:
        scheduled["observedGeneration"] = meta["generation"]
    others = [c for c in status.get("conditions") or [] if c["type"] != "PodScheduled"]
    return {
        **pod,
        "metadata": meta,
        "spec": {**pod["spec"], "nodeName": node},
        "status": {**status, "conditions": [*others, scheduled]},
    }


def _refusal(pod: Obj, uid: str) -> str:
    meta, spec = pod["metadata"], pod["spec"]
    if uid and uid != meta["uid"]:
        return f"Precondition failed: UID in precondition: {uid}, UID in object meta: {meta['uid']}"
    if "deletionTimestamp" in meta:
        return f"pod {meta['name']} is being deleted, cannot be assigned to a host"
    if spec.get("nodeName"):
        return f'pod {meta["name"]} is already assigned to node "{spec["nodeName"]}"'
    if spec.get("schedulingGates"):
        return f"pod {meta['name']} has non-empty .spec.schedulingGates"
    return ""
