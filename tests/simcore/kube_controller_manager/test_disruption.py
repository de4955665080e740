"""A PodDisruptionBudget says how many of its pods may go."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD, POD_DISRUPTION_BUDGET
from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane, Nodes, deployment, pod, set_ready
from tests.simcore.kube_controller_manager.jobs import job

Numbers = tuple[int, int, int, int]


def budget(**spec: Any) -> Obj:
    selector = {"matchLabels": {"app": "web"}}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "pdb"},
        "spec": {"selector": selector} | spec,
    }


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    Nodes(plane)
    ControllerManager(plane.ctx).start()
    return plane


def status(plane: ControlPlane) -> Obj:
    found: Obj = plane.get(POD_DISRUPTION_BUDGET, "pdb")["status"]
    return found


def numbers(plane: ControlPlane) -> Numbers:
    """Allowed disruptions, healthy pods, those that must stay, those that there should be."""
    found = status(plane)
    names = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    return tuple(found[name] for name in names)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"minAvailable": 2}, (3, 5, 2, 5)),
        ({"minAvailable": "50%"}, (2, 5, 3, 5)),
        ({"maxUnavailable": 1}, (1, 5, 4, 5)),
        ({"maxUnavailable": "50%"}, (3, 5, 2, 5)),
        ({"maxUnavailable": 9}, (5, 5, 0, 5)),
        ({"minAvailable": 9}, (0, 5, 9, 5)),
    ],
    ids=str,
)
def test_bounds_count_from_what_the_deployment_wants(plane: ControlPlane, spec: Obj, expected: Numbers):
    plane.given(budget(**spec), deployment(replicas=5))
    plane.advance(2000)
    assert numbers(plane) == expected


def test_it_follows_its_pods(plane: ControlPlane):
    plane.given(budget(minAvailable=2), deployment(replicas=3))
    plane.advance(500)
    assert numbers(plane) == (0, 0, 2, 3)
    (condition,) = status(plane)["conditions"]
    assert (condition["status"], condition["reason"]) == ("False", "InsufficientPods")
    plane.advance(1000)
    assert numbers(plane) == (1, 3, 2, 3)
    (condition,) = status(plane)["conditions"]
    assert condition == {
        "type": "DisruptionAllowed",
        "status": "True",
        "reason": "SufficientPods",
        "message": "",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:01Z",
    }
    set_ready(plane, plane.list(POD)[0], "False")
    plane.advance(10)
    assert numbers(plane) == (0, 2, 2, 3)


def test_without_pods_nothing_may_go_and_an_event_tells(plane: ControlPlane):
    plane.given(budget(minAvailable=0))
    plane.advance(10)
    assert numbers(plane) == (0, 0, 0, 0)
    assert ("NoPods", "No matching pods found") in plane.events("pdb")


def test_pods_of_a_job_have_no_scale(plane: ControlPlane):
    made = job("batch")
    made["spec"]["template"]["metadata"] = {"labels": {"app": "web"}}
    plane.given(made, budget(maxUnavailable=1))
    plane.advance(10)
    trouble = "jobs.batch does not implement the scale subresource"
    message = f"Failed to calculate the number of expected pods: {trouble}"
    assert ("CalculateExpectedPodCountFailed", message) in plane.events("pdb")
    (condition,) = status(plane)["conditions"]
    assert (condition["reason"], condition["message"]) == ("SyncFailed", trouble)


def test_pods_without_a_controller_are_told_of(plane: ControlPlane):
    plane.given(pod("alone", labels={"app": "web"}), budget(maxUnavailable=1))
    plane.advance(2000)
    reason, message = plane.events("pdb")[0]
    assert reason == "UnmanagedPods"
    assert "selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]" in message
    assert numbers(plane) == (0, 1, 0, 0)


def test_an_eviction_that_does_not_come_is_given_up_after_two_minutes(plane: ControlPlane):
    plane.given(budget(minAvailable=2), deployment(replicas=3))
    plane.advance(2000)
    name = plane.list(POD)[0]["metadata"]["name"]
    news = {"disruptedPods": {name: plane.clock.timestamp()}, "disruptionsAllowed": 0}
    plane.patch(POD_DISRUPTION_BUDGET, "pdb", {"status": news}, subresource="status")
    plane.advance(119_000)
    assert (numbers(plane), status(plane)["disruptedPods"].keys()) == ((0, 2, 2, 3), {name})
    plane.advance(1_001)
    assert numbers(plane) == (1, 3, 2, 3)
    assert "disruptedPods" not in status(plane)
    assert ("NotDeleted", "Pod was expected by PDB default/pdb to be deleted but it wasn't") in plane.events(
        name
    )


def test_a_take_over_writes_nothing(plane: ControlPlane):
    plane.given(budget(minAvailable=2), deployment(replicas=3))
    plane.advance(10_000)
    before = plane.store.revision
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    ControllerManager(successor.ctx).start()
    successor.advance(5_000)
    assert plane.store.revision == before
