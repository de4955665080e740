"""What the FailedScheduling Event and the PodScheduled condition say, word for word, with preemption's part."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Obj
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod, required_nodes, spread
from tests.simcore.kube_scheduler.running import Running

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
TAINT = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}
THREE_CPUS = {"requests": {"cpu": "3"}}
NO_HELP = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


def full(number: int) -> Obj:
    """A pod that leaves one CPU of four on its node."""
    return pod(f"old-{number}", nodeName=f"node-{number}", labels={"app": "old"}, **THREE_CPUS)


def said(running: Running, name: str) -> str:
    (event,) = (e for e in running.events(name) if e["reason"] == "FailedScheduling")
    message: str = event["message"]
    assert event["type"] == "Warning"
    assert running.condition(name)["message"] == message
    assert (running.condition(name)["status"], running.condition(name)["reason"]) == (
        "False",
        "Unschedulable",
    )
    return message


def four(*, tainted: int = 0, cordoned: int = 0) -> Running:
    """Four nodes with a pod on each; the first ones tainted, the last ones cordoned."""
    nodes = [node(f"node-{n}", **({"taints": [TAINT]} if n <= tainted else {})) for n in (1, 2, 3, 4)]
    running = Running(*nodes)
    for number in range(4, 4 - cordoned, -1):
        running.set_node(f"node-{number}", unschedulable=True)
    running.given(*(full(n) for n in (1, 2, 3, 4)))
    return running


@pytest.mark.parametrize(
    ("spec", "reasons", "preemption"),
    [
        pytest.param(
            {"requests": {"cpu": "2"}}, "4 Insufficient cpu", f"4 {NO_VICTIMS}", id="others take the CPUs"
        ),
        pytest.param({"requests": {"cpu": "5"}}, "4 Insufficient cpu", f"4 {NO_HELP}", id="no node has them"),
        pytest.param(
            {"requests": {"cpu": "2", "memory": "1Ti"}},
            "4 Insufficient cpu, 4 Insufficient memory",
            f"4 {NO_HELP}",
            id="one of two is beyond help",
        ),
        pytest.param(
            {"nodeSelector": {"disk": "ssd"}},
            "4 node(s) didn't match Pod's node affinity/selector",
            f"4 {NO_HELP}",
            id="selector",
        ),
        pytest.param(
            {"affinity": required_nodes({"matchExpressions": [{"key": "disk", "operator": "Exists"}]})},
            "4 node(s) didn't match Pod's node affinity/selector",
            f"4 {NO_HELP}",
            id="node affinity",
        ),
        pytest.param(
            {"nodeSelector": {HOST: "node-2"}, "requests": {"cpu": "2"}},
            "1 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector",
            f"1 {NO_VICTIMS}, 3 {NO_HELP}",
            id="each node its own",
        ),
        pytest.param(
            {"affinity": affinity("podAntiAffinity", near("old", HOST))},
            "4 node(s) didn't match pod anti-affinity rules",
            f"4 {NO_VICTIMS}",
            id="anti-affinity",
        ),
        pytest.param(
            {"affinity": affinity("podAffinity", near("nobody", ZONE))},
            "4 node(s) didn't match pod affinity rules",
            f"4 {NO_HELP}",
            id="affinity",
        ),
        pytest.param(
            {"topologySpreadConstraints": [spread("new", "rack")], "labels": {"app": "new"}},
            "4 node(s) didn't match pod topology spread constraints (missing required label)",
            f"4 {NO_HELP}",
            id="spread by a label that no node has",
        ),
        pytest.param(
            {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]},
            'persistentvolumeclaim "data" not found',
            f"4 {NO_HELP}",
            id="claim",
        ),
    ],
)
def test_a_pod_that_no_node_takes(spec: Obj, reasons: str, preemption: str) -> None:
    running = four()
    running.given(pod("new", **spec))
    assert said(running, "new") == (
        f"0/4 nodes are available: {reasons}. no new claims to deallocate, "
        f"preemption: 0/4 nodes are available: {preemption}."
    )


@pytest.mark.parametrize(
    ("tainted", "cordoned", "reasons", "preemption"),
    [
        pytest.param(4, 0, "4 node(s) had untolerated taint(s)", f"4 {NO_HELP}", id="all tainted"),
        pytest.param(0, 4, "4 node(s) were unschedulable", f"4 {NO_HELP}", id="all cordoned"),
        pytest.param(
            1,
            1,
            "1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 2 Insufficient cpu",
            f"2 {NO_VICTIMS}, 2 {NO_HELP}",
            id="all sorts",
        ),
    ],
)
def test_nodes_that_are_closed(tainted: int, cordoned: int, reasons: str, preemption: str) -> None:
    running = four(tainted=tainted, cordoned=cordoned)
    running.given(pod("new", requests={"cpu": "2"}))
    assert said(running, "new") == (
        f"0/4 nodes are available: {reasons}. no new claims to deallocate, "
        f"preemption: 0/4 nodes are available: {preemption}."
    )


def test_a_port_that_is_taken_everywhere() -> None:
    ports = [{"containerPort": 80, "hostPort": 80}]
    running = Running(node("node-1"), node("node-2"))
    running.given(*(pod(f"old-{n}", nodeName=f"node-{n}", ports=ports) for n in (1, 2)))
    running.given(pod("new", ports=ports))
    assert said(running, "new") == (
        "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports. "
        f"no new claims to deallocate, preemption: 0/2 nodes are available: 2 {NO_VICTIMS}."
    )


def test_full_nodes_say_so_before_anything_that_they_lack() -> None:
    running = Running(node("node-1", allocatable={"pods": "1"}))
    running.given(full(1))
    running.given(pod("new", requests={"cpu": "2"}))
    assert said(running, "new") == (
        "0/1 nodes are available: 1 Insufficient cpu, 1 Too many pods. "
        f"no new claims to deallocate, preemption: 0/1 nodes are available: 1 {NO_VICTIMS}."
    )


def test_lesser_pods_that_do_not_make_enough_room_are_no_help() -> None:
    running = Running(node("node-1"))
    running.given(pod("small", nodeName="node-1", requests={"cpu": "1"}))
    running.given(
        pod("peer", nodeName="node-1", priorityClassName="system-cluster-critical", requests={"cpu": "2"})
    )
    running.given(pod("new", priorityClassName="system-cluster-critical", **THREE_CPUS))
    assert said(running, "new") == (
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
        "preemption: 0/1 nodes are available: 1 Insufficient cpu."
    )


def test_a_pod_that_finds_victims_says_nothing_of_preemption() -> None:
    running = four()
    running.given(pod("new", priorityClassName="system-cluster-critical", requests={"cpu": "2"}))
    assert said(running, "new") == "0/4 nodes are available: 4 Insufficient cpu."
    assert running.pod("new")["status"]["nominatedNodeName"] in {"node-1", "node-2", "node-3", "node-4"}


def test_without_nodes_there_is_nothing_to_preempt() -> None:
    running = Running(node("node-1"))
    running.plane.delete(NODE, "node-1", "")
    running.plane.advance(1)
    running.given(pod("new"))
    assert said(running, "new") == "no nodes available to schedule pods"
