"""YAML from strangers: what it means, where everything stands, and what is refused before it does harm."""

from __future__ import annotations

import time
from typing import Any

import pytest

from simcore.apimachinery.documents import MAX_DEPTH, Place, Refused
from simcore.apimachinery.yaml_text import documents


def values(text: str) -> list[Any]:
    return [document.value for document in documents(text)]


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        values(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("yes", True, id="YAML 1.1 knows yes"),
        pytest.param("Off", False, id="and off"),
        pytest.param("y", "y", id="but y is a letter"),
        pytest.param("~", None, id="null as a tilde"),
        pytest.param("010", 8, id="octal as in C"),
        pytest.param("0o10", 8, id="octal as in Python"),
        pytest.param("0x1F", 31, id="hexadecimal"),
        pytest.param("0b101", 5, id="binary"),
        pytest.param("-17", -17, id="negative"),
        pytest.param("1_000", 1000, id="digits in groups"),
        pytest.param("1e3", 1000.0, id="a float"),
        pytest.param(".5", 0.5, id="a float without a leading digit"),
        pytest.param("1.2.3", "1.2.3", id="a version is text"),
        pytest.param("2024-01-02", "2024-01-02", id="a date stays text"),
        pytest.param("'1'", "1", id="quoted digits are text"),
        pytest.param("!!str 1", "1", id="text by its tag"),
        pytest.param("99999999999999999999", 1e20, id="integers beyond 64 bits are floats"),
        pytest.param("0x", "0x", id="a prefix without digits"),
        pytest.param("|\n  two\n  lines\n", "two\nlines\n", id="a block"),
    ],
)
def test_scalars_are_read_as_kubernetes_reads_them(text: str, value: object) -> None:
    (found,) = values(f"a: {text}")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_keys_become_text() -> None:
    assert values("1: a\nyes: b\nnull: c\n1.5: d") == [{"1": "a", "true": "b", "null": "c", "1.5": "d"}]


def test_several_documents_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    found = list(documents("a: 1\n---\n---\n# nothing\n---\nb: 2\n"))
    assert [(d.index, d.place, d.value) for d in found] == [
        (0, Place(1, 1), {"a": 1}),
        (3, Place(6, 1), {"b": 2}),
    ]


def test_every_field_has_its_place() -> None:
    (found,) = documents("spec:\n  containers:\n  - name: a\n    ports: [{containerPort: 80}]\n")
    assert found.place_of("spec.containers[0].name") == Place(3, 5)
    assert found.place_of("spec.containers[0].ports[0].containerPort") == Place(4, 14)


def test_a_missing_field_has_its_nearest_parents_place() -> None:
    (found,) = documents("spec:\n  containers:\n  - name: a\n")
    assert found.place_of("spec.containers[0].image.tag") == Place(3, 5)
    assert found.place_of("status") == Place(1, 1)


def test_aliases_stand_for_what_they_name() -> None:
    assert values("a: &x {b: [1]}\nc: *x") == [{"a": {"b": [1]}, "c": {"b": [1]}}]


def test_merge_keys_add_what_is_not_there() -> None:
    text = "base: &b {cpu: 1, memory: 2}\nmore: &m {memory: 3, pods: 4}\nall: {<<: [*b, *m], cpu: 9}"
    assert values(text)[0]["all"] == {"cpu": 9, "memory": 2, "pods": 4}


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        pytest.param(
            "a: 1\nb: [1, 2\n",
            "error converting YAML to JSON: yaml: line 3: did not find expected ',' or ']'",
            Place(3, 1),
            id="a bracket that is not closed",
        ),
        pytest.param(
            "a: 1\na: 2",
            'error converting YAML to JSON: yaml: line 2: key "a" already set in map',
            Place(2, 1),
            id="a key twice",
        ),
        pytest.param(
            "a: *x", "yaml: line 1: unknown anchor 'x' referenced", Place(1, 4), id="an unknown anchor"
        ),
        pytest.param(
            "a: &x [*x]", "yaml: anchor 'x' value contains itself", Place(1, 8), id="an anchor in itself"
        ),
        pytest.param("a: .inf", "yaml: line 1: .inf is no JSON number", Place(1, 4), id="infinity"),
        pytest.param("a: 1e999", "yaml: line 1: 1e999 is too large for a number", Place(1, 4), id="1e999"),
        pytest.param(
            "? [a]\n: b", "yaml: line 1: a key has to be a scalar", Place(1, 3), id="a list as a key"
        ),
        pytest.param(
            "a: \x07", "yaml: control characters are not allowed", Place(1, 4), id="a control character"
        ),
        pytest.param(
            "a: !!python/object/apply:os.system [x]",
            "yaml: line 1: the tag tag:yaml.org,2002:python/object/apply:os.system is not supported",
            Place(1, 4),
            id="a tag that runs code elsewhere",
        ),
        pytest.param(
            "a: {<<: 1}",
            "yaml: map merge requires map or sequence of maps as the value",
            Place(1, 9),
            id="a merge of a number",
        ),
    ],
)
def test_what_is_refused_says_what_and_where(text: str, message: str, place: Place) -> None:
    found = refusal(text)
    assert (found.message, found.place) == (message, place)


@pytest.mark.parametrize(("opening", "column"), [("[", 101), ("{a: ", 401), ("- ", 201), ("[&a ", 398)])
def test_deep_nesting_is_refused_where_it_goes_too_deep(opening: str, column: int) -> None:
    found = refusal(opening * 30_000)
    assert found.message == f"yaml: line 1: nested deeper than {MAX_DEPTH} levels"
    assert found.place == Place(1, column)


def test_nesting_up_to_the_bound_is_taken() -> None:
    assert values("[" * MAX_DEPTH + "]" * MAX_DEPTH)


def alias_bomb(levels: int = 9) -> str:
    lines, last = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"], "a0"
    for number in range(1, levels):
        lines.append(f"a{number}: &a{number} [{','.join([f'*{last}'] * 9)}]")
        last = f"a{number}"
    return "\n".join(lines)


def merge_bomb(levels: int = 40) -> str:
    lines, last = ["k0: &k0 {a: 1}"], "k0"
    for number in range(1, levels):
        lines.append(f"k{number}: &k{number} {{<<: [{', '.join([f'*{last}'] * 4)}]}}")
        last = f"k{number}"
    return "\n".join(lines)


@pytest.mark.parametrize("bomb", [alias_bomb(), merge_bomb()], ids=["aliases", "merge keys"])
def test_what_would_expand_without_end_is_refused_at_once(bomb: str) -> None:
    began = time.process_time()
    assert refusal(bomb).message == "yaml: document contains excessive aliasing or too many values"
    assert time.process_time() - began < 1.0


def test_three_megabytes_of_one_scalar_are_one_scalar() -> None:
    (found,) = values("a: " + "x" * 3_000_000)
    assert len(found["a"]) == 3_000_000
