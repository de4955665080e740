"""What one pod may cost the scheduler, and that the others don't notice."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.arrays.search import ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import PlainSearch
from simcore.kube_scheduler.plugins.registry import default_profile
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
from tests.simcore.kube_scheduler.scene import Scene

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


@pytest.mark.parametrize(
    "allocatable",
    [
        pytest.param({"cpu": "-4", "memory": "-8Gi"}, id="negative"),
        pytest.param({"cpu": "9" * 17, "memory": f"{'9' * 15}Gi", "pods": "9" * 18}, id="absurd"),
        pytest.param({"cpu": "1n", "memory": "1m"}, id="next to nothing"),
        pytest.param({"cpu": "0", "pods": "0"}, id="none"),
    ],
)
def test_a_node_with_an_odd_capacity_holds_nobody_up(allocatable: dict[str, str], nobody: ApiClient) -> None:
    scene = Scene([node("node-1"), node("odd", allocatable=allocatable)])
    framework, nominator = Framework(default_profile(nobody)), Nominator()
    plain, fast = PlainSearch(framework, nominator), ArraySearch(framework, NodeTable(scene.cache, nominator))
    for number in range(6):
        info = scene.info(pod(f"p-{number}", requests={"cpu": "500m", "memory": "64Mi"}))
        found = []
        for search in (plain, fast):
            cycle = Cycle(scene.cache, 1)
            search.prepare(cycle, info)
            ranked = search.find(cycle, info, start=0, limit=2).rank()
            found.append((list(ranked.best), ranked.score))
        assert found[0] == found[1]
        assert "node-1" in found[0][0] or allocatable["cpu"].startswith("9")
        scene.cache.assume(info, "node-1")


def test_a_request_beyond_every_number_is_told_and_the_next_is_placed() -> None:
    running = Running(node("node-1"))
    running.given(pod("greedy", requests={"cpu": "9" * 17}), pod("p"))
    assert running.condition("greedy")["message"].startswith("0/1 nodes are available: 1 Insufficient cpu.")
    assert running.node_of("p") == "node-1"


@pytest.mark.parametrize(
    ("plugins", "args"),
    [
        pytest.param({"score": {"enabled": [{"name": "NodeAffinity", "weight": 0}]}}, [], id="weight 0"),
        pytest.param(
            {"score": {"enabled": [{"name": "NodeAffinity", "weight": 2**31}]}}, [], id="weight too large"
        ),
        pytest.param({"score": {"enabled": [{"name": "Nobody"}]}}, [], id="unknown plugin"),
        pytest.param(
            {"score": {"enabled": [{"name": "ScoringExpression"}]}},
            [{"name": "ScoringExpression", "args": {"expression": "1 +"}}],
            id="wrong expression",
        ),
        pytest.param(
            {"score": {"enabled": [{"name": "ScoringExpression"}]}},
            [{"name": "ScoringExpression", "args": {"expression": "node.images.map(i, node).size()"}}],
            id="costly expression",
        ),
    ],
)
def test_a_stored_configuration_that_is_refused_holds_nobody_up(plugins: Obj, args: list[Obj]) -> None:
    """Nobody could store it through the dashboard or a command; another version might have."""
    running = Running()
    running.configure(profiles=[{"plugins": plugins, "pluginConfig": args}])
    running.given(pod("p"))
    assert running.node_of("p")


def test_an_expression_that_fails_on_every_node_still_places_pods() -> None:
    running = Running()
    plugins = {"score": {"disabled": [{"name": "*"}], "enabled": [{"name": "ScoringExpression"}]}}
    args = [{"name": "ScoringExpression", "args": {"expression": "1 / 0"}}]
    running.configure(profiles=[{"plugins": plugins, "pluginConfig": args}])
    running.given(*(pod(f"p-{number}") for number in range(4)))
    assert all(running.nodes_of_all().values())
