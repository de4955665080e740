"""What the schema says of a place: whether it is owned as a whole, and what stands below it.

Models: sigs.k8s.io/structured-merge-diff v6 typed/helpers.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.managed_fields.paths import Path, Paths, ancestors

KEY_DEFAULTS = {"protocol": "TCP"}
"""Of fields that identify an item and may be left out."""


class Untypable(ValueError):
    """The document does not fit the schema; the text is upstream's, with the path."""


def is_atomic(node: Node | None, value: Any) -> bool:
    """Whether the place has one owner. Without a schema objects are taken apart, lists are not."""
    if isinstance(value, dict):
        return node is not None and (node.form not in ("struct", "map") or node.map_type == "atomic")
    if isinstance(value, list):
        return node is None or node.form != "list" or node.list_type not in ("map", "set")
    return True


def member(node: Node | None, name: str) -> Node | None:
    """What the schema says of a member; None: nothing."""
    if node is None:
        return None
    return node.fields.get(name) if node.form == "struct" else node.item


def is_named(node: Node | None, name: str) -> bool:
    """Whether the member is a field that the schema names, other than a key of a map."""
    return node is not None and node.form == "struct" and name in node.fields


def element(item: Any, node: Node | None) -> str:
    """The path element of an item of a set or of a list that is a map by its keys. Raises: Untypable."""
    if node is None or node.list_type == "set":
        return f"v:{encode(item).decode()}"
    if not isinstance(item, dict):
        raise Untypable("associative list with keys may not have non-map elements")
    keys: Obj = {}
    for name in sorted(node.list_keys):
        value = item.get(name, KEY_DEFAULTS.get(name))
        if value is None:
            raise Untypable(
                f'associative list with keys has an element that omits key field "{name}" '
                "(and doesn't have default value)"
            )
        keys[name] = value
    return f"k:{encode(keys).decode()}"


def below(node: Node | None, step: str) -> Node | None:
    """What the schema says of the place that a path element leads to."""
    return member(node, step[2:]) if step.startswith("f:") else node.item if node is not None else None


def with_named_parents(paths: Paths, root: Node | None) -> Paths:
    """With the fields that lead to the members, as far as the schema names them."""
    found = set(paths)
    known: dict[Path, Node | None] = {(): root}
    for path in paths:
        for parent in ancestors(path):
            if parent not in known:
                known[parent] = below(known[parent[:-1]], parent[-1])
                if is_named(known[parent[:-1]], parent[-1][2:]):
                    found.add(parent)
    return frozenset(found)
