"""Holds a kubelet to its own Node, its own Lease and the pods that are bound to it.

Models: kubernetes v1.36 plugin/pkg/admission/noderestriction/admission.go.
Left out: see docs/deviations.md, kube-apiserver: tokens and evictions are checked where they are served.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import (
    CSI_NODE,
    LEASE,
    NODE,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    RESOURCE_SLICE,
    Kind,
)
from simcore.apimachinery.meta import Key, Obj, annotations_of, labels_of
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.authorization.node import LEASES, node_of
from simcore.kube_apiserver.authorization.node_graph import MIRROR, claims_of, config_maps_of, secrets_of
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.users import User

_OPERATIONS = {"create": "CREATE", "update": "UPDATE", "delete": "DELETE"}
_RESTRICTED = "node-restriction.kubernetes.io"
_OWN_LABELS = frozenset(
    (
        "kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os", "beta.kubernetes.io/arch",
        "beta.kubernetes.io/os", "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type", "node.kubernetes.io/windows-build",
    )
)  # fmt: skip
_OWN_DOMAINS = ("kubelet.kubernetes.io", "node.kubernetes.io")


class NodeRestriction(BasePlugin):
    name = "NodeRestriction"

    def concerns(self, kind: Kind) -> bool:
        return kind in _CHECKS

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        """First of all: what other plugins fill in is not the kubelet's doing."""
        node = None if ctx.user.role == "system" else node_of(ctx.user)
        if node is None:
            return asked.obj
        if not node:
            raise forbidden(asked, f'could not determine node from user "{ctx.user.name}"')
        _CHECKS[asked.kind](node, asked, ctx)
        return asked.obj


def check_token_request(user: User, pod: Obj | None, ref: Obj) -> str:
    """Why a kubelet doesn't get the token that it asks for; '' when it does. `pod` is what `ref` names."""
    node = node_of(user)
    if node is None:
        return ""
    if (ref.get("apiVersion"), ref.get("kind")) != ("v1", "Pod") or not ref.get("name"):
        return "node requested token not bound to a pod"
    if not ref.get("uid"):
        return "node requested token with a pod binding without a uid"
    if pod is None or pod["metadata"]["uid"] != ref["uid"]:
        gone = "The object might have been deleted and then recreated"
        said = f"the UID in the bound object reference ({ref['uid']}) does not match the UID in record"
        return f"{said}. {gone}"
    if pod["spec"].get("nodeName") != node:
        return "node requested token bound to a pod scheduled on a different node"
    return ""


def _pod(node: str, asked: Asked, ctx: RequestContext) -> None:
    match asked.subresource, asked.verb:
        case "", "create":
            _mirror_pod(node, asked, ctx)
        case "", "delete":
            if _old(asked)["spec"].get("nodeName") != node:
                raise forbidden(asked, f'node "{node}" can only delete pods with spec.nodeName set to itself')
        case "status", "update":
            _pod_status(node, asked)
        case "eviction", _:
            if _old(asked)["spec"].get("nodeName") != node:
                raise forbidden(asked, f"node {node} can only evict pods with spec.nodeName set to itself")
        case "", verb:
            operation = _OPERATIONS[verb]
            said = f'unexpected operation "{operation}", node "{node}" can only create and delete mirror pods'
            raise forbidden(asked, said)
        case _:
            allowed = "only 'status' and 'eviction' are allowed"
            raise forbidden(asked, f'unexpected pod subresource "{asked.subresource}", {allowed}')


def _mirror_pod(node: str, asked: Asked, ctx: RequestContext) -> None:
    pod = _new(asked)
    if MIRROR not in annotations_of(pod):
        said = f'pod does not have "{MIRROR}" annotation, node "{node}" can only create mirror pods'
        raise forbidden(asked, said)
    can = f'node "{node}" can only create pods with'
    if pod["spec"].get("nodeName") != node:
        raise forbidden(asked, f"{can} spec.nodeName set to itself")
    owners = pod["metadata"].get("ownerReferences") or []
    if len(owners) > 1:
        raise forbidden(asked, f"{can} a single owner reference set to itself")
    if not owners or _owner(owners[0]) != ("v1", "Node", node):
        raise forbidden(asked, f"{can} an owner reference set to itself")
    if not owners[0].get("controller"):
        raise forbidden(asked, f"{can} a controller owner reference set to itself")
    if owners[0].get("blockOwnerDeletion"):
        raise forbidden(asked, f'node "{node}" must not set blockOwnerDeletion on an owner reference')
    own = ctx.read.find(NODE, Key("", node))
    if own is None:
        raise NotFound.named(NODE, node)
    uid = own["metadata"]["uid"]
    if owners[0].get("uid") != uid:
        said = f"node {node} UID mismatch: expected {owners[0].get('uid', '')} got {uid}"
        raise forbidden(asked, said)
    _check_references(node, asked, pod)


def _check_references(node: str, asked: Asked, pod: Obj) -> None:
    """A static pod uses no other objects of the API."""
    volumes = pod["spec"].get("volumes") or ()
    bundles = (
        source
        for volume in volumes
        for source in (volume.get("projected") or {}).get("sources") or ()
        if source.get("clusterTrustBundle")
    )
    for found, what in (
        (pod["spec"].get("serviceAccountName"), "a service account"),
        (any(secrets_of(pod)), "secrets"),
        (any(config_maps_of(pod)), "configmaps"),
        (any(bundles), "clustertrustbundles"),
        (any(claims_of(pod)), "persistentvolumeclaims"),
    ):
        if found:
            raise forbidden(asked, f'node "{node}" can not create pods that reference {what}')


