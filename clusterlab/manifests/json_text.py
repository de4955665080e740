"""JSON text to documents, one after the other as kubectl takes them; strict about what Kubernetes is strict about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from simcore.apimachinery import yaml_text
from simcore.apimachinery.documents import MAX_DEPTH, Document, Place, Refused
from simcore.apimachinery.yaml_text import place_at

_SPACE = re.compile(r"[\s\x00]*")
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(Exception):
    """The text is no JSON; it may still be YAML."""


def documents(text: str) -> Iterator[Document]:
    """Raises: NotJson, Refused."""
    _check_depth(text)
    position, index = _skip_space(text, 0), 0
    while position < len(text):
        start = position
        try:
            value, position = _decoder(place_at(text, start)).raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError) as error:
            raise NotJson(str(error)) from None
        place = place_at(text, start)
        yield Document(value, place, index, _places(text[start:position], place))
        position, index = _skip_space(text, position), index + 1


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    assert found is not None
    return found.end()


def _check_depth(text: str) -> None:
    depth = 0
    for found in _STRUCTURE.finditer(text):
        if found.group() in "[{":
            depth += 1
        elif found.group() in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise Refused(f"json: nested deeper than {MAX_DEPTH} levels", place_at(text, found.start()))


def _decoder(place: Place) -> json.JSONDecoder:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made:
                raise Refused(f'json: key "{_whole(key)}" already set in map', place)
            made[_whole(key)] = _whole(value) if isinstance(value, str) else value
        return made

    def refuse(word: str) -> Any:
        raise Refused(f"json: {word} is no JSON number", place)

    def number(text: str) -> float:
        value = float(text)
        return value if abs(value) != float("inf") else refuse(text)

    def integer(text: str) -> int | float:
        if len(text) > 40:
            return number(text)
        value = int(text)
        return value if -(2**63) <= value < 2**64 else float(value)

    return json.JSONDecoder(
        object_pairs_hook=members, parse_constant=refuse, parse_float=number, parse_int=integer
    )


def _whole(text: str) -> str:
    """Half a surrogate pair becomes U+FFFD, as Go's decoder does it."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _places(text: str, begin: Place) -> dict[str, Place]:
    """JSON is nearly always YAML, too, whose reader knows places; where it is not, the document's own has to do."""
    try:
        found = next(iter(yaml_text.documents(text)), None)
    except Refused:
        found = None
    if found is None:
        return {"": begin}
    return {path: _moved(place, begin) for path, place in found.places.items()}


def _moved(place: Place, begin: Place) -> Place:
    column = place.column + begin.column - 1 if place.line == 1 else place.column
    return Place(place.line + begin.line - 1, column)
