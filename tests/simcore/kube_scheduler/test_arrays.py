"""The parts of the array path: columns, counts, the node table and classes of pods."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.arrays.classes import FEW
from simcore.kube_scheduler.arrays.columns import LabelColumn
from simcore.kube_scheduler.arrays.counts import MOST_COUNTERS
from simcore.kube_scheduler.arrays.search import MOST_CLASSES, ArrayFound, ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import PlainSearch
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.pod_info import PodInfo, PodShape
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod
from tests.simcore.kube_scheduler.scene import Scene

ONE_CPU = {"requests": {"cpu": "1"}}


def column(*values: str | None) -> LabelColumn:
    return LabelColumn(values)


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def table_of(*nodes: Obj, pods: tuple[Obj, ...] = ()) -> tuple[Scene, NodeTable]:
    scene = Scene(list(nodes), list(pods))
    table = NodeTable(scene.cache, Nominator())
    table.refresh()
    return scene, table


def test_counts_of_a_domain_are_added_up_and_nodes_without_the_label_have_none() -> None:
    zones = column("a", "b", None, "a")
    assert zones.sums(ints(1, 10, 100, 1000)).tolist() == [1001, 10, 0, 1001]
    assert not zones.is_unique


def test_where_every_node_is_a_domain_the_sums_are_the_counts() -> None:
    hosts = column("x", "y", "z")
    assert hosts.is_unique
    assert hosts.sums(ints(1, 2, 3)).tolist() == [1, 2, 3]


def test_a_condition_is_asked_once_for_each_value() -> None:
    asked: list[str | None] = []

    def is_a(value: str | None) -> bool:
        asked.append(value)
        return value == "a"

    assert column("a", "b", None, "a").where(is_a).tolist() == [True, False, False, True]
    assert asked == [None, "a", "b"]


def test_the_domains_of_some_rows_leave_out_missing_labels() -> None:
    zones = column("a", None, "b")
    assert zones.domains(np.array([True, True, False])).tolist() == [False, True, False]
    assert (zones.number_of("b"), zones.number_of("c")) == (2, -1)


def test_amounts_follow_the_pods() -> None:
    scene, table = table_of(node("node-1"), node("node-2"))
    assert table.amounts("requested", "cpu").tolist() == [0, 0]
    scene.cache.assume(scene.info(pod(**ONE_CPU)), "node-2")
    assert table.amounts("requested", "cpu").tolist() == [0, 1000]
    assert table.amounts("scored", "memory").tolist() == [0, 200 << 20]
    assert table.pods().tolist() == [0, 1]
    assert table.amounts("allocatable", "cpu").tolist() == [4000, 4000]
    assert table.amounts("allocatable", "example.com/gpu").tolist() == [0, 0]


def test_a_changed_node_begins_a_new_generation_and_a_moved_pod_does_not() -> None:
    scene, table = table_of(node("node-1"))
    first = table.generation
    scene.cache.assume(scene.info(pod()), "node-1")
    table.refresh()
    assert (table.generation, table.touched) == (first, [0])
    scene.cache.set_node(node("node-1", unschedulable=True))
    table.refresh()
    assert (table.generation, table.touched) == (first + 1, [])


def test_rows_are_in_the_order_of_the_search_whatever_comes_and_goes() -> None:
    scene, table = table_of(node("b"), node("c"))
    scene.cache.set_node(node("a"))
    scene.cache.remove_node("c")
    table.refresh()
    assert (
        [table.info(row).name for row in range(table.rows)]
        == ["a", "b"]
        == [n.name for n in scene.cache.nodes()]
    )


def test_pods_are_counted_once_and_then_kept_up_to_date() -> None:
    scene, table = table_of(
        node("node-1"), node("node-2"), pods=(pod("old", nodeName="node-1", labels={"app": "web"}),)
    )
    asked: list[PodShape] = []

    def is_web(shape: PodShape) -> int:
        asked.append(shape)
        return int(shape.labels.get("app") == "web")

    assert table.counts.of("web", is_web).tolist() == [1, 0]
    for number in range(3):
        scene.cache.assume(scene.info(pod(f"p-{number}", labels={"app": "web"})), "node-2")
    scene.cache.remove_pod("uid-old")
    assert table.counts.of("web", is_web).tolist() == [0, 3]
    assert len(asked) == 1


def test_terminating_pods_count_only_where_that_is_wanted() -> None:
    leaving = pod("p", nodeName="node-1")
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    _, table = table_of(node("node-1"), pods=(leaving,))
    assert table.counts.of("all", lambda shape: 1).tolist() == [1]
    assert table.counts.of("living", lambda shape: 1, living_only=True).tolist() == [0]


def test_the_counter_not_asked_for_longest_goes_first() -> None:
    _, table = table_of(node("node-1"), pods=(pod("p", nodeName="node-1"),))
    asked: list[int] = []

    def ask(number: int) -> None:
        def condition(shape: PodShape) -> int:
            asked.append(number)
            return 1

        table.counts.of(number, condition)

    for number in [*range(MOST_COUNTERS), 0, MOST_COUNTERS, 0, 1]:
        ask(number)
    assert (asked.count(0), asked.count(1)) == (1, 2)


def test_terms_are_known_as_long_as_a_pod_carries_them() -> None:
    carrier = pod("carrier", nodeName="node-1", affinity=affinity("podAntiAffinity", near("web", "zone")))
    scene, table = table_of(node("node-1"), pods=(carrier,))
    (term,) = table.counts.anti_affinity_terms()
    assert (term.topology_key, table.counts.has_anti_affinity, table.counts.has_attraction) == (
        "zone",
        True,
        False,
    )
    scene.cache.remove_pod("uid-carrier")
    assert not table.counts.has_anti_affinity


class Both:
    """The two searches over twenty nodes."""

    def __init__(self, client: ApiClient) -> None:
        self.scene = Scene([node(f"node-{number:02}") for number in range(20)])
        framework, nominator = Framework(default_profile(client)), Nominator()
        self.plain = PlainSearch(framework, nominator)
        self.fast = ArraySearch(framework, NodeTable(self.scene.cache, nominator))

    def totals(self, info: PodInfo) -> list[int]:
        """Of the fast search, held to the plain one."""
        cycle = Cycle(self.scene.cache, 1)
        self.plain.prepare(cycle, info)
        expected = self.plain.find(cycle, info, start=0, limit=99).totals()
        cycle = Cycle(self.scene.cache, 1)
        self.fast.prepare(cycle, info)
        found = self.fast.find(cycle, info, start=0, limit=99)
        assert isinstance(found, ArrayFound)
        assert found.totals().tolist() == list(expected.values())
        return list(expected.values())


@pytest.mark.parametrize("touched", [1, FEW, FEW + 1, 20], ids=["one", "few", "many", "all"])
def test_a_class_catches_up_with_touched_nodes_few_or_many(nobody: ApiClient, touched: int) -> None:
    both = Both(nobody)
    info = both.scene.info(pod(**ONE_CPU))
    before = both.totals(info)
    for number in range(touched):
        both.scene.cache.assume(both.scene.info(pod(f"p-{number}", **ONE_CPU)), f"node-{number:02}")
    after = both.totals(info)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == touched


def test_more_shapes_than_classes_are_kept_are_no_problem(nobody: ApiClient) -> None:
    both = Both(nobody)
    infos = [both.scene.info(pod(f"p-{n}", requests={"cpu": f"{n + 1}m"})) for n in range(MOST_CLASSES + 2)]
    first = both.totals(infos[0])
    for info in infos:
        both.totals(info)
    assert both.totals(infos[0]) == first
