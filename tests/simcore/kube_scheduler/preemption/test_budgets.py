"""Disruption budgets in the eyes of preemption."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.pod_info import PodInfo, PodInfos
from simcore.kube_scheduler.preemption import budgets as module
from simcore.kube_scheduler.preemption.budgets import Budgets
from tests.simcore.kube_scheduler.manifests import pod

INFOS = PodInfos()
WEB = {"matchLabels": {"app": "web"}}


def budget(name: str = "guard", selector: Obj | None = WEB, *, allowed: int = 0, **status: object) -> Obj:
    spec = {"selector": selector} if selector is not None else {}
    meta = {"name": name, "namespace": "default"}
    return {"metadata": meta, "spec": spec, "status": {"disruptionsAllowed": allowed, **status}}


def web(name: str, **spec: object) -> PodInfo:
    return INFOS.info(pod(name, **{"labels": {"app": "web"}, **spec}))


def split(known: Budgets, *pods: PodInfo) -> tuple[list[str], list[str]]:
    protected, free = known.split(pods)
    return [each.key.name for each in protected], [each.key.name for each in free]


def test_without_budgets_everybody_is_free() -> None:
    assert split(Budgets(), web("a"), web("b")) == ([], ["a", "b"])


def test_a_budget_lets_so_many_go_and_protects_the_rest_in_order() -> None:
    known = Budgets(budget(allowed=2))
    assert split(known, web("a"), web("b"), web("c"), web("d")) == (["c", "d"], ["a", "b"])


def test_each_split_counts_anew() -> None:
    known = Budgets(budget(allowed=1))
    assert split(known, web("a")) == split(known, web("a")) == ([], ["a"])


def test_one_exhausted_budget_among_several_is_enough() -> None:
    known = Budgets(budget("wide", allowed=9), budget("narrow", allowed=0))
    assert split(known, web("a")) == (["a"], [])


@pytest.mark.parametrize(
    "selector",
    [
        pytest.param(None, id="none"),
        pytest.param({}, id="empty"),
        pytest.param({"matchLabels": {}}, id="with no labels in it"),
        pytest.param({"matchLabels": {"app": "db"}}, id="for others"),
        pytest.param(
            {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, id="for the unlabelled"
        ),
    ],
)
def test_these_selectors_protect_nobody(selector: Obj | None) -> None:
    known = Budgets(budget(selector=selector))
    assert split(known, web("a"), web("plain", labels={})) == ([], ["a", "plain"])


def test_a_budget_means_its_own_namespace_only() -> None:
    known = Budgets(budget())
    assert split(known, web("here"), web("there", namespace="other")) == (["here"], ["there"])


def test_what_an_eviction_has_already_been_booked_for_costs_nothing() -> None:
    known = Budgets(budget(disruptedPods={"a": "2026-01-01T00:00:00Z"}))
    assert split(known, web("a"), web("b")) == (["b"], ["a"])


def test_a_budget_without_a_status_allows_nothing() -> None:
    bare = budget()
    del bare["status"]
    assert split(Budgets(bare), web("a")) == (["a"], [])


def test_budgets_follow_their_informer() -> None:
    known, one, other = Budgets(), budget(), budget(allowed=1)
    known.changed(None, one, 1)
    assert split(known, web("a")) == (["a"], [])
    known.changed(one, other, 2)
    assert split(known, web("a")) == ([], ["a"])
    known.changed(other, None, 3)
    assert split(known, web("a"), web("b")) == ([], ["a", "b"])


def test_only_changes_of_who_is_meant_make_another_selection() -> None:
    known, one = Budgets(), budget()
    known.changed(None, one)
    before = known.selection
    known.changed(one, budget(allowed=5))
    assert known.selection == before
    known.changed(one, budget(selector={"matchLabels": {"app": "db"}}))
    assert known.selection == before + 1
    known.changed(one, None)
    assert known.selection == before + 2


@pytest.mark.parametrize(
    ("allowed", "stands"),
    [
        pytest.param(2, True, id="as before"),
        pytest.param(3, False, id="one more may go"),
        pytest.param(1, False, id="one less may go"),
    ],
)
def test_stakes_stand_while_the_split_is_the_same(allowed: int, *, stands: bool) -> None:
    known = Budgets(budget(allowed=2))
    stakes = known.stakes([web("a"), web("b"), web("c")])
    known.changed(budget(allowed=2), budget(allowed=allowed))
    assert known.stand(stakes) is stands


def test_room_beyond_the_pods_asked_about_makes_no_difference() -> None:
    known = Budgets(budget(allowed=50))
    stakes = known.stakes([web("a"), web("b")])
    known.changed(budget(allowed=50), budget(allowed=2))
    assert known.stand(stakes)


def test_stakes_in_a_budget_with_evictions_in_its_books_do_not_stand() -> None:
    known = Budgets(budget(allowed=1))
    stakes = known.stakes([web("a")])
    known.changed(budget(allowed=1), budget(allowed=1, disruptedPods={"a": "2026-01-01T00:00:00Z"}))
    assert not known.stand(stakes)


def test_who_is_meant_is_not_remembered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHAPES", 3)
    known = Budgets(budget())
    for number in range(9):
        assert split(known, web("a", image=f"nginx:{number}")) == (["a"], [])
    assert len(known._meaning) <= 3
