"""Which nodes are looked at, in which order, and how many are enough."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.arrays.search import ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.framework.profile import Profile, Weighted
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.node_order import search_order
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import Placer, PlainSearch, nodes_to_find
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.sim.rng import Rng
from tests.simcore.kube_scheduler.manifests import node, pod, required_nodes
from tests.simcore.kube_scheduler.scene import Scene


@pytest.mark.parametrize(
    ("nodes", "percentage", "enough"),
    [
        (4, 0, 4), (99, 1, 99), (100, 0, 100), (1_000, 0, 420), (5_000, 0, 500), (10_000, 0, 500),
        (1_000, 50, 500), (1_000, 1, 100), (5_000, 100, 5_000),
    ],
)  # fmt: skip
def test_large_clusters_are_sampled(nodes: int, percentage: int, enough: int) -> None:
    assert nodes_to_find(percentage, nodes) == enough


def test_zones_take_turns_whatever_order_the_nodes_came_in() -> None:
    scene = Scene([node(f"n-{number}", labels={"topology.kubernetes.io/zone": zone}) for number, zone in
                   enumerate(("b", "a", "a", "a", "b"))])  # fmt: skip
    order = [n.name for n in search_order(reversed(scene.cache.nodes()))]
    assert order == [n.name for n in scene.cache.nodes()] == ["n-1", "n-0", "n-2", "n-4", "n-3"]


def test_a_search_goes_round_the_end_and_stops_when_it_has_enough(nobody: ApiClient) -> None:
    scene = Scene([node(f"n-{number}") for number in range(6)])
    framework, info = Framework(default_profile(nobody)), scene.info(pod())
    plain = PlainSearch(framework, Nominator())
    fast = ArraySearch(framework, NodeTable(scene.cache, Nominator()))
    for search in (plain, fast):
        cycle = Cycle(scene.cache, 1)
        search.prepare(cycle, info)
        ranked = search.find(cycle, info, start=4, limit=3).rank()
        assert list(ranked.best) == ["n-4", "n-5", "n-0"]


def test_nodes_named_by_the_pod_are_the_only_ones_asked(nobody: ApiClient) -> None:
    scene = Scene([node("node-1"), node("node-2"), node("node-3", unschedulable=True)])
    named = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-3"]}]}
    placement = _placer(nobody, scene).place(
        Cycle(scene.cache, 1), scene.info(pod(affinity=required_nodes(named)))
    )
    assert placement.node == ""
    assert placement.diagnosis.message() == (
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    )
    assert placement.diagnosis.plugins == {"NodeAffinity", "NodeUnschedulable"}


def test_a_pod_that_prefilter_refuses_has_that_reason_alone(nobody: ApiClient) -> None:
    scene = Scene([node("node-1"), node("node-2")])
    fields = [{"key": "metadata.name", "operator": "In", "values": [name]} for name in ("node-1", "node-2")]
    wanted = scene.info(pod(affinity=required_nodes({"matchFields": fields})))
    placement = _placer(nobody, scene).place(Cycle(scene.cache, 1), wanted)
    assert placement.diagnosis.message() == "0/2 nodes are available: pod affinity terms conflict."
    assert set(placement.verdicts()) == {"node-1", "node-2"}


def test_ties_are_broken_by_the_seed_the_pod_and_the_attempt(nobody: ApiClient) -> None:
    scene = Scene([node(f"n-{number}") for number in range(20)])
    placer = _placer(nobody, scene)

    def place(name: str, attempt: int) -> str:
        return placer.place(Cycle(scene.cache, attempt), scene.info(pod(name))).node

    assert place("a", 1) == place("a", 1)
    assert len({place("a", attempt) for attempt in range(10)} | {place(name, 1) for name in "bcdefgh"}) > 5


class OnlyOddNodes:
    """A plugin of somebody's own, without an array version."""

    name = "OnlyOddNodes"

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        return None if int(node.name[-1]) % 2 else Rejection(("node(s) were even",))

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        return True

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        return int(node.name[-1])

    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        return {name: 10 * score for name, score in scores.items()}


def test_a_plugin_without_an_array_version_has_its_say_in_the_fast_search(nobody: ApiClient) -> None:
    scene = Scene([node(f"n-{number}") for number in range(6)])
    profile = Profile([*default_profile(nobody).plugins, Weighted(OnlyOddNodes(), 5)])
    framework, info = Framework(profile), scene.info(pod())
    assert ArraySearch.can_serve(framework)
    search, cycle = ArraySearch(framework, NodeTable(scene.cache, Nominator())), Cycle(scene.cache, 1)
    search.prepare(cycle, info)
    found = search.find(cycle, info, start=0, limit=6)
    assert found.feasible == 3
    assert (list(found.rank().best), found.rank().lead) == (["n-5"], 100)
    assert {verdict.rejection.reasons for verdict in found.verdicts().values()} == {("node(s) were even",)}


def test_the_fast_search_is_not_for_profiles_that_ask_about_other_nodes_first(nobody: ApiClient) -> None:
    profile = Profile([Weighted(OnlyOddNodes()), *default_profile(nobody).plugins])
    assert not ArraySearch.can_serve(Framework(profile))


def _placer(client: ApiClient, scene: Scene) -> Placer:
    framework = Framework(default_profile(client))
    return Placer(framework, ArraySearch(framework, NodeTable(scene.cache, Nominator())), Rng(1))
