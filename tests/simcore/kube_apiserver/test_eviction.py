"""Evictions ask the budget of the pod."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD, POD_DISRUPTION_BUDGET
from simcore.apimachinery.meta import Key
from tests.simcore.kube_apiserver.http.door import PODS, Door, pod

BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
WEB = Key("default", "web")


@pytest.fixture
def door(door: Door) -> Door:
    web = pod("web")
    web["metadata"]["labels"] = {"app": "web"}
    door.post(PODS, web)
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    door.local.patch(POD, WEB, {"status": ready}, subresource="status")
    return door


def budget(door: Door, name: str = "b", *, allowed: int, observed: int = 1, **spec: Any) -> None:
    selector = {"matchLabels": {"app": "web"}}
    door.post(
        BUDGETS, {"metadata": {"name": name}, "spec": {"minAvailable": 1, "selector": selector, **spec}}
    )
    status = {
        "disruptionsAllowed": allowed,
        "observedGeneration": observed,
        "desiredHealthy": 1,
        "currentHealthy": 1,
        "expectedPods": 1,
    }
    key = Key("default", name)
    door.local.patch(POD_DISRUPTION_BUDGET, key, {"status": status}, subresource="status")


def evict(door: Door, **query: Any) -> tuple[int, Any]:
    return door.post(f"{PODS}/web/eviction", {"metadata": {"name": "web"}}, **query)


def test_without_a_budget_the_pod_goes(door: Door):
    assert evict(door)[0] == 201
    assert door.get(f"{PODS}/web")[0] == 404


def test_an_exhausted_budget_refuses(door: Door):
    budget(door, allowed=0)
    status, body = evict(door)
    assert (status, body["message"]) == (
        429,
        "Cannot evict pod as it would violate the pod's disruption budget.",
    )
    assert body["details"]["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget b needs 1 healthy pods and has 1 currently",
        }
    ]


def test_an_eviction_is_charged(door: Door):
    budget(door, allowed=1)
    assert evict(door)[0] == 201
    _, body = door.get(f"{BUDGETS}/b")
    assert body["status"]["disruptionsAllowed"] == 0
    assert list(body["status"]["disruptedPods"]) == ["web"]


def test_a_budget_that_is_not_counted_yet_refuses(door: Door):
    budget(door, allowed=1, observed=0)
    status, body = evict(door)
    assert (status, body["details"]["retryAfterSeconds"]) == (429, 10)


def test_a_pod_of_two_budgets_is_not_evicted(door: Door):
    budget(door, "a", allowed=1)
    budget(door, "b", allowed=1)
    assert "more than one PodDisruptionBudget" in evict(door)[1]["message"]


def test_a_pod_that_is_not_ready_may_be_free(door: Door):
    budget(door, allowed=0, unhealthyPodEvictionPolicy="AlwaysAllow")
    not_ready = {"conditions": [{"type": "Ready", "status": "False"}]}
    door.local.patch(POD, WEB, {"status": not_ready}, subresource="status")
    assert evict(door)[0] == 201


def test_a_dry_run_charges_nothing(door: Door):
    budget(door, allowed=1)
    assert evict(door, dryRun="All")[0] == 201
    assert door.get(f"{BUDGETS}/b")[1]["status"]["disruptionsAllowed"] == 1
