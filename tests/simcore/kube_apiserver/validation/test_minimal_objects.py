"""The smallest object of each kind is valid, and stays so when it is written again."""

import pytest

from tests.simcore.kube_apiserver.minimal import SPECS, created, faults, minimal, strategy_of, update_faults


@pytest.mark.parametrize("kind", SPECS)
def test_a_minimal_object_is_valid(kind: str) -> None:
    assert faults(minimal(kind)) == []


@pytest.mark.parametrize("kind", SPECS)
def test_an_update_that_changes_a_label_only_is_valid(kind: str) -> None:
    assert update_faults(minimal(kind), {"metadata.labels": {"a": "b"}}) == []


@pytest.mark.parametrize("kind", SPECS)
def test_defaults_of_a_complete_object_change_nothing(kind: str) -> None:
    made = created(minimal(kind))
    assert strategy_of(made).default(made) == made


@pytest.mark.parametrize("kind", SPECS)
def test_defaulting_leaves_its_argument_as_it_was(kind: str) -> None:
    given = minimal(kind)
    strategy_of(given).default(given)
    assert given == minimal(kind)


@pytest.mark.parametrize("kind", SPECS)
def test_a_name_with_capitals_is_refused_by_every_kind_that_needs_dns_names(kind: str) -> None:
    told = faults(minimal(kind, metadata__name="Bad_Name"))
    free = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget", "Event"}
    assert bool(told) == (kind not in free)


@pytest.mark.parametrize("kind", SPECS)
def test_a_row_has_a_cell_for_each_column(kind: str) -> None:
    made = created(minimal(kind))
    strategy = strategy_of(made)
    assert len(strategy.cells(made, 0)) == len(strategy.columns)
