"""What a kubelet may see and do: its own Node, its pods, and what these pods use.

Models: kubernetes v1.36 plugin/pkg/auth/authorizer/node/node_authorizer.go.
"""

from __future__ import annotations

from collections.abc import Callable

from simcore.kube_apiserver.authorization.authorizer import NO_OPINION, Decision, RuleSet
from simcore.kube_apiserver.authorization.default_roles import CLUSTER_ROLES
from simcore.kube_apiserver.authorization.node_graph import is_used
from simcore.kube_apiserver.authorization.role_notation import parsed
from simcore.kube_apiserver.authorization.rules import allows
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import Reader
from simcore.kube_apiserver.users import User

NODE_USER, NODES = "system:node:", "system:nodes"
LEASES = "kube-node-lease"
_OWN_VERBS = ("get", "create", "update", "patch", "delete")
_ALLOW = Decision(allowed=True)


def node_of(user: User) -> str | None:
    """The node whose kubelet this is; '' for one without a name, None for anybody else."""
    if NODES in user.groups and user.name.startswith(NODE_USER):
        return user.name.removeprefix(NODE_USER)
    return None


class NodeAuthorizer:
    name = "Node"

    def __init__(self, read: Reader) -> None:
        self._read, self._rules = read, parsed(CLUSTER_ROLES["system:node"])
        read_object, get_object = self._read_object, self._get_object
        self._special: dict[tuple[str, str], Callable[[str, Attributes], Decision]] = {
            ("", "secrets"): read_object,
            ("", "configmaps"): read_object,
            ("", "persistentvolumeclaims"): self._claim,
            ("", "persistentvolumes"): get_object,
            ("resource.k8s.io", "resourceclaims"): get_object,
            ("storage.k8s.io", "volumeattachments"): get_object,
            ("", "serviceaccounts"): self._token,
            ("coordination.k8s.io", "leases"): _lease,
            ("storage.k8s.io", "csinodes"): _csi_node,
            ("resource.k8s.io", "resourceslices"): self._slice,
            ("", "nodes"): _node,
            ("", "pods"): self._pod,
        }

    def decide(self, user: User, asked: Attributes) -> Decision:
        node = node_of(user)
        if node is None:
            return NO_OPINION
        if not node:
            return Decision(reason=f'unknown node for user "{user.name}"')
        special = None if asked.path else self._special.get((asked.group, asked.resource))
        if special is not None:
            return special(node, asked)
        return _ALLOW if any(allows(rule, asked) for rule in self._rules) else NO_OPINION

    def rules(self, user: User, namespace: str) -> RuleSet:
        gap = "node authorizer does not support user rule resolution"
        return RuleSet([], "" if node_of(user) is None else gap)

    def _read_object(self, node: str, asked: Attributes) -> Decision:
        if asked.verb not in ("get", "list", "watch"):
            return Decision(reason="can only read resources of this type")
        if asked.subresource:
            return Decision(reason="cannot read subresource")
        if not asked.namespace:
            return Decision(reason="can only read namespaced object of this type")
        return self._related(node, asked)

    def _get_object(self, node: str, asked: Attributes) -> Decision:
        if asked.verb != "get":
            return Decision(reason="can only get individual resources of this type")
        if asked.subresource:
            return Decision(reason="cannot get subresource")
        return self._related(node, asked)

    def _claim(self, node: str, asked: Attributes) -> Decision:
        if asked.subresource != "status":
            return self._get_object(node, asked)
        if asked.verb not in ("update", "patch"):
            return Decision(reason="can only get/update/patch this type")
        return self._related(node, asked)

    def _token(self, node: str, asked: Attributes) -> Decision:
        if asked.verb != "create" or not asked.name:
            return Decision(reason="can only create tokens for individual service accounts")
        if asked.subresource != "token":
            return Decision(reason="can only create token subresource of serviceaccount")
        return self._related(node, asked)

    def _slice(self, node: str, asked: Attributes) -> Decision:
        if asked.subresource:
            return Decision(reason="cannot authorize ResourceSlice subresources")
        match asked.verb:
            case "create":
                return _ALLOW  # NodeRestriction sees what is created
            case "get" | "update" | "patch" | "delete":
                return self._related(node, asked)
            case "watch" | "list" | "deletecollection":
                if ("nodeName", node) in asked.fields:
                    return _ALLOW
                why = "can only list/watch/deletecollection resourceslices with nodeName field selector"
                return Decision(reason=why)
        verbs = "get, watch, list, create, update, patch, delete, deletecollection"
        return Decision(reason=f"only the following verbs are allowed for a ResourceSlice: {verbs}")

    def _pod(self, node: str, asked: Attributes) -> Decision:
        match asked.subresource, asked.verb:
            case "", "get":
                return self._get_object(node, asked)
            case "", ("list" | "watch"):
                if ("spec.nodeName", node) in asked.fields:
                    return _ALLOW
                if asked.name:
                    return self._related(node, asked)
                return Decision(reason="can only list/watch pods with spec.nodeName field selector")
            case ("", ("create" | "delete")) | ("status", ("update" | "patch")) | ("eviction", "create"):
                return _ALLOW  # NodeRestriction sees whose pod it is
        return NO_OPINION

    def _related(self, node: str, asked: Attributes) -> Decision:
        if not asked.name:
            return Decision(reason="No Object name found")
        if is_used(self._read, node, asked.resource, asked.namespace, asked.name):
            return _ALLOW
        return Decision(reason=f"no relationship found between node '{node}' and this object")


def _lease(node: str, asked: Attributes) -> Decision:
    if asked.verb not in _OWN_VERBS:
        return Decision(reason="can only get, create, update, patch, or delete a node lease")
    if asked.namespace != LEASES:
        return Decision(reason=f'can only access leases in the "{LEASES}" system namespace')
    if asked.verb != "create" and asked.name != node:
        return Decision(reason="can only access node lease with the same name as the requesting node")
    return _ALLOW


def _csi_node(node: str, asked: Attributes) -> Decision:
    if asked.verb not in _OWN_VERBS:
        return Decision(reason="can only get, create, update, patch, or delete a CSINode")
    if asked.subresource:
        return Decision(reason="cannot authorize CSINode subresources")
    if asked.verb != "create" and asked.name != node:
        return Decision(reason="can only access CSINode with the same name as the requesting node")
    return _ALLOW


def _node(node: str, asked: Attributes) -> Decision:
    match asked.subresource, asked.verb:
        case ("", ("create" | "update" | "patch")) | ("status", ("update" | "patch")):
            return _ALLOW  # NodeRestriction sees whose it is
        case "", ("get" | "list" | "watch"):
            if asked.name == node:
                return _ALLOW
            what = f"'{asked.name}'" if asked.name else "all nodes"
            return Decision(reason=f"node '{node}' cannot read {what}, only its own Node object")
    return NO_OPINION
