"""Where everything is, before and after."""

from __future__ import annotations

from collections import Counter

import pytest

from clusterlab.scheduling import what_if
from clusterlab.scheduling.what_if import Balance, Outcome, Situation, document, situation, workload_of
from simcore.apimachinery.meta import Obj


def node(name: str, cpu: str = "4", memory: str = "8Gi") -> Obj:
    return {"metadata": {"name": name}, "status": {"allocatable": {"cpu": cpu, "memory": memory}}}


def pod(name: str, node_name: str = "", cpu: str = "1", *, phase: str = "Running", message: str = "") -> Obj:
    container = {"name": "main", "resources": {"requests": {"cpu": cpu, "memory": "2Gi"}}}
    spec: Obj = {"containers": [container]} | ({"nodeName": node_name} if node_name else {})
    conditions = [{"type": "PodScheduled", "status": "False", "message": message}] if message else []
    meta = {"name": name, "namespace": "shop", "uid": f"uid-{name}"}
    return {"metadata": meta, "spec": spec, "status": {"phase": phase, "conditions": conditions}}


def owned(kind: str, name: str, labels: dict[str, str] | None = None) -> Obj:
    owner = {"kind": kind, "name": name, "controller": True, "uid": "u", "apiVersion": "apps/v1"}
    found = pod("web-abc12-x")
    found["metadata"] |= {"ownerReferences": [owner], "labels": labels or {}}
    return found


@pytest.mark.parametrize(
    ("made", "name"),
    [
        pytest.param(pod("alone"), "shop/Pod/alone", id="nobody's"),
        pytest.param(owned("StatefulSet", "db"), "shop/StatefulSet/db", id="a controller's"),
        pytest.param(owned("ReplicaSet", "web-abc12"), "shop/ReplicaSet/web-abc12", id="a bare ReplicaSet's"),
        pytest.param(
            owned("ReplicaSet", "web-abc12", {"pod-template-hash": "abc12"}),
            "shop/Deployment/web",
            id="a Deployment's",
        ),
        pytest.param(
            owned("ReplicaSet", "web", {"pod-template-hash": "abc12"}),
            "shop/ReplicaSet/web",
            id="another's hash",
        ),
    ],
)
def test_a_pod_counts_for_its_workload(made: Obj, name: str) -> None:
    assert workload_of(made) == name


def test_pods_are_placed_or_pending_and_finished_ones_are_neither() -> None:
    pods = [pod("a", "node-1"), pod("b", message="no room"), pod("c"), pod("d", "node-1", phase="Succeeded")]
    found = situation([node("node-1")], pods)
    assert found.placed == {("shop/Pod/a", "node-1"): 1}
    assert found.pending == {"shop/b": "no room", "shop/c": ""}
    assert set(found.uids) == {"uid-a", "uid-b", "uid-c"}


def test_balance_is_in_percent_of_what_nodes_have() -> None:
    pods = [pod("a", "node-1"), pod("b", "node-1"), pod("c", "node-2")]
    found = situation([node("node-1"), node("node-2")], pods).balance
    assert found["cpu"] == Balance(25.0, 37.5, 50.0, 12.5)
    assert found["memory"] == Balance(25.0, 37.5, 50.0, 12.5)


def test_nodes_without_a_resource_have_no_say_in_its_balance() -> None:
    bare: Obj = {"metadata": {"name": "bare"}}
    found = situation([node("node-1"), bare], [pod("a", "node-1"), pod("b", "bare")]).balance
    assert found["cpu"] == Balance(25.0, 25.0, 25.0, 0.0)
    assert situation([bare], []).balance["cpu"] == Balance(0, 0, 0, 0)


def outcome(before: Situation, after: Situation, evicted: tuple[str, ...] = ()) -> Outcome:
    return Outcome(before, after, list(evicted), rested=True, took_ms=1_500)


def placed(**counts: int) -> Situation:
    return Situation(
        Counter({("shop/Deployment/web", name): number for name, number in counts.items()}), {}, {}
    )


def test_only_places_that_changed_are_told() -> None:
    found = document(outcome(placed(one=2, two=1, three=4), placed(one=3, three=4)))
    assert found["placed"] == {"before": 7, "after": 7}
    assert found["placement"] == [
        {"workload": "shop/Deployment/web", "node": "one", "before": 2, "after": 3},
        {"workload": "shop/Deployment/web", "node": "two", "before": 1, "after": 0},
    ]
    assert (found["placement_total"], found["rested"], found["took_ms"]) == (2, True, 1_500)


def test_long_lists_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "MOST_SHOWN", 2)
    waiting = Situation(Counter(), {f"shop/p-{n}": "why" for n in range(5)}, {})
    found = document(outcome(placed(a=1, b=1, c=1), waiting, ("x", "y", "z")))
    assert (len(found["placement"]), found["placement_total"]) == (2, 3)
    assert found["pending"]["after"] == [
        {"pod": "shop/p-0", "message": "why"},
        {"pod": "shop/p-1", "message": "why"},
    ]
    assert found["pending_total"] == {"before": 0, "after": 5}
    assert found["evicted"] == ["x", "y"]
