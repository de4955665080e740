"""Strategic merge patch: lists of objects are merged by the key that the schema declares.

Models: kubernetes v1.36 apimachinery/pkg/util/strategicpatch/patch.go (StrategicMergePatch).
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.encoding import go_value
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node

DIRECTIVE, RETAIN_KEYS = "$patch", "$retainKeys"
ORDER, DELETE_ITEMS = "$setElementOrder/", "$deleteFromPrimitiveList/"


class PatchError(ValueError):
    """The patch does not fit; the message is Kubernetes' own."""


def strategic_merge(original: Obj, patch: Obj, node: Node | None) -> Obj:
    """A new object that shares what the patch leaves alone. Raises: PatchError."""
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        return _without_directives(patch, node)
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise PatchError(f"unknown patch type: {go_value(directive)} in map: {go_value(patch)}")
    kept = patch.get(RETAIN_KEYS)
    if kept is not None:
        original = _retained(original, patch, kept)
    merged = dict(original)
    for name in _patched_fields(patch):
        field = node.fields.get(name) if node is not None and node.form == "struct" else None
        if node is not None and node.form == "map":
            field = node.item
        _merge_field(merged, name, patch, field)
    return merged


def _merge_field(merged: Obj, name: str, patch: Obj, field: Node | None) -> None:
    order, deleted = patch.get(ORDER + name), patch.get(DELETE_ITEMS + name)
    if not isinstance(order, list | None):
        raise PatchError("invalid patch format of setElementOrder list")
    if not isinstance(deleted, list | None):
        raise PatchError("invalid patch format of primitive list")
    if name in patch:
        value = patch[name]
        if value is None:
            merged.pop(name, None)
            return
        old = merged.get(name)
        if isinstance(value, dict):
            replaces = field is not None and "replace" in field.strategies
            base = old if isinstance(old, dict) and not replaces else {}
            merged[name] = strategic_merge(base, value, field)
            return
        if not isinstance(value, list) or field is None or "merge" not in field.strategies:
            merged[name] = _cleaned(value, field)
            return
    if name not in patch and name not in merged:
        return
    items = merged[name] if isinstance(merged.get(name), list) else []
    merged[name] = _merged_list(items, patch.get(name) or [], field, order, deleted or [])


def _merged_list(
    items: list[Any], patch: list[Any], field: Node | None, order: list[Any] | None, deleted: list[Any]
) -> list[Any]:
    key = field.merge_key if field is not None else ""
    if not key:
        if order is not None:
            _check_order(patch, order, "")
        kept = [item for item in items if item not in deleted]
        fresh: list[Any] = []
        for item in patch:
            if item not in kept and item not in fresh:
                fresh.append(item)
        return _in_order(kept + fresh, items, order if order is not None else patch, "")
    if order is not None:
        _check_order(patch, order, key)
    if any(isinstance(item, dict) and item.get(DIRECTIVE) == "replace" for item in patch):
        return [_cleaned(item, field and field.item) for item in patch if DIRECTIVE not in item]
    result = list(items)
    for change in patch:
        _merge_item(result, change, key, field)
    wanted = order if order is not None else [c for c in patch if c.get(DIRECTIVE) != "delete"]
    return _in_order(result, items, [_key_value(w, key) for w in wanted], key)


def _check_order(patch: list[Any], order: list[Any], key: str) -> None:
    """What the patch puts into the list has to be named in the order, and in this order."""
    put = [item for item in patch if not (isinstance(item, dict) and DIRECTIVE in item)]
    rest = iter(_key_value(item, key) if key else item for item in order)
    if not all((_key_value(item, key) if key else item) in rest for item in put):
        text = f"{go_value(patch)}\n doesn't match $setElementOrder list:\n{go_value(order)}\n"
        raise PatchError(f"The order in patch list:\n{text}")


def _merge_item(result: list[Any], change: Any, key: str, field: Node | None) -> None:
    wanted = _key_value(change, key)
    places = [at for at, item in enumerate(result) if isinstance(item, dict) and item.get(key) == wanted]
    if change.get(DIRECTIVE) == "delete":
        for at in reversed(places):
            del result[at]
    elif places:
        result[places[0]] = strategic_merge(result[places[0]], change, field and field.item)
    else:
        result.append(strategic_merge({}, change, field and field.item))


def _in_order(items: list[Any], before: list[Any], wanted: list[Any], key: str) -> list[Any]:
    """What the patch names in its order, the rest where it was; what is new stands as early as the patch allows."""
    place = {_hashable(value): at for at, value in reversed(list(enumerate(wanted)))}
    was = {_hashable(_identity(item, key)): at for at, item in enumerate(before)}
    named = [item for item in items if _hashable(_identity(item, key)) in place]
    named.sort(key=lambda item: place[_hashable(_identity(item, key))])
    others = [item for item in items if _hashable(_identity(item, key)) not in place]
    result: list[Any] = []
    for item in named:
        at = was.get(_hashable(_identity(item, key)), -1)
        while others and was[_hashable(_identity(others[0], key))] < at:
            result.append(others.pop(0))
        result.append(item)
    return result + others


def _patched_fields(patch: Obj) -> list[str]:
    """The fields that the patch says something of, in its order."""
    names: dict[str, None] = {}
    for name in patch:
        for prefix in (ORDER, DELETE_ITEMS):
            if name.startswith(prefix):
                names[name[len(prefix) :]] = None
        if not name.startswith("$"):
            names[name] = None
    return list(names)


def _retained(original: Obj, patch: Obj, kept: Any) -> Obj:
    if not isinstance(kept, list):
        raise PatchError("invalid patch format of retainKeys")
    for name in _patched_fields(patch):
        if name not in kept and patch.get(name) is not None:
            raise PatchError("invalid patch format of retainKeys")
    return {name: value for name, value in original.items() if name in kept}


def _cleaned(value: Any, node: Node | None) -> Any:
    """A value of the patch that takes the place of what was there."""
    if isinstance(value, dict):
        return strategic_merge({}, value, node)
    if isinstance(value, list):
        item = node.item if node is not None else None
        return [_cleaned(member, item) for member in value]
    return value


def _without_directives(patch: Obj, node: Node | None) -> Obj:
    return strategic_merge({}, {k: v for k, v in patch.items() if k != DIRECTIVE}, node)


def _key_value(item: Any, key: str) -> Any:
    if not isinstance(item, dict) or key not in item:
        raise PatchError(f"map: {go_value(item)} does not contain declared merge key: {key}")
    return item[key]


def _identity(item: Any, key: str) -> Any:
    return item.get(key) if key and isinstance(item, dict) else item


def _hashable(value: Any) -> Any:
    return repr(value) if isinstance(value, dict | list) else (type(value).__name__, value)
