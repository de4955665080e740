"""What a definition says of its objects: which fields there are, what they are by default, where their scale is.

Models: kubernetes v1.36 apiextensions-apiserver pkg/apiserver/schema/{pruning,defaulting}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node

PRESERVE = "x-kubernetes-preserve-unknown-fields"
EMBEDDED = "x-kubernetes-embedded-resource"
INT_OR_STRING = "x-kubernetes-int-or-string"
LIST_TYPE, LIST_KEYS, MAP_TYPE = (
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
)
ROOT_FIELDS = ("apiVersion", "kind", "metadata")

Place = str


class Structure:
    """One version of a definition. Read-only once made."""

    def __init__(self, version: Obj, *, preserve_unknown: bool = False) -> None:
        self.schema: Obj = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        self.preserves_all = preserve_unknown or not self.schema
        subresources = version.get("subresources") or {}
        self.has_status = subresources.get("status") is not None
        self.scale: Obj | None = subresources.get("scale")
        self.columns: list[Obj] = version.get("additionalPrinterColumns") or []
        selectable = version.get("selectableFields") or ()
        self.selectable = tuple(field["jsonPath"].removeprefix(".") for field in selectable)
        self.warning = _deprecation(version)
        self._node: tuple[Node | None, Node] | None = None  # for one metadata node, of which there is but one

    def decoded(self, obj: Obj) -> tuple[Obj, list[Place]]:
        """The object with what is known and the defaults, and the places of what is not known, sorted."""
        unknown: list[Place] = []
        if self.preserves_all:
            return obj, unknown
        kept = pruned(obj, self.schema, "", unknown, is_resource=True)
        return self.defaulted(kept), sorted(unknown)

    def defaulted(self, obj: Obj) -> Obj:
        filled: Obj = with_defaults(obj, self.schema)
        return filled

    def node(self, metadata: Node | None) -> Node:
        """The form that patches and managed fields are merged by."""
        if self._node is not None and self._node[0] is metadata:
            return self._node[1]
        root = _node(self.schema)
        if root.form != "struct":
            root = Node("struct")
        root.fields = {**root.fields, "apiVersion": Node("string"), "kind": Node("string")}
        if metadata is not None:
            root.fields["metadata"] = metadata
        self._node = (metadata, root)
        return root


def pruned(
    value: Any, schema: Mapping[str, Any], place: str, unknown: list[str], *, is_resource: bool
) -> Any:
    """A copy without fields that the schema doesn't know; their places are added to `unknown`."""
    if isinstance(value, list):
        items = schema.get("items")
        if not isinstance(items, Mapping):
            return value
        embedded = bool(items.get(EMBEDDED))
        return [
            pruned(item, items, f"{place}[{at}]", unknown, is_resource=embedded)
            for at, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    kept: Obj = {}
    for name, member in value.items():
        at = f"{place}.{name}" if place else name
        known = properties.get(name)
        if known is None and isinstance(extra, Mapping):
            known = extra
        if is_resource and name in ROOT_FIELDS:
            kept[name] = member
        elif known is not None:
            kept[name] = pruned(member, known, at, unknown, is_resource=bool(known.get(EMBEDDED)))
        elif schema.get(PRESERVE) or extra is True:
            kept[name] = member
        else:
            unknown.append(at)
    return kept


def with_defaults(value: Any, schema: Mapping[str, Any]) -> Any:
    """A copy with what is missing filled in, and without nulls that are not allowed."""
    if isinstance(value, list):
        items = schema.get("items")
        return [with_defaults(item, items) for item in value] if isinstance(items, Mapping) else value
    if not isinstance(value, dict):
        return value
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    filled = dict(value)
    for name, known in properties.items():
        is_missing = name not in filled or (filled[name] is None and not known.get("nullable"))
        if is_missing and "default" in known:
            filled[name] = known["default"]
        elif is_missing:
            filled.pop(name, None)
        if name in filled:
            filled[name] = with_defaults(filled[name], known)
    if isinstance(extra, Mapping):
        for name in [name for name in filled if name not in properties]:
            if filled[name] is None and not extra.get("nullable"):
                if "default" not in extra:
                    del filled[name]
                    continue
                filled[name] = extra["default"]
            filled[name] = with_defaults(filled[name], extra)
    return filled


def at_path(obj: Obj, path: str) -> Any:
    """What a simple JSON path (`.spec.replicas`) leads to; None when nothing is there."""
    value: Any = obj
    for part in path.removeprefix(".").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def with_path(obj: Obj, path: str, value: Any) -> Obj:
    """A copy with another value there; the objects on the way are made when they are missing."""
    first, _, rest = path.removeprefix(".").partition(".")
    inner = obj.get(first)
    return {**obj, first: with_path(inner if isinstance(inner, dict) else {}, rest, value) if rest else value}


def _deprecation(version: Obj) -> str:
    return version.get("deprecationWarning") or "" if version.get("deprecated") else ""


def _node(schema: Mapping[str, Any]) -> Node:
    if schema.get(INT_OR_STRING):
        return Node("int-or-string")
    match schema.get("type"):
        case "object":
            return _object(schema)
        case "array":
            node = Node("list")
            node.item = _node(schema.get("items") or {})
            node.list_type = schema.get(LIST_TYPE) or "atomic"
            node.list_keys = tuple(schema.get(LIST_KEYS) or ())
            return node
        case "string" | "integer" | "number" | "boolean" as form:
            return Node(form)
    return Node("any")


def _object(schema: Mapping[str, Any]) -> Node:
    extra, properties = schema.get("additionalProperties"), schema.get("properties")
    if isinstance(extra, Mapping) and not properties:
        node = Node("map")
        node.item = _node(extra)
    elif properties:
        node = Node("struct")
        node.fields = {name: _node(known) for name, known in properties.items()}
    else:
        return Node("any")
    node.map_type = schema.get(MAP_TYPE) or ""
    return node
