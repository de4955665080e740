"""How many more pods fit and what stops the next; what draining a node would do."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.explanation.capacity import Capacity, capacity_of
from simcore.kube_scheduler.explanation.drain import drain_of
from simcore.kube_scheduler.explanation.waking import retries_when
from tests.simcore.kube_scheduler.explanation.seen import pod_of, view_of
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod, spread
from tests.simcore.kube_scheduler.running import Running

HOST = "kubernetes.io/hostname"


def capacity(running: Running, **spec: Any) -> Capacity:
    return capacity_of(view_of(running), pod("more", **spec))


def test_nodes_are_filled_to_the_last_place() -> None:
    found = capacity(
        Running(node("node-1"), node("node-2", allocatable={"cpu": "1"})), requests={"cpu": "500m"}
    )
    assert (found.more, found.by_node) == (10, {"node-1": 8, "node-2": 2})
    assert found.stopped_by == "0/2 nodes are available: 2 Insufficient cpu."
    assert found.retries_when[0] == "Node added"


def test_what_runs_already_counts() -> None:
    running = Running(node("node-1"))
    running.given(pod("old", requests={"cpu": "3"}))
    assert capacity(running, requests={"cpu": "500m"}).more == 2


def test_anti_affinity_stops_at_one_per_node() -> None:
    alone = {"labels": {"app": "db"}, "affinity": affinity("podAntiAffinity", near("db", HOST))}
    found = capacity(Running(), **alone)
    assert found.more == 4
    assert found.stopped_by == "0/4 nodes are available: 4 node(s) didn't match pod anti-affinity rules."


def test_an_even_spread_ends_with_the_smallest_zone() -> None:
    running = Running(node("node-1"), node("node-2", allocatable={"cpu": "1"}))
    app = {"labels": {"app": "web"}, "topologySpreadConstraints": [spread("web")]}
    found = capacity(running, requests={"cpu": "500m"}, **app)
    assert (found.more, found.by_node) == (5, {"node-1": 3, "node-2": 2})


def test_the_search_ends_at_its_bound() -> None:
    running = Running(node("node-1", allocatable={"pods": "100000", "cpu": "100k"}))
    found = capacity_of(view_of(running), pod("more"), limit=50)
    assert (found.more, found.stopped_by) == (50, "")


def test_an_absurd_node_has_bounded_room() -> None:
    """The API server refuses most of this; a scheduler must not trip over what is stored all the same."""
    absurd = {"cpu": "9e18", "memory": "-5", "pods": "3", "example.com/gpu": "many"}
    for wish, fits in (({"cpu": "1"}, 3), ({"memory": "1"}, 0), ({"example.com/gpu": "1"}, 0)):
        view = view_of(Running(node("node-1")))
        view.cache.set_node(node("node-1", allocatable=absurd, images=[{"sizeBytes": 7}]))
        assert capacity_of(view, pod("more", requests=wish)).more == fits


def test_a_waiting_pod_says_what_it_waits_for() -> None:
    view = view_of(Running(node("node-1")))
    framework = view.framework(view.infos.info(pod()))
    assert retries_when(framework, ["NodeResourcesFit"]) == [
        "Node added", "Node allocatable changed", "Pod deleted", "the Pod itself changed", "5 minutes have passed",
    ]  # fmt: skip


# --- drain


def owned(name: str, kind: str = "ReplicaSet", **spec: Any) -> Obj:
    made = pod(name, labels={"app": "web"}, nodeName="node-1", **spec)
    owner = {"apiVersion": "apps/v1", "kind": kind, "name": "web", "uid": "u", "controller": True}
    made["metadata"]["ownerReferences"] = [owner]
    return made


def test_who_goes_who_stays_and_where_to() -> None:
    running = Running(node("node-1"), node("node-2", allocatable={"cpu": "1"}))
    running.given(owned("a", requests={"cpu": "800m"}), owned("b", requests={"cpu": "800m"}))
    running.given(owned("agent", "DaemonSet"), pod("bare", nodeName="node-1"))
    found = drain_of(view_of(running), "node-1", [])
    assert [key.name for key in found.staying] == ["agent"]
    assert [(each.pod.name, each.controller, each.goes_to) for each in found.leaving] == [
        ("a", "ReplicaSet/web", "node-2"), ("b", "ReplicaSet/web", ""), ("bare", "", "node-2"),
    ]  # fmt: skip
    assert found.leaving[1].message == (
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable."
    )
    assert not found.is_smooth


def test_a_budget_lets_as_many_go_as_it_allows() -> None:
    running = Running(node("node-1"), node("node-2"))
    running.given(owned("a"), owned("b"))
    budget = {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}},
        "status": {"disruptionsAllowed": 1},
    }
    found = drain_of(view_of(running), "node-1", [budget])
    assert [each.held_by for each in found.leaving] == ["", "web"]
    assert not found.is_smooth
    budget["status"] = {"disruptionsAllowed": 2}
    assert drain_of(view_of(running), "node-1", [budget]).is_smooth


def test_the_pods_of_another_scheduler_are_not_guessed_at() -> None:
    running = Running(node("node-1"), node("node-2"))
    running.given(owned("a", schedulerName="other"))
    (leaving,) = drain_of(view_of(running), "node-1", []).leaving
    assert (leaving.goes_to, leaving.message) == ("", "its scheduler other is not served here")


def test_a_view_shows_pending_pods_in_the_order_they_came() -> None:
    running = Running(node("node-1"))
    running.given(pod("old", requests={"cpu": "4"}))
    running.given(pod("b", requests={"cpu": "1"}))
    running.plane.advance(2_000)
    running.given(
        pod("a", requests={"cpu": "1"}), pod("done", requests={"cpu": "1"}), pod("x", schedulerName="y")
    )
    assert [p["metadata"]["name"] for p in view_of(running).pending()] == ["b", "a", "done"]
    assert pod_of(view_of(running), "old")["spec"]["nodeName"] == "node-1"
