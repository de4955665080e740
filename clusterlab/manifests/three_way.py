"""What `kubectl apply` makes of three documents: what was applied last, what is wanted now, what is there.

Models: kubernetes v1.36 apimachinery/pkg/util/strategicpatch (CreateThreeWayMergePatch), as its outcome.
Fields that the user once set and now leaves out go; fields that others set stay; lists with a merge key are merged
by it.
"""

from __future__ import annotations

import json
from typing import Any

from simcore.apimachinery.encoding import copy_obj
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def with_last_applied(wanted: Obj) -> Obj:
    """The object with its own text as an annotation, as kubectl writes it."""
    meta = wanted["metadata"]
    annotations = {k: v for k, v in (meta.get("annotations") or {}).items() if k != LAST_APPLIED}
    plain = {**wanted, "metadata": {**meta, "annotations": annotations}}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    return {**wanted, "metadata": {**meta, "annotations": {**annotations, LAST_APPLIED: text}}}


def last_applied(current: Obj) -> Obj:
    """{} when the object was never applied, or by somebody who wrote no such annotation."""
    text = (current["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def merged(current: Obj, wanted: Obj, node: Node | None) -> Obj:
    """The object to store: a new one. `wanted` comes from with_last_applied()."""
    result: Obj = _merge_map(copy_obj(current), last_applied(current), wanted, node)
    return result


def _merge_map(current: Any, original: Any, wanted: Obj, node: Node | None) -> Obj:
    if not isinstance(current, dict):
        return wanted
    before = original if isinstance(original, dict) else {}
    result = {name: value for name, value in current.items() if name in wanted or name not in before}
    if node is not None and "retainKeys" in node.strategies:
        result = {name: value for name, value in result.items() if name in wanted}
    for name, value in wanted.items():
        if value is None:
            result.pop(name, None)
        elif name in result:
            result[name] = _merge(result[name], before.get(name), value, _child(node, name))
        else:
            result[name] = value
    return result


def _merge(current: Any, original: Any, wanted: Any, node: Node | None) -> Any:
    if node is not None and "replace" in node.strategies:
        return wanted
    if isinstance(wanted, dict):
        return _merge_map(current, original, wanted, node)
    if (
        isinstance(wanted, list)
        and isinstance(current, list)
        and node is not None
        and "merge" in node.strategies
    ):
        before = original if isinstance(original, list) else []
        if node.merge_key:
            return _merge_items(current, before, wanted, node.merge_key, node.item)
        return [*wanted, *(item for item in current if item not in wanted and item not in before)]
    return wanted


def _merge_items(
    current: list[Any], original: list[Any], wanted: list[Any], key: str, node: Node | None
) -> list[Any]:
    """The wanted items in their order, each merged with its namesake; then those that others have added."""
    here, before, asked = _by(current, key), _by(original, key), _by(wanted, key)
    if len(asked) != len(wanted):
        return wanted
    mine = [_merge_map(here.get(name), before.get(name), item, node) for name, item in asked.items()]
    return mine + [item for name, item in here.items() if name not in asked and name not in before]


def _by(items: list[Any], key: str) -> dict[str, Any]:
    """Items by their merge key, as text; a port 80 and a port "80" are one."""
    return {str(item.get(key)): item for item in items if isinstance(item, dict) and key in item}


def _child(node: Node | None, name: str) -> Node | None:
    if node is None:
        return None
    return node.fields.get(name) if node.form == "struct" else node.item
