"""Field selectors."""

from __future__ import annotations

import pytest

from simcore.apimachinery.fields import FieldTerm, parse_fields
from simcore.apimachinery.labels import SelectorError

FIELDS = {"metadata.name": "web", "status.phase": "Running"}


@pytest.mark.parametrize(
    ("text", "selects"),
    [
        ("", True),
        ("metadata.name=web", True),
        ("metadata.name==web,status.phase!=Pending", True),
        ("metadata.name=web,status.phase!=Running", False),
        ("spec.nodeName=", True),
        ("spec.nodeName!=", False),
    ],
)
def test_a_field_selector_selects(text: str, selects: bool):
    assert parse_fields(text).matches(lambda path: FIELDS.get(path, "")) is selects


def test_commas_and_equal_signs_may_be_escaped():
    assert parse_fields(r"a=b\,c\=d").terms == (FieldTerm("a", True, "b,c=d"),)


def test_the_one_value_that_is_demanded():
    selector = parse_fields("metadata.name=web,metadata.namespace!=kube-system")
    assert selector.exactly("metadata.name") == "web"
    assert selector.exactly("metadata.namespace") is None


def test_a_term_without_an_operator_is_refused():
    with pytest.raises(SelectorError) as refused:
        parse_fields("a=b,c")
    assert str(refused.value) == "invalid selector: 'a=b,c'; can't understand 'c'"
