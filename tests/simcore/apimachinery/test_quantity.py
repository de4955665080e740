"""Quantities keep exact values and are written as the API server writes them."""

import pytest

from simcore.apimachinery import quantity
from simcore.apimachinery.quantity import QuantityError, parse


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.5", "500m"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("1.5", "1500m"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("1.1Ki", "1126400m"),
        ("0Gi", "0"),
        ("1000", "1k"),
        ("128974848", "128974848"),
        ("129e6", "129e6"),
        ("1e3", "1e3"),
        ("10e2", "1e3"),
        ("1E", "1E"),
        ("-1Mi", "-1Mi"),
        ("+5", "5"),
        (".5", "500m"),
        ("0.0000000001", "1n"),
        ("1024", "1024"),
        ("2048Ki", "2Mi"),
        (4, "4"),
        (0.25, "250m"),
        (" 1 ", "1"),
    ],
)
def test_a_quantity_is_written_in_its_canonical_form(text: str | float, written: str) -> None:
    assert quantity.canonical(text) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lots",
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        ("", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
        ("1.2.3", "unable to parse numeric part of quantity"),
        ("1KK", "unable to parse quantity's suffix"),
        ("1Kim", "unable to parse quantity's suffix"),
    ],
)
def test_what_is_no_quantity_is_refused_with_the_servers_words(text: str, message: str) -> None:
    with pytest.raises(QuantityError) as refused:
        parse(text)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "milli", "whole"), [("100m", 100, 1), ("2", 2000, 2), ("1u", 1, 1), ("1Gi", 2**30 * 1000, 2**30)]
)
def test_values_in_coarser_units_are_rounded_up(text: str, milli: int, whole: int) -> None:
    assert (quantity.milli(text), quantity.whole(text)) == (milli, whole)


def test_a_sum_is_written_like_its_first_operand() -> None:
    assert str(parse("1Gi").plus(parse("1024"))) == "1048577Ki"
    assert str(parse("100m").plus(parse("900m"))) == "1"


def test_a_sum_with_zero_takes_the_other_notation() -> None:
    assert str(parse("0").plus(parse("64Mi"))) == "64Mi"
    assert str(parse("64Mi").minus(parse("32Mi"))) == "32Mi"


def test_equal_amounts_compare_equal_in_any_notation() -> None:
    assert parse("1Ki").nanos == parse("1024").nanos == quantity.of(1024).nanos


def test_a_huge_exponent_is_capped_rather_than_computed() -> None:
    assert parse("1e999999").whole == 2**63 - 1


def test_parts_below_a_thousandth_round_up() -> None:
    assert str(parse("1500u").rounded_to_milli()) == "2m"
