"""The scheduler at work: given nodes and pods, what the API shows."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import NODE, POD, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.latency import REALISTIC
from tests.kit.control_plane import ControlPlane, replica_set
from tests.simcore.kube_scheduler.manifests import node, pod, spread
from tests.simcore.kube_scheduler.running import Running

NO_HELP = (
    " no new claims to deallocate, preemption: 0/4 nodes are available: "
    "4 Preemption is not helpful for scheduling."
)
TAINT = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}


def test_a_pod_is_bound_and_the_event_says_where() -> None:
    running = Running()
    running.given(pod("ok", nodeSelector={"topology.kubernetes.io/zone": "zone-b"}))
    assert running.node_of("ok") == "node-2"
    assert running.condition("ok")["status"] == "True"
    (event,) = running.events("ok")
    assert (event["type"], event["reason"], event["action"]) == ("Normal", "Scheduled", "Binding")
    assert event["message"] == "Successfully assigned default/ok to node-2"
    assert event["reportingComponent"] == "default-scheduler"
    assert event["source"] == {}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param({"requests": {"cpu": "50"}}, "4 Insufficient cpu.", id="cpu"),
        pytest.param(
            {"requests": {"cpu": "50", "memory": "500Gi"}},
            "4 Insufficient cpu, 4 Insufficient memory.",
            id="two at once",
        ),
        pytest.param(
            {"requests": {"ephemeral-storage": "900Gi"}}, "4 Insufficient ephemeral-storage.", id="disk"
        ),
        pytest.param({"limits": {"example.com/gpu": "1"}}, "4 Insufficient example.com/gpu.", id="gpu"),
        pytest.param(
            {"nodeSelector": {"disk": "ssd"}},
            "4 node(s) didn't match Pod's node affinity/selector.",
            id="selector",
        ),
        pytest.param(
            {
                "nodeSelector": {"topology.kubernetes.io/zone": "zone-b"},
                "requests": {"cpu": "100", "memory": "1Ti"},
            },
            "1 Insufficient cpu, 1 Insufficient memory, 3 node(s) didn't match Pod's node affinity/selector.",
            id="each node its own reasons",
        ),
        pytest.param(
            {"topologySpreadConstraints": [spread("q", "rack")]},
            "4 node(s) didn't match pod topology spread constraints (missing required label).",
            id="spread",
        ),
    ],
)
def test_a_pod_that_fits_nowhere_says_why_word_for_word(spec: Obj, message: str) -> None:
    running = Running()
    running.given(pod("p", **spec))
    whole = f"0/4 nodes are available: {message}{NO_HELP}"
    assert running.condition("p") == {
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": whole,
        "lastProbeTime": None, "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": 1,
    }  # fmt: skip
    (event,) = running.events("p")
    assert (event["type"], event["reason"], event["message"]) == ("Warning", "FailedScheduling", whole)
    assert event["action"] == "Scheduling"


def test_a_domain_that_is_full_is_no_matter_of_preemption() -> None:
    running = Running()
    constraint = spread("stuck", "kubernetes.io/hostname", nodeAffinityPolicy="Ignore")
    for name in ("first", "second"):
        running.given(
            pod(
                name,
                labels={"app": "stuck"},
                nodeSelector={"kubernetes.io/hostname": "node-2"},
                topologySpreadConstraints=[constraint],
            )
        )
    assert running.node_of("first") == "node-2"
    assert running.condition("second")["message"] == (
        "0/4 nodes are available: 1 node(s) didn't match pod topology spread constraints, 3 node(s) didn't match "
        "Pod's node affinity/selector. no new claims to deallocate, preemption: 0/4 nodes are available: "
        "1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling."
    )


def test_without_nodes_it_says_so_and_waits_for_one() -> None:
    running = Running(plane=ControlPlane())
    running.given(pod("p"))
    assert running.condition("p")["message"] == "no nodes available to schedule pods"
    running.add_nodes(node("node-1"))
    running.plane.advance(1)
    assert running.node_of("p") == "node-1"


def test_a_taint_that_goes_lets_waiting_pods_in_at_once() -> None:
    running = Running(node("node-1", taints=[TAINT]))
    running.given(pod("p"))
    assert running.node_of("p") == ""
    running.set_node("node-1", taints=[])
    assert running.node_of("p") == "node-1"


def test_a_change_that_cannot_help_causes_no_attempt() -> None:
    running = Running(node("node-1", taints=[TAINT]))
    running.given(pod("p"))
    running.plane.api.patch(NODE, Key("", "node-1"), {"metadata": {"labels": {"new": "label"}}})
    running.plane.advance(1)
    assert len(running.scheduler.attempts.of(running.pod("p")["metadata"]["uid"])) == 1


def test_a_pod_that_ends_makes_room() -> None:
    running = Running(node("node-1", allocatable={"pods": "1"}))
    running.given(pod("first"), pod("second"))
    assert running.nodes_of_all() == {"first": "node-1", "second": ""}
    running.end("first")
    running.plane.advance(1)
    assert running.node_of("second") == "node-1"


def test_a_finished_pod_needs_no_place() -> None:
    running = Running(node("node-1", allocatable={"pods": "1"}))
    running.given(pod("first"), pod("second"))
    running.plane.patch(POD, "first", {"status": {"phase": "Succeeded"}}, subresource="status")
    running.plane.advance(1)
    assert running.node_of("second") == "node-1"


def test_a_gated_pod_is_left_alone_until_the_last_gate_goes() -> None:
    running = Running()
    running.given(pod("p", schedulingGates=[{"name": "example.com/a"}]))
    assert (running.node_of("p"), running.events("p")) == ("", [])
    running.plane.patch(POD, "p", {"spec": {"schedulingGates": None}})
    running.plane.advance(1)
    assert running.node_of("p")


def test_pods_of_other_schedulers_are_not_its_business() -> None:
    running = Running()
    running.given(pod("p", schedulerName="manual"))
    running.plane.advance(1_000)
    assert (running.node_of("p"), running.events("p")) == ("", [])


def test_pods_are_spread_over_empty_nodes() -> None:
    running = Running()
    running.given(*(pod(f"p-{number}", requests={"cpu": "1", "memory": "1Gi"}) for number in range(8)))
    nodes = sorted(running.nodes_of_all().values())
    assert nodes == sorted([f"node-{number}" for number in (1, 2, 3, 4)] * 2)


def test_pods_of_a_replicaset_are_spread_over_zones_even_if_they_request_nothing() -> None:
    running = Running()
    running.plane.given(replica_set("web"))
    (owner,) = running.plane.list(REPLICA_SET)
    ref = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": "web",
        "uid": owner["metadata"]["uid"],
        "controller": True,
    }
    for number in range(3):
        doc = pod(f"web-{number}", labels={"app": "web"})
        doc["metadata"]["ownerReferences"] = [ref]
        running.given(doc)
    zones = {"node-1": "a", "node-2": "b", "node-3": "c", "node-4": "a"}
    assert sorted(zones[name] for name in running.nodes_of_all().values()) == ["a", "b", "c"]


def test_every_attempt_leaves_a_summary() -> None:
    running = Running(node("node-1", taints=[TAINT]), node("node-2", allocatable={"cpu": "1"}))
    running.given(pod("p", requests={"cpu": "2"}))
    running.set_node("node-1", taints=[])
    failed, placed = running.scheduler.attempts.of(running.pod("p")["metadata"]["uid"])
    assert (failed.number, failed.node, failed.nodes, failed.queue) == (1, "", 2, "active")
    assert failed.reasons == (("Insufficient cpu", 1), ("node(s) had untolerated taint(s)", 1))
    assert failed.waits_for == ("NodeResourcesFit", "TaintToleration")
    assert failed.message.startswith("0/2 nodes are available: ")
    assert (placed.number, placed.node, placed.feasible, placed.queue) == (2, "node-1", 1, "backoff")
    assert placed.revision > failed.revision > 0


def test_a_summary_tells_by_how_much_the_best_node_won() -> None:
    running = Running(node("node-1"), node("node-2", taints=[TAINT | {"effect": "PreferNoSchedule"}]))
    running.given(pod("p"))
    (attempt,) = running.scheduler.attempts.of(running.pod("p")["metadata"]["uid"])
    assert (attempt.node, attempt.feasible, attempt.lead) == ("node-1", 2, 300)


def test_an_api_call_takes_its_time_and_the_next_pod_is_placed_meanwhile() -> None:
    running = Running(node("node-1", allocatable={"pods": "1"}), latency=REALISTIC)
    running.plane.given(*(_plain(pod(name)) for name in ("first", "second")))
    running.plane.advance(100)
    placed = running.nodes_of_all()
    assert sorted(placed.values()) == ["", "node-1"]
    loser = next(name for name, where in placed.items() if not where)
    assert running.condition(loser)["message"].startswith("0/1 nodes are available: 1 Too many pods.")


def test_a_pod_deleted_before_it_was_bound_leaves_no_trace() -> None:
    running = Running(node("node-1", allocatable={"pods": "1"}), latency=REALISTIC)
    running.plane.given(_plain(pod("first")))
    running.plane.advance(11)  # delivered and assumed, the binding is under way
    running.plane.delete(POD, "first", grace_s=0)
    running.plane.advance(100)
    running.plane.given(_plain(pod("second")))
    running.plane.advance(100)
    assert running.nodes_of_all() == {"second": "node-1"}


def test_a_binding_that_is_refused_sends_the_pod_to_back_off() -> None:
    running = Running()
    running.plane.given(_plain(pod("p")))
    uid = running.pod("p")["metadata"]["uid"]
    running.plane.clock.fire_next()  # the informer has told the scheduler
    running.plane.api.bind(Key("default", "p"), uid, "node-3")
    running.plane.advance(1)
    assert running.node_of("p") == "node-3"
    (event,) = (e for e in running.events("p") if e["reason"] == "FailedScheduling")
    assert event["message"] == (
        'running Bind plugin "DefaultBinder": Operation cannot be fulfilled on pods/binding "p": '
        'pod p is already assigned to node "node-3"'
    )
    running.plane.advance(60_000)
    assert len(running.scheduler.queue) == 0


def test_who_takes_over_goes_on_without_repeating_itself() -> None:
    running = Running()
    running.given(pod("placed"), pod("stuck", requests={"cpu": "50"}))
    before = running.plane.store.revision
    successor = Running(plane=ControlPlane(store=running.plane.store, at=running.plane.clock.now()))
    successor.plane.advance(10_000)
    assert successor.plane.store.revision == before
    successor.add_nodes(node("node-5", allocatable={"cpu": "64"}))
    successor.plane.advance(1)
    assert successor.node_of("stuck") == "node-5"


def test_the_same_seed_gives_the_same_placements() -> None:
    def placements(seed: int) -> dict[str, str]:
        running = Running(*(node(f"node-{number}") for number in range(120)), seed=seed)
        running.given(*(pod(f"p-{number}") for number in range(20)))
        return running.nodes_of_all()

    assert placements(7) == placements(7)
    assert placements(7) != placements(8)


def test_a_store_that_was_never_used_needs_no_scheduler() -> None:
    plane = ControlPlane(store=MemoryStore())
    Running(plane=plane)
    plane.advance(600_000)
    assert plane.store.revision == 0


def _plain(doc: Obj) -> Obj:
    return doc | {
        "metadata": {k: v for k, v in doc["metadata"].items() if k not in ("uid", "creationTimestamp")}
    }
