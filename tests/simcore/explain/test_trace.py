"""The chain around a write, from recorded causes."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import POD
from simcore.etcd.interface import Compacted
from simcore.explain.trace import lane_of
from simcore.kube_controller_manager.replicaset.controller import BURST
from tests.kit.manifests import deployment, pod
from tests.simcore.explain.conftest import Told


def test_a_deployments_chain_leads_from_the_user_to_ready_pods(told: Told) -> None:
    root = told.given(deployment("web", 3))
    found = told.trace(root)
    acts = [(step.lane, step.summary) for step in found.steps]
    assert acts[0] == ("kubectl", "Deployment created, 3 wanted")
    for act in [
        ("deployment-controller", "ReplicaSet created, 3 wanted"),
        ("replicaset-controller", "Pod created"),
        ("kubelet", "is ready"),
    ]:
        assert act in acts
    assert not found.is_truncated


def test_every_step_but_the_first_has_its_cause_in_the_trace(told: Told) -> None:
    found = told.trace(told.given(deployment("web", 3)))
    seen: set[int] = set()
    for step in found.steps:
        assert step.cause == 0 or step.cause in seen or step.cause in {r for s in found.steps for r in s.revs}
        seen |= set(step.revs)


def test_repeats_are_folded_into_one_step_with_their_revisions(told: Told) -> None:
    found = told.trace(told.given(deployment("web", 5)))
    placed = [step for step in found.steps if step.summary.startswith("placed on")]
    assert [step.count for step in placed] == [5]
    assert len(placed[0].revs) == 5
    assert placed[0].lane == "scheduler"


def test_the_critical_path_ends_where_the_last_replica_became_available(told: Told) -> None:
    root = told.given(deployment("web", 3))
    found = told.trace(root)
    assert found.critical[0] == root
    last = next(step for step in found.steps if found.critical[-1] in step.revs)
    assert last.subject.kind == "Deployment"
    assert last.summary.endswith("available")
    causes = {rev: told.chronicle.writes(rev)[0].origin.cause for rev in found.critical}
    assert [causes[rev] for rev in found.critical[1:]] == found.critical[:-1]


def test_from_the_middle_a_trace_leads_back_and_forward(told: Told) -> None:
    root = told.given(deployment("web", 2))
    bound = next(
        e.revision
        for e in told.chronicle.entries
        if e.origin.actor == "kube-scheduler" and e.key.startswith(POD.prefix)
    )
    found = told.trace(bound)
    assert found.steps[0].rev == root
    assert bound in {rev for step in found.steps for rev in step.revs}
    assert any(step.summary == "is ready" for step in found.steps)
    others = [
        step for step in found.steps if step.subject.kind == "Pod" and step.summary.startswith("placed")
    ]
    assert [step.count for step in others] == [1]


def test_a_write_that_nothing_caused_and_nothing_followed_stands_alone(told: Told) -> None:
    last = told.trace(told.switch_off("node-3"))
    assert [(step.lane, step.summary) for step in last.steps] == [
        ("kubectl", "node-3 loses its power"),
        ("kubectl", "switched off"),
    ]
    assert last.critical == [last.root]


def test_what_is_forgotten_cannot_be_traced(told: Told) -> None:
    root = told.given(pod("web"))
    told.store.compact(told.store.revision)
    with pytest.raises(Compacted):
        told.trace(root)


def test_a_thousand_alike_writes_are_told_in_a_few_steps(told: Told) -> None:
    found = told.trace(told.given(deployment("web", 200)))
    assert len(found.steps) < 60
    created = [step for step in found.steps if step.summary == "Pod created"]
    assert [step.count for step in created] == [BURST] * (200 // BURST)
    assert all(len(step.revs) == step.count for step in created)


@pytest.mark.parametrize(
    ("actor", "lane"),
    [
        ("user:dana", "kubectl"),
        ("kubelet/node-1", "kubelet"),
        ("kube-scheduler", "scheduler"),
        ("kube-apiserver", "apiserver"),
        ("replicaset-controller", "replicaset-controller"),
    ],
)
def test_a_lane_is_the_component(actor: str, lane: str) -> None:
    assert lane_of(actor) == lane
