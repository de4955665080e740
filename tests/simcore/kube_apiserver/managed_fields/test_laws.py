"""What holds of field sets and of applying, whatever is in the documents."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kube_apiserver.managed_fields.merging import merge, without
from simcore.kube_apiserver.managed_fields.paths import (
    Path,
    ancestors,
    from_fields,
    in_order,
    text,
    to_fields,
)

few = settings(max_examples=60, deadline=None)
steps = st.one_of(
    st.sampled_from(("a", "b", "spec")).map(lambda name: f"f:{name}"),
    st.sampled_from(("x", 80)).map(lambda value: f"k:{json.dumps({'name': value})}"),
    st.sampled_from(("v", 1, True)).map(lambda value: f"v:{json.dumps(value)}"),
)
paths = st.lists(steps, min_size=1, max_size=4).map(tuple)
sets = st.frozensets(paths, max_size=8)
values = st.recursive(
    st.integers(0, 3) | st.sampled_from(("x", "y")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@few
@given(sets)
def test_a_set_survives_being_written(found: frozenset[Path]) -> None:
    fields = to_fields(found)
    assert from_fields(fields) == found
    assert to_fields(from_fields(fields)) == fields
    assert json.loads(json.dumps(fields)) == fields


@few
@given(sets)
def test_every_path_comes_after_its_parents_level(found: frozenset[Path]) -> None:
    ordered = in_order(found)
    assert sorted(ordered) == sorted(found)
    for at, path in enumerate(ordered):
        for parent in ancestors(path):
            if parent in found:
                assert ordered.index(parent) < at


@few
@given(paths)
def test_paths_have_as_many_ancestors_as_they_have_steps_above_them(path: Path) -> None:
    above = list(ancestors(path))
    assert len(above) == len(path) - 1
    assert all(path[: len(parent)] == parent for parent in above)
    assert text(path).startswith((".", "["))


@few
@given(objects, objects)
def test_what_is_applied_is_there_afterwards(live: Any, applied: Any) -> None:
    merged = merge(live, applied, None)
    assert contains(merged, applied)
    assert merge(merged, applied, None) == merged
    assert set(merged) == {*live, *applied}


@few
@given(objects)
def test_applying_nothing_and_applying_the_same_change_nothing(live: Any) -> None:
    assert merge(live, {}, None) == live
    assert merge(live, live, None) == live


@few
@given(objects, objects)
def test_documents_are_left_alone(live: Any, applied: Any) -> None:
    before = json.dumps([live, applied])
    merge(live, applied, None)
    without(live, frozenset([("f:a",)]), None)
    assert json.dumps([live, applied]) == before


@few
@given(objects, st.sampled_from("abcd"))
def test_a_field_that_is_given_up_is_gone(live: Any, name: str) -> None:
    left = without(live, frozenset([(f"f:{name}",)]), None) or {}
    assert name not in left
    assert {k: v for k, v in live.items() if k != name} == left


def contains(value: Any, part: Any) -> bool:
    if isinstance(part, dict) and isinstance(value, dict):
        return all(name in value and contains(value[name], inner) for name, inner in part.items())
    return bool(value == part)
