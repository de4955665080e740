"""Strategic merge patches, by the merge keys of a small schema."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.patches_strategic import PatchError, strategic_merge
from simcore.apimachinery.schema import Schema

TEXT = {"type": "string"}
MERGED = {"x-kubernetes-patch-strategy": "merge"}
CONTAINER = {"properties": {"name": TEXT, "image": TEXT, "args": {"type": "array", "items": TEXT}}}
SCHEMA = Schema(
    {
        "v1.Container": CONTAINER,
        "v1.Spec": {
            "properties": {
                "containers": {
                    "type": "array",
                    "items": {"$ref": "#/definitions/v1.Container"},
                    "x-kubernetes-patch-merge-key": "name",
                    **MERGED,
                },
                "finalizers": {"type": "array", "items": TEXT, **MERGED},
                "tolerations": {"type": "array", "items": {"type": "object"}},
                "labels": {"type": "object", "additionalProperties": TEXT},
                "strategy": {"properties": {"type": TEXT, "rolling": TEXT}},
            }
        },
    }
)
A, B, C = ({"name": name, "image": f"{name}:1"} for name in "abc")


def merged(original: Any, patch: Any) -> Any:
    before = repr(original)
    result = strategic_merge(original, patch, SCHEMA.node("v1.Spec"))
    assert repr(original) == before
    return result


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        pytest.param([{"name": "a", "image": "a:2"}], ["a:2", "b:1"], id="change"),
        pytest.param([{"name": "b", "$patch": "delete"}], ["a:1"], id="delete"),
        pytest.param([{"name": "z", "$patch": "delete"}], ["a:1", "b:1"], id="delete-nothing"),
        pytest.param([C], ["c:1", "a:1", "b:1"], id="what-is-new-comes-first"),
        pytest.param([{"$patch": "replace"}, C], ["c:1"], id="replace-all"),
        pytest.param(None, None, id="remove"),
    ],
)
def test_lists_of_objects_are_merged_by_key(patch: Any, expected: Any):
    result = merged({"containers": [A, B]}, {"containers": patch})
    assert result.get("containers") == expected or [c["image"] for c in result["containers"]] == expected


def test_the_patch_may_say_the_order():
    patch = {"$setElementOrder/containers": [{"name": "b"}, {"name": "c"}, {"name": "a"}], "containers": [C]}
    assert [c["name"] for c in merged({"containers": [A, B]}, patch)["containers"]] == ["b", "c", "a"]


def test_what_the_patch_does_not_order_stays_where_it_was():
    patch = {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}]}
    assert [c["name"] for c in merged({"containers": [A, B, C]}, patch)["containers"]] == ["b", "c", "a"]


def test_what_is_not_named_is_shared():
    original = {"containers": [A, B]}
    assert merged(original, {"containers": [{"name": "a", "image": "a:2"}]})["containers"][1] is B


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        pytest.param({"finalizers": ["c", "a"]}, ["c", "a", "b"], id="union"),
        pytest.param({"$deleteFromPrimitiveList/finalizers": ["a"]}, ["b"], id="delete"),
        pytest.param(
            {"$setElementOrder/finalizers": ["b", "a"], "finalizers": ["b"]}, ["b", "a"], id="order"
        ),
    ],
)
def test_lists_of_texts_are_sets(patch: Any, expected: list[str]):
    assert merged({"finalizers": ["a", "b"]}, patch)["finalizers"] == expected


def test_lists_without_a_strategy_are_replaced():
    assert merged({"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}) == {
        "tolerations": [{"key": "b"}]
    }
    containers = [{"name": "a", "args": ["x", "y"]}]
    assert merged({"containers": containers}, {"containers": [{"name": "a", "args": ["z"]}]})[
        "containers"
    ] == [{"name": "a", "args": ["z"]}]


def test_maps_are_merged_and_nulls_remove():
    assert merged({"labels": {"a": "b", "c": "d"}}, {"labels": {"a": None, "n": "1"}}) == {
        "labels": {"c": "d", "n": "1"}
    }


def test_only_the_keys_to_retain_are_kept():
    old = {"strategy": {"type": "RollingUpdate", "rolling": "x"}}
    patch = {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}
    assert merged(old, patch) == {"strategy": {"type": "Recreate"}}


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        pytest.param(
            {"strategy": {"$patch": "replace", "type": "R"}}, {"strategy": {"type": "R"}}, id="replace"
        ),
        pytest.param({"strategy": {"$patch": "delete"}}, {"strategy": {}}, id="delete"),
    ],
)
def test_a_directive_rules_its_object(patch: Any, expected: Any):
    assert merged({"strategy": {"type": "A", "rolling": "b"}}, patch) == expected


def test_directives_are_not_stored():
    patch = {"containers": [{**C, "args": None}], "$setElementOrder/containers": [{"name": "c"}]}
    assert merged({}, patch) == {"containers": [C]}


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        pytest.param(
            {"$patch": "explode"}, "unknown patch type: explode in map: map[$patch:explode]", id="directive"
        ),
        pytest.param(
            {"containers": [{"image": "x"}]},
            "map: map[image:x] does not contain declared merge key: name",
            id="no-key",
        ),
        pytest.param(
            {"strategy": {"$retainKeys": ["rolling"], "type": "x"}},
            "invalid patch format of retainKeys",
            id="sets-what-it-does-not-retain",
        ),
        pytest.param(
            {"$setElementOrder/containers": 5}, "invalid patch format of setElementOrder list", id="order"
        ),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(patch: Any, message: str):
    with pytest.raises(PatchError) as refused:
        merged({}, patch)
    assert str(refused.value) == message
