"""JSON as Kubernetes' strict decoder takes it, one document after the other."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterlab.manifests.json_text import NotJson, documents
from clusterlab.manifests.reader import read
from simcore.apimachinery.documents import MAX_DEPTH, Place, Refused, child, element
from tests.clusterlab.manifests.values import OBJECTS


def values(text: str) -> list[Any]:
    return [document.value for document in documents(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{}", [{}], id="an object"),
        pytest.param(' {"a":1}\n\t{"b":2} ', [{"a": 1}, {"b": 2}], id="two with space between"),
        pytest.param('{"a":1}{"b":2}', [{"a": 1}, {"b": 2}], id="two without"),
        pytest.param('{"a":1}\0\0', [{"a": 1}], id="zero bytes at the end"),
        pytest.param("[1,2]", [[1, 2]], id="a list"),
        pytest.param("", [], id="nothing"),
        pytest.param('{"n":9223372036854775807}', [{"n": 2**63 - 1}], id="the largest signed number"),
        pytest.param('{"n":18446744073709551615}', [{"n": 2**64 - 1}], id="the largest unsigned number"),
        pytest.param('{"n":18446744073709551616}', [{"n": float(2**64)}], id="a larger number"),
        pytest.param('{"n":-9223372036854775809}', [{"n": float(-(2**63) - 1)}], id="a smaller number"),
        pytest.param('{"n":1' + "0" * 60 + "}", [{"n": 1e60}], id="a long number"),
        pytest.param('{"n":1.5e3}', [{"n": 1500.0}], id="a fraction"),
        pytest.param('{"s":"\\ud800"}', [{"s": "\ufffd"}], id="half a pair in a value"),
        pytest.param('{"\\udc00":1}', [{"\ufffd": 1}], id="half a pair in a key"),
        pytest.param('{"s":"\\ud83d\\ude00"}', [{"s": "😀"}], id="a whole pair"),
    ],
)
def test_what_is_read(text: str, expected: list[Any]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        pytest.param('{"a":1,"a":2}', 'json: key "a" already set in map', Place(1, 1), id="a key twice"),
        pytest.param('{}\n {"x":{"b":1,"b":1}}', 'json: key "b" already set in map', Place(2, 2), id="in the second"),
        pytest.param('{"a":NaN}', "json: NaN is no JSON number", Place(1, 1), id="no number"),
        pytest.param('{"a":-Infinity}', "json: -Infinity is no JSON number", Place(1, 1), id="less than any"),
        pytest.param('{"a":1e400}', "json: 1e400 is no JSON number", Place(1, 1), id="more than any"),
        pytest.param(
            "\n\n" + "[" * (MAX_DEPTH + 1), f"json: nested deeper than {MAX_DEPTH} levels", Place(3, MAX_DEPTH + 1),
            id="too deep",
        ),
        pytest.param(
            '{"a":' * (MAX_DEPTH + 1), f"json: nested deeper than {MAX_DEPTH} levels", Place(1, MAX_DEPTH * 5 + 1),
            id="objects too deep",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_says_where(text: str, message: str, place: Place) -> None:
    with pytest.raises(Refused) as refused:
        values(text)
    assert (refused.value.message, refused.value.place) == (message, place)


@pytest.mark.parametrize(
    "text", ["{a: 1}", "{'a': 1}", '{"a":1,}', "{", '{"a"}', "nonsense", '{"a": tru}', "[1 2]"]
)
def test_what_is_no_json_may_still_be_something_else(text: str) -> None:
    with pytest.raises(NotJson):
        values(text)


def test_braces_in_texts_are_no_depth() -> None:
    text = json.dumps({"a": "[" * 500, "b": '"{' * 300})
    assert values(text) == [json.loads(text)]


def test_fields_have_their_places_in_every_document() -> None:
    first, second = documents('{"a": {"b": [1,\n 2]}}\n  {"c": 3}')
    assert first.place_of("a.b[1]") == Place(2, 2)
    assert second.place == Place(3, 3)
    assert second.place_of("c") == Place(3, 4)
    assert second.place_of("not.there") == Place(3, 3)


def test_paths_are_put_together() -> None:
    assert child("", "a") == "a"
    assert child(element("a", 0), "b") == "a[0].b"


@settings(max_examples=50)
@given(OBJECTS)
def test_whatever_is_written_as_json_is_read_as_it_was(value: Any) -> None:
    assert values(json.dumps(value)) == [value]
    assert values(json.dumps(value, ensure_ascii=False, indent=2)) == [value]


@settings(max_examples=20)
@given(st.lists(OBJECTS, max_size=4))
def test_documents_one_after_the_other_keep_their_order(several: list[Any]) -> None:
    text = "\n".join(json.dumps(value) for value in several)
    found = list(documents(text))
    assert [document.value for document in found] == several
    assert [document.index for document in found] == list(range(len(several)))


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    with suppress(Refused):
        read("any.json", text.encode(errors="surrogatepass"))
