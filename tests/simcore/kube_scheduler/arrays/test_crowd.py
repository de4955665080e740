"""Verdicts about promised nodes are asked for once and then remembered."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.arrays.search import ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection, Verdict
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.pod_info import PodInfo
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod
from tests.simcore.kube_scheduler.scene import Scene

CPU = Verdict("NodeResourcesFit", Rejection(("Insufficient cpu",)))


class Counting(Framework):
    """Counts the nodes that the readable plugins are asked about, with the pods promised to them."""

    asked: list[str]

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Verdict | None:
        self.asked.append(node.name)
        return super().filter(cycle, pod, node)


class Crowded:
    """Three nodes of four CPUs, the first of them promised to a pod of three."""

    def __init__(self, client: ApiClient) -> None:
        self.scene, self.nominator = Scene([node(f"node-{n}") for n in (1, 2, 3)]), Nominator()
        self.framework = Counting(default_profile(client))
        self.framework.asked = []
        self.search = ArraySearch(self.framework, NodeTable(self.scene.cache, self.nominator))
        self.promise("rival", "node-1")

    def promise(self, name: str, node_name: str, cpu: str = "3", **spec: object) -> None:
        rival = self.scene.info(pod(name, **{"priority": 5, "requests": {"cpu": cpu}, **spec}))
        self.nominator.set(rival, node_name)

    def refused(self, doc: Obj) -> set[str]:
        """The nodes that turn the pod down."""
        cycle, info = Cycle(self.scene.cache, 1), self.scene.info(doc)
        self.search.prepare(cycle, info)
        found = self.search.find(cycle, info, start=0, limit=3)
        assert found.feasible == 3 - len(found.verdicts())
        assert {*found.verdicts().values()} <= {CPU}
        return {*found.verdicts()}

    def asked(self) -> list[str]:
        """Since the last time."""
        asked, self.framework.asked = self.framework.asked, []
        return sorted({*asked})


@pytest.fixture
def crowded(nobody: ApiClient) -> Crowded:
    return Crowded(nobody)


def two_cpus(name: str, **spec: object) -> Obj:
    return pod(name, **{"requests": {"cpu": "2"}, **spec})


def test_a_promise_keeps_other_pods_away(crowded: Crowded) -> None:
    assert crowded.refused(two_cpus("a")) == {"node-1"}


def test_identical_pods_ask_once(crowded: Crowded) -> None:
    assert [crowded.refused(two_cpus(name)) for name in "abc"] == [{"node-1"}] * 3
    assert crowded.asked() == ["node-1"]
    assert crowded.refused(two_cpus("d")) == {"node-1"}
    assert crowded.asked() == []


def test_a_more_important_pod_is_not_kept_away(crowded: Crowded) -> None:
    assert crowded.refused(two_cpus("a", priority=6)) == set()
    assert crowded.refused(two_cpus("b", priority=5)) == {"node-1"}


def test_a_promise_that_moves_moves_the_refusal(crowded: Crowded) -> None:
    crowded.refused(two_cpus("a"))
    crowded.promise("rival", "node-3")
    assert crowded.refused(two_cpus("b")) == {"node-3"}


def test_a_promise_taken_back_frees_the_node(crowded: Crowded) -> None:
    crowded.refused(two_cpus("a"))
    crowded.promise("rival", "")
    assert crowded.refused(two_cpus("b")) == set()


def test_promises_of_one_node_add_up(crowded: Crowded) -> None:
    crowded.promise("second", "node-2", "1500m")
    assert crowded.refused(two_cpus("a")) == {"node-1"}
    crowded.promise("third", "node-2", "1500m")
    assert crowded.refused(two_cpus("b")) == {"node-1", "node-2"}


def test_a_pod_is_no_rival_of_itself_and_what_it_is_told_is_for_it_alone(crowded: Crowded) -> None:
    crowded.promise("own", "node-1", "")
    crowded.nominator.set(crowded.scene.info(two_cpus("own")), "node-2")
    crowded.promise("rival", "")
    assert crowded.refused(two_cpus("own")) == set()
    assert crowded.refused(two_cpus("other", requests={"cpu": "2"})) == set()
    big = {"requests": {"cpu": "3"}}
    assert crowded.refused(two_cpus("other", **big)) == {"node-2"}
    crowded.nominator.set(crowded.scene.info(two_cpus("own", **big)), "node-2")
    assert crowded.refused(two_cpus("own", **big)) == set()
    assert crowded.refused(two_cpus("another", **big)) == {"node-2"}


def test_pods_that_come_to_a_promised_node_count(crowded: Crowded) -> None:
    crowded.promise("rival", "node-1", "1")
    assert crowded.refused(two_cpus("a")) == set()
    crowded.scene.cache.set_pod(crowded.scene.info(pod("b", nodeName="node-1", requests={"cpu": "2"})))
    assert crowded.refused(two_cpus("c")) == {"node-1"}
    crowded.scene.cache.remove_pod("uid-b")
    assert crowded.refused(two_cpus("d")) == set()


def test_a_node_that_goes_takes_its_promises_out_of_sight(crowded: Crowded) -> None:
    crowded.refused(two_cpus("a"))
    crowded.scene.cache.remove_node("node-1")
    cycle, info = Cycle(crowded.scene.cache, 1), crowded.scene.info(two_cpus("b"))
    crowded.search.prepare(cycle, info)
    assert crowded.search.find(cycle, info, start=0, limit=3).feasible == 2


def test_with_terms_about_other_pods_every_promised_node_is_asked_each_time(crowded: Crowded) -> None:
    lonely = affinity("podAntiAffinity", near("web", "kubernetes.io/hostname"))
    for name in ("a", "b"):
        assert crowded.refused(two_cpus(name, affinity=lonely)) == {"node-1"}
        assert "node-1" in crowded.asked()


def test_it_knows_how_to_tell_whom_preemption_may_help(crowded: Crowded) -> None:
    cycle, info = Cycle(crowded.scene.cache, 1), crowded.scene.info(two_cpus("a"))
    crowded.search.prepare(cycle, info)
    helped = crowded.search.find(cycle, info, start=0, limit=3).helped()
    assert ([each.name for each in helped], len(helped), helped[0].name) == (["node-1"], 1, "node-1")
    assert [each.name for each in helped[:1]] == ["node-1"]
