"""A configuration that is stored holds from then on, for waiting pods, too."""

from __future__ import annotations

from simcore.apimachinery.encoding import encode
from simcore.etcd.interface import Put
from simcore.kube_scheduler.world import CONFIG
from simcore.sim.latency import REALISTIC
from simcore.sim.trace import Origin
from tests.kit.control_plane import ControlPlane
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.running import Running

PACKED = {
    "plugins": {"score": {"disabled": [{"name": "*"}], "enabled": [{"name": "NodeResourcesFit"}]}},
    "pluginConfig": [
        {"name": "NodeResourcesFit", "args": {"scoringStrategy": {"type": "MostAllocated"}}},
    ],
}
FOUR = {"requests": {"cpu": "500m"}}


def test_pods_are_packed_as_soon_as_the_configuration_says_so() -> None:
    running = Running()
    running.given(pod("a", **FOUR), pod("b", **FOUR), pod("c", **FOUR))
    assert len(set(running.nodes_of_all().values())) == 3
    running.configure(profiles=[PACKED])
    running.given(pod("d", **FOUR), pod("e", **FOUR))
    assert running.node_of("d") == running.node_of("e")


def test_a_waiting_pod_is_tried_again_at_once() -> None:
    running = Running(node("node-1", taints=[{"key": "a", "effect": "NoSchedule"}]))
    running.given(pod("p"))
    assert running.node_of("p") == ""
    running.configure(profiles=[{"plugins": {"multiPoint": {"disabled": [{"name": "TaintToleration"}]}}}])
    assert running.node_of("p") == "node-1"


def test_each_scheduler_places_the_pods_that_name_it() -> None:
    running = Running()
    running.given(pod("early", schedulerName="packer"))
    assert running.node_of("early") == ""
    running.configure(
        profiles=[{"schedulerName": "default-scheduler"}, {**PACKED, "schedulerName": "packer"}]
    )
    assert running.node_of("early")
    running.given(pod("p", schedulerName="packer"), pod("q"), pod("nobody", schedulerName="other"))
    assert running.node_of("p") and running.node_of("q") and not running.node_of("nobody")
    (event,) = running.events("p")
    assert event["reportingComponent"] == "packer"


def test_a_scheduler_that_is_taken_away_leaves_its_pods_alone() -> None:
    running = Running()
    running.configure(profiles=[{"schedulerName": "packer"}])
    running.given(pod("p", schedulerName="packer", requests={"cpu": "99"}), pod("q"))
    assert (running.node_of("p"), running.node_of("q")) == ("", "")
    assert [queued.pod.key.name for queued in running.scheduler.queue.pods()] == ["p"]
    running.configure()
    assert running.node_of("q")
    assert len(running.scheduler.queue) == 0


def test_a_pod_that_is_being_bound_gets_its_node_although_its_scheduler_goes() -> None:
    running = Running(latency=REALISTIC)
    running.configure(profiles=[{"schedulerName": "packer"}])
    plain = pod("p", schedulerName="packer")
    plain["metadata"] = {"name": "p"}
    running.plane.given(plain)
    running.plane.advance(11)
    running.configure()
    running.plane.advance(100)
    assert running.node_of("p")


def test_back_off_is_as_long_as_configured() -> None:
    running = Running()
    running.configure(podInitialBackoffSeconds=3, podMaxBackoffSeconds=5)
    running.given(pod("p", requests={"cpu": "99"}))
    queue = running.scheduler.queue
    (queued,) = queue.pods()
    assert queue.backoff_ends(queued) - queued.failed_at == 3_000
    queued.attempts = 30
    assert queue.backoff_ends(queued) - queued.failed_at == 5_000


def test_who_takes_over_reads_the_stored_configuration() -> None:
    running = Running()
    running.configure(profiles=[{"schedulerName": "packer"}])
    plane = running.plane
    successor = Running(plane=ControlPlane(store=plane.store, at=plane.clock.now()))
    assert successor.scheduler.profiles.names == ("packer",)


def test_a_stored_configuration_that_cannot_be_read_gives_the_defaults() -> None:
    running = Running()
    broken = encode({"configuration": {"kind": "Nonsense"}})
    running.plane.store.txn((), (Put(CONFIG, broken),), origin=Origin("user", 0, 0))
    successor = Running(plane=ControlPlane(store=running.plane.store, at=running.plane.clock.now()))
    assert successor.scheduler.profiles.names == ("default-scheduler",)
    successor.given(pod("p"))
    assert successor.node_of("p")


def test_without_post_filter_nobody_is_preempted() -> None:
    running = Running(node("node-1"))
    running.configure(profiles=[{"plugins": {"postFilter": {"disabled": [{"name": "*"}]}}}])
    running.given(pod("low", requests={"cpu": "4"}))
    running.given(pod("high", requests={"cpu": "4"}, priorityClassName="system-cluster-critical"))
    assert running.condition("high")["message"] == "0/1 nodes are available: 1 Insufficient cpu."


def test_default_constraints_of_a_list_hold_for_pods_of_a_service() -> None:
    running = Running(node("node-1"), node("node-2", taints=[{"key": "a", "effect": "NoSchedule"}]))
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    running.plane.given(service | {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}})
    hard = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    args = {"defaultingType": "List", "defaultConstraints": [hard]}
    running.configure(profiles=[{"pluginConfig": [{"name": "PodTopologySpread", "args": args}]}])
    running.given(pod("one", labels={"app": "web"}))
    running.given(pod("two", labels={"app": "web"}), pod("other"))
    assert running.node_of("one") == running.node_of("other") == "node-1"
    assert running.condition("two")["message"].startswith(
        "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) had untolerated "
        "taint(s)."
    )


def test_affinity_added_by_the_scheduler_is_told_from_the_pods_own() -> None:
    running = Running()
    terms = [{"matchExpressions": [{"key": "pool", "operator": "Exists"}]}]
    added = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    running.configure(
        profiles=[{"pluginConfig": [{"name": "NodeAffinity", "args": {"addedAffinity": added}}]}]
    )
    running.given(pod("p"))
    assert running.condition("p")["message"].startswith(
        "0/4 nodes are available: 4 node(s) didn't match scheduler-enforced node affinity."
    )


def test_resources_that_somebody_else_counts_are_ignored() -> None:
    running = Running(node("node-1"))
    args = {"ignoredResourceGroups": ["example.com"]}
    running.configure(profiles=[{"pluginConfig": [{"name": "NodeResourcesFit", "args": args}]}])
    running.given(pod("p", limits={"example.com/gpu": "3"}), pod("q", limits={"example.org/gpu": "3"}))
    assert (running.node_of("p"), running.node_of("q")) == ("node-1", "")


def test_every_node_in_turn() -> None:
    running = Running()
    score = {"disabled": [{"name": "*"}], "enabled": [{"name": "RoundRobin"}]}
    running.configure(profiles=[{"plugins": {"score": score}}])
    names = [f"p-{number}" for number in range(8)]
    for name in names:
        running.given(pod(name, requests={"cpu": "10m"} if name < "p-4" else {}))
    order = ["node-1", "node-2", "node-3", "node-4"]  # zone by zone
    assert [running.node_of(name) for name in names] == order * 2
