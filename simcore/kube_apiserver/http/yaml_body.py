"""A YAML body to the value that it stands for, with bounds on depth, size and expansion before anything is built.

The C parser's events are taken one by one: its own composer recurses without a bound and dies of deep nesting.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import yaml

from simcore.apimachinery.schema_decode import Doubled

MAX_DEPTH = 100
MOST_VALUES = 200_000
"""Values that a document may come to, those repeated by aliases counted each time."""
_RESOLVER = yaml.SafeLoader.yaml_implicit_resolvers
_TRUE, _FALSE = frozenset(("yes", "true", "on", "y")), frozenset(("no", "false", "off", "n"))


class YamlError(ValueError):
    """The text is not YAML, or more than is taken."""


def loads(data: bytes) -> Any:
    """The first document. Raises: YamlError."""
    try:
        events = yaml.parse(data.decode(), Loader=yaml.CSafeLoader)
        return _Builder(events).document()
    except UnicodeDecodeError:
        raise YamlError("yaml: invalid leading UTF-8 octet") from None
    except yaml.YAMLError as error:
        raise YamlError(f"error converting YAML to JSON: yaml: {_told(error)}") from None


def dumps(doc: Any) -> bytes:
    """Members in alphabetical order, as sigs.k8s.io/yaml writes them."""
    text: str = yaml.dump(doc, Dumper=_Dumper, default_flow_style=False, sort_keys=True, allow_unicode=True)
    return text.encode()


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Builder:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Any, int]] = {}  # value and how many values it holds
        self._values = 0

    def document(self) -> Any:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self._value(next(self._events), 0)
        return None

    def _value(self, event: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise YamlError("yaml: exceeded max depth of 100")
        self._count(1)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise YamlError(f"yaml: unknown anchor '{event.anchor}' referenced")
            value, size = self._anchors[event.anchor]
            self._count(size)
            return value
        before = self._values
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._mapping(depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._values - before)
        return value

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise YamlError("yaml: document contains excessive aliasing")

    def _sequence(self, depth: int) -> list[Any]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: list[Any] = []
        doubled: list[str] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            if isinstance(key, dict | list):
                raise YamlError("yaml: invalid map key")
            value = self._value(next(self._events), depth + 1)
            name = _name(key)
            if name == "<<" and isinstance(value, dict | list):
                merged += value if isinstance(value, list) else [value]
                continue
            if name in members:
                doubled.append(name)
            members[name] = value
        for source in merged:
            if not isinstance(source, dict):
                raise YamlError("yaml: map merge requires map or sequence of maps as the value")
            self._count(len(source))
            members = {**source, **members}
        if not doubled:
            return members
        marked = Doubled(members)
        marked.doubled = doubled
        return marked


def _scalar(event: Any) -> Any:
    text: str = event.value
    tag = event.tag
    if tag is None and event.implicit[0]:
        candidates = _RESOLVER.get(text[0] if text else "", []) + _RESOLVER.get(None, [])
        tag = next((tag for tag, pattern in candidates if pattern.match(text)), "")
    kind = (tag or "").removeprefix("tag:yaml.org,2002:")
    try:
        return _converted(kind, text)
    except ValueError:
        return text


def _converted(kind: str, text: str) -> Any:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() in _TRUE if text.lower() in _TRUE | _FALSE else text
        case "int":
            return _integer(text.replace("_", ""))
        case "float":
            value = float(text.replace("_", ""))
            return value if math.isfinite(value) else text
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    if digits.startswith("0") and digits.isdecimal() and len(digits) > 1:
        return int(text, 8)
    return int(text, 0)


def _name(key: Any) -> str:
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


def _told(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem or error)
