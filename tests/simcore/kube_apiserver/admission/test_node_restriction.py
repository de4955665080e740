"""NodeRestriction and TaintNodesByCondition: what a kubelet may write, in upstream's words."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.node_restriction import check_token_request
from simcore.kube_apiserver.users import ADMIN, User
from tests.simcore.kube_apiserver.http.door import MERGE, PODS, Door

NODES = "/api/v1/nodes"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
CSI_NODES = "/apis/storage.k8s.io/v1/csinodes"
KUBELET = User("system:node:node-1", ("system:nodes", "system:authenticated"), "user")
MIRROR = {"kubernetes.io/config.mirror": "hash"}


@pytest.fixture
def node(door: Door) -> str:
    """The uid of node-1. From then on the door is the kubelet's."""
    door.post("/api/v1/namespaces", {"metadata": {"name": "kube-node-lease"}})
    for name in ("node-1", "node-2"):
        door.local.create(NODE, {"metadata": {"name": name}})
    _, body = door.get(f"{NODES}/node-1")
    door.user = KUBELET
    uid: str = body["metadata"]["uid"]
    return uid


def owner(uid: str, **more: Any) -> Obj:
    return {"apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": uid, "controller": True, **more}


def mirror(uid: str, *, meta: Obj | None = None, **spec: Any) -> Obj:
    base = {"name": "static", "annotations": MIRROR, "ownerReferences": [owner(uid)]}
    containers = [{"name": "c", "image": "x"}]
    return {
        "metadata": {**base, **(meta or {})},
        "spec": {"nodeName": "node-1", "containers": containers, **spec},
    }


def refused(answer: tuple[int, Any]) -> str:
    status, body = answer
    assert (status, body["reason"]) == (403, "Forbidden"), body
    message: str = body["message"]
    return message.split(" is forbidden: ", 1)[1]


def test_a_mirror_pod_of_its_own_is_let_in(door: Door, node: str):
    status, body = door.post(PODS, mirror(node))
    assert status == 201, body


