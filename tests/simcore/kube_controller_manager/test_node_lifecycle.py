"""A node that falls silent is noticed after 40 to 50 seconds, tainted, and loses the pods that tolerate no more."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import DEPLOYMENT, NODE, POD
from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.node_lifecycle.eviction import evicted_at_ms, tolerates
from simcore.kube_controller_manager.node_lifecycle.zones import INTERVAL_MS
from simcore.kube_controller_manager.pods import condition_of, is_ready
from simcore.sim.latency import REALISTIC
from tests.kit.control_plane import EPOCH_MS, ControlPlane, Nodes, deployment, pod, post_ready, register

TOLERATIONS = [
    {
        "key": f"node.kubernetes.io/{state}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for state in ("not-ready", "unreachable")
]


def start(plane: ControlPlane) -> ControlPlane:
    ControllerManager(plane.ctx).start()
    return plane


@pytest.fixture
def plane() -> ControlPlane:
    plane = start(ControlPlane())
    Nodes(plane)
    plane.advance(1000)
    return plane


def ready(plane: ControlPlane, node: str = "node-1") -> Obj:
    found = condition_of(plane.get(NODE, node), "Ready")
    assert found
    return found


def taints(plane: ControlPlane, node: str = "node-1") -> list[tuple[str, str]]:
    found = plane.get(NODE, node)["spec"].get("taints") or []
    return sorted((t["key"].partition("/")[2], t["effect"]) for t in found)


def place(plane: ControlPlane, name: str, node: str = "node-1", **spec: object) -> None:
    """A Running, Ready pod on a node."""
    made = pod(name)
    made["spec"] |= {"tolerations": TOLERATIONS, "nodeName": node} | spec
    plane.given(made)
    now = plane.clock.timestamp()
    conditions = [
        {"type": kind, "status": "True", "lastTransitionTime": now} for kind in ("Ready", "PodScheduled")
    ]
    status = {"phase": "Running", "conditions": conditions}
    plane.patch(POD, name, {"status": status}, subresource="status")
    plane.advance(10)


def at(plane: ControlPlane, seconds: float) -> None:
    plane.advance(int(seconds * 1000) - plane.clock.now())


def test_while_its_lease_is_renewed_nothing_is_written(plane: ControlPlane):
    before = plane.store.revision
    at(plane, 600)
    assert plane.store.revision == before


def test_a_silent_node_is_unknown_fifty_seconds_after_its_last_heartbeat(plane: ControlPlane):
    at(plane, 10)
    plane.heartbeats.stop("node-1")
    at(plane, 59.999)
    assert ready(plane)["status"] == "True"
    at(plane, 60)
    assert ready(plane) == {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastHeartbeatTime": "2026-01-01T00:00:00Z",
        "lastTransitionTime": "2026-01-01T00:01:00Z",
    }
    assert taints(plane) == [("unreachable", "NoExecute"), ("unreachable", "NoSchedule")]
    assert ready(plane, "node-2")["status"] == "True"
    assert ("NodeNotReady", "Node node-1 status is now: NodeNotReady") in plane.events("node-1")


@pytest.mark.parametrize("second", [10, 13, 17, 19.999])
def test_whenever_it_falls_silent_it_is_noticed_within_40_to_50_seconds(plane: ControlPlane, second: float):
    at(plane, second)
    plane.heartbeats.stop("node-1")
    at(plane, second + 39.999)
    assert ready(plane)["status"] == "True"
    at(plane, second + 50)
    assert ready(plane)["status"] == "Unknown"


def test_among_many_nodes_and_with_slow_calls_it_is_noticed_as_soon():
    plane = start(ControlPlane(latency=REALISTIC))
    Nodes(plane, count=300)
    at(plane, 100)
    plane.heartbeats.stop("node-299")
    at(plane, 149)
    assert ready(plane, "node-299")["status"] == "True"
    at(plane, 150.5)
    assert ready(plane, "node-299")["status"] == "Unknown"


def test_what_only_its_kubelet_could_know_is_unknown_too(plane: ControlPlane):
    pressure = {"type": "MemoryPressure", "status": "False", "lastHeartbeatTime": "2026-01-01T00:00:00Z"}
    conditions = [ready(plane), pressure, {"type": "NetworkUnavailable", "status": "False"}]
    plane.patch(NODE, "node-1", {"status": {"conditions": conditions}}, subresource="status")
    plane.heartbeats.stop("node-1")
    at(plane, 60)
    states = {
        c["type"]: (c["status"], c.get("reason")) for c in plane.get(NODE, "node-1")["status"]["conditions"]
    }
    assert states == {
        "Ready": ("Unknown", "NodeStatusUnknown"),
        "MemoryPressure": ("Unknown", "NodeStatusUnknown"),
        "NetworkUnavailable": ("False", None),
        "DiskPressure": ("Unknown", "NodeStatusNeverUpdated"),
        "PIDPressure": ("Unknown", "NodeStatusNeverUpdated"),
    }


def test_its_pods_are_no_longer_ready_and_say_why(plane: ControlPlane):
    place(plane, "web")
    plane.heartbeats.stop("node-1")
    at(plane, 60)
    assert not is_ready(plane.get(POD, "web"))
    assert plane.events("web") == [("NodeNotReady", "Node is not ready")]


def test_pods_are_evicted_when_their_toleration_ends(plane: ControlPlane):
    place(plane, "web")
    place(plane, "stays", tolerations=[{"operator": "Exists"}])
    place(plane, "goes", tolerations=[toleration | {"tolerationSeconds": 0} for toleration in TOLERATIONS])
    plane.heartbeats.stop("node-1")
    at(plane, 51)
    assert {p["metadata"]["name"] for p in plane.list(POD)} == {"web", "stays"}  # tainted at 50 s
    at(plane, 349)
    assert not is_terminating(plane.get(POD, "web"))
    at(plane, 351)
    assert {p["metadata"]["name"] for p in plane.list(POD)} == {"stays"}
    assert ("TaintManagerEviction", "Marking for deletion Pod default/web") in plane.events("web")
    last = next(decode(e.value) for e in reversed(plane.store.watch("/registry/pods/", start=1).poll())
                if e.value and e.key.endswith("/web"))  # fmt: skip
    disrupted = condition_of(last, "DisruptionTarget")
    assert disrupted
    assert disrupted["reason"] == "DeletionByTaintManager"
    assert disrupted["message"] == "Taint manager: deleting due to NoExecute taint"


def test_a_node_that_comes_back_in_time_keeps_its_pods(plane: ControlPlane):
    place(plane, "web")
    plane.heartbeats.stop("node-1")
    at(plane, 200)
    plane.heartbeats.go_on("node-1")
    post_ready(plane, "node-1")
    at(plane, 1000)
    assert taints(plane) == []
    assert not is_terminating(plane.get(POD, "web"))
    assert plane.events("web")[-1] == ("TaintManagerEviction", "Cancelling deletion of Pod default/web")


def test_the_eviction_comes_at_the_same_time_under_another_controller(plane: ControlPlane):
    place(plane, "web")
    plane.heartbeats.stop("node-1")
    at(plane, 200)
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.heartbeats.stop("node-1")
    at(successor, 349)
    assert [is_terminating(p) for p in successor.list(POD)] == [False]
    at(successor, 351)
    assert all(is_terminating(p) for p in successor.list(POD))


def test_a_node_that_says_itself_that_it_is_not_ready_is_tainted_at_once(plane: ControlPlane):
    post_ready(plane, "node-1", "False")
    plane.advance(10)
    assert taints(plane) == [("not-ready", "NoExecute"), ("not-ready", "NoSchedule")]
    plane.heartbeats.stop("node-1")
    plane.advance(60_000)
    assert taints(plane) == [("unreachable", "NoExecute"), ("unreachable", "NoSchedule")]


def test_pressure_and_cordon_are_taints_that_keep_pods_off(plane: ControlPlane):
    conditions = [ready(plane), {"type": "DiskPressure", "status": "True"}]
    plane.patch(NODE, "node-1", {"status": {"conditions": conditions}}, subresource="status")
    plane.patch(NODE, "node-1", {"spec": {"unschedulable": True}})
    plane.advance(100)
    assert taints(plane) == [("disk-pressure", "NoSchedule"), ("unschedulable", "NoSchedule")]
    plane.patch(NODE, "node-1", {"spec": {"unschedulable": None}})
    plane.advance(100)
    assert taints(plane) == [("disk-pressure", "NoSchedule")]


def test_taints_of_others_stay(plane: ControlPlane):
    mine = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}
    plane.patch(NODE, "node-1", {"spec": {"taints": [mine]}})
    post_ready(plane, "node-1", "False")
    plane.advance(100)
    post_ready(plane, "node-1")
    plane.advance(100)
    assert plane.get(NODE, "node-1")["spec"]["taints"] == [mine]


def test_a_node_without_a_kubelet_is_given_a_minute(plane: ControlPlane):
    plane.given({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "quiet"}, "spec": {}})
    at(plane, 60)
    assert condition_of(plane.get(NODE, "quiet"), "Ready") is None
    at(plane, 70)
    assert ready(plane, "quiet")["reason"] == "NodeStatusNeverUpdated"
    assert ready(plane, "quiet")["message"] == "Kubelet never posted node status."


def test_nodes_are_greeted_and_seen_off(plane: ControlPlane):
    plane.delete(NODE, "node-3")
    plane.advance(10)
    assert plane.events("node-3") == [
        ("RegisteredNode", "Node node-3 event: Registered Node node-3 in Controller"),
        ("RemovingNode", "Node node-3 event: Removing Node node-3 from Controller"),
    ]


def test_of_a_zone_one_node_loses_its_pods_every_ten_seconds():
    plane = start(ControlPlane())
    for n in range(5):
        register(plane, f"a-{n}", zone="zone-a")
        register(plane, f"b-{n}", zone="zone-b")
    for n in range(2):
        plane.heartbeats.stop(f"a-{n}")
    at(plane, 51)
    assert [("unreachable", "NoExecute") in taints(plane, f"a-{n}") for n in range(2)] == [True, False]
    plane.advance(INTERVAL_MS)
    assert ("unreachable", "NoExecute") in taints(plane, "a-1")


def test_in_a_small_zone_that_is_mostly_down_nobody_is_evicted():
    plane = start(ControlPlane())
    for n in range(5):
        register(plane, f"a-{n}", zone="zone-a")
        register(plane, f"b-{n}", zone="zone-b")
    for n in range(3):
        plane.heartbeats.stop(f"a-{n}")
    at(plane, 200)
    # the first one was tainted before the others were noticed
    assert sum(("unreachable", "NoExecute") in taints(plane, f"a-{n}") for n in range(3)) <= 1


def test_when_no_node_at_all_answers_nobody_is_evicted(plane: ControlPlane):
    place(plane, "web")
    for n in (1, 2, 3):
        plane.heartbeats.stop(f"node-{n}")
    at(plane, 3600)
    assert ready(plane)["status"] == "Unknown"
    assert taints(plane) == [("unreachable", "NoSchedule")]
    assert not is_terminating(plane.get(POD, "web"))


def test_a_deployment_moves_away_from_a_dead_node(plane: ControlPlane):
    manifest = deployment(replicas=6)
    manifest["spec"]["template"]["spec"]["tolerations"] = TOLERATIONS
    plane.given(manifest)
    at(plane, 10)
    dead = plane.list(POD)[0]["spec"]["nodeName"]
    plane.heartbeats.stop(dead)
    at(plane, 60)
    down = 6 - plane.get(DEPLOYMENT, "web")["status"]["availableReplicas"]
    assert down == sum(p["spec"]["nodeName"] == dead for p in plane.list(POD)) > 0
    at(plane, 400)
    assert len([p for p in plane.list(POD) if not is_terminating(p)]) == 6


EXISTS: Obj = {"operator": "Exists"}
TAINT = {"key": "k", "value": "v", "effect": "NoExecute", "timeAdded": "2026-01-01T00:01:00Z"}
CASES = {
    "everything": (EXISTS, True),
    "the key": ({"key": "k", **EXISTS}, True),
    "another key": ({"key": "x", **EXISTS}, False),
    "the value": ({"key": "k", "operator": "Equal", "value": "v"}, True),
    "the value, operator left out": ({"key": "k", "value": "v"}, True),
    "another value": ({"key": "k", "value": "w"}, False),
    "another effect": ({"key": "k", "effect": "NoSchedule", **EXISTS}, False),
    "the effect": ({"key": "k", "effect": "NoExecute", **EXISTS}, True),
}


@pytest.mark.parametrize(("toleration", "expected"), CASES.values(), ids=CASES.keys())
def test_a_toleration_names_what_it_bears(toleration: Obj, expected: bool):
    assert tolerates(toleration, TAINT) is expected


def test_the_shortest_toleration_counts_and_from_the_taint_s_time_on():
    bearing = [{"key": "k", **EXISTS, "tolerationSeconds": s} for s in (90, 30)]
    born = {"name": "p", "creationTimestamp": "2026-01-01T00:00:00Z"}

    def due(tolerations: list[Obj], taints: list[Obj]) -> int | None:
        when = evicted_at_ms({"metadata": born, "spec": {"tolerations": tolerations}}, taints)
        return when - EPOCH_MS if when else when

    assert due(bearing, [TAINT]) == 90_000
    assert due([*bearing, EXISTS], [TAINT]) == 90_000
    assert due([EXISTS], [TAINT]) is None
    assert due([], [TAINT]) == 0
    assert due([], []) is None


UNDATED = {"key": "k", "value": "v", "effect": "NoExecute"}


def bearing(seconds: int) -> list[Obj]:
    return [{"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds}]


def staying(plane: ControlPlane) -> list[str]:
    return [pod["metadata"]["name"] for pod in plane.list(POD) if not is_terminating(pod)]


def test_a_taint_without_a_time_counts_from_when_it_is_seen(plane: ControlPlane):
    for seconds in (5, 25):
        place(plane, f"p{seconds}", tolerations=bearing(seconds))
    at(plane, 100.5)
    plane.patch(NODE, "node-1", {"spec": {"taints": [UNDATED]}})
    at(plane, 105.4)
    assert staying(plane) == ["p25", "p5"]
    at(plane, 106)
    assert staying(plane) == ["p25"]
    plane.patch(NODE, "node-1", {"metadata": {"labels": {"a": "b"}}})  # the taint is no newer for that
    at(plane, 125.4)
    assert staying(plane) == ["p25"]
    at(plane, 126)
    assert staying(plane) == []


def test_a_taint_that_goes_in_time_cancels_and_counts_anew_when_it_comes_back(plane: ControlPlane):
    place(plane, "p", tolerations=bearing(20))
    at(plane, 100)
    plane.patch(NODE, "node-1", {"spec": {"taints": [UNDATED]}})
    at(plane, 115)
    plane.patch(NODE, "node-1", {"spec": {"taints": []}})
    at(plane, 130)
    assert staying(plane) == ["p"]
    assert ("TaintManagerEviction", "Cancelling deletion of Pod default/p") in plane.events("p")
    plane.patch(NODE, "node-1", {"spec": {"taints": [UNDATED]}})
    at(plane, 149)
    assert staying(plane) == ["p"]
    at(plane, 150.1)
    assert staying(plane) == []
