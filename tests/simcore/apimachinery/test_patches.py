"""Merge patches and JSON patches."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.patches import merge_patch
from simcore.apimachinery.patches_json import JsonPatchError, json_patch


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        pytest.param({"a": "b"}, {"a": "c"}, {"a": "c"}, id="replace"),
        pytest.param({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}, id="add"),
        pytest.param({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}, id="remove"),
        pytest.param({"a": ["b"]}, {"a": "c"}, {"a": "c"}, id="list-by-text"),
        pytest.param({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}, id="below"),
        pytest.param({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}, id="lists-are-replaced"),
        pytest.param({"e": None}, {"a": 1}, {"e": None, "a": 1}, id="a-null-that-was-there-stays"),
        pytest.param({"a": "foo"}, None, None, id="null-for-all"),
        pytest.param([1], {"a": {"b": None}}, {"a": {}}, id="nulls-are-not-added"),
    ],
)
def test_merge_patches_as_in_rfc_7386(target: Any, patch: Any, expected: Any):
    assert merge_patch(target, patch) == expected


def test_a_merge_patch_shares_what_it_leaves_alone():
    target = {"spec": {"template": {}}, "status": {}}
    assert merge_patch(target, {"spec": {"replicas": 1}})["spec"]["template"] is target["spec"]["template"]
    assert target == {"spec": {"template": {}}, "status": {}}


@pytest.mark.parametrize(
    ("document", "operation", "expected"),
    [
        pytest.param({"a": 1}, {"op": "add", "path": "/b", "value": 2}, {"a": 1, "b": 2}, id="add"),
        pytest.param({"a": [1, 3]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2, 3]}, id="insert"),
        pytest.param({"a": [1]}, {"op": "add", "path": "/a/-", "value": 2}, {"a": [1, 2]}, id="append"),
        pytest.param({"a": [1, 2]}, {"op": "remove", "path": "/a/0"}, {"a": [2]}, id="remove-an-item"),
        pytest.param({"a": 1}, {"op": "replace", "path": "/a", "value": None}, {"a": None}, id="replace"),
        pytest.param({"a": 1}, {"op": "replace", "path": "", "value": {}}, {}, id="replace-all"),
        pytest.param({"a": 1}, {"op": "move", "from": "/a", "path": "/b"}, {"b": 1}, id="move"),
        pytest.param({"a": [1]}, {"op": "copy", "from": "/a", "path": "/b"}, {"a": [1], "b": [1]}, id="copy"),
        pytest.param({"a/b": {"~": 1}}, {"op": "remove", "path": "/a~1b/~0"}, {"a/b": {}}, id="escapes"),
        pytest.param({"a": 1}, {"op": "test", "path": "/a", "value": 1}, {"a": 1}, id="test"),
    ],
)
def test_json_patches_as_in_rfc_6902(document: Any, operation: Any, expected: Any):
    before = repr(document)
    assert json_patch(document, [operation]) == expected
    assert repr(document) == before


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        pytest.param(
            {"op": "remove", "path": "/b"},
            "remove operation does not apply: doc is missing key: /b: missing value",
            id="remove-nothing",
        ),
        pytest.param(
            {"op": "replace", "path": "/b/c", "value": 1},
            "replace operation does not apply: doc is missing path: /b/c: missing value",
            id="no-parent",
        ),
        pytest.param(
            {"op": "add", "path": "a", "value": 1},
            "add operation does not apply: doc is missing path: a: missing value",
            id="no-slash",
        ),
        pytest.param(
            {"op": "test", "path": "/a", "value": 2},
            "testing value /a failed: test failed",
            id="another-value",
        ),
        pytest.param(
            {"op": "test", "path": "/t", "value": 1},
            "testing value /t failed: test failed",
            id="true-is-not-1",
        ),
        pytest.param(
            {"op": "remove", "path": "/l/x"}, 'strconv.Atoi: parsing "x": invalid syntax', id="no-index"
        ),
        pytest.param(
            {"op": "remove", "path": "/l/9"},
            "Unable to access invalid index: 9: /l/9: invalid index referenced",
            id="beyond-the-list",
        ),
        pytest.param({"op": "fly", "path": "/a"}, "Unexpected kind: fly", id="unknown"),
    ],
)
def test_an_operation_that_does_not_fit_is_refused(operation: Any, message: str):
    with pytest.raises(JsonPatchError) as refused:
        json_patch({"a": 1, "t": True, "l": [1]}, [operation])
    assert str(refused.value) == message


def test_copies_that_double_are_stopped():
    doubling = [{"op": "copy", "from": "", "path": f"/c{i}"} for i in range(40)]
    with pytest.raises(JsonPatchError) as refused:
        json_patch({"a": "x" * 1000}, doubling)
    assert "exceeding the limit 3145728" in str(refused.value)
