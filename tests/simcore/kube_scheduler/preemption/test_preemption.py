"""Preemption: who has to go, from where, and how the API shows it."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.preemption.budgets import Budgets
from simcore.kube_scheduler.preemption.choice import Candidate, least_painful
from simcore.kube_scheduler.preemption.victims import NO_VICTIMS, DryRun
from tests.kit.control_plane import ControlPlane
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod
from tests.simcore.kube_scheduler.running import Running
from tests.simcore.kube_scheduler.scene import Scene

ONE_CPU = {"requests": {"cpu": "1"}}
THREE_CPUS = {"requests": {"cpu": "3"}}
URGENT = {"priorityClassName": "system-cluster-critical"}


def dry_run(
    client: ApiClient, wanted: Obj, *running: Obj, budgets: tuple[Obj, ...] = ()
) -> Candidate | Rejection:
    """On one node of four CPUs."""
    scene, nominator = Scene([node()], list(running)), Nominator()
    framework, cycle = Framework(default_profile(client)), Cycle(scene.cache, 1)
    info = scene.info(wanted)
    framework.pre_filter(cycle, info)
    return DryRun(framework, nominator, Budgets(*budgets)).on(cycle, info, scene.cache.nodes()[0])


def names(outcome: Candidate | Rejection) -> list[str]:
    assert isinstance(outcome, Candidate), outcome
    return [victim.key.name for victim in outcome.victims]


def low(name: str, **spec: object) -> Obj:
    return pod(name, nodeName="node-1", **({"priority": 1} | ONE_CPU | spec))


def test_only_as_many_victims_as_needed_the_least_important_ones(nobody: ApiClient) -> None:
    running = [low("a", priority=3), low("b"), low("c", priority=2), low("d")]
    outcome = dry_run(nobody, pod(priority=10, requests={"cpu": "2"}), *running)
    assert names(outcome) == ["b", "d"]


def test_among_equals_the_youngest_goes(nobody: ApiClient) -> None:
    running = [low(f"p-{hour}", created=f"2026-01-01T0{hour}:00:00Z") for hour in (3, 1, 2, 4)]
    assert names(dry_run(nobody, pod(priority=10, **ONE_CPU), *running)) == ["p-4"]


def test_pods_of_the_same_priority_are_no_victims(nobody: ApiClient) -> None:
    assert dry_run(nobody, pod(priority=1, **THREE_CPUS), low("a", **THREE_CPUS)) == NO_VICTIMS


def test_it_says_what_is_still_missing_when_all_lesser_pods_are_gone(nobody: ApiClient) -> None:
    running = [low("small"), low("important", priority=100, **THREE_CPUS)]
    outcome = dry_run(nobody, pod(priority=10, requests={"cpu": "2"}), *running)
    assert outcome == Rejection(("Insufficient cpu",))


def test_a_disruption_budget_is_kept_if_another_victim_will_do(nobody: ApiClient) -> None:
    budget = _budget({"app": "guarded"}, allowed=0)
    running = [
        low("guarded", labels={"app": "guarded"}),
        low("free", priority=5),
        low("big", priority=99, requests={"cpu": "2"}),
    ]
    outcome = dry_run(nobody, pod(priority=10, **ONE_CPU), *running, budgets=(budget,))
    assert (names(outcome), _violations(outcome)) == (["free"], 0)


def test_a_disruption_budget_is_broken_if_nothing_else_helps(nobody: ApiClient) -> None:
    budget = _budget({"app": "guarded"}, allowed=1)
    running = [low(name, labels={"app": "guarded"}, requests={"cpu": "2"}) for name in ("a", "b")]
    outcome = dry_run(nobody, pod(priority=10, requests={"cpu": "4"}), *running, budgets=(budget,))
    assert (names(outcome), _violations(outcome)) == (["a", "b"], 1)


def test_a_victim_may_be_one_that_is_not_wanted_near(nobody: ApiClient) -> None:
    far = affinity("podAntiAffinity", near("noisy", "kubernetes.io/hostname"))
    running = [low("noisy", labels={"app": "noisy"}), low("quiet")]
    assert names(dry_run(nobody, pod(priority=10, affinity=far), *running)) == ["noisy"]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        pytest.param(([1], 1), ([9], 0), id="broken budgets count first"),
        pytest.param(([5], 0), ([4, 4], 0), id="then the highest priority"),
        pytest.param(([5, 4], 0), ([5, 3], 0), id="then all priorities together"),
        pytest.param(([5, 3, -2], 0), ([5, 3], 0), id="more victims are always worse"),
    ],
)
def test_the_node_is_chosen_where_it_hurts_least(
    worse: tuple[list[int], int], better: tuple[list[int], int]
) -> None:
    candidates = [_candidate("worse", *worse), _candidate("better", *better)]
    assert least_painful(candidates).node == "better"


def test_of_equal_nodes_the_one_whose_victim_started_last_is_chosen() -> None:
    old = _candidate("old", [5], 0, created="2026-01-01T00:00:00Z")
    young = _candidate("young", [5], 0, created="2026-01-01T01:00:00Z")
    assert least_painful([old, young]).node == "young"


def test_a_victim_is_marked_and_ended_and_the_pod_gets_its_node() -> None:
    running = Running(node("node-1"))
    running.given(pod("victim", **THREE_CPUS))
    running.given(pod("urgent", **URGENT, **THREE_CPUS))
    victim = running.pod("victim")
    assert "deletionTimestamp" in victim["metadata"]
    (mark,) = (c for c in victim["status"]["conditions"] if c["type"] == "DisruptionTarget")
    assert (mark["status"], mark["reason"]) == ("True", "PreemptionByScheduler")
    assert mark["message"] == "default-scheduler: preempting to accommodate a higher priority pod"
    uid = running.pod("urgent")["metadata"]["uid"]
    assert [e["message"] for e in running.events("victim") if e["reason"] == "Preempted"] == [
        f"Preempted by pod {uid} on node node-1"
    ]
    assert running.pod("urgent")["status"]["nominatedNodeName"] == "node-1"
    assert running.condition("urgent")["message"] == "0/1 nodes are available: 1 Insufficient cpu."
    running.end("victim")
    running.plane.advance(1)
    assert running.node_of("urgent") == "node-1"


def test_the_promised_place_is_not_taken_by_a_lesser_pod() -> None:
    running = Running(node("node-1"))
    running.given(pod("victim", **THREE_CPUS))
    running.given(pod("urgent", **URGENT, **THREE_CPUS))
    running.given(pod("greedy", requests={"cpu": "2"}), pod("modest", **ONE_CPU))
    running.end("victim")
    running.plane.advance(1)
    assert running.nodes_of_all() == {"urgent": "node-1", "greedy": "", "modest": "node-1"}


def test_while_its_victim_leaves_the_pod_preempts_nobody_else() -> None:
    running = Running(node("node-1"), node("node-2"))
    running.given(*(pod(name, **THREE_CPUS) for name in ("one", "two")))
    running.given(pod("urgent", **URGENT, **THREE_CPUS))
    running.scheduler.queue.activate(running.pod("urgent")["metadata"]["uid"], 0)
    running.plane.advance(1)
    leaving = [p for p in running.plane.list(POD) if "deletionTimestamp" in p["metadata"]]
    assert len(leaving) == 1
    assert running.condition("urgent")["message"].endswith(
        "preemption: not eligible due to a terminating pod on the nominated node."
    )


def test_a_pod_may_decline_to_preempt() -> None:
    running = Running(node("node-1"))
    running.given(pod("victim", **THREE_CPUS))
    head = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "meek"}}
    running.plane.given(head | {"value": 1000, "preemptionPolicy": "Never"})
    running.given(pod("meek", priorityClassName="meek", **THREE_CPUS))
    assert "deletionTimestamp" not in running.pod("victim")["metadata"]
    assert running.condition("meek")["message"] == (
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
        "preemption: not eligible due to preemptionPolicy=Never."
    )


def test_a_stored_budget_keeps_its_pods_and_the_others_go() -> None:
    running = Running(node("node-1"), node("node-2"))
    labels = {"labels": {"app": "guarded"}}
    running.given(pod("guarded", nodeName="node-1", **labels, **THREE_CPUS))
    running.given(pod("free", nodeName="node-2", **THREE_CPUS))
    head = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "guard"}}
    running.plane.given(head | {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "guarded"}}}})
    running.plane.advance(1)
    running.given(pod("urgent", **URGENT, **THREE_CPUS))
    assert "deletionTimestamp" in running.pod("free")["metadata"]
    assert "deletionTimestamp" not in running.pod("guarded")["metadata"]
    assert running.pod("urgent")["status"]["nominatedNodeName"] == "node-2"


def test_a_promise_survives_a_take_over() -> None:
    running = Running(node("node-1"))
    running.given(pod("victim", **THREE_CPUS))
    running.given(pod("urgent", **URGENT, **THREE_CPUS))
    successor = Running(plane=_taken_over(running))
    successor.given(pod("greedy", requests={"cpu": "2"}))
    successor.end("victim")
    successor.plane.advance(1)
    assert successor.node_of("urgent") == "node-1"


def _taken_over(running: Running) -> ControlPlane:
    return ControlPlane(store=running.plane.store, at=running.plane.clock.now())


def _candidate(
    name: str, priorities: list[int], violations: int, *, created: str = "2026-01-01T00:00:00Z"
) -> Candidate:
    victims = [pod(f"{name}-{n}", priority=each, created=created) for n, each in enumerate(priorities)]
    scene = Scene([])
    return Candidate(name, tuple(scene.info(victim) for victim in victims), violations)


def _budget(labels: dict[str, str], *, allowed: int) -> Obj:
    return {
        "metadata": {"name": "budget", "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}},
        "status": {"disruptionsAllowed": allowed},
    }


def _violations(outcome: Candidate | Rejection) -> int:
    assert isinstance(outcome, Candidate)
    return outcome.violations
