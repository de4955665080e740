"""How a fault shows the value that it is about."""

import pytest

from simcore.kube_apiserver.validation.field import (
    Shown,
    duplicate,
    forbidden,
    immutable,
    invalid,
    invalid_unnamed,
    not_found,
    not_negative,
    not_supported,
    one_of,
    quoted,
    required,
    shown,
    too_many,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("tab\tand\nline", r'"tab\tand\nline"'),
        ("\x00\x7f", r'"\x00\x7f"'),
        ("é한", '"é한"'),
        ("\u200b", r'"\u200b"'),
        (3, "3"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        ([1, "a"], '[1,"a"]'),
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"a": "<&>"}, r'{"a":"\u003c\u0026\u003e"}'),
        (Shown('{"Type":1}'), '{"Type":1}'),
    ],
)
def test_a_value_is_shown_as_go_shows_it(value: object, text: str) -> None:
    assert shown(value) == text


def test_texts_are_quoted_even_when_they_look_like_numbers() -> None:
    assert quoted("1") == '"1"'


def test_each_reason_has_its_words() -> None:
    assert required("a").message == "Required value"
    assert required("a", "why").message == "Required value: why"
    assert forbidden("a", "why").message == "Forbidden: why"
    assert invalid("a", 1, "why").message == "Invalid value: 1: why"
    assert invalid_unnamed("a", "why").message == "Invalid value: why"
    assert duplicate("a", "b").message == 'Duplicate value: "b"'
    assert not_found("a", "b").message == 'Not found: "b"'
    assert too_many("a", 3, 2).message == "Too many: 3: must have at most 2 items"
    assert too_many("a", 3, 1).message == "Too many: 3: must have at most 1 item"
    assert not_supported("a", "b", ("c", "d")).message == 'Unsupported value: "b": supported values: "c", "d"'


def test_reasons_are_those_of_the_status_causes() -> None:
    assert required("a").reason == "FieldValueRequired"
    assert not_found("a", 1).reason == "FieldValueNotFound"
    assert not_supported("a", 1, ()).reason == "FieldValueNotSupported"


def test_zero_is_not_negative_and_nothing_is_fine() -> None:
    assert not_negative("a", 0) == not_negative("a", None) == []
    assert not_negative("a", -1) == [invalid("a", -1, "must be greater than or equal to 0")]


def test_equal_values_are_no_change() -> None:
    assert immutable("a", {"b": 1}, {"b": 1}) == []
    assert immutable("a", 2, 1)[0].message == "Invalid value: 2: field is immutable"


def test_a_value_that_is_not_set_is_one_of_any() -> None:
    assert one_of("a", None, ("b",)) == one_of("a", "b", ("b",)) == []
    assert one_of("a", "c", ("b",))[0].message == 'Unsupported value: "c": supported values: "b"'