def _pod_status(node: str, asked: Asked) -> None:
    old, new = _old(asked), _new(asked)
    if old["spec"].get("nodeName") != node:
        what = "pod status for pods with spec.nodeName set to itself"
        raise forbidden(asked, f'node "{node}" can only update {what}')
    if labels_of(old) != labels_of(new):
        raise forbidden(asked, f'node "{node}" cannot update labels through pod status')
    if _claim_statuses(old) != _claim_statuses(new):
        raise forbidden(asked, f'node "{node}" cannot update resource claim statues')


def _node(node: str, asked: Asked, ctx: RequestContext) -> None:
    if asked.name != node:
        raise forbidden(asked, f'node "{node}" is not allowed to modify node "{asked.name}"')
    if asked.obj is None:
        return
    old = asked.old or {}
    changed = _labels_not_own(labels_of(asked.obj), labels_of(old) if old else {})
    if asked.verb == "create":
        if asked.obj.get("spec", {}).get("configSource"):
            said = f'node "{node}" is not allowed to create pods with a non-nil configSource'
            raise forbidden(asked, said)
        if changed:
            said = f'node "{node}" is not allowed to set the following labels: {", ".join(changed)}'
            raise forbidden(asked, said)
        return
    new_spec, old_spec = asked.obj.get("spec") or {}, old.get("spec") or {}
    source = new_spec.get("configSource")
    if source and source != old_spec.get("configSource"):
        said = f'node "{node}" is not allowed to update configSource to a new non-nil configSource'
        raise forbidden(asked, said)
    if (new_spec.get("taints") or []) != (old_spec.get("taints") or []):
        raise forbidden(asked, f'node "{node}" is not allowed to modify taints')
    if changed:
        raise forbidden(asked, f"is not allowed to modify labels: {', '.join(changed)}")


def _claim(node: str, asked: Asked, ctx: RequestContext) -> None:
    if asked.subresource != "status":
        raise forbidden(asked, "may only update PVC status")
    old, new = _without_capacity(_old(asked)), _without_capacity(_new(asked))
    if old != new:
        said = (
            f'node "{node}" is not allowed to update fields other than status.capacity and status.conditions'
        )
        raise forbidden(asked, said)


def _lease(node: str, asked: Asked, ctx: RequestContext) -> None:
    if asked.namespace != LEASES:
        raise forbidden(asked, f'can only access leases in the "{LEASES}" system namespace')
    _same_name(node, asked, "node lease")


def _csi_node(node: str, asked: Asked, ctx: RequestContext) -> None:
    _same_name(node, asked, "CSINode")


def _slice(node: str, asked: Asked, ctx: RequestContext) -> None:
    if asked.verb == "create" and _new(asked)["spec"].get("nodeName") != node:
        raise forbidden(asked, "can only create ResourceSlice with the same NodeName as the requesting node")
    if asked.verb == "delete" and _old(asked)["spec"].get("nodeName") != node:
        raise forbidden(asked, "can only delete ResourceSlice with the same NodeName as the requesting node")


def _same_name(node: str, asked: Asked, what: str) -> None:
    if asked.name != node:
        raise forbidden(asked, f"can only access {what} with the same name as the requesting node")


_CHECKS = {
    POD: _pod,
    NODE: _node,
    PERSISTENT_VOLUME_CLAIM: _claim,
    LEASE: _lease,
    CSI_NODE: _csi_node,
    RESOURCE_SLICE: _slice,
}


def _labels_not_own(new: Obj, old: Obj) -> list[str]:
    """Changed labels that a kubelet may not touch, in lexical order."""
    changed = (name for name in {**new, **old} if new.get(name) != old.get(name))
    return sorted(name for name in changed if _is_forbidden(name))


def _is_forbidden(label: str) -> bool:
    domain = label.partition("/")[0] if "/" in label else ""
    if _is_in(domain, _RESTRICTED):
        return True
    is_own = label in _OWN_LABELS or any(_is_in(domain, own) for own in _OWN_DOMAINS)
    return not is_own and (_is_in(domain, "kubernetes.io") or _is_in(domain, "k8s.io"))


def _is_in(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith(f".{parent}")


def _owner(reference: Obj) -> tuple[Any, Any, Any]:
    return reference.get("apiVersion"), reference.get("kind"), reference.get("name")


def _claim_statuses(pod: Obj) -> list[tuple[Any, Any]]:
    statuses = (pod.get("status") or {}).get("resourceClaimStatuses") or ()
    return [(status.get("name"), status.get("resourceClaimName")) for status in statuses]


def _without_capacity(claim: Obj) -> Obj:
    changing = ("capacity", "conditions", "allocatedResourceStatuses", "allocatedResources")
    status = {name: value for name, value in (claim.get("status") or {}).items() if name not in changing}
    ignored = ("resourceVersion", "managedFields")
    meta = {name: value for name, value in claim["metadata"].items() if name not in ignored}
    return {**claim, "metadata": meta, "status": status}


def _new(asked: Asked) -> Obj:
    assert asked.obj is not None
    return asked.obj


def _old(asked: Asked) -> Obj:
    assert asked.old is not None
    return asked.old
