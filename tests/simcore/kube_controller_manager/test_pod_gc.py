"""Pods that no kubelet will ever remove are removed."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import NODE, POD
from simcore.client.control_loop import ControlLoop
from simcore.kube_controller_manager import pod_gc
from simcore.kube_controller_manager.pod_gc import PodGCController
from simcore.kube_controller_manager.pods import condition_of
from tests.kit.control_plane import ControlPlane, finish, pod, post_ready, register


def start(plane: ControlPlane) -> ControlPlane:
    ctx = plane.ctx.for_actor(PodGCController.name)
    ControlLoop(ctx, PodGCController(ctx)).start()
    return plane


@pytest.fixture
def plane() -> ControlPlane:
    plane = start(ControlPlane())
    register(plane, "node-1")
    plane.advance(10)
    return plane


def place(plane: ControlPlane, name: str, node: str, *finalizers: str) -> None:
    made = pod(name, **({"finalizers": list(finalizers)} if finalizers else {}))
    made["spec"]["nodeName"] = node
    plane.given(made)
    plane.advance(10)


def names(plane: ControlPlane) -> list[str]:
    return [p["metadata"]["name"] for p in plane.list(POD)]


def test_pods_of_a_node_that_is_gone_fail_and_go_after_forty_seconds(plane: ControlPlane):
    place(plane, "web", "node-1")
    plane.delete(NODE, "node-1")
    plane.advance(39_999)
    assert names(plane) == ["web"]
    plane.advance(1)
    assert names(plane) == []
    last = decode(plane.store.watch("/registry/pods/", start=1).poll()[-2].value or b"")
    disrupted = condition_of(last, "DisruptionTarget")
    assert disrupted
    assert (disrupted["reason"], disrupted["message"]) == ("DeletionByPodGC", "PodGC: node no longer exists")
    assert last["status"]["phase"] == "Failed"


def test_a_node_that_comes_back_keeps_its_pods(plane: ControlPlane):
    place(plane, "web", "node-1")
    plane.delete(NODE, "node-1")
    plane.advance(30_000)
    plane.given({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}, "spec": {}})
    plane.advance(120_000)
    assert names(plane) == ["web"]


def test_a_pod_bound_to_a_node_that_never_was_goes_too(plane: ControlPlane):
    place(plane, "web", "nowhere")
    plane.advance(41_000)
    assert names(plane) == []


def test_a_pod_that_ends_before_it_was_bound_goes_at_once(plane: ControlPlane):
    plane.given(pod("web", finalizers=["example.com/x"]))
    plane.delete(POD, "web")
    plane.patch(POD, "web", {"metadata": {"finalizers": None}})
    plane.advance(10)
    assert names(plane) == []


def test_terminating_pods_of_a_node_out_of_service_are_given_up(plane: ControlPlane):
    place(plane, "web", "node-1")
    plane.delete(POD, "web", grace_s=3600)
    taint = {"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"}
    plane.patch(NODE, "node-1", {"spec": {"taints": [taint]}})
    plane.advance(10)
    assert [p for p in names(plane) if p == "web"] == names(plane)
    post_ready(plane, "node-1", "Unknown")
    plane.advance(10)
    assert names(plane) == []


def test_of_too_many_finished_pods_the_oldest_go(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pod_gc, "TERMINATED_THRESHOLD", 2)
    for n in range(4):
        place(plane, f"job-{n}", "node-1")
        plane.advance(1000)
    for n in (3, 1, 0, 2):
        finish(plane, plane.get(POD, f"job-{n}"))
        plane.advance(1000)
    assert names(plane) == ["job-2", "job-3"]
