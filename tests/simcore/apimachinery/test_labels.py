"""Label selectors as URLs write them."""

from __future__ import annotations

import pytest

from simcore.apimachinery.labels import Requirement, SelectorError, parse_selector

WEB = {"app": "web", "tier": "front", "replica": "7"}


@pytest.mark.parametrize(
    ("text", "selects"),
    [
        pytest.param("", True, id="nothing-asked"),
        pytest.param("app=web", True, id="equal"),
        pytest.param("app==web", True, id="twice-equal"),
        pytest.param("app!=web", False, id="unequal"),
        pytest.param("zone!=a", True, id="unequal-and-absent"),
        pytest.param("app", True, id="exists"),
        pytest.param("!app", False, id="absent"),
        pytest.param("! zone", True, id="absent-with-a-space"),
        pytest.param("tier in (front, back)", True, id="in"),
        pytest.param("tier notin (front)", False, id="not-in"),
        pytest.param("zone notin (a)", True, id="not-in-and-absent"),
        pytest.param("replica>5,replica<9", True, id="between"),
        pytest.param("replica>7", False, id="greater-is-not-equal"),
        pytest.param("app>5", False, id="a-word-is-no-number"),
        pytest.param("app=web,tier=back", False, id="all-must-hold"),
        pytest.param("zone=", False, id="an-absent-label-is-not-empty"),
        pytest.param("in in (in)", False, id="a-key-named-in"),
    ],
)
def test_a_selector_selects(text: str, selects: bool):
    assert parse_selector(text).matches(WEB) is selects


def test_values_of_a_set_are_sorted_and_may_be_empty():
    assert parse_selector("a in (,c,b,b)").requirements == (Requirement("a", "in", ("", "b", "c")),)
    assert parse_selector("a notin ()").requirements == (Requirement("a", "notin", ("",)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a,,b", "found ',', expected: identifier after ','", id="nothing-between"),
        pytest.param("=a", "found '=', expected: !, identifier, or 'end of string'", id="no-key"),
        pytest.param(
            "a b",
            "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            id="no-operator",
        ),
        pytest.param("a in b", "unable to parse requirement: found 'b' expected: '('", id="no-set"),
        pytest.param("a in (b", "unable to parse requirement: found '', expected: ',' or ')'", id="open-set"),
        pytest.param("a=b c", "found 'c', expected: ',' or 'end of string'", id="more"),
        pytest.param("a==,", "found '', expected: identifier after ','", id="comma-at-the-end"),
        pytest.param(
            "a>b",
            'unable to parse requirement: values[0]: Invalid value: "b": '
            "for 'Gt', 'Lt' operators, the value must be an integer",
            id="no-number",
        ),
        pytest.param(
            "a=" + "x" * 64,
            f'unable to parse requirement: values[0][a]: Invalid value: "{"x" * 64}": '
            "must be no more than 63 characters",
            id="long-value",
        ),
    ],
)
def test_what_is_no_selector_is_refused(text: str, message: str):
    with pytest.raises(SelectorError) as refused:
        parse_selector(text)
    assert str(refused.value) == message


@pytest.mark.parametrize("text", ["a/b/c=d", "-a", "a=b@c", "A_/x=y", "/x"])
def test_keys_and_values_have_a_shape(text: str):
    with pytest.raises(SelectorError) as refused:
        parse_selector(text)
    assert "regex used for validation is" in str(refused.value)
