"""Integer expressions as `$((...))` holds them: + - * / %, comparisons and brackets over numbers and variables."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(r"\s*(\d+|[A-Za-z_]\w*|[<>=!]=|[-+*/%()<>])")
_COMPARES: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
MAX_DIGITS = 18


class ArithmeticFault(ValueError):
    """The expression cannot be computed."""


def evaluate(text: str, variables: Mapping[str, str]) -> int:
    """Raises: ArithmeticFault."""
    tokens = _TOKEN.findall(text.replace("$", ""))
    if len(tokens) > 60:
        raise ArithmeticFault("expression too long")
    tokens.append("")
    value = _comparison(tokens, variables)
    if tokens != [""]:
        raise ArithmeticFault("arithmetic syntax error")
    return value


def quotient(left: int, right: int) -> int:
    """Cut towards zero, as C does it: Python cuts downwards."""
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _comparison(tokens: list[str], variables: Mapping[str, str]) -> int:
    value = _sum(tokens, variables)
    while tokens[0] in _COMPARES:
        value = int(_COMPARES[tokens.pop(0)](value, _sum(tokens, variables)))
    return value


def _sum(tokens: list[str], variables: Mapping[str, str]) -> int:
    value = _product(tokens, variables)
    while tokens[0] in ("+", "-"):
        sign = 1 if tokens.pop(0) == "+" else -1
        value += sign * _product(tokens, variables)
    return value


def _product(tokens: list[str], variables: Mapping[str, str]) -> int:
    value = _atom(tokens, variables)
    while tokens[0] in ("*", "/", "%"):
        sign, right = tokens.pop(0), _atom(tokens, variables)
        if sign == "*":
            value *= right
        elif right == 0:
            raise ArithmeticFault("divide by zero")
        else:
            value = quotient(value, right) if sign == "/" else value - right * quotient(value, right)
        if abs(value) >= 10**MAX_DIGITS:
            raise ArithmeticFault("number too large")
    return value


def _atom(tokens: list[str], variables: Mapping[str, str]) -> int:
    word = tokens.pop(0)
    if word == "(":
        value = _comparison(tokens, variables)
        if tokens.pop(0) != ")":
            raise ArithmeticFault("arithmetic syntax error")
        return value
    if word == "-":
        return -_atom(tokens, variables)
    text = word if word.isdigit() else variables.get(word, "0") or "0"
    if not word or not (word.isalnum() or word.isidentifier()) or not text.lstrip("-").isdigit():
        raise ArithmeticFault("arithmetic syntax error")
    if len(text) > MAX_DIGITS:
        raise ArithmeticFault("number too large")
    return int(text)
