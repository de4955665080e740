"""What a pod or a node is on the Map."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.live.rows import Demand, PodStatus, demand_of, node_row, pod_row, pod_status
from simcore.apimachinery.meta import Obj
from tests.kit.manifests import pod

READY = {"type": "Ready", "status": "True"}
NOT_READY = {"type": "Ready", "status": "False"}


def a_pod(*, node: str = "node-1", phase: str = "Running", ready: bool = False, **more: Any) -> Obj:
    made = pod("web")
    made["spec"]["nodeName"] = node
    made["status"] = {"phase": phase, "conditions": [READY if ready else NOT_READY], **more}
    return made


def waiting(reason: str) -> Obj:
    return {"name": "main", "state": {"waiting": {"reason": reason}}, "restartCount": 3}


def ended(code: int) -> Obj:
    return {"name": "main", "state": {"terminated": {"exitCode": code}}, "restartCount": 0}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(a_pod(node="", phase="Pending"), PodStatus.PENDING, id="no node"),
        pytest.param(a_pod(phase="Pending"), PodStatus.STARTING, id="a node and nothing more"),
        pytest.param(
            a_pod(phase="Pending", containerStatuses=[waiting("ContainerCreating")]),
            PodStatus.STARTING,
            id="creating",
        ),
        pytest.param(a_pod(ready=True), PodStatus.RUNNING, id="ready"),
        pytest.param(a_pod(ready=False), PodStatus.STARTING, id="running, not ready"),
        pytest.param(
            a_pod(containerStatuses=[waiting("CrashLoopBackOff")]),
            PodStatus.CRASH_LOOP,
            id="waiting for a restart",
        ),
        pytest.param(
            a_pod(phase="Pending", containerStatuses=[waiting("ImagePullBackOff")]),
            PodStatus.CRASH_LOOP,
            id="no image",
        ),
        pytest.param(
            a_pod(phase="Pending", containerStatuses=[waiting("ErrImagePull")]),
            PodStatus.CRASH_LOOP,
            id="a failed pull",
        ),
        pytest.param(
            a_pod(containerStatuses=[ended(1)]), PodStatus.CRASH_LOOP, id="ended badly, about to restart"
        ),
        pytest.param(
            a_pod(containerStatuses=[ended(0)]), PodStatus.STARTING, id="ended well, about to restart"
        ),
        pytest.param(
            a_pod(phase="Pending", initContainerStatuses=[waiting("CrashLoopBackOff")]),
            PodStatus.CRASH_LOOP,
            id="an init container that crashes",
        ),
        pytest.param(a_pod(phase="Failed"), PodStatus.FAILED, id="failed"),
        pytest.param(a_pod(phase="Succeeded"), PodStatus.SUCCEEDED, id="succeeded"),
    ],
)
def test_the_state_of_a_pod(made: Obj, expected: PodStatus) -> None:
    assert pod_status(made, node_is_lost=False) is expected


def test_a_pod_that_is_being_deleted_is_terminating_whatever_else() -> None:
    made = a_pod(ready=True)
    made["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z"
    assert pod_status(made, node_is_lost=True) is PodStatus.TERMINATING


def test_a_pod_on_a_lost_node_is_unknown() -> None:
    assert pod_status(a_pod(ready=True), node_is_lost=True) is PodStatus.UNKNOWN
    assert pod_status(a_pod(phase="Succeeded"), node_is_lost=True) is PodStatus.SUCCEEDED


def test_a_pods_row() -> None:
    made = a_pod(
        ready=True,
        podIP="10.244.1.2",
        containerStatuses=[{"name": "main", "ready": True, "restartCount": 2, "state": {"running": {}}}],
    )
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "r", "controller": True}
    made["metadata"] |= {"uid": "u1", "creationTimestamp": "1970-01-01T00:00:42Z", "ownerReferences": [owner]}
    assert pod_row(made, epoch_ms=40_000, node_is_lost=False) == {
        "u": "u1",
        "n": "web",
        "ns": "default",
        "o": "node-1",
        "s": 0,
        "d": "Running",
        "y": "1/1",
        "k": 2,
        "ip": "10.244.1.2",
        "t": 2_000,
        "w": "ReplicaSet/web-1",
        "i": "nginx:1.27",
        "c": 0,
    }


def test_a_row_has_the_first_image_and_the_cpu_that_the_pod_asks_for_also_when_it_has_ended() -> None:
    made = a_pod(phase="Succeeded")
    made["metadata"] |= {"uid": "u", "creationTimestamp": "1970-01-01T00:00:00Z"}
    made["spec"]["containers"][0] |= {"image": "shop/web:2", "resources": {"requests": {"cpu": "150m"}}}
    made["spec"]["containers"].append(
        {"name": "proxy", "image": "x" * 900, "resources": {"requests": {"cpu": "1"}}}
    )
    told = pod_row(made, epoch_ms=0, node_is_lost=False)
    assert (told["i"], told["c"]) == ("shop/web:2", 1150)
    made["spec"]["containers"].reverse()
    assert len(pod_row(made, epoch_ms=0, node_is_lost=False)["i"]) == 200


def test_a_nodes_row() -> None:
    node = {
        "metadata": {"name": "node-1", "uid": "n1", "labels": {"topology.kubernetes.io/zone": "zone-b"}},
        "spec": {
            "unschedulable": True,
            "taints": [
                {"key": "a", "value": "b", "effect": "NoSchedule"},
                {"key": "c", "effect": "NoExecute"},
            ],
        },
        "status": {
            "allocatable": {"cpu": "3500m", "memory": "1Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "Unknown"}],
        },
    }
    assert node_row(node, cpu_requested=250, memory_requested=1024) == {
        "u": "n1",
        "n": "node-1",
        "z": "zone-b",
        "r": 2,
        "s": 1,
        "ta": ["a=b:NoSchedule", "c:NoExecute"],
        "c": [3500, 250],
        "m": [1024**3, 1024],
        "p": 110,
    }


def test_what_a_pod_takes_ends_with_the_pod() -> None:
    made = a_pod()
    made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "100m", "memory": "1Ki"}}
    assert demand_of(made) == Demand("node-1", 100, 1024)
    made["status"]["phase"] = "Succeeded"
    assert demand_of(made) == Demand("node-1", 0, 0)


def test_texts_that_somebody_has_set_are_cut() -> None:
    made = a_pod(containerStatuses=[waiting("R" * 5000)], podIP="1" * 900)
    made["metadata"] |= {"uid": "u", "creationTimestamp": "1970-01-01T00:00:00Z"}
    told = pod_row(made, epoch_ms=0, node_is_lost=False)
    assert (len(told["d"]), len(told["ip"])) == (200, 200)


def test_a_node_shows_a_bounded_number_of_taints() -> None:
    taints = [{"key": f"k{n}", "value": "v" * 500, "effect": "NoSchedule"} for n in range(50)]
    made = {"metadata": {"uid": "u", "name": "node-1"}, "spec": {"taints": taints}}
    told = node_row(made, cpu_requested=0, memory_requested=0)["ta"]
    assert (len(told), {len(text) for text in told}) == (30, {200})
