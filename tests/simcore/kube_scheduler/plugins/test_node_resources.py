"""NodeResourcesFit and NodeResourcesBalancedAllocation."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.plugins.node_resources_balanced_allocation import (
    NodeResourcesBalancedAllocation,
    evenness,
)
from simcore.kube_scheduler.plugins.node_resources_fit import (
    NodeResourcesFit,
    Point,
    ScoringStrategy,
    on_curve,
)
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.scene import Scene


@pytest.mark.parametrize(
    ("wanted", "reasons"),
    [
        pytest.param({"cpu": "3"}, (), id="what is left is enough"),
        pytest.param({"cpu": "3001m"}, ("Insufficient cpu",), id="a millicore too much"),
        pytest.param({"memory": "8Gi"}, ("Insufficient memory",), id="memory that another pod uses"),
        pytest.param({"ephemeral-storage": "101Gi"}, ("Insufficient ephemeral-storage",), id="disk"),
        pytest.param(
            {"example.com/gpu": "1"}, ("Insufficient example.com/gpu",), id="a resource nobody offers"
        ),
        pytest.param(
            {"cpu": "9", "memory": "1Ti"}, ("Insufficient cpu", "Insufficient memory"), id="two at once"
        ),
        pytest.param({"cpu": "0", "example.com/gpu": "0"}, (), id="nothing of everything"),
    ],
)
def test_a_pod_needs_what_it_requests_to_be_free(wanted: Obj, reasons: tuple[str, ...]) -> None:
    busy = pod("busy", nodeName="node-1", requests={"cpu": "1", "memory": "1Gi"})
    scene = Scene([node()], [busy])
    assert scene.why_not(NodeResourcesFit(), pod(requests=wanted)).get("node-1", ()) == reasons


def test_a_node_with_all_its_pods_takes_no_more_whatever_they_request() -> None:
    scene = Scene([node(allocatable={"pods": "1"})], [pod("one", nodeName="node-1")])
    assert scene.why_not(NodeResourcesFit(), pod()) == {"node-1": ("Too many pods",)}


@pytest.mark.parametrize(
    ("wanted", "resolvable"),
    [pytest.param("2", True, id="taken by others"), pytest.param("5", False, id="more than the node has")],
)
def test_preemption_helps_only_if_the_node_is_large_enough(wanted: str, resolvable: bool) -> None:
    scene = Scene([node()], [pod("busy", nodeName="node-1", requests={"cpu": "3"})])
    info = scene.info(pod(requests={"cpu": wanted}))
    (only,) = scene.cache.nodes()
    rejection = NodeResourcesFit().filter(Cycle(scene.cache, 1), info, only)
    assert rejection is not None
    assert rejection.resolvable is resolvable


@pytest.mark.parametrize(
    ("spec", "cpu_millis"),
    [
        pytest.param({}, 500, id="containers add up"),
        pytest.param({"initContainers": ["900m"]}, 900, id="the largest init container counts"),
        pytest.param({"initContainers": ["200m"]}, 500, id="a small init container doesn't"),
        pytest.param({"sidecar": "100m"}, 600, id="a sidecar runs beside them"),
        pytest.param(
            {"sidecar": "100m", "initContainers": ["550m"]}, 650, id="and beside later init containers"
        ),
        pytest.param({"overhead": {"cpu": "50m"}}, 550, id="overhead is added"),
        pytest.param(
            {"resources": {"requests": {"cpu": "2"}}}, 2000, id="the pod's own request replaces all"
        ),
    ],
)
def test_a_pods_request_follows_its_containers_lives(spec: Obj, cpu_millis: int) -> None:
    inits = (
        [_container("side", spec.pop("sidecar")) | {"restartPolicy": "Always"}] if "sidecar" in spec else []
    )
    inits += [_container("init", cpu) for cpu in spec.pop("initContainers", [])]
    doc = pod(containers=[_container("a", "200m"), _container("b", "300m")], initContainers=inits, **spec)
    assert Scene([]).info(doc).shape.requests == {"cpu": cpu_millis}


def test_scoring_assumes_something_of_containers_that_request_nothing() -> None:
    shape = Scene([]).info(pod(containers=[_container("a", "1"), {"name": "b", "image": "x"}])).shape
    assert shape.requests == {"cpu": 1000}
    assert shape.scored_requests == {"cpu": 1100, "memory": 2 * 200 * 1024 * 1024}


def test_by_default_the_emptiest_node_scores_best() -> None:
    scene = Scene(
        [node("node-1"), node("node-2")],
        [pod("busy", nodeName="node-1", requests={"cpu": "2", "memory": "4Gi"})],
    )
    wanted = pod(requests={"cpu": "1", "memory": "2Gi"})
    assert scene.scores(NodeResourcesFit(), wanted) == {"node-1": 25, "node-2": 75}


def test_the_fullest_node_scores_best_under_most_allocated() -> None:
    scene = Scene(
        [node("node-1"), node("node-2")],
        [pod("busy", nodeName="node-1", requests={"cpu": "2", "memory": "4Gi"})],
    )
    fit = NodeResourcesFit(ScoringStrategy("MostAllocated"))
    assert scene.scores(fit, pod(requests={"cpu": "1", "memory": "2Gi"})) == {"node-1": 75, "node-2": 25}


def test_a_curve_says_what_each_utilization_is_worth() -> None:
    curve = (Point(0, 0), Point(40, 10), Point(100, 0))
    fit = NodeResourcesFit(ScoringStrategy("RequestedToCapacityRatio", (("cpu", 1),), curve))
    scene = Scene([node("node-1")])
    worth = {
        cpu: scene.scores(fit, pod(requests={"cpu": cpu}))["node-1"]
        for cpu in ("800m", "1600m", "2800m", "4")
    }
    assert worth == {"800m": 50, "1600m": 100, "2800m": 50, "4": 0}


@pytest.mark.parametrize(("utilization", "score"), [(0, 20), (10, 20), (15, 50), (20, 80), (90, 80)])
def test_the_curve_is_flat_beyond_its_ends(utilization: int, score: int) -> None:
    assert on_curve((Point(10, 2), Point(20, 8)), utilization) == score


def test_an_extended_resource_counts_only_for_pods_that_want_it() -> None:
    fit = NodeResourcesFit(ScoringStrategy("MostAllocated", (("example.com/gpu", 1),)))
    scene = Scene([node("node-1", allocatable={"example.com/gpu": "4"}), node("node-2")])
    assert scene.scores(fit, pod()) == {"node-1": 0, "node-2": 0}
    assert scene.scores(fit, pod(requests={"example.com/gpu": "2"})) == {"node-1": 50, "node-2": 0}


@pytest.mark.parametrize(
    ("change", "wakes"),
    [
        pytest.param("4", True, id="a node that is large enough"),
        pytest.param("2", False, id="a node that is too small even when empty"),
    ],
)
def test_a_new_node_wakes_only_pods_that_it_could_hold(change: str, wakes: bool) -> None:
    scene = Scene([node(allocatable={"cpu": change})])
    (added,) = scene.cache.nodes()
    event = Change(ClusterEvent.NODE_ADDED, node=added)
    assert NodeResourcesFit().is_woken_by(scene.info(pod(requests={"cpu": "3"})), event) is wakes


def test_an_absurd_capacity_is_cut_and_harms_nobody() -> None:
    scene = Scene(
        [
            node("node-1", allocatable={"cpu": "9e18", "memory": "8Ei"}),
            node("node-2", allocatable={"cpu": "-1"}),
        ]
    )
    wanted = pod(requests={"cpu": "1", "memory": "1Gi"})
    assert scene.why_not(NodeResourcesFit(), wanted) == {"node-2": ("Insufficient cpu",)}
    assert scene.scores(NodeResourcesFit(), wanted)["node-1"] == 99


def test_balance_rewards_the_node_that_the_pod_makes_more_even() -> None:
    scene = Scene(
        [node("node-1"), node("node-2")],
        [
            pod("memory", nodeName="node-1", requests={"memory": "4Gi"}),
            pod("cpu", nodeName="node-2", requests={"cpu": "2"}),
        ],
    )
    scores = scene.scores(NodeResourcesBalancedAllocation(), pod(requests={"cpu": "2"}))
    assert scores == {"node-1": 87, "node-2": 62}


def test_balance_has_nothing_to_say_of_pods_that_request_nothing() -> None:
    assert Scene([node()]).scores(NodeResourcesBalancedAllocation(), pod()) == {}


@pytest.mark.parametrize(
    ("fractions", "score"),
    [
        pytest.param([], 100, id="none"),
        pytest.param([0.9], 100, id="one"),
        pytest.param([0.5, 0.1], 80, id="two: half their distance"),
        pytest.param([0.0, 0.5, 1.0], 59, id="three: standard deviation"),
    ],
)
def test_evenness_is_a_hundred_minus_the_deviation(fractions: list[float], score: int) -> None:
    assert evenness(fractions) == score


def _container(name: str, cpu: str) -> Obj:
    return {"name": name, "image": "x", "resources": {"requests": {"cpu": cpu}}}
