"""Patches in detail: the order of lists, texts in lists, keys to retain, and operations that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.encoding import go_value
from simcore.apimachinery.patches_json import MOST_COPIED_BYTES, JsonPatchError, json_patch
from simcore.apimachinery.patches_strategic import PatchError, strategic_merge
from simcore.apimachinery.schema import Schema

TEXT = {"type": "string"}
MERGED = {"x-kubernetes-patch-strategy": "merge"}
ITEM = {"properties": {"name": TEXT, "image": TEXT, "env": {"type": "object", "additionalProperties": TEXT}}}
SCHEMA = Schema(
    {
        "v1.Item": ITEM,
        "v1.Either": {"properties": {"kind": TEXT, "one": TEXT, "two": TEXT}},
        "v1.Whole": {"properties": {"a": TEXT, "b": TEXT}},
        "v1.Spec": {
            "properties": {
                "items": {
                    "type": "array",
                    "items": {"$ref": "#/definitions/v1.Item"},
                    "x-kubernetes-patch-merge-key": "name",
                    **MERGED,
                },
                "texts": {"type": "array", "items": TEXT, **MERGED},
                "either": {"$ref": "#/definitions/v1.Either", "x-kubernetes-patch-strategy": "retainKeys"},
                "whole": {"$ref": "#/definitions/v1.Whole", "x-kubernetes-patch-strategy": "replace"},
            }
        },
    }
)


def named(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def merged(original: Any, patch: Any) -> Any:
    return strategic_merge(original, patch, SCHEMA.node("v1.Spec"))


ORDERS: dict[str, tuple[list[str], list[str], list[str], list[str]]] = {
    "nothing but an order": (["a", "b", "c"], [], ["c", "a", "b"], ["c", "a", "b"]),
    "an order of some": (["a", "b", "c", "d"], [], ["c", "a"], ["b", "c", "a", "d"]),
    "an order with one that isn't there": (["a", "b"], [], ["b", "x", "a"], ["b", "a"]),
    "one more at the end": (["a", "b"], ["c"], ["a", "b", "c"], ["a", "b", "c"]),
    "one more at the beginning": (["a", "b"], ["c"], ["c", "a", "b"], ["c", "a", "b"]),
    "one more in the middle": (["a", "b"], ["c"], ["a", "c", "b"], ["a", "c", "b"]),
    "two more around": (["a"], ["c", "d"], ["c", "a", "d"], ["c", "a", "d"]),
    "into nothing": ([], ["b", "a"], ["b", "a"], ["b", "a"]),
    "somebody else added one meanwhile": (["a", "z", "b"], [], ["b", "a"], ["z", "b", "a"]),
}


@pytest.mark.parametrize(("before", "patch", "order", "after"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_a_list_of_objects(
    before: list[str], patch: list[str], order: list[str], after: list[str]
) -> None:
    body: dict[str, Any] = {"$setElementOrder/items": named(*order)}
    if patch:
        body["items"] = named(*patch)
    assert merged({"items": named(*before)}, body)["items"] == named(*after)


@pytest.mark.parametrize(("before", "patch", "order", "after"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_a_list_of_texts(
    before: list[str], patch: list[str], order: list[str], after: list[str]
) -> None:
    body: dict[str, Any] = {"$setElementOrder/texts": order} | ({"texts": patch} if patch else {})
    assert merged({"texts": before}, body)["texts"] == after


TEXTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "one more": ({"texts": ["d"]}, ["d", "a", "b", "c"]),
    "one that is there": ({"texts": ["b"]}, ["a", "b", "c"]),
    "one twice": ({"texts": ["d", "d"]}, ["d", "a", "b", "c"]),
    "one less": ({"$deleteFromPrimitiveList/texts": ["b"]}, ["a", "c"]),
    "one less that isn't there": ({"$deleteFromPrimitiveList/texts": ["z"]}, ["a", "b", "c"]),
    "one for another": (
        {"$deleteFromPrimitiveList/texts": ["b"], "$setElementOrder/texts": ["a", "d", "c"], "texts": ["d"]},
        ["a", "d", "c"],
    ),
    "all but one": ({"$deleteFromPrimitiveList/texts": ["a", "c"]}, ["b"]),
}


@pytest.mark.parametrize(("patch", "after"), TEXTS.values(), ids=TEXTS)
def test_texts_come_and_go(patch: dict[str, Any], after: list[str]) -> None:
    assert merged({"texts": ["a", "b", "c"]}, patch)["texts"] == after


OBJECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a field of an item": (
        {"items": [{"name": "a", "image": "2"}]},
        {"items": [{"name": "a", "image": "2", "env": {"x": "1"}}, {"name": "b"}]},
    ),
    "a field less": (
        {"items": [{"name": "a", "image": None}]},
        {"items": [{"name": "a", "env": {"x": "1"}}, {"name": "b"}]},
    ),
    "a key of a map in an item": (
        {"items": [{"name": "a", "env": {"y": "2"}}]},
        {"items": [{"name": "a", "image": "1", "env": {"x": "1", "y": "2"}}, {"name": "b"}]},
    ),
    "a map that is replaced": (
        {"items": [{"name": "a", "env": {"$patch": "replace", "y": "2"}}]},
        {"items": [{"name": "a", "image": "1", "env": {"y": "2"}}, {"name": "b"}]},
    ),
    "an item that is replaced": (
        {"items": [{"$patch": "replace"}, {"name": "a"}]},
        {"items": [{"name": "a"}]},
    ),
    "an item less": ({"items": [{"name": "a", "$patch": "delete"}]}, {"items": [{"name": "b"}]}),
    "all items less": ({"items": [{"$patch": "replace"}]}, {"items": []}),
    "nothing of a list that isn't merged by null": ({"items": None}, {}),
    "an order of a list that isn't there": (
        {"$setElementOrder/texts": ["a"]},
        {"items": [{"name": "a", "image": "1", "env": {"x": "1"}}, {"name": "b"}]},
    ),
}


@pytest.mark.parametrize(("patch", "after"), OBJECTS.values(), ids=OBJECTS)
def test_items_are_merged_by_their_names(patch: dict[str, Any], after: dict[str, Any]) -> None:
    assert merged({"items": [{"name": "a", "image": "1", "env": {"x": "1"}}, {"name": "b"}]}, patch) == after


EITHER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another kind": ({"$retainKeys": ["kind", "two"], "kind": "2", "two": "y"}, {"kind": "2", "two": "y"}),
    "the kind alone": ({"$retainKeys": ["kind"], "kind": "0"}, {"kind": "0"}),
    "what is there": ({"$retainKeys": ["kind", "one"]}, {"kind": "1", "one": "x"}),
    "without retaining": ({"two": "y"}, {"kind": "1", "one": "x", "two": "y"}),
    "a null beside": ({"$retainKeys": ["kind"], "kind": "0", "one": None}, {"kind": "0"}),
}


@pytest.mark.parametrize(("patch", "after"), EITHER.values(), ids=EITHER)
def test_keys_that_are_retained(patch: dict[str, Any], after: dict[str, Any]) -> None:
    assert merged({"either": {"kind": "1", "one": "x"}}, {"either": patch}) == {"either": after}


def test_an_object_may_be_replaced_as_a_whole() -> None:
    assert merged({"whole": {"a": "1"}}, {"whole": {"b": "2"}}) == {"whole": {"b": "2"}}


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "an item that the order leaves out": (
        {"items": [{"name": "c", "image": "1"}], "$setElementOrder/items": named("a")},
        "The order in patch list:\n[map[image:1 name:c]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ),
    "items in another order": (
        {"items": named("b", "a"), "$setElementOrder/items": named("a", "b")},
        "The order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n"
        "[map[name:a] map[name:b]]\n",
    ),
    "a text that the order leaves out": (
        {"texts": ["c"], "$setElementOrder/texts": ["a"]},
        "The order in patch list:\n[c]\n doesn't match $setElementOrder list:\n[a]\n",
    ),
    "an order without names": (
        {"$setElementOrder/items": [{"image": "1"}]},
        "map: map[image:1] does not contain declared merge key: name",
    ),
    "an order that is no list": (
        {"$setElementOrder/items": {"name": "a"}},
        "invalid patch format of setElementOrder list",
    ),
    "deletions that are no list": (
        {"$deleteFromPrimitiveList/texts": "a"},
        "invalid patch format of primitive list",
    ),
    "retained keys that are no list": (
        {"either": {"$retainKeys": "kind"}},
        "invalid patch format of retainKeys",
    ),
    "a directive below": ({"whole": {"$patch": "keep"}}, "unknown patch type: keep in map: map[$patch:keep]"),
}


@pytest.mark.parametrize(("patch", "message"), UNFIT.values(), ids=UNFIT)
def test_a_patch_that_does_not_fit(patch: dict[str, Any], message: str) -> None:
    with pytest.raises(PatchError) as refused:
        merged({"items": named("a", "b"), "texts": ["a"], "either": {"kind": "1"}, "whole": {}}, patch)
    assert str(refused.value) == message


def test_what_is_deleted_need_not_be_in_the_order() -> None:
    patch = {"items": [{"name": "b", "$patch": "delete"}], "$setElementOrder/items": named("a")}
    assert merged({"items": named("a", "b")}, patch) == {"items": named("a")}


GO: dict[str, tuple[Any, str]] = {
    "nothing": (None, "<nil>"),
    "a truth": (True, "true"),
    "a number": (3, "3"),
    "a text": ("a b", "a b"),
    "a list": (["a", 1, None], "[a 1 <nil>]"),
    "a map": ({"b": 1, "a": {"c": [False]}}, "map[a:map[c:[false]] b:1]"),
    "an empty map": ({}, "map[]"),
    "an empty list": ([], "[]"),
}


@pytest.mark.parametrize(("value", "text"), GO.values(), ids=GO)
def test_values_are_printed_as_go_prints_them(value: Any, text: str) -> None:
    assert go_value(value) == text


MISSING = "operation does not apply: doc is missing"
REFUSED: dict[str, tuple[Any, str]] = {
    "no object": ("add", "json: cannot unmarshal into Go value of type jsonpatch.Operation"),
    "no path": ({"op": "add", "value": 1}, "add operation does not apply: missing path"),
    "an unknown operation": ({"op": "bump", "path": "/a"}, "Unexpected kind: bump"),
    "no operation": ({"path": "/a"}, "Unexpected kind: None"),
    "a path without a slash": (
        {"op": "add", "path": "a", "value": 1},
        f"add {MISSING} path: a: missing value",
    ),
    "below nothing": (
        {"op": "add", "path": "/x/y", "value": 1},
        f"add {MISSING} path: /x/y: missing value",
    ),
    "below a text": (
        {"op": "add", "path": "/a/y", "value": 1},
        f"add {MISSING} path: /a/y: missing value",
    ),
    "a replacement of nothing": (
        {"op": "replace", "path": "/x", "value": 1},
        f"replace {MISSING} key: /x: missing value",
    ),
    "a removal of nothing": ({"op": "remove", "path": "/x"}, f"remove {MISSING} key: /x: missing value"),
    "a place behind the end": (
        {"op": "add", "path": "/l/3", "value": 1},
        "Unable to access invalid index: 3: /l/3: invalid index referenced",
    ),
    "a place before the beginning": (
        {"op": "replace", "path": "/l/-3", "value": 1},
        "Unable to access invalid index: -3: /l/-3: invalid index referenced",
    ),
    "a place that is no number": (
        {"op": "remove", "path": "/l/one"},
        'strconv.Atoi: parsing "one": invalid syntax',
    ),
    "another value": (
        {"op": "test", "path": "/a", "value": "z"},
        "testing value /a failed: test failed",
    ),
    "a value that isn't there": (
        {"op": "test", "path": "/x", "value": 1},
        "testing value /x failed: test failed",
    ),
    "one for true": ({"op": "test", "path": "/t", "value": 1}, "testing value /t failed: test failed"),
    "a move from nowhere": ({"op": "move", "path": "/b"}, "move operation does not apply: missing from"),
    "a move of nothing": (
        {"op": "move", "from": "/x", "path": "/b"},
        f"move {MISSING} key: /x: missing value",
    ),
    "a copy of nothing": (
        {"op": "copy", "from": "/x", "path": "/b"},
        f"copy {MISSING} key: /x: missing value",
    ),
}


@pytest.mark.parametrize(("operation", "message"), REFUSED.values(), ids=REFUSED)
def test_an_operation_that_does_not_fit(operation: Any, message: str) -> None:
    document = {"a": "x", "l": [1, 2], "t": True}
    with pytest.raises(JsonPatchError) as refused:
        json_patch(document, [operation])
    assert str(refused.value) == message
    assert document == {"a": "x", "l": [1, 2], "t": True}


DONE: dict[str, tuple[list[dict[str, Any]], Any]] = {
    "the last of a list": ([{"op": "add", "path": "/l/-", "value": 3}], {"a": "x", "l": [1, 2, 3]}),
    "the first of a list": ([{"op": "add", "path": "/l/0", "value": 0}], {"a": "x", "l": [0, 1, 2]}),
    "behind the last": ([{"op": "add", "path": "/l/2", "value": 3}], {"a": "x", "l": [1, 2, 3]}),
    "an item": ([{"op": "replace", "path": "/l/1", "value": 9}], {"a": "x", "l": [1, 9]}),
    "everything": ([{"op": "add", "path": "", "value": {"b": 1}}], {"b": 1}),
    "everything by another": ([{"op": "replace", "path": "", "value": {"b": 1}}], {"b": 1}),
    "a name with slash and tilde": (
        [{"op": "add", "path": "/b~1c~0d", "value": 1}],
        {"a": "x", "l": [1, 2], "b/c~d": 1},
    ),
    "a move": ([{"op": "move", "from": "/a", "path": "/b"}], {"b": "x", "l": [1, 2]}),
    "a copy": ([{"op": "copy", "from": "/l", "path": "/m"}], {"a": "x", "l": [1, 2], "m": [1, 2]}),
    "a test and a change": (
        [{"op": "test", "path": "/l/0", "value": 1}, {"op": "remove", "path": "/l/0"}],
        {"a": "x", "l": [2]},
    ),
    "a copy that is changed alone": (
        [{"op": "copy", "from": "/l", "path": "/m"}, {"op": "remove", "path": "/m/0"}],
        {"a": "x", "l": [1, 2], "m": [2]},
    ),
    "a null that is tested": (
        [{"op": "add", "path": "/n", "value": None}, {"op": "test", "path": "/n", "value": None}],
        {"a": "x", "l": [1, 2], "n": None},
    ),
}


@pytest.mark.parametrize(("operations", "after"), DONE.values(), ids=DONE)
def test_operations_one_after_another(operations: list[dict[str, Any]], after: Any) -> None:
    assert json_patch({"a": "x", "l": [1, 2]}, operations) == after


def test_copies_may_not_grow_without_bound() -> None:
    document = {"a": "x" * (MOST_COPIED_BYTES // 2)}
    copies = [{"op": "copy", "from": "/a", "path": f"/{name}"} for name in "bcd"]
    assert len(json_patch(document, copies[:1])) == 2
    with pytest.raises(JsonPatchError, match="Unable to complete the copy, the accumulated size increase"):
        json_patch(document, copies)
