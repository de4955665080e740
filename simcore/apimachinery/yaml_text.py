"""YAML text to documents, by the event stream: nothing recurses on the text's nesting and nothing expands unseen.

PyYAML's C loader dies on deep nesting because it composes recursively, and its constructor expands merge keys
without a bound. The C parser's events do neither, so composing happens here, with depth and size counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from simcore.apimachinery.documents import MAX_DEPTH, MAX_VALUES, Document, Place, Refused, child, element
from simcore.apimachinery.schema_decode import Doubled
from simcore.apimachinery.yaml_scalars import resolve

_STR, _TAG = "tag:yaml.org,2002:str", "tag:yaml.org,2002:"
_MERGE = "<<"
_PLAIN_TAGS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))


@dataclass
class Open:
    """A collection whose end has not come yet."""

    value: Any
    place: Place
    path: str
    anchor: str | None
    size: int = 1
    key: str | None = None
    """Of a mapping: the key whose value comes next."""
    merges: list[dict[str, Any]] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    """Members that came twice."""


def documents(text: str, *, marks_doubles: bool = False) -> Iterator[Document]:
    """Empty documents are left out. With `marks_doubles` a mapping that names a member twice is a `Doubled`.

    Raises: Refused.
    """
    composer = Composer(marks_doubles=marks_doubles)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            done = composer.take(event)
            if done is not None:
                yield done
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise Refused(
            f"error converting YAML to JSON: yaml: line {place.line}: {error.problem}", place
        ) from None
    except yaml.reader.ReaderError as error:
        place = place_at(text, error.position)
        raise Refused("yaml: control characters are not allowed", place) from None


def place_at(text: str, position: int) -> Place:
    before = text[: max(position, 0)]
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))


class Composer:
    """Builds one document after the other. The size of an anchored value is known: an alias adds it again."""

    def __init__(self, *, marks_doubles: bool = False) -> None:
        self._marks_doubles = marks_doubles
        self._values = 0
        self._index = -1
        self._begin(Place(1, 1))

    def _begin(self, place: Place) -> None:
        self._index += 1
        self._stack: list[Open] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}  # None: still open
        self._places: dict[str, Place] = {}
        self._place = place
        self._root: Any = None

    def take(self, event: yaml.Event) -> Document | None:
        """The document that this event ends, if it is not empty."""
        mark = event.start_mark
        assert mark is not None
        place = Place(mark.line + 1, mark.column + 1)
        match event:
            case yaml.DocumentStartEvent():
                self._begin(place)
            case yaml.DocumentEndEvent():
                return self._document()
            case yaml.ScalarEvent():
                self._scalar(event, place)
            case yaml.AliasEvent():
                self._alias(event.anchor or "", place)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event, place)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close()
        return None

    def _document(self) -> Document | None:
        if self._root is None:
            return None
        return Document(self._root, self._places.get("", self._place), self._index - 1, self._places)

    def _scalar(self, event: Any, place: Place) -> None:
        tag = event.tag
        if tag not in (None, "!") and tag not in _PLAIN_TAGS:
            raise Refused(f"yaml: line {place.line}: the tag {tag} is not supported", place)
        is_text = tag in (_STR, "!") or not event.implicit[0]
        if self._expects_key():
            self._set_key(event.value, place, is_text=is_text)
            return
        try:
            value = event.value if is_text else resolve(event.value)
        except ValueError as error:
            raise Refused(f"yaml: line {place.line}: {error}", place) from None
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, 1, place)

    def _expects_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None

    def _set_key(self, text: str, place: Place, *, is_text: bool) -> None:
        top = self._stack[-1]
        key = text if is_text or text == _MERGE else _key_text(text)
        if key in top.value and key != _MERGE and self._marks_doubles:
            top.doubled.append(key)
        elif key in top.value and key != _MERGE:
            message = (
                f'error converting YAML to JSON: yaml: line {place.line}: key "{key}" already set in map'
            )
            raise Refused(message, place)
        top.key = key
        self._places[child(top.path, key)] = place

    def _alias(self, name: str, place: Place) -> None:
        if name not in self._anchors:
            raise Refused(f"yaml: line {place.line}: unknown anchor '{name}' referenced", place)
        found = self._anchors[name]
        if found is None:
            raise Refused(f"yaml: anchor '{name}' value contains itself", place)
        if self._expects_key():
            raise Refused(f"yaml: line {place.line}: an alias can't be a key", place)
        self._add(found[0], found[1], place)

    def _open(self, event: Any, place: Place) -> None:
        if self._expects_key():
            raise Refused(f"yaml: line {place.line}: a key has to be a scalar", place)
        if len(self._stack) >= MAX_DEPTH:
            raise Refused(f"yaml: line {place.line}: nested deeper than {MAX_DEPTH} levels", place)
        if event.tag not in (None, "!") and event.tag not in _PLAIN_TAGS:
            raise Refused(f"yaml: line {place.line}: the tag {event.tag} is not supported", place)
        if event.anchor:
            self._anchors[event.anchor] = None
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._next_path()
        self._places.setdefault(path, place)
        self._stack.append(Open(value, place, path, event.anchor))

    def _next_path(self) -> str:
        if not self._stack:
            return ""
        top = self._stack[-1]
        return element(top.path, len(top.value)) if top.key is None else child(top.path, top.key)

    def _close(self) -> None:
        done = self._stack.pop()
        for merged in done.merges:
            for key, value in merged.items():
                done.value.setdefault(key, value)
        if done.doubled:
            done.value = Doubled(done.value)
            done.value.doubled = done.doubled
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size)
        self._add(done.value, done.size, done.place, counted=True)

    def _add(self, value: Any, size: int, place: Place, *, counted: bool = False) -> None:
        """Puts a finished value where it belongs."""
        if not counted:
            self._values += size
            if self._values > MAX_VALUES:
                raise Refused("yaml: document contains excessive aliasing or too many values", place)
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        top.size += size
        if isinstance(top.value, list):
            self._places.setdefault(element(top.path, len(top.value)), place)
            top.value.append(value)
        elif top.key == _MERGE:
            top.merges += _mappings(value, place)
            top.key = None
        else:
            assert top.key is not None
            top.value[top.key], top.key = value, None


def _mappings(value: Any, place: Place) -> list[dict[str, Any]]:
    """What a merge key may have: a mapping, or a list of them; the first one's members win."""
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(member, dict) for member in listed):
        raise Refused("yaml: map merge requires map or sequence of maps as the value", place)
    return listed


def _key_text(text: str) -> str:
    """Keys are text in JSON: `1: a` is `"1": "a"`, `yes: a` is `"true": "a"`."""
    try:
        value = resolve(text)
    except ValueError:
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value) if isinstance(value, int) else text
