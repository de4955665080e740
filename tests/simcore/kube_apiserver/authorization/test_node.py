"""The Node authorizer: a kubelet sees its own node, its pods and what they use."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import PERSISTENT_VOLUME, POD
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.node import NodeAuthorizer, node_of
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User
from tests.kit.control_plane import ControlPlane

NODE_1 = User("system:node:node-1", ("system:nodes", "system:authenticated"), "user")
NODE_2 = User("system:node:node-2", ("system:nodes", "system:authenticated"), "user")
UNRELATED = "no relationship found between node '{}' and this object"

CLAIM: Obj = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
ALL_KINDS: Obj = {
    "serviceAccountName": "default",
    "imagePullSecrets": [{"name": "pull"}],
    "containers": [
        {
            "name": "c",
            "image": "x",
            "envFrom": [{"secretRef": {"name": "env-all"}}, {"configMapRef": {"name": "map-all"}}],
            "env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": "env-one", "key": "k"}}},
                {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "map-one", "key": "k"}}},
            ],
        }
    ],
    "initContainers": [{"name": "i", "image": "x", "envFrom": [{"secretRef": {"name": "of-init"}}]}],
    "volumes": [
        {"name": "a", "secret": {"secretName": "mounted"}},
        {"name": "b", "configMap": {"name": "map-mounted"}},
        {"name": "c", "persistentVolumeClaim": {"claimName": "claim"}},
        {
            "name": "d",
            "projected": {
                "sources": [{"secret": {"name": "projected"}}, {"configMap": {"name": "map-projected"}}]
            },
        },
        {"name": "e", "csi": {"driver": "d.example", "nodePublishSecretRef": {"name": "of-driver"}}},
        {"name": "f", "ephemeral": {"volumeClaimTemplate": {"spec": CLAIM}}},
    ],
}


@pytest.fixture
def plane() -> ControlPlane:
    made = ControlPlane()
    for node in ("node-1", "node-2"):
        made.api.create(POD, pod(f"on-{node}", node))
    return made


def pod(name: str, node: str, **spec: Any) -> Obj:
    containers = [{"name": "c", "image": "x", "envFrom": [{"secretRef": {"name": f"of-{node}"}}]}]
    body = {"nodeName": node, "containers": containers, **spec}
    return {"metadata": {"name": name, "namespace": "default"}, "spec": body}


def answer(plane: ControlPlane, user: User, asked: Attributes) -> tuple[bool, str]:
    decision = NodeAuthorizer(plane.server.storage).decide(user, asked)
    return decision.allowed, decision.reason


def secret(
    verb: str = "get", name: str = "of-node-1", namespace: str = "default", sub: str = ""
) -> Attributes:
    return Attributes(verb, "", "secrets", sub, namespace, name)


def lease(verb: str, name: str = "node-1", namespace: str = "kube-node-lease") -> Attributes:
    return Attributes(verb, "coordination.k8s.io", "leases", "", namespace, name)


def csi(verb: str, name: str = "node-1", sub: str = "") -> Attributes:
    return Attributes(verb, "storage.k8s.io", "csinodes", sub, "", name)


def node(verb: str, name: str = "node-1", sub: str = "") -> Attributes:
    return Attributes(verb, "", "nodes", sub, "", name)


def pods(verb: str, name: str = "", sub: str = "", **fields: str) -> Attributes:
    selected = tuple((field.replace("_", "."), value) for field, value in fields.items())
    return Attributes(verb, "", "pods", sub, "default", name, fields=selected)


def token(verb: str = "create", name: str = "default", sub: str = "token") -> Attributes:
    return Attributes(verb, "", "serviceaccounts", sub, "default", name)


def slices(verb: str, name: str = "", sub: str = "", **fields: str) -> Attributes:
    return Attributes(verb, "resource.k8s.io", "resourceslices", sub, "", name, fields=tuple(fields.items()))


ONLY_OWN = "can only access node lease with the same name as the requesting node"
TABLE: dict[str, tuple[Attributes, bool, str]] = {
    "its secret": (secret(), True, ""),
    "its secret, watched": (secret("watch"), True, ""),
    "another node's secret": (secret(name="of-node-2"), False, UNRELATED.format("node-1")),
    "all secrets": (secret("list", ""), False, "No Object name found"),
    "a secret to write": (secret("update"), False, "can only read resources of this type"),
    "a part of a secret": (secret(sub="x"), False, "cannot read subresource"),
    "a secret of no namespace": (
        secret(namespace=""),
        False,
        "can only read namespaced object of this type",
    ),
    "its lease": (lease("update"), True, ""),
    "a new lease": (lease("create", ""), True, ""),
    "all leases": (lease("list"), False, "can only get, create, update, patch, or delete a node lease"),
    "another lease": (lease("get", "node-2"), False, ONLY_OWN),
    "a lease elsewhere": (
        lease("get", namespace="default"),
        False,
        'can only access leases in the "kube-node-lease" system namespace',
    ),
    "its csinode": (csi("patch"), True, ""),
    "another csinode": (
        csi("get", "node-2"),
        False,
        "can only access CSINode with the same name as the requesting node",
    ),
    "all csinodes": (csi("list", ""), False, "can only get, create, update, patch, or delete a CSINode"),
    "a part of a csinode": (csi("get", sub="x"), False, "cannot authorize CSINode subresources"),
    "its node": (node("get"), True, ""),
    "its node's status": (node("patch", sub="status"), True, ""),
    "a new node": (node("create", ""), True, ""),
    "its node, deleted": (node("delete"), False, ""),
    "another node": (
        node("get", "node-2"),
        False,
        "node 'node-1' cannot read 'node-2', only its own Node object",
    ),
    "all nodes": (node("list", ""), False, "node 'node-1' cannot read all nodes, only its own Node object"),
    "its pod": (pods("get", "on-node-1"), True, ""),
    "another's pod": (pods("get", "on-node-2"), False, UNRELATED.format("node-1")),
    "its pods": (pods("list", spec_nodeName="node-1"), True, ""),
    "another's pods": (
        pods("list", spec_nodeName="node-2"),
        False,
        "can only list/watch pods with spec.nodeName field selector",
    ),
    "all pods": (
        pods("watch"),
        False,
        "can only list/watch pods with spec.nodeName field selector",
    ),
    "one pod, watched": (pods("watch", "on-node-1"), True, ""),
    "a mirror pod": (pods("create"), True, ""),
    "a pod's status": (pods("update", "on-node-1", "status"), True, ""),
    "a pod's eviction": (pods("create", "on-node-1", "eviction"), True, ""),
    "a pod's log": (pods("get", "on-node-1", "log"), False, ""),
    "a pod's spec": (pods("update", "on-node-1"), False, ""),
    "a token of its pod's account": (token(), True, ""),
    "a token of another account": (token(name="other"), False, UNRELATED.format("node-1")),
    "a token for nobody": (
        token(name=""),
        False,
        "can only create tokens for individual service accounts",
    ),
    "an account": (
        token("get", sub=""),
        False,
        "can only create tokens for individual service accounts",
    ),
    "a part of an account": (
        token(sub="x"),
        False,
        "can only create token subresource of serviceaccount",
    ),
    "a new slice": (slices("create"), True, ""),
    "its slices": (slices("list", nodeName="node-1"), True, ""),
    "all slices": (
        slices("list"),
        False,
        "can only list/watch/deletecollection resourceslices with nodeName field selector",
    ),
    "a slice that there is not": (slices("get", "x"), False, UNRELATED.format("node-1")),
    "a part of a slice": (slices("get", "x", "y"), False, "cannot authorize ResourceSlice subresources"),
    "a slice, escalated": (
        slices("escalate", "x"),
        False,
        "only the following verbs are allowed for a ResourceSlice: "
        "get, watch, list, create, update, patch, delete, deletecollection",
    ),
    "claims to write": (
        Attributes("update", "", "persistentvolumeclaims", "", "default", "claim"),
        False,
        "can only get individual resources of this type",
    ),
    "a claim's status to read": (
        Attributes("get", "", "persistentvolumeclaims", "status", "default", "claim"),
        False,
        "can only get/update/patch this type",
    ),
    "a part of a volume": (
        Attributes("get", "", "persistentvolumes", "status", "", "v"),
        False,
        "cannot get subresource",
    ),
    "services": (Attributes("list", "", "services"), True, ""),
    "an event": (Attributes("create", "", "events", "", "default"), True, ""),
    "a certificate": (Attributes("create", "certificates.k8s.io", "certificatesigningrequests"), True, ""),
    "a review": (Attributes("create", "authorization.k8s.io", "subjectaccessreviews"), True, ""),
    "deployments": (Attributes("list", "apps", "deployments"), False, ""),
    "a path": (Attributes("get", "", "", path="/metrics"), False, ""),
}


@pytest.mark.parametrize(("asked", "allowed", "reason"), TABLE.values(), ids=TABLE)
def test_a_kubelet_asks_for(plane: ControlPlane, asked: Attributes, allowed: bool, reason: str):
    assert answer(plane, NODE_1, asked) == (allowed, reason)


USED = {
    "secrets": ["pull", "env-all", "env-one", "of-init", "mounted", "projected", "of-driver"],
    "configmaps": ["map-all", "map-one", "map-mounted", "map-projected"],
    "persistentvolumeclaims": ["claim", "all-f"],
}


@pytest.mark.parametrize(("resource", "name"), [(r, name) for r, names in USED.items() for name in names])
def test_what_a_pod_names_is_used(plane: ControlPlane, resource: str, name: str):
    asked = Attributes("get", "", resource, "", "default", name)
    assert not answer(plane, NODE_1, asked)[0]
    plane.api.create(POD, pod("all", "node-1", **ALL_KINDS))
    assert answer(plane, NODE_1, asked) == (True, "")
    assert answer(plane, NODE_2, asked) == (False, UNRELATED.format("node-2"))


def test_what_a_pod_used_is_gone_with_it(plane: ControlPlane):
    plane.api.create(POD, pod("all", "node-1", **ALL_KINDS))
    plane.api.delete(POD, POD.key("/registry/pods/default/all"), grace_s=0)
    assert not answer(plane, NODE_1, secret(name="mounted"))[0]


def test_a_mirror_pod_uses_nothing(plane: ControlPlane):
    mirror = pod("static", "node-1", **ALL_KINDS)
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    plane.api.create(POD, mirror)
    assert not answer(plane, NODE_1, secret(name="mounted"))[0]


def test_a_volume_is_used_by_its_claims_pod(plane: ControlPlane):
    volume = {
        "metadata": {"name": "v"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {"namespace": "default", "name": "claim"},
            "csi": {
                "driver": "d.example",
                "volumeHandle": "h",
                "nodePublishSecretRef": {"name": "publish", "namespace": "vault"},
            },
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "claim"},
        "spec": CLAIM,
    }
    plane.api.create(PERSISTENT_VOLUME, volume)
    asked = Attributes("get", "", "persistentvolumes", "", "", "v")
    assert not answer(plane, NODE_1, asked)[0]
    plane.given(claim)
    plane.api.create(POD, pod("all", "node-1", **ALL_KINDS))
    assert answer(plane, NODE_1, asked) == (True, "")
    assert answer(plane, NODE_1, secret(name="publish", namespace="vault")) == (True, "")
    assert not answer(plane, NODE_2, secret(name="publish", namespace="vault"))[0]


@pytest.mark.parametrize(
    ("user", "node"),
    [
        (NODE_1, "node-1"),
        (User("system:node:", ("system:nodes",), "user"), ""),
        (User("system:node:node-1", ("dev",), "user"), None),
        (User("node-1", ("system:nodes",), "user"), None),
    ],
    ids=["a kubelet", "without a name", "not in the group", "without the prefix"],
)
def test_a_kubelet_is_known_by_name_and_group(user: User, node: str | None):
    assert node_of(user) == node


def test_a_kubelet_without_a_name_sees_nothing(plane: ControlPlane):
    user = User("system:node:", ("system:nodes",), "user")
    assert answer(plane, user, secret()) == (False, 'unknown node for user "system:node:"')


def test_others_are_none_of_its_business(plane: ControlPlane):
    authorizer = NodeAuthorizer(plane.server.storage)
    jane = User("jane", (), "user")
    assert authorizer.decide(jane, secret()).reason == ""
    assert authorizer.rules(jane, "default") == ([], "")
