"""What one pod may cost the scheduler, and that the others don't notice."""

from __future__ import annotations

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.pod_info import MOST_TERMS, PodInfos, count_terms
from tests.simcore.kube_scheduler.manifests import (
    affinity,
    near,
    node,
    pod,
    preferred_nodes,
    required_nodes,
    spread,
)
from tests.simcore.kube_scheduler.running import Running

HOST = "kubernetes.io/hostname"


def many(number: int) -> Obj:
    return affinity("podAntiAffinity", *(near(f"app-{n}", HOST) for n in range(number)))


def test_every_term_counts() -> None:
    expression = {"key": "disk", "operator": "Exists"}
    rules = required_nodes({"matchExpressions": [expression, expression]})
    rules["nodeAffinity"] |= preferred_nodes((1, {"matchExpressions": [expression]}))["nodeAffinity"]
    doc = pod(affinity=rules | many(2), topologySpreadConstraints=[spread("web")])
    assert count_terms(doc["spec"]) == 3 + 2 + 2 + 1


def test_a_pod_with_too_many_terms_is_told_so_and_the_next_is_placed() -> None:
    running = Running()
    running.given(pod("greedy", affinity=many(10_000)), pod("p"))
    assert running.condition("greedy")["message"].startswith(
        f"0/4 nodes are available: pod has 10000 terms of affinity and spreading, more than {MOST_TERMS}."
    )
    assert running.node_of("p")


def test_as_many_as_allowed_are_placed() -> None:
    running = Running()
    running.given(pod("p", affinity=many(MOST_TERMS)))
    assert running.node_of("p")


def test_a_running_pod_with_too_many_terms_holds_nobody_up() -> None:
    running = Running(node("node-1"))
    running.given(pod("greedy", nodeName="node-1", affinity=many(10_000)))
    running.given(*(pod(f"p-{n}", labels={"app": f"app-{n}"}) for n in range(20)))
    assert set(running.nodes_of_all().values()) == {"node-1"}


def test_a_shape_with_too_many_terms_has_none() -> None:
    shape = PodInfos().info(pod(affinity=many(MOST_TERMS + 1))).shape
    assert (shape.terms, shape.anti_affinity, shape.has_pod_affinity) == (MOST_TERMS + 1, (), False)


def test_gated_pods_wait_outside_and_enter_in_any_number() -> None:
    running = Running(node("node-1", allocatable={"pods": "500", "cpu": "500"}))
    gate = {"schedulingGates": [{"name": "example.com/quota"}]}
    running.given(*(pod(f"p-{n}", **gate) for n in range(60)))
    queue = running.scheduler.queue
    assert (len(queue.in_state("gated")), len(queue.in_state("active"))) == (60, 0)
    assert running.events("p-1") == []
    for number in range(60):
        running.plane.patch(POD, f"p-{number}", {"spec": {"schedulingGates": None}})
    running.plane.advance(1)
    assert set(running.nodes_of_all().values()) == {"node-1"}
