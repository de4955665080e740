"""Values against schemas."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.custom.formats import has_format, is_pattern, matches
from simcore.kube_apiserver.custom.schema_rules import NOTHING, blocks_rules, list_faults, validate_value


def faults(value: Any, schema: Any, old: Any = NOTHING) -> list[str]:
    return [f"{fault.path}: {fault.message}" for fault in validate_value(value, schema, "x", old)]


WORD = {"type": "string"}
CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "a whole float is an integer": (2.0, {"type": "integer"}, []),
    "an integer is a number": (2, {"type": "number"}, []),
    "a half is no integer": (
        1.5,
        {"type": "integer"},
        ['x: Invalid value: "number": x in body must be of type integer: "number"'],
    ),
    "null where null may be": (None, {"type": "string", "nullable": True}, []),
    "null where it may not": (
        None,
        WORD,
        ['x: Invalid value: "null": x in body must be of type string: "null"'],
    ),
    "a boolean is no number": (
        True,
        {"type": "number"},
        ['x: Invalid value: "boolean": x in body must be of type number: "boolean"'],
    ),
    "on the limit": (5, {"type": "integer", "maximum": 5}, []),
    "on an exclusive limit": (
        5,
        {"type": "integer", "maximum": 5, "exclusiveMaximum": True},
        ["x: Invalid value: 5: x in body should be less than 5"],
    ),
    "under an exclusive limit": (
        0.5,
        {"type": "number", "minimum": 0.5, "exclusiveMinimum": True},
        ["x: Invalid value: 0.5: x in body should be greater than 0.5"],
    ),
    "no multiple": (
        7,
        {"type": "integer", "multipleOf": 2},
        ["x: Invalid value: 7: x in body should be a multiple of 2"],
    ),
    "too few items": (
        [],
        {"type": "array", "minItems": 1, "items": WORD},
        ["x: Invalid value: 0: x in body should have at least 1 items"],
    ),
    "too few properties": (
        {},
        {"type": "object", "minProperties": 1},
        ["x: Invalid value: 0: x in body should have at least 1 properties"],
    ),
    "too many properties": (
        {"a": 1, "b": 2},
        {"type": "object", "maxProperties": 1},
        ["x: Too many: 2: must have at most 1 item"],
    ),
    "no number of the enum": (
        3,
        {"type": "integer", "enum": [1, 2]},
        ['x: Unsupported value: 3: supported values: "1", "2"'],
    ),
    "none of any": (
        "c",
        {"type": "string", "anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]},
        [
            'x: Invalid value: "": "x" must validate at least one schema (anyOf)',
            'x: Unsupported value: "c": supported values: "a"',
        ],
    ),
    "two of one": (
        "a",
        {"type": "string", "oneOf": [{"maxLength": 3}, {"minLength": 1}]},
        [
            'x: Invalid value: "": "x" must validate one and only one schema (oneOf). '
            "Found 2 valid alternatives"
        ],
    ),
    "none of one": (
        {},
        {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        [
            'x: Invalid value: "": "x" must validate one and only one schema (oneOf). Found none valid',
            "x.a: Required value",
        ],
    ),
    "one of all": (
        "abcd",
        {"type": "string", "allOf": [{"maxLength": 3}, {"minLength": 1}]},
        ["x: Too long: may not be more than 3 bytes"],
    ),
    "what is not to be": (
        "a",
        {"type": "string", "not": {"enum": ["a"]}},
        ['x: Invalid value: "": "x" must not validate the schema (not)'],
    ),
    "a time that is none": (
        "yesterday",
        {"type": "string", "format": "date-time"},
        ['x: Invalid value: "yesterday": x in body must be of type date-time: "yesterday"'],
    ),
}


@pytest.mark.parametrize(("value", "schema", "expected"), CASES.values(), ids=CASES)
def test_a_value_is_held_to_its_schema(value: Any, schema: Any, expected: list[str]):
    assert faults(value, schema) == expected


def test_what_did_not_change_is_not_asked_again():
    schema = {"type": "object", "properties": {"a": {"enum": [1]}, "b": {"enum": [1]}}}
    assert faults({"a": 2, "b": 2}, schema, {"a": 2, "b": 3}) == [
        'x.b: Unsupported value: 2: supported values: "1"'
    ]


def test_items_are_compared_with_those_of_the_same_key():
    item = {"type": "object", "properties": {"v": {"enum": [1]}}}
    schema = {
        "type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
    }  # fmt: skip
    old = [{"name": "a", "v": 9}, {"name": "b", "v": 1}]
    assert faults([{"name": "b", "v": 1}, {"name": "a", "v": 9}, {"name": "c"}], schema, old) == []
    assert len(faults([{"name": "b", "v": 9}], schema, old)) == 1


def test_nothing_is_twice_in_sets_and_maps():
    item = {"type": "object", "properties": {"tags": {"type": "array", "x-kubernetes-list-type": "set"}}}
    schema = {
        "type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
    }  # fmt: skip
    found = list_faults([{"name": "a", "tags": [1, 1]}, {"name": "a"}], schema, "x")
    assert [f"{fault.path}: {fault.message}" for fault in found] == [
        "x[0].tags[1]: Duplicate value: 1",
        'x[1]: Duplicate value: {"name":"a"}',
    ]


@pytest.mark.parametrize(
    ("schema", "blocks"),
    [
        ({"enum": ["a"]}, True),
        ({"maxLength": 1}, True),
        ({"minLength": 9}, False),
        ({"pattern": "^a"}, False),
    ],
    ids=["enum", "too-long", "too-short", "pattern"],
)
def test_rules_are_asked_of_objects_that_are_not_too_wrong(schema: Any, blocks: bool):
    assert blocks_rules(validate_value("bb", schema, "x")) is blocks


GOOD = {
    "date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "duration": "1h30m", "ipv4": "10.0.0.1", "ipv6": "::1",
    "cidr": "10.0.0.0/8", "uuid": "123e4567-e89b-12d3-a456-426614174000", "mac": "00:1b:44:11:3a:b7",
    "hostname": "a.example.com", "email": "a@example.com", "byte": "aGk=", "uri": "https://example.com/x",
    "hexcolor": "#ff00aa", "of-their-own": "anything",
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), GOOD.items(), ids=GOOD)
def test_texts_of_a_format(name: str, text: str):
    assert has_format(name, text)
    assert name == "of-their-own" or not has_format(name, "??")


def test_patterns_are_matched_in_linear_time():
    assert not matches("^(a+)+$", "a" * 5_000 + "b")
    assert matches("b", "abc")
    assert not is_pattern("(")
    assert is_pattern("^[a-z]+$")
