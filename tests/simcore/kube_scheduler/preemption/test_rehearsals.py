"""Dry runs that are remembered say what a new one would say."""

from __future__ import annotations

from random import Random

import pytest

from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.preemption import rehearsals as module
from simcore.kube_scheduler.preemption.budgets import Budgets
from simcore.kube_scheduler.preemption.choice import Candidate
from simcore.kube_scheduler.preemption.rehearsals import Rehearsals
from simcore.kube_scheduler.preemption.victims import NO_VICTIMS, DryRun
from tests.simcore.kube_scheduler import generated
from tests.simcore.kube_scheduler.arena import Arena
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.scene import Scene

CASES, SHARDS = 120, 4


@pytest.mark.parametrize("shard", range(SHARDS))
def test_remembered_and_new_dry_runs_agree_on_generated_clusters(shard: int, nobody: ApiClient) -> None:
    for seed in range(shard, CASES, SHARDS):
        try:
            _compare(Random(seed), nobody)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise


def _compare(rng: Random, client: ApiClient) -> None:
    arena, budgets = Arena(rng, client), Budgets()
    rehearsals = Rehearsals(arena.nominator, budgets)
    templates = [_important(generated.pod(rng, f"template-{number}")) for number in range(2)]
    for number in range(12):
        template = rng.choice(templates)
        meta = template["metadata"] | {"name": f"new-{number}", "uid": f"uid-{number}"}
        preemptor = arena.infos.info(template | {"metadata": meta})
        if arena.cache.nodes():
            _compare_one(arena, rehearsals, budgets, preemptor)
        if rng.random() < 0.3:
            arena.nominator.set(preemptor, rng.choice(arena.names))
        if rng.random() < 0.5:
            budgets.changed(None, _budget(rng))
        arena.disturb(number)


def _compare_one(arena: Arena, rehearsals: Rehearsals, budgets: Budgets, preemptor: PodInfo) -> None:
    plain, fast = Cycle(arena.cache, 1), Cycle(arena.cache, 1)
    prepared = arena.plain.prepare(plain, preemptor)
    if prepared.verdict is not None:
        return
    arena.fast.prepare(fast, preemptor)
    arena.fast.find(fast, preemptor, start=0, limit=len(arena.cache.nodes()))
    arena.framework.finish_pre_filter(fast, preemptor)
    dry_run = DryRun(arena.framework, arena.nominator, budgets)
    rehearse = rehearsals.of(dry_run, fast, preemptor)
    for each in arena.cache.nodes():
        assert rehearse(each) == dry_run.on(plain, preemptor, each), each


def _important(doc: Obj) -> Obj:
    return doc | {"spec": doc["spec"] | {"priority": 100}}


def _budget(rng: Random) -> Obj:
    selector = {"matchLabels": {"app": rng.choice(generated.APPS)}}
    meta = {"name": f"budget-{rng.randint(0, 2)}", "namespace": rng.choice(generated.NAMESPACES)}
    return {
        "metadata": meta,
        "spec": {"selector": selector},
        "status": {"disruptionsAllowed": rng.randint(0, 3)},
    }


class Stage:
    """One node of four CPUs, filled by a pod that may go, and a count of real dry runs."""

    def __init__(self, client: ApiClient) -> None:
        self.scene = Scene([node()], [pod("small", nodeName="node-1", requests={"cpu": "3"})])
        self.nominator, self.budgets, self.runs = Nominator(), Budgets(), 0
        self.rehearsals = Rehearsals(self.nominator, self.budgets)
        self._framework = Framework(default_profile(client))

    def rehearse(self, wanted: Obj, *, is_local: bool = True) -> list[str]:
        """The victims."""
        cycle, info = Cycle(self.scene.cache, 1, is_local=is_local), self.scene.info(wanted)
        self._framework.pre_filter(cycle, info)
        stage = self

        class Counting(DryRun):
            def on(self, *question: object) -> Candidate | Rejection:
                stage.runs += 1
                return super().on(*question)  # type: ignore[arg-type]  # passed on as they are

        dry_run = Counting(self._framework, self.nominator, self.budgets)
        outcome = self.rehearsals.of(dry_run, cycle, info)(self.scene.cache.nodes()[0])
        if isinstance(outcome, Rejection):
            return [*outcome.reasons]
        return [victim.key.name for victim in outcome.victims]


def big(name: str) -> Obj:
    return pod(name, priority=10, requests={"cpu": "2"})


@pytest.fixture
def stage(nobody: ApiClient) -> Stage:
    return Stage(nobody)


def test_identical_pods_share_a_dry_run(stage: Stage) -> None:
    assert [stage.rehearse(big(name)) for name in "abc"] == [["small"]] * 3
    assert stage.runs == 1


def test_pods_of_another_shape_have_their_own(stage: Stage) -> None:
    stage.rehearse(big("a"))
    stage.rehearse(pod("b", priority=11, requests={"cpu": "2"}))
    assert stage.runs == 2


def test_verdicts_that_depend_on_other_nodes_are_not_shared(stage: Stage) -> None:
    stage.rehearse(big("a"), is_local=False)
    stage.rehearse(big("b"), is_local=False)
    assert stage.runs == 2


def test_a_pod_that_comes_or_goes_makes_a_new_one(stage: Stage) -> None:
    stage.rehearse(big("a"))
    stage.scene.cache.remove_pod("uid-small")
    assert stage.rehearse(big("b")) == [*NO_VICTIMS.reasons]
    stage.scene.cache.set_pod(stage.scene.info(pod("later", nodeName="node-1", requests={"cpu": "3"})))
    assert stage.rehearse(big("c")) == ["later"]
    assert stage.runs == 3


def test_a_pods_new_status_makes_a_new_one(stage: Stage) -> None:
    stage.rehearse(big("a"))
    started = pod("small", nodeName="node-1", requests={"cpu": "3"})
    started["status"] = {"startTime": "2026-01-02T00:00:00Z"}
    stage.scene.cache.set_pod(stage.scene.info(started))
    stage.rehearse(big("b"))
    assert stage.runs == 2


def test_a_changed_node_makes_a_new_one(stage: Stage) -> None:
    stage.rehearse(big("a"))
    stage.scene.cache.set_node(node(allocatable={"cpu": "1"}))
    assert stage.rehearse(big("b")) == ["Insufficient cpu"]


def test_a_promise_of_the_node_makes_a_new_one_and_is_no_rival_of_its_own_pod(stage: Stage) -> None:
    stage.rehearse(big("a"))
    stage.nominator.set(stage.scene.info(pod("rival", priority=10, requests={"cpu": "3"})), "node-1")
    assert stage.rehearse(big("b")) == ["Insufficient cpu"]
    own = stage.scene.info(big("c"))
    stage.nominator.set(stage.scene.info(pod("rival", priority=10)), "")
    stage.nominator.set(own, "node-1")
    assert stage.rehearse(big("c")) == ["small"]


def test_a_budget_that_comes_makes_a_new_one(stage: Stage) -> None:
    stage.rehearse(big("a"))
    selector = {"matchLabels": {"app": "x"}}
    stage.budgets.changed(
        None, {"metadata": {"name": "b", "namespace": "default"}, "spec": {"selector": selector}}
    )
    stage.rehearse(big("b"))
    assert stage.runs == 2


def test_only_so_many_shapes_are_remembered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHAPES", 2)
    for priority in (10, 11, 12, 10):
        stage.rehearse(pod("p", priority=priority, requests={"cpu": "2"}))
    assert stage.runs == 4
