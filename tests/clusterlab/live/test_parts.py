"""Messages stay within their length, and together they hold every row once."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from clusterlab.live import parts
from clusterlab.live.parts import LONGEST, in_parts, messages

HEAD = '"t":"frame","from":1,"to":2,"at":3'


def row(number: int, size: int = 100) -> bytes:
    return json.dumps({"u": str(number), "fill": "x" * size}).encode()


def told(rows: list[tuple[bool, bytes]]) -> list[dict[str, Any]]:
    texts = messages(HEAD, in_parts(iter(rows)))
    alone = {text for text in texts if len(text) > LONGEST}
    assert all(text.count('"u"') == 1 for text in alone)
    return [json.loads(text) for text in texts]


def test_nothing_is_one_message_with_nothing_in_it() -> None:
    assert told([]) == [{"t": "frame", "from": 1, "to": 2, "at": 3, "nodes": [], "pods": []}]


def test_what_fits_is_one_message() -> None:
    (only,) = told([(False, row(1)), (True, row(2)), (True, row(3))])
    assert [r["u"] for r in only["nodes"]] == ["1"]
    assert [r["u"] for r in only["pods"]] == ["2", "3"]
    assert "more" not in only


def test_all_but_the_last_part_say_that_there_is_more() -> None:
    found = told([(True, row(n, 1000)) for n in range(200)])
    assert [part.get("more") for part in found] == [1] * (len(found) - 1) + [None]
    assert len(found) > 2
    assert {(part["from"], part["to"], part["at"]) for part in found} == {(1, 2, 3)}


def test_a_row_that_is_too_long_stands_alone() -> None:
    found = told([(True, row(1)), (True, row(2, LONGEST)), (True, row(3))])
    assert [[r["u"] for r in part["pods"]] for part in found] == [["1"], ["2"], ["3"]]


@pytest.mark.parametrize("seed", range(5))
def test_every_row_is_told_once_and_in_order(seed: int) -> None:
    chance = random.Random(seed)
    rows = [(chance.random() < 0.7, row(n, chance.randrange(3000))) for n in range(400)]
    found = told(rows)
    for is_pod, kind in ((True, "pods"), (False, "nodes")):
        expected = [json.loads(text)["u"] for among_pods, text in rows if among_pods == is_pod]
        assert [r["u"] for part in found for r in part[kind]] == expected, f"seed {seed}"


def test_letters_of_many_bytes_are_counted_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LONGEST", 1000)
    texts = messages(HEAD, in_parts((True, f'{{"u":"{n}","d":"{"요" * 60}"}}'.encode()) for n in range(9)))
    assert len(texts) > 2
    assert all(len(text.encode()) <= 1000 for text in texts)
