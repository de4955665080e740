"""Plain scalars of YAML 1.1, as Kubernetes reads them."""

from __future__ import annotations

import pytest

from simcore.apimachinery.yaml_scalars import MOST_DIGITS, Scalar, resolve


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [(text, True) for text in ("yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE")]
    + [(text, False) for text in ("no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE")],
)
def test_switches(text: str, value: bool) -> None:
    assert resolve(text) is value


@pytest.mark.parametrize(
    "text",
    ["y", "Y", "n", "N", "tRUE", "nULL", "yess", "a", "-", "+", ".", "1a", "0b", "0x", "0o", "--1", "1.2.3",
     "1e", "e3", "2024-01-02", "12:30:45", "1:1", "inf", "NaN", "0b2", "0xg", "100m", "1Gi", "é", "=", "<<", "*"],
)  # fmt: skip
def test_texts_that_look_like_something_else(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("-0", 0), ("7", 7), ("+7", 7), ("-7", -7), ("1_000_000", 1_000_000), ("010", 8), ("-010", -8),
        ("0o17", 15), ("0x1F", 31), ("-0xff", -255), ("0b101", 5), ("+0b1", 1), ("0x_f", 15), ("0777", 511),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("18446744073709551615", 2**64 - 1),
    ],
)  # fmt: skip
def test_integers(text: str, number: int) -> None:
    found: Scalar = resolve(text)
    assert found == number
    assert type(found) is int


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.5", 1.5), (".5", 0.5), ("-.5", -0.5), ("1.", 1.0), ("08", 8.0), ("1e3", 1000.0), ("1E-2", 0.01),
     ("+1.5e+2", 150.0),     ("18446744073709551616", 2.0**64), ("-9223372036854775809", -(2.0**63))],
)  # fmt: skip
def test_floats(text: str, number: float) -> None:
    found = resolve(text)
    assert found == number
    assert type(found) is float


@pytest.mark.parametrize(
    "text", [f"{sign}.{word}" for sign in ("", "-", "+") for word in ("inf", "Inf", "INF", "nan", "NaN")]
)
def test_what_json_has_no_number_for(text: str) -> None:
    with pytest.raises(ValueError, match="is no JSON number"):
        resolve(text)


def test_a_number_that_is_too_large() -> None:
    with pytest.raises(ValueError, match="1e999 is too large for a number"):
        resolve("1e999")


def test_a_number_that_is_too_long_is_text() -> None:
    digits = "1" * (MOST_DIGITS + 1)
    assert resolve(digits) == digits
    assert resolve("1" * 30) == pytest.approx(1.111e29, rel=1e-3)
