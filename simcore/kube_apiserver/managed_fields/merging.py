"""An applied document over a live one, and a document without some of its fields. New objects share unchanged parts.

Models: sigs.k8s.io/structured-merge-diff v6 typed/{merge,remove}.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.managed_fields.comparing import ABSENT
from simcore.kube_apiserver.managed_fields.paths import Path, Paths, ancestors, field
from simcore.kube_apiserver.managed_fields.shapes import element, is_atomic, member


def merge(live: Any, applied: Any, node: Node | None) -> Any:
    """What is applied wins; what it doesn't mention stays."""
    if live is ABSENT or live is None or is_atomic(node, applied) or type(live) is not type(applied):
        return applied
    if isinstance(applied, list):
        return _merged_items(live, applied, node)
    merged = dict(live)
    for name, value in applied.items():
        merged[name] = merge(live.get(name, ABSENT), value, member(node, name))
    return merged


def without(value: Any, gone: Paths, node: Node | None) -> Any:
    """The document without the places in `gone`; what is emptied by that goes, too."""
    touched = frozenset(parent for path in gone for parent in ancestors(path))
    return _pruned(value, gone, touched, node, ())


def _merged_items(live: list[Any], applied: list[Any], node: Node | None) -> list[Any]:
    """Items of both in the applied order, those of `live` alone where they were between them."""
    inner = node.item if node else None
    old = {element(item, node): item for item in reversed(live)}
    new = {element(item, node): item for item in applied}
    waiting, shared = list(new), [step for step in new if step in old]
    merged: list[Any] = []

    def take(step: str) -> None:
        merged.append(merge(old.get(step, ABSENT), new[step], inner))

    for item in live:
        step = element(item, node)
        if step not in new:
            merged.append(item)
        elif shared and step == shared[0]:
            shared.pop(0)
            upto = waiting.index(step) + 1
            for ready in waiting[:upto]:
                take(ready)
            del waiting[:upto]
    for step in waiting:
        take(step)
    return merged


def _pruned(value: Any, gone: Paths, touched: Paths, node: Node | None, path: Path) -> Any:
    if path and path not in touched:
        return value
    if is_atomic(node, value):
        return value
    if isinstance(value, list):
        inner = node.item if node else None
        steps = [((*path, element(item, node)), item) for item in value]
        items = [_pruned(item, gone, touched, inner, step) for step, item in steps if step not in gone]
        return items or None
    kept = {
        name: _pruned(below, gone, touched, member(node, name), (*path, field(name)))
        for name, below in value.items()
        if (*path, field(name)) not in gone
    }
    return kept or None
