"""Sets of field paths, as FieldsV1 writes them: `("f:spec", "f:ports", 'k:{"name":"web"}', "f:port")`.

Models: sigs.k8s.io/structured-merge-diff v6 fieldpath/{serialize,path,element}.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.meta import Obj

Path = tuple[str, ...]
Paths = frozenset[Path]
NOTHING: Paths = frozenset()
SELF = "."


def field(name: str) -> str:
    return f"f:{name}"


def from_fields(fields: Obj) -> Paths:
    """The set that a `fieldsV1` document stands for. Raises: ValueError when it is none."""
    found: set[Path] = set()
    _read(fields, (), found)
    return frozenset(found)


def to_fields(paths: Iterable[Path]) -> Obj:
    """The `fieldsV1` document of a set; a member with members below it says so by `.`."""
    tree: Obj = {}
    for path in sorted(paths):
        place = tree
        for element in path:
            place = place.setdefault(element, {})
        place[SELF] = {}
    return _without_lonely_dots(tree)


def text(path: Path) -> str:
    """As messages name it: `.spec.ports[name="web"].port`."""
    return "".join(map(_element_text, path))


def ancestors(path: Path) -> Iterable[Path]:
    """The paths of the parents, the outermost first."""
    return (path[:length] for length in range(1, len(path)))


def in_order(paths: Iterable[Path]) -> list[Path]:
    """As upstream walks a set: the members of a level before those below it."""
    return sorted(paths, key=lambda path: [*((True, step) for step in path[:-1]), (False, path[-1])])


def _read(fields: Any, path: Path, found: set[Path]) -> None:
    if not isinstance(fields, dict):
        raise ValueError(f"{path}: {type(fields).__name__} is no set of fields")
    if not fields and path:
        found.add(path)
    for element, below in fields.items():
        if element == SELF:
            found.add(path)
        else:
            _check_element(element)
            _read(below, (*path, element), found)


def _check_element(element: str) -> None:
    kind, _, rest = element.partition(":")
    if kind not in ("f", "k", "v", "i"):
        raise ValueError(f"{element!r} is no path element")
    if kind in ("k", "v"):
        json.loads(rest)


def _without_lonely_dots(tree: Obj) -> Obj:
    if len(tree) == 1 and SELF in tree:
        return {}
    return {element: _without_lonely_dots(below) for element, below in tree.items()}


def _element_text(element: str) -> str:
    kind, _, rest = element.partition(":")
    match kind:
        case "f":
            return f".{rest}"
        case "k":
            return f"[{','.join(f'{k}={_value_text(v)}' for k, v in sorted(decode(rest.encode()).items()))}]"
        case "v":
            return f"[={_value_text(decode(rest.encode()))}]"
    return f"[{rest}]"


def _value_text(value: Any) -> str:
    return encode(value).decode()
