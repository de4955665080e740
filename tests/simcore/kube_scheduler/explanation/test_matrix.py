"""The node x plugin matrix says what the search does, plugin by plugin."""

from __future__ import annotations

from random import Random

import pytest

from simcore.kube_scheduler.explanation.matrix import FAIL, PASS, SKIP, Matrix, matrix_of
from simcore.kube_scheduler.explanation.sentences import sentence_of
from simcore.kube_scheduler.explanation.view import unplaced
from tests.simcore.kube_scheduler import generated
from tests.simcore.kube_scheduler.explanation.seen import pod_of, view_of
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod, required_nodes
from tests.simcore.kube_scheduler.running import Running

TAINT = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}


def explained(running: Running, name: str) -> Matrix:
    view = view_of(running)
    found = unplaced(pod_of(view, name))
    view.without(found["metadata"]["uid"])
    return matrix_of(view, view.infos.info(found))


def marks(matrix: Matrix, name: str) -> dict[str, tuple[str, str]]:
    (row,) = (row for row in matrix.rows if row.node == name)
    return {mark.plugin: (mark.status, mark.reason) for mark in row.marks}


def sentence(running: Running, name: str) -> str:
    found = running.pod(name)
    return sentence_of(found, explained(running, name), found["spec"].get("nodeName", ""))


def test_every_plugins_objection_is_shown_not_only_the_first() -> None:
    running = Running(node("node-1", taints=[TAINT], allocatable={"cpu": "1"}), node("node-2"))
    running.given(pod("p", requests={"cpu": "5"}))
    shown = marks(explained(running, "p"), "node-1")
    assert shown["TaintToleration"] == (FAIL, "node(s) had untolerated taint(s)")
    assert shown["NodeResourcesFit"] == (FAIL, "Insufficient cpu")
    assert shown["NodeName"] == (PASS, "")
    assert shown["InterPodAffinity"] == (SKIP, "")
    assert marks(explained(running, "p"), "node-2")["TaintToleration"] == (PASS, "")


def test_the_reasons_are_counted_as_the_event_counts_them() -> None:
    running = Running(node("node-1", taints=[TAINT]), node("node-2"), node("node-3"))
    running.given(pod("p", requests={"cpu": "5"}))
    matrix = explained(running, "p")
    assert matrix.reasons == {"Insufficient cpu": 2, "node(s) had untolerated taint(s)": 1}
    assert sentence(running, "p") == (
        "p fits on none of 3 nodes: 2 x Insufficient cpu, 1 x node(s) had untolerated taint(s)."
    )


def test_a_placed_pods_scores_are_those_it_was_placed_by() -> None:
    running = Running(node("node-1"), node("node-2", taints=[TAINT | {"effect": "PreferNoSchedule"}]))
    running.given(pod("p"))
    matrix = explained(running, "p")
    (first, second) = matrix.rows
    assert {points.plugin: points.weighted for points in first.points}["TaintToleration"] == 300
    taints = next(points for points in second.points if points.plugin == "TaintToleration")
    assert (taints.raw, taints.normalized, taints.weight, taints.weighted) == (1, 0, 3, 0)
    assert matrix.best == ["node-1"]
    assert sentence(running, "p") == (
        f"p went to node-1: of 2 nodes that fit it has the highest score, {first.total}."
    )


def test_a_pod_that_names_nodes_is_turned_down_by_the_others() -> None:
    running = Running()
    names = [{"key": "metadata.name", "operator": "In", "values": ["node-2"]}]
    running.given(pod("p", affinity=required_nodes({"matchFields": names})))
    matrix = explained(running, "p")
    assert marks(matrix, "node-1")["NodeAffinity"] == (
        FAIL, "node(s) didn't satisfy plugin(s) [NodeAffinity]",
    )  # fmt: skip
    assert sentence(running, "p") == "p went to node-2, the only one of 4 nodes that fits."


def test_a_drawn_node_shares_the_highest_score() -> None:
    running = Running()
    running.given(pod("p"))
    assert sentence(running, "p").startswith(
        f"p went to {running.node_of('p')}, drawn among 4 nodes that share the highest score, "
    )


def test_gates_and_empty_clusters_have_their_sentence() -> None:
    running = Running(node("node-1"))
    running.given(pod("p", schedulingGates=[{"name": "example.com/ready"}]))
    assert sentence(running, "p") == (
        "p is not tried before its scheduling gates are gone: example.com/ready."
    )
    assert sentence_of(pod("p"), None, "") == "p waits: there are no nodes."


def test_many_reasons_are_summed_up() -> None:
    running = Running(
        node("node-1", taints=[TAINT]),
        node("node-2", unschedulable=True),
        node("node-3", allocatable={"cpu": "1"}),
        node("node-4", labels={"disk": "hdd"}),
    )
    running.given(pod("p", requests={"cpu": "2"}, nodeSelector={"disk": "ssd"}))
    assert sentence(running, "p") == (
        "p fits on none of 4 nodes: 2 x node(s) didn't match Pod's node affinity/selector, 1 x node(s) had untolerated "
        "taint(s), 1 x node(s) were unschedulable."
    )


def test_a_policys_fault_stands_beside_its_missing_points() -> None:
    running = Running(node("node-1"))
    score = {"disabled": [{"name": "*"}], "enabled": [{"name": "ScoringExpression"}]}
    args = [{"name": "ScoringExpression", "args": {"expression": "1 / 0"}}]
    running.configure(profiles=[{"plugins": {"score": score}, "pluginConfig": args}])
    running.given(pod("p"))
    (points,) = explained(running, "p").rows[0].points
    assert (points.raw, points.problem) == (0, "division by zero in CEL expression")


def test_a_node_promised_to_another_pod_says_so() -> None:
    view = view_of(Running(node("node-1")))
    info = view.infos.info(pod("new", requests={"cpu": "1"}))
    rival = view.infos.info(pod("rival", requests={"cpu": "4"}, priority=7))
    view.nominator.set(rival, "node-1")
    (row,) = matrix_of(view, info).rows
    assert ("NodeResourcesFit", FAIL, "Insufficient cpu (with the pods nominated to the node)") in row.marks


@pytest.mark.parametrize("seed", range(40))
def test_the_matrix_agrees_with_the_search(seed: int) -> None:
    """On generated clusters: the same nodes fit, and the chosen one is among the best."""
    rng = Random(seed)
    running = Running(*(generated.node(rng, f"node-{number}") for number in range(6)))
    view = view_of(running)
    for number in range(12):
        old = generated.pod(rng, f"old-{number}", node_name=f"node-{rng.randrange(6)}")
        view.cache.set_pod(view.infos.info(old))
    for number in range(4):
        info = view.infos.info(generated.pod(rng, f"new-{number}"))
        placement, matrix = view.place(info), matrix_of(view, info)
        fitting = [row.node for row in matrix.rows if row.fits]
        assert bool(placement.node) == bool(fitting), seed
        if placement.node:
            assert placement.node in matrix.best, seed
        elif not placement.diagnosis.pre_filter:
            assert sum(placement.diagnosis.reasons.values()) >= len(matrix.rows), seed


def test_affinity_names_the_side_that_objects() -> None:
    running = Running(node("node-1"))
    running.given(pod("db", labels={"app": "db"}))
    running.given(pod("web", affinity=affinity("podAntiAffinity", near("db", "kubernetes.io/hostname"))))
    assert marks(explained(running, "web"), "node-1")["InterPodAffinity"] == (
        FAIL, "node(s) didn't match pod anti-affinity rules",
    )  # fmt: skip
