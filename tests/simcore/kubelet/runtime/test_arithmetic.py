"""Sums within scripts, as a POSIX shell computes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.kubelet.runtime.shell.arithmetic import ArithmeticFault, evaluate

VARIABLES = {"x": "7", "y": "-3", "empty": "", "word": "abc", "long": "1" * 19}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("", None),
        ("1 + 2", 3),
        ("1 - 2", -1),
        ("2 * 3 + 4", 10),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("((2))", 2),
        ("10 / 3", 3),
        ("10 % 3", 1),
        ("-10 / 3", -3),
        ("-10 % 3", -1),
        ("10 / -3", -3),
        ("10 % -3", 1),
        ("-10 / -3", 3),
        ("100 / 10 / 5", 2),
        ("10 - 3 - 2", 5),
        ("-5", -5),
        ("- -5", 5),
        ("3 - -2", 5),
        ("x", 7),
        ("$x", 7),
        ("x * y", -21),
        ("x + nothing", 7),
        ("empty + 1", 1),
        ("1 < 2", 1),
        ("2 < 1", 0),
        ("2 <= 2", 1),
        ("3 > 2", 1),
        ("2 >= 3", 0),
        ("2 == 2", 1),
        ("2 != 2", 0),
        ("1 + 1 == 2", 1),
        ("(1 < 2) + (3 < 4)", 2),
        ("word", None),
        ("1 +", None),
        ("* 2", None),
        ("(1", None),
        ("1)", None),
        ("1 2", None),
        ("1 / 0", None),
        ("1 % 0", None),
        ("1 / (2 - 2)", None),
        ("long", None),
        ("999999999999999999 * 10", None),
        ("+".join(["1"] * 40), None),
    ],
)
def test_a_sum_has_the_value_that_a_shell_gives_it(text: str, value: int | None) -> None:
    """None: it cannot be computed."""
    if value is not None:
        assert evaluate(text, VARIABLES) == value
        return
    with pytest.raises(ArithmeticFault):
        evaluate(text, VARIABLES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "divide by zero"),
        ("1 +", "arithmetic syntax error"),
        ("word", "arithmetic syntax error"),
        ("long", "number too large"),
        ("999999999999999999 * 10", "number too large"),
        ("+".join(["1"] * 40), "expression too long"),
    ],
)
def test_what_cannot_be_computed_says_why(text: str, message: str) -> None:
    with pytest.raises(ArithmeticFault) as fault:
        evaluate(text, VARIABLES)
    assert str(fault.value) == message


SMALL = st.integers(-999, 999)


@given(SMALL, SMALL, SMALL)
def test_sums_and_products_are_those_of_whole_numbers(a: int, b: int, c: int) -> None:
    assert evaluate(f"({a}) + ({b}) * ({c})", {}) == a + b * c
    assert evaluate("a - b - c", {"a": str(a), "b": str(b), "c": str(c)}) == a - b - c


@given(SMALL, SMALL.filter(bool))
def test_a_quotient_is_cut_towards_zero_and_the_rest_has_the_sign_of_what_is_divided(a: int, b: int) -> None:
    quotient, rest = (
        evaluate("a / b", {"a": str(a), "b": str(b)}),
        evaluate("a % b", {"a": str(a), "b": str(b)}),
    )
    assert quotient * b + rest == a
    assert abs(rest) < abs(b) and rest * a >= 0


@given(SMALL, SMALL)
def test_of_two_numbers_exactly_one_comparison_holds(a: int, b: int) -> None:
    assert sum(evaluate(f"a {sign} b", {"a": str(a), "b": str(b)}) for sign in ("<", "==", ">")) == 1
    assert evaluate("a <= b", {"a": str(a), "b": str(b)}) == int(a <= b)
    assert evaluate("a != b", {"a": str(a), "b": str(b)}) == int(a != b)
