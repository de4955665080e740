"""Promises of nodes, and whom they bind."""

from __future__ import annotations

import pytest

from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.pod_info import PodInfo, PodInfos
from tests.simcore.kube_scheduler.manifests import pod

INFOS = PodInfos()


def info(name: str, priority: int = 0) -> PodInfo:
    return INFOS.info(pod(name, priority=priority))


def names(pods: tuple[PodInfo, ...] | list[PodInfo]) -> list[str]:
    return [each.key.name for each in pods]


@pytest.fixture
def nominator() -> Nominator:
    made = Nominator()
    for name, priority, node in (("a", 5, "node-1"), ("b", 1, "node-1"), ("c", 3, "node-2")):
        made.set(info(name, priority), node)
    return made


def test_it_is_empty_without_promises() -> None:
    assert not Nominator()
    assert (Nominator().on("node-1"), Nominator().node_of("uid-a")) == ((), "")
    assert Nominator().nodes_with_rivals(info("x")) == []


def test_promises_stand_in_the_order_they_were_made(nominator: Nominator) -> None:
    assert (names(nominator.on("node-1")), names(nominator.on("node-2"))) == (["a", "b"], ["c"])
    assert nominator.node_of("uid-c") == "node-2"


@pytest.mark.parametrize(
    ("priority", "rivals", "nodes"),
    [
        pytest.param(0, ["a", "b"], ["node-1", "node-2"], id="least"),
        pytest.param(1, ["a", "b"], ["node-1", "node-2"], id="equal to one"),
        pytest.param(2, ["a"], ["node-1", "node-2"], id="between"),
        pytest.param(4, ["a"], ["node-1"], id="above all of one node"),
        pytest.param(6, [], [], id="above all"),
    ],
)
def test_equals_and_betters_are_rivals(
    nominator: Nominator, priority: int, rivals: list[str], nodes: list[str]
) -> None:
    asking = info("x", priority)
    assert names(nominator.rivals("node-1", asking)) == rivals
    assert sorted(nominator.nodes_with_rivals(asking)) == nodes


def test_a_pod_is_no_rival_of_itself(nominator: Nominator) -> None:
    assert nominator.rivals("node-2", info("c", 3)) == []
    assert nominator.nodes_with_rivals(info("c", 3)) == ["node-1"]
    assert names(nominator.rivals("node-1", info("b", 1))) == ["a"]


def test_a_promise_taken_back_leaves_nothing(nominator: Nominator) -> None:
    for name in "abc":
        nominator.set(info(name), "")
    assert not nominator
    assert nominator.nodes_with_rivals(info("x", -1)) == []
    assert (nominator._on, nominator._nodes) == ({}, {})


def test_the_same_promise_again_counts_once_with_the_newer_pod(nominator: Nominator) -> None:
    newer = info("c", 3)
    nominator.set(newer, "node-2")
    assert nominator.on("node-2") == (newer,)
    nominator.set(newer, "")
    assert nominator.on("node-2") == ()


def test_a_pod_whose_priority_changed_is_taken_back_as_it_was_promised(nominator: Nominator) -> None:
    nominator.set(info("c", 9), "")
    assert nominator.nodes_with_rivals(info("x", 2)) == ["node-1"]


def test_another_tuple_after_each_change(nominator: Nominator) -> None:
    before = nominator.on("node-1")
    nominator.set(info("d"), "node-1")
    assert (names(before), names(nominator.on("node-1"))) == (["a", "b"], ["a", "b", "d"])


def test_observers_hear_of_both_nodes(nominator: Nominator) -> None:
    heard: list[str] = []
    nominator.observe(heard.append)
    nominator.set(info("a", 5), "node-3")
    nominator.set(info("a", 5), "node-3")
    nominator.set(info("a", 5), "")
    nominator.set(info("never"), "")
    assert heard == ["node-1", "node-3", "node-3", "node-3"]
