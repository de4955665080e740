"""Files to objects: YAML or JSON, several documents, Lists."""

from __future__ import annotations

import pytest

from clusterlab.manifests.reader import read
from simcore.apimachinery.documents import MAX_BYTES, Place, Refused


def refusal(data: bytes) -> tuple[str, Place]:
    with pytest.raises(Refused) as caught:
        read("a.yaml", data)
    return caught.value.message, caught.value.place


def test_json_documents_may_follow_each_other() -> None:
    found = read("a.json", b'{"kind": "A"}\n{"kind":\n "B", "spec": {"x": 1}}')
    assert [manifest.obj["kind"] for manifest in found] == ["A", "B"]
    assert found[1].place == Place(2, 1)
    assert found[1].place_of("spec.x") == Place(3, 16)


def test_flow_yaml_is_no_json_and_read_all_the_same() -> None:
    assert read("a.yaml", b"{kind: A, spec: {x: yes}}")[0].obj == {"kind": "A", "spec": {"x": True}}


def test_the_members_of_a_list_stand_for_themselves() -> None:
    text = b"kind: List\napiVersion: v1\nitems:\n- kind: A\n- kind: B\n  spec:\n    x: 1\n"
    first, second = read("a.yaml", text)
    assert (first.obj, first.place) == ({"kind": "A"}, Place(4, 3))
    assert second.place_of("spec.x") == Place(7, 5)


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert read("a.json", b'{"kind": "\\ud800"}')[0].obj == {"kind": "\ufffd"}


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert read("a.yaml", b"\xef\xbb\xbfkind: A")[0].obj == {"kind": "A"}


def test_an_empty_file_holds_nothing() -> None:
    assert read("a.yaml", b"\n# nothing\n---\n") == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b'{"a": NaN}', "json: NaN is no JSON number", id="NaN"),
        pytest.param(b'{"a": 1e400}', "json: 1e400 is no JSON number", id="1e400"),
        pytest.param(b'{"a": 1, "a": 2}', 'json: key "a" already set in map', id="a key twice"),
        pytest.param(b"[" * 30_000, "json: nested deeper than 100 levels", id="30 kB of ["),
        pytest.param(b'{"a":' * 30_000, "json: nested deeper than 100 levels", id="nested objects"),
        pytest.param(
            b"just text", "the document is no object: apiVersion, kind and metadata are needed", id="text"
        ),
        pytest.param(b"\xff\xfe\x00", "the file is not UTF-8 text", id="no UTF-8"),
        pytest.param(b"kind: List\nitems: [1]", "items[0] is no object", id="a List of numbers"),
        pytest.param(
            b" " * (MAX_BYTES + 1),
            "the file has 3,145,729 bytes; at most 3,145,728 are taken",
            id="too large",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(data: bytes, message: str) -> None:
    assert refusal(data)[0] == message


def test_broken_json_is_refused_at_its_place() -> None:
    message, place = refusal(b'{"a": 1,\n "b": [1, 2}')
    assert message == "error converting YAML to JSON: yaml: line 2: did not find expected ',' or ']'"
    assert place == Place(2, 12)
