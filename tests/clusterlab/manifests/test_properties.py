"""What holds for every manifest: reading back what was written, applying twice, taking away what was added."""

from __future__ import annotations

import math
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterlab.manifests.three_way import LAST_APPLIED, last_applied, merged, with_last_applied
from simcore.apimachinery import yaml_text
from simcore.apimachinery.documents import Refused
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.yaml_scalars import resolve
from tests.clusterlab.manifests.values import KEYS, OBJECTS, SCALARS


@settings(max_examples=40)
@given(OBJECTS, st.booleans())
def test_whatever_is_written_as_yaml_is_read_as_it_was(value: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    (document,) = yaml_text.documents(text)
    assert document.value == value


@settings(max_examples=15)
@given(st.lists(OBJECTS.filter(bool), max_size=4))
def test_documents_are_counted(several: list[Any]) -> None:
    found = list(yaml_text.documents(yaml.safe_dump_all(several, allow_unicode=True)))
    assert [document.value for document in found] == several
    lines = [document.place.line for document in found]
    assert lines == sorted(lines)


@settings(max_examples=80)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_makes_the_yaml_reader_fail(text: str) -> None:
    with suppress(Refused):
        list(yaml_text.documents(text))


@settings(max_examples=40)
@given(OBJECTS)
def test_every_field_has_a_place_within_the_text(value: dict[str, Any]) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    (document,) = yaml_text.documents(text)
    lines = text.count("\n") + 1
    assert all(1 <= place.line <= lines for place in document.places.values())
    assert document.place_of("no.such[3].field") == document.place


def wanted(data: dict[str, Any]) -> Obj:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}


FLAT = st.dictionaries(KEYS, SCALARS.filter(lambda scalar: scalar is not None), max_size=5)


@settings(max_examples=60)
@given(FLAT, FLAT)
def test_what_is_applied_is_there_and_applying_it_again_changes_nothing(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    stored = with_last_applied(wanted(first))
    after = merged(stored, with_last_applied(wanted(second)), None)
    assert after["data"] == second
    assert merged(after, with_last_applied(wanted(second)), None) == after


@settings(max_examples=60)
@given(FLAT, FLAT, FLAT)
def test_what_others_add_stays_until_it_is_wanted_otherwise(
    mine: dict[str, Any], theirs: dict[str, Any], later: dict[str, Any]
) -> None:
    stored = with_last_applied(wanted(mine))
    stored["data"] = {**theirs, **mine}
    before = deepcopy(stored)
    after = merged(stored, with_last_applied(wanted(later)), None)
    assert stored == before
    assert after["data"] == {**{k: v for k, v in theirs.items() if k not in mine}, **later}


@settings(max_examples=40)
@given(FLAT)
def test_what_was_applied_last_can_be_read_back(data: dict[str, Any]) -> None:
    found = last_applied(with_last_applied(wanted(data)))
    assert found["data"] == data
    assert LAST_APPLIED not in found["metadata"]["annotations"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-0", 0), ("+5", 5), ("1_000", 1000), ("0b101", 5), ("-0x1F", -31), ("0o17", 15), ("017", 15),
        ("08", 8.0),
        (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.5E-2", -0.015), ("1.2.3", "1.2.3"), ("1-2", "1-2"), ("+", "+"),
        ("-", "-"), (".", "."), ("0x", "0x"), ("0b", "0b"), ("1__0", 10),
        ("yes", True), ("Off", False), ("y", "y"), ("N", "N"), ("~", None), ("NULL", None), ("nUll", "nUll"),
        ("2026-01-01", "2026-01-01"), ("12:30", "12:30"), ("0.1.0", "0.1.0"), ("1" * 500, "1" * 500),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_plain_scalars(text: str, value: Any) -> None:
    found = resolve(text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "-1e999"])
def test_numbers_that_json_has_no_words_for_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no JSON number|is too large for a number"):
        resolve(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_as_they_were_written(number: float) -> None:
    found = resolve(repr(number))
    assert isinstance(found, (int, float)) and math.isclose(found, number)
