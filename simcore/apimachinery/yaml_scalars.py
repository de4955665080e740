"""Plain YAML scalars as Kubernetes' YAML library reads them: YAML 1.1, except that times stay text.

Models: goyaml v2 as sigs.k8s.io/yaml v1 uses it (resolve.go).
"""

from __future__ import annotations

import math
import re

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"))
_ONLY_IN_KEYS = frozenset(("y", "Y", "n", "N"))
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9_]*)$")
_OTHER_BASES = re.compile(r"([-+]?)0(b[01_]+|o[0-7_]+|x[0-9a-fA-F_]+|[0-7_]+)$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_NOT_A_NUMBER = frozenset(
    f"{sign}.{word}" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF", "nan", "NaN", "NAN")
)
MOST_DIGITS = 400
"""Longer numbers are refused before they are computed."""

Scalar = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """Raises: ValueError for numbers that JSON has no words for."""
    if text in _NULLS:
        return None
    if text in _TRUE and text not in _ONLY_IN_KEYS:
        return True
    if text in _FALSE and text not in _ONLY_IN_KEYS:
        return False
    if text in _NOT_A_NUMBER:
        raise ValueError(f"{text} is no JSON number")
    return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> Scalar:
    if len(text) > MOST_DIGITS:
        return text
    if _DECIMAL.match(text):
        return _fitting(int(text.replace("_", "")))
    if other := _OTHER_BASES.match(text):
        sign, digits = other[1], other[2].replace("_", "")
        digits = digits if digits[:1].isalpha() else f"o{digits}"
        return _fitting(int(f"{sign}0{digits}", 0)) if len(digits) > 1 or digits.isdigit() else text
    if _FLOAT.match(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"{text} is too large for a number")
        return number
    return text


def _fitting(number: int) -> int | float:
    """Integers beyond 64 bits become floats, as in Kubernetes' library."""
    return number if -(2**63) <= number < 2**64 else float(number)
