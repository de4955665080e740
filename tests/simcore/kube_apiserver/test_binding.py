"""The scheduler's verdict on a pod."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import Conflict, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.binding import bind, with_topology
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from tests.kit.control_plane import ControlPlane, pod

KEY = Key("default", "web")


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    plane.api.create(POD, pod("web", namespace="default"))
    return plane


def uid(plane: ControlPlane) -> str:
    found: str = plane.get(POD, "web")["metadata"]["uid"]
    return found


def test_a_bound_pod_has_a_node_and_is_scheduled(plane: ControlPlane):
    plane.advance(1_000)
    plane.api.bind(KEY, uid(plane), "node-1")
    web = plane.get(POD, "web")
    assert web["spec"]["nodeName"] == "node-1"
    assert web["metadata"]["generation"] == 1
    scheduled = web["status"]["conditions"]
    assert [(c["type"], c["status"], c["lastTransitionTime"]) for c in scheduled] == [
        ("PodScheduled", "True", "2026-01-01T00:00:01Z")
    ]


def test_a_failed_attempt_before_is_forgotten(plane: ControlPlane):
    failed = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    other = {"type": "example.com/gate", "status": "True"}
    plane.patch(POD, "web", {"status": {"conditions": [failed, other]}}, subresource="status")
    plane.api.bind(KEY, uid(plane), "node-1")
    conditions = plane.get(POD, "web")["status"]["conditions"]
    assert [(c["type"], c["status"], c.get("reason")) for c in conditions] == [
        ("example.com/gate", "True", None),
        ("PodScheduled", "True", None),
    ]


def test_a_pod_is_bound_once(plane: ControlPlane):
    plane.api.bind(KEY, uid(plane), "node-1")
    with pytest.raises(Conflict) as refused:
        plane.api.bind(KEY, uid(plane), "node-2")
    assert refused.value.message == (
        'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "node-1"'
    )


def test_a_verdict_on_a_predecessor_is_refused(plane: ControlPlane):
    with pytest.raises(Conflict) as refused:
        plane.api.bind(KEY, "other", "node-1")
    assert f"UID in precondition: other, UID in object meta: {uid(plane)}" in refused.value.message


def test_a_pod_that_is_being_deleted_is_not_bound(plane: ControlPlane):
    plane.patch(POD, "web", {"metadata": {"finalizers": ["example.com/hold"]}})
    plane.delete(POD, "web")
    with pytest.raises(Conflict) as refused:
        plane.api.bind(KEY, uid(plane), "node-1")
    assert refused.value.message.endswith("pod web is being deleted, cannot be assigned to a host")


def test_a_gated_pod_is_not_bound(plane: ControlPlane):
    gated = pod("gated", namespace="default")
    gated["spec"]["schedulingGates"] = [{"name": "example.com/wait"}]
    made = plane.api.create(POD, gated)
    with pytest.raises(Conflict) as refused:
        plane.api.bind(Key("default", "gated"), made["metadata"]["uid"], "node-1")
    assert refused.value.message.endswith("pod gated has non-empty .spec.schedulingGates")


def test_a_pod_that_is_gone_is_not_bound(plane: ControlPlane):
    with pytest.raises(NotFound):
        plane.api.bind(Key("default", "other"), "", "node-1")


def test_annotations_of_the_binding_are_the_pods(plane: ControlPlane):
    bound = bind(plane.server, KEY, "node-1", Request(ADMIN, "user:a"), annotations={"why": "because"})
    assert bound["metadata"]["annotations"] == {"why": "because"}


def test_a_bound_pod_has_the_labels_of_its_place():
    labels = {"topology.kubernetes.io/zone": "zone-a", "topology.kubernetes.io/region": "r", "disk": "ssd"}
    pod = with_topology({"metadata": {"labels": {"app": "web"}}}, {"metadata": {"labels": labels}})
    assert pod["metadata"]["labels"] == {
        "app": "web",
        "topology.kubernetes.io/zone": "zone-a",
        "topology.kubernetes.io/region": "r",
    }
    assert with_topology(pod, None) is pod
