"""What holds of quantities, selectors, patches and YAML whatever they say."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.apimachinery import quantity
from simcore.apimachinery.labels import parse_selector
from simcore.apimachinery.patches import merge_patch
from simcore.apimachinery.patches_json import json_patch
from simcore.apimachinery.patches_strategic import strategic_merge
from simcore.apimachinery.quantity import Quantity, parse
from simcore.apimachinery.yaml_text import documents

SUFFIXES = {
    "": 1,
    "m": Fraction(1, 1000),
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
}
amounts = st.tuples(st.integers(0, 10**9), st.sampled_from(sorted(SUFFIXES))).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)
words = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
labels = st.dictionaries(words, words, max_size=4)
names = st.text("abc", min_size=1, max_size=2)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text("aZ09 :#-{}[]é한😀'\"\\\n", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(names, values, max_size=4)
few = settings(max_examples=60, deadline=None)


def exact(text: str) -> Fraction:
    number = text.rstrip("mkMGKi")
    return Fraction(number) * SUFFIXES[text[len(number) :]]


def without_nulls(value: Any) -> Any:
    """As a merge patch leaves it: members that are null are no members."""
    if not isinstance(value, dict):
        return value
    return {k: without_nulls(v) for k, v in value.items() if v is not None}


def bare(value: Any) -> Any:
    """Without members that are null, in lists as well."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    return {k: bare(v) for k, v in value.items() if v is not None} if isinstance(value, dict) else value


@few
@given(amounts)
def test_writing_a_quantity_changes_nothing(text: str) -> None:
    written = quantity.canonical(text)
    assert parse(written).nanos == parse(text).nanos == exact(text) * 10**9
    assert quantity.canonical(written) == written


@few
@given(amounts, amounts)
def test_sums_and_differences_are_exact(one: str, other: str) -> None:
    a, b = parse(one), parse(other)
    assert a.plus(b).nanos == b.plus(a).nanos == (exact(one) + exact(other)) * 10**9
    assert a.plus(b).minus(b).nanos == a.nanos
    assert parse(str(a.plus(b))).nanos == a.plus(b).nanos


@few
@given(amounts)
def test_coarser_units_are_never_too_small(text: str) -> None:
    amount: Quantity = parse(text)
    assert amount.whole >= exact(text) > amount.whole - 1
    assert amount.milli >= exact(text) * 1000 > amount.milli - 1
    assert amount.rounded_to_milli().nanos >= amount.nanos


@few
@given(labels, labels)
def test_a_selector_of_equalities_selects_who_has_them_all(
    wanted: dict[str, str], given_: dict[str, str]
) -> None:
    selector = parse_selector(",".join(f"{name}={value}" for name, value in wanted.items()))
    assert selector.matches(given_) is (wanted.items() <= given_.items())
    assert selector.matches({**given_, **wanted})


@few
@given(labels, words, words)
def test_a_requirement_and_its_opposite_divide_everything(
    given_: dict[str, str], name: str, value: str
) -> None:
    for one, other in (
        (f"{name}={value}", f"{name}!={value}"),
        (f"{name} in ({value})", f"{name} notin ({value})"),
        (name, f"!{name}"),
    ):
        assert parse_selector(one).matches(given_) is not parse_selector(other).matches(given_)


@few
@given(objects, objects)
def test_a_merge_patch_is_applied_once_and_for_all(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once
    assert merge_patch(target, {}) == target
    assert merge_patch({}, patch) == without_nulls(patch)


@few
@given(objects, objects)
def test_patches_leave_their_arguments_alone(target: Any, patch: Any) -> None:
    before = json.dumps([target, patch])
    merge_patch(target, patch)
    strategic_merge(target, patch, None)
    json_patch(target, [{"op": "add", "path": "/x", "value": patch}])
    assert json.dumps([target, patch]) == before


@few
@given(objects, objects)
def test_without_a_schema_a_strategic_patch_is_a_merge_patch(target: Any, patch: Any) -> None:
    """But for what a list of objects holds, which only a schema could tell."""
    assert bare(strategic_merge(target, patch, None)) == bare(merge_patch(target, patch))


@few
@given(objects, names, values)
def test_what_a_json_patch_adds_it_can_test_and_remove(target: Any, name: str, value: Any) -> None:
    path = f"/{name}"
    added = json_patch(
        target, [{"op": "add", "path": path, "value": value}, {"op": "test", "path": path, "value": value}]
    )
    assert added[name] == value
    removed = json_patch(added, [{"op": "remove", "path": path}])
    assert removed == {k: v for k, v in target.items() if k != name}


@few
@given(objects, names, names)
def test_moving_is_copying_and_removing(target: Any, source: str, to: str) -> None:
    target = {**target, source: "moved"}
    moved = json_patch(target, [{"op": "move", "from": f"/{source}", "path": f"/{to}"}])
    copied = json_patch(target, [{"op": "copy", "from": f"/{source}", "path": f"/{to}"}])
    assert moved[to] == copied[to] == "moved"
    if source != to:
        assert source not in moved
        assert copied[source] == "moved"


@few
@given(objects)
def test_what_is_written_as_yaml_or_json_is_read_again(value: Any) -> None:
    for text in (
        json.dumps(value, ensure_ascii=False),
        yaml.safe_dump(value),
        yaml.safe_dump(value, default_flow_style=True),
    ):
        found = [document.value for document in documents(text)]
        assert found == ([value] if value is not None else []), text


@few
@given(objects)
def test_everything_read_has_a_place(value: Any) -> None:
    (document,) = documents(yaml.safe_dump({"top": value}))
    assert {f"top.{name}" for name in value} <= set(document.places)
    assert all(place.line >= 1 and place.column >= 1 for place in document.places.values())