CAN = 'node "node-1" can only create pods with'
PODS_REFUSED: dict[str, tuple[Obj, Obj, str]] = {
    "no mirror": (
        {"annotations": {}},
        {},
        'pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create mirror pods',
    ),
    "of another node": ({}, {"nodeName": "node-2"}, f"{CAN} spec.nodeName set to itself"),
    "of nobody": ({"ownerReferences": []}, {}, f"{CAN} an owner reference set to itself"),
    "of two": (
        {"ownerReferences": [owner("u"), {**owner("v"), "controller": False}]},
        {},
        f"{CAN} a single owner reference set to itself",
    ),
    "of something else": (
        {"ownerReferences": [{**owner("u"), "name": "node-2"}]},
        {},
        f"{CAN} an owner reference set to itself",
    ),
    "of no controller": (
        {"ownerReferences": [owner("u", controller=False)]},
        {},
        f"{CAN} a controller owner reference set to itself",
    ),
    "that holds its node": (
        {"ownerReferences": [owner("u", blockOwnerDeletion=True)]},
        {},
        'node "node-1" must not set blockOwnerDeletion on an owner reference',
    ),
}
REFERENCES: dict[str, tuple[Obj, str]] = {
    "an account": ({"serviceAccountName": "default"}, "a service account"),
    "a secret": ({"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}, "secrets"),
    "a config map": ({"volumes": [{"name": "v", "configMap": {"name": "m"}}]}, "configmaps"),
    "a claim": (
        {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]},
        "persistentvolumeclaims",
    ),
    "trust bundles": (
        {
            "volumes": [
                {
                    "name": "v",
                    "projected": {"sources": [{"clusterTrustBundle": {"name": "b", "path": "p"}}]},
                }
            ]
        },
        "clustertrustbundles",
    ),
}


@pytest.mark.parametrize(("meta", "spec", "why"), PODS_REFUSED.values(), ids=PODS_REFUSED)
def test_a_pod_is_refused(door: Door, node: str, meta: Obj, spec: Obj, why: str):
    assert refused(door.post(PODS, mirror(node, meta=meta, **spec))) == why


def test_a_mirror_pod_of_an_earlier_node_is_refused(door: Door, node: str):
    meta = {"ownerReferences": [owner("earlier")]}
    assert refused(door.post(PODS, mirror(node, meta=meta))) == (
        f"node node-1 UID mismatch: expected earlier got {node}"
    )


@pytest.mark.parametrize(("spec", "what"), REFERENCES.values(), ids=REFERENCES)
def test_a_mirror_pod_names_no_objects(door: Door, node: str, spec: Obj, what: str):
    assert refused(door.post(PODS, mirror(node, **spec))) == (
        f'node "node-1" can not create pods that reference {what}'
    )


def given_pod(door: Door, name: str, node: str) -> None:
    door.user = ADMIN
    spec = {"nodeName": node, "containers": [{"name": "c", "image": "x"}]}
    status, body = door.post(PODS, {"metadata": {"name": name, "labels": {"a": "b"}}, "spec": spec})
    assert status == 201, body
    door.user = KUBELET


def test_a_kubelet_removes_its_own_pods(door: Door, node: str):
    given_pod(door, "mine", "node-1")
    given_pod(door, "other", "node-2")
    assert door.delete(f"{PODS}/mine", gracePeriodSeconds=0)[0] == 200
    assert refused(door.delete(f"{PODS}/other", gracePeriodSeconds=0)) == (
        'node "node-1" can only delete pods with spec.nodeName set to itself'
    )


def test_a_kubelet_tells_the_state_of_its_own_pods(door: Door, node: str):
    given_pod(door, "mine", "node-1")
    given_pod(door, "other", "node-2")
    patch = {"status": {"phase": "Running"}}
    assert door.patch(f"{PODS}/mine/status", patch, MERGE)[0] == 200
    assert refused(door.patch(f"{PODS}/other/status", patch, MERGE)) == (
        'node "node-1" can only update pod status for pods with spec.nodeName set to itself'
    )
    labelled = {"metadata": {"labels": {"a": "c"}}}
    assert refused(door.patch(f"{PODS}/mine/status", labelled, MERGE)) == (
        'node "node-1" cannot update labels through pod status'
    )
    claims = {"status": {"resourceClaimStatuses": [{"name": "x"}]}}
    assert refused(door.patch(f"{PODS}/mine/status", claims, MERGE)) == (
        'node "node-1" cannot update resource claim statues'
    )


def test_a_pods_spec_is_nothing_of_a_kubelets(door: Door, node: str):
    given_pod(door, "mine", "node-1")
    assert door.patch(f"{PODS}/mine", {"metadata": {"labels": {"a": "c"}}}, MERGE)[0] == 403


NODE_WRITES: dict[str, tuple[str, Obj, str]] = {
    "another node": (
        "node-2",
        {"metadata": {"labels": {"x": "y"}}},
        'node "node-1" is not allowed to modify node "node-2"',
    ),
    "a taint": (
        "node-1",
        {"spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]}},
        'node "node-1" is not allowed to modify taints',
    ),
    "a restricted label": (
        "node-1",
        {"metadata": {"labels": {"node-restriction.kubernetes.io/x": "y"}}},
        "is not allowed to modify labels: node-restriction.kubernetes.io/x",
    ),
    "labels of Kubernetes": (
        "node-1",
        {"metadata": {"labels": {"z.k8s.io/x": "y", "kubernetes.io/x": "y"}}},
        "is not allowed to modify labels: kubernetes.io/x, z.k8s.io/x",
    ),
}


@pytest.mark.parametrize(("name", "patch", "why"), NODE_WRITES.values(), ids=NODE_WRITES)
def test_a_node_is_changed_by_its_kubelet_in_bounds(door: Door, node: str, name: str, patch: Obj, why: str):
    assert refused(door.patch(f"{NODES}/{name}", patch, MERGE)) == why


@pytest.mark.parametrize(
    "label",
    [
        "example.com/x",
        "plain",
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
        "node.kubernetes.io/instance-type",
        "kubelet.kubernetes.io/x",
        "a.node.kubernetes.io/x",
    ],
)
def test_labels_that_are_a_kubelets_own(door: Door, node: str, label: str):
    assert door.patch(f"{NODES}/node-1", {"metadata": {"labels": {label: "y"}}}, MERGE)[0] == 200


def test_a_kubelet_registers_itself_alone(door: Door):
    door.user = KUBELET
    assert refused(door.post(NODES, {"metadata": {"name": "node-9"}})) == (
        'node "node-1" is not allowed to modify node "node-9"'
    )
    labels = {"node-role.kubernetes.io/x": ""}
    assert refused(door.post(NODES, {"metadata": {"name": "node-1", "labels": labels}})) == (
        'node "node-1" is not allowed to set the following labels: node-role.kubernetes.io/x'
    )
    assert door.post(NODES, {"metadata": {"name": "node-1"}})[0] == 201


def test_a_lease_is_its_nodes(door: Door, node: str):
    spec = {"holderIdentity": "node-1"}
    assert refused(door.post(LEASES, {"metadata": {"name": "node-2"}, "spec": spec})) == (
        "can only access node lease with the same name as the requesting node"
    )
    assert door.post(LEASES, {"metadata": {"name": "node-1"}, "spec": spec})[0] == 201


def test_a_csi_node_is_its_nodes(door: Door, node: str):
    assert refused(door.post(CSI_NODES, {"metadata": {"name": "node-2"}, "spec": {"drivers": []}})) == (
        "can only access CSINode with the same name as the requesting node"
    )
    assert door.post(CSI_NODES, {"metadata": {"name": "node-1"}, "spec": {"drivers": []}})[0] == 201


def test_a_kubelet_without_a_name_writes_nothing(door: Door, node: str):
    door.user = User("system:node:", ("system:nodes", "system:masters"), "user")
    assert refused(door.post(NODES, {"metadata": {"name": "x"}})) == (
        'could not determine node from user "system:node:"'
    )


TOKENS: dict[str, tuple[Obj, str]] = {
    "no pod": ({}, "node requested token not bound to a pod"),
    "a secret": (
        {"apiVersion": "v1", "kind": "Secret", "name": "s"},
        "node requested token not bound to a pod",
    ),
    "a pod without a uid": (
        {"apiVersion": "v1", "kind": "Pod", "name": "mine"},
        "node requested token with a pod binding without a uid",
    ),
    "an earlier pod": (
        {"apiVersion": "v1", "kind": "Pod", "name": "mine", "uid": "earlier"},
        "the UID in the bound object reference (earlier) does not match the UID in record. "
        "The object might have been deleted and then recreated",
    ),
    "another node's pod": (
        {"apiVersion": "v1", "kind": "Pod", "name": "other", "uid": "u2"},
        "node requested token bound to a pod scheduled on a different node",
    ),
    "its pod": ({"apiVersion": "v1", "kind": "Pod", "name": "mine", "uid": "u1"}, ""),
}
KNOWN_PODS = {
    "mine": {"metadata": {"uid": "u1"}, "spec": {"nodeName": "node-1"}},
    "other": {"metadata": {"uid": "u2"}, "spec": {"nodeName": "node-2"}},
}


@pytest.mark.parametrize(("ref", "why"), TOKENS.values(), ids=TOKENS)
def test_a_kubelet_gets_tokens_for_its_pods(ref: Obj, why: str):
    assert check_token_request(KUBELET, KNOWN_PODS.get(ref.get("name", "")), ref) == why
    assert check_token_request(ADMIN, None, ref) == ""


def test_a_kubelets_token_request_is_refused_over_http(door: Door, node: str):
    given_pod(door, "mine", "node-1")
    door.user = ADMIN
    door.post("/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "default"}})
    door.user = KUBELET
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    status, body = door.post(path, {"spec": {}})
    assert (status, body["message"]) == (
        403,
        'serviceaccounts "default" is forbidden: node requested token not bound to a pod',
    )
    door.user = ADMIN
    uid = door.get(f"{PODS}/mine")[1]["metadata"]["uid"]
    door.user = KUBELET
    ref = {"apiVersion": "v1", "kind": "Pod", "name": "mine", "uid": uid}
    assert door.post(path, {"spec": {"boundObjectRef": ref}})[0] == 201


# taints


def test_a_node_of_a_user_is_not_ready_yet(door: Door):
    _, body = door.post(NODES, {"metadata": {"name": "n"}})
    assert body["spec"]["taints"] == [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]


def test_taints_that_are_there_stay(door: Door):
    own = {"key": "k", "effect": "NoExecute"}
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule", "value": "x"}
    _, body = door.post(NODES, {"metadata": {"name": "n"}, "spec": {"taints": [own]}})
    assert [t["key"] for t in body["spec"]["taints"]] == ["k", "node.kubernetes.io/not-ready"]
    _, body = door.post(NODES, {"metadata": {"name": "m"}, "spec": {"taints": [taint]}})
    assert body["spec"]["taints"] == [taint]


def test_machines_of_the_simulation_are_ready_from_the_first(door: Door):
    assert "taints" not in door.local.create(NODE, {"metadata": {"name": "n"}}).get("spec", {})
