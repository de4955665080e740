"""Sets of field paths and their written form."""

from __future__ import annotations

import pytest

from simcore.kube_apiserver.managed_fields.merging import merge, without
from simcore.kube_apiserver.managed_fields.paths import from_fields, in_order, text, to_fields

FIELDS = {
    "f:spec": {"f:ports": {".": {}, 'k:{"name":"web","port":80}': {".": {}, "f:port": {}}}},
    "f:data": {},
}


def test_a_set_is_written_as_it_was_read():
    assert to_fields(from_fields(FIELDS)) == FIELDS


def test_a_path_reads_like_an_expression():
    assert text(("f:spec", 'k:{"b":1,"a":"x"}', 'v:"y"', "i:3")) == '.spec[a="x",b=1][="y"][3]'


def test_the_members_of_a_level_come_before_those_below():
    paths = [("f:a", "f:x"), ("f:b",), ("f:a",)]
    assert in_order(paths) == [("f:a",), ("f:b",), ("f:a", "f:x")]


@pytest.mark.parametrize("bad", [{"x": {}}, {"k:{": {}}, {"f:a": 1}], ids=["element", "key", "value"])
def test_what_is_no_set_is_refused(bad: dict[str, object]):
    with pytest.raises(ValueError):
        from_fields(bad)


def test_without_a_schema_objects_are_merged_and_lists_replaced():
    assert merge({"a": {"x": 1}, "l": [1]}, {"a": {"y": 2}, "l": [2]}, None) == {
        "a": {"x": 1, "y": 2},
        "l": [2],
    }


def test_what_is_emptied_goes_too():
    assert without({"a": {"x": 1}, "b": 2}, frozenset([("f:a", "f:x")]), None) == {"a": None, "b": 2}
