"""A ClusterRole with an aggregation rule holds the rules of the ClusterRoles that it selects."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CLUSTER_ROLE
from simcore.apimachinery.meta import Obj
from simcore.client.control_loop import ControlLoop
from simcore.kube_controller_manager.cluster_role_aggregation import ClusterRoleAggregationController
from tests.kit.control_plane import ControlPlane

READ_PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
READ_NODES = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    start(plane)
    plane.given(role("all", aggregate={"part": "yes"}))
    return plane


def start(plane: ControlPlane) -> None:
    ctx = plane.ctx.for_actor(ClusterRoleAggregationController.name)
    ControlLoop(ctx, ClusterRoleAggregationController(ctx)).start()


def role(name: str, *rules: Obj, aggregate: dict[str, str] | None = None, **labels: str) -> Obj:
    made: Obj = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": name, "labels": labels}, "rules": list(rules),
    }  # fmt: skip
    if aggregate:
        made["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": aggregate}]}
    return made


def rules(plane: ControlPlane) -> list[Obj]:
    plane.advance(100)
    return plane.get(CLUSTER_ROLE, "all").get("rules") or []


def test_it_collects_by_name_and_each_rule_once(plane: ControlPlane):
    plane.given(
        role("b", READ_NODES, READ_PODS, part="yes"), role("a", READ_PODS, part="yes"), role("c", READ_NODES)
    )
    assert rules(plane) == [READ_PODS, READ_NODES]


def test_it_follows_labels_rules_and_deletions(plane: ControlPlane):
    plane.given(role("a", READ_PODS, part="yes"), role("b", READ_NODES))
    assert rules(plane) == [READ_PODS]
    plane.patch(CLUSTER_ROLE, "b", {"metadata": {"labels": {"part": "yes"}}})
    assert rules(plane) == [READ_PODS, READ_NODES]
    plane.delete(CLUSTER_ROLE, "a")
    assert rules(plane) == [READ_NODES]


def test_rules_written_by_hand_are_overwritten(plane: ControlPlane):
    plane.given(role("a", READ_PODS, part="yes"))
    plane.patch(CLUSTER_ROLE, "all", {"rules": [READ_NODES]})
    assert rules(plane) == [READ_PODS]


def test_a_role_is_no_part_of_itself(plane: ControlPlane):
    plane.patch(CLUSTER_ROLE, "all", {"metadata": {"labels": {"part": "yes"}}, "rules": [READ_NODES]})
    assert rules(plane) == []


def test_a_take_over_writes_nothing(plane: ControlPlane):
    plane.given(role("a", READ_PODS, part="yes"))
    plane.advance(100)
    before = plane.store.revision
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    start(successor)
    successor.advance(1000)
    assert plane.store.revision == before
