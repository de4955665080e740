"""Which fields a document holds, and which differ between two.

Models: sigs.k8s.io/structured-merge-diff v6 typed/{tofieldset,compare}.go.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.managed_fields.paths import Path, Paths, field
from simcore.kube_apiserver.managed_fields.shapes import element, is_atomic, is_named, member


class Absent:
    """Not there, which is not the same as null."""


ABSENT: Final = Absent()


class Comparison(NamedTuple):
    added: Paths
    modified: Paths
    removed: Paths

    @property
    def written(self) -> Paths:
        return self.added | self.modified


def fields_of(value: Any, node: Node | None) -> Paths:
    """What an applied document claims. The fields on the way to a claim are not claimed."""
    found: set[Path] = set()
    _collect(value, node, (), found)
    return frozenset(found)


def compare(old: Any, new: Any, node: Node | None) -> Comparison:
    comparing = _Comparing()
    comparing.place(old, new, node, ())
    return Comparison(frozenset(comparing.added), frozenset(comparing.modified), frozenset(comparing.removed))


def _collect(value: Any, node: Node | None, path: Path, found: set[Path]) -> None:
    if is_atomic(node, value):
        found.add(path)
    elif isinstance(value, list):
        for item in value:
            place = (*path, element(item, node))
            _collect(item, node.item if node else None, place, found)
            found.add(place)
    else:
        for name, below in value.items():
            place = (*path, field(name))
            _collect(below, member(node, name), place, found)
            if below is None or below == {} or not is_named(node, name):
                found.add(place)


class _Comparing:
    """Walks two documents side by side."""

    def __init__(self) -> None:
        self.added: set[Path] = set()
        self.modified: set[Path] = set()
        self.removed: set[Path] = set()

    def place(self, old: Any, new: Any, node: Node | None, path: Path) -> None:
        if old is new:
            return
        if self._is_leaf(old, new, node):
            self._tell(old, new, path)
            return
        self._below(old, new, node, path)
        if old is ABSENT or new is ABSENT:
            self._tell(old, new, path)

    def _is_leaf(self, old: Any, new: Any, node: Node | None) -> bool:
        given = [value for value in (old, new) if value is not ABSENT and value is not None]
        if not any(given) or any(is_atomic(node, value) for value in given):
            return True
        return len({type(value) for value in given}) > 1

    def _below(self, old: Any, new: Any, node: Node | None, path: Path) -> None:
        is_list = isinstance(old if isinstance(old, list | dict) else new, list)
        steps = _items if is_list else _members
        before, after = steps(old, node), steps(new, node)
        for step in dict.fromkeys((*before, *after)):
            inner = node.item if is_list and node else None if is_list else member(node, step[2:])
            self.place(before.get(step, ABSENT), after.get(step, ABSENT), inner, (*path, step))

    def _tell(self, old: Any, new: Any, path: Path) -> None:
        if old is ABSENT:
            self.added.add(path)
        elif new is ABSENT:
            self.removed.add(path)
        elif old != new:
            self.modified.add(path)


def _members(value: Any, node: Node | None) -> dict[str, Any]:
    return {field(name): below for name, below in value.items()} if isinstance(value, dict) else {}


def _items(value: Any, node: Node | None) -> dict[str, Any]:
    """Of items that say they are the same one the first counts."""
    found: dict[str, Any] = {}
    for item in value if isinstance(value, list) else ():
        found.setdefault(element(item, node), item)
    return found
