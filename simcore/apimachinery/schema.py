"""The schema of the built-in kinds: definitions as OpenAPI has them, and a compiled form for decoding and patching."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import zstandard

FILE_NAME = "kubernetes-v1.36.schema.zst"
REF = "#/definitions/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
OBJECT_META = _META + "ObjectMeta"
_SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    _META + "Time": "time",
    _META + "MicroTime": "time",
    _META + "FieldsV1": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}


class Node:
    """What may stand at one place of a document.

    `form` is one of struct, map, list, string, bytes, integer, number, boolean, quantity, int-or-string, time, any.
    """

    __slots__ = (
        "definition",
        "fields",
        "form",
        "format",
        "go_type",
        "item",
        "list_keys",
        "list_type",
        "map_type",
        "merge_key",
        "name",
        "required",
        "strategies",
    )

    def __init__(self, form: str) -> None:
        self.form = form
        self.format = ""
        self.definition = ""  # a struct's, as `io.k8s.api.core.v1.PodSpec`
        self.name = ""  # a struct's Go name, as `PodSpec`
        self.go_type = ""  # as error messages name it, `v1.PodSpec`, `map[string]string`
        self.fields: dict[str, Node] = {}
        self.required: frozenset[str] = frozenset()
        self.item: Node | None = None  # of a list or map
        self.merge_key = ""
        self.strategies: tuple[str, ...] = ()  # of x-kubernetes-patch-strategy
        self.list_type = ""
        self.list_keys: tuple[str, ...] = ()
        self.map_type = ""


class Schema:
    """The definitions by name and the compiled node of each. Read-only once made."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self._nodes: dict[str, Node] = {}  # one for each definition that was asked for

    @classmethod
    def load(cls, path: Path) -> Schema:
        """Raises: OSError; ValueError when the file is not one that schema_build wrote."""
        try:
            return cls(msgspec.json.decode(zstandard.decompress(path.read_bytes())))
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise ValueError(f"{path} is not a schema file: {error}") from error

    @cached_property
    def by_kind(self) -> dict[tuple[str, str, str], str]:
        """The definition's name by (group, version, kind), for kinds that are served."""
        found: dict[tuple[str, str, str], str] = {}
        for name, definition in self.definitions.items():
            kinds = definition.get("x-kubernetes-group-version-kind", ())
            if len(kinds) == 1:
                found[kinds[0]["group"], kinds[0]["version"], kinds[0]["kind"]] = name
        return found

    def node(self, definition: str) -> Node | None:
        """The compiled definition; None when there is no such one. For any thread."""
        known = self._nodes.get(definition)
        if known is not None or definition not in self.definitions:
            return known
        compiling = _Compiling(self.definitions, self._nodes)
        compiling.node(definition)
        for name, node in compiling.made.items():
            self._nodes.setdefault(name, node)
        return self._nodes[definition]


class _Compiling:
    """The nodes of a definition and of those that it names. Nobody else sees one before all are whole."""

    def __init__(self, definitions: Mapping[str, Any], whole: Mapping[str, Node]) -> None:
        self._definitions, self._whole = definitions, whole
        self.made: dict[str, Node] = {}

    def node(self, definition: str) -> Node:
        known = self.made.get(definition) or self._whole.get(definition)
        if known is not None:
            return known
        source = self._definitions[definition]
        if definition in _SPECIAL:
            node = self.made[definition] = Node(_SPECIAL[definition])
            node.go_type = _go_name(definition)
            return node
        if "properties" not in source:
            node = self.made[definition] = self._compiled(source)
            return node
        node = self.made[definition] = Node("struct")  # before its fields: definitions may contain themselves
        node.name, node.go_type = definition.rsplit(".", 1)[1], _go_name(definition)
        node.definition = definition
        node.required = frozenset(source.get("required", ()))
        node.map_type = source.get("x-kubernetes-map-type", "")
        node.fields |= {name: self._compiled(prop) for name, prop in source["properties"].items()}
        return node

    def _compiled(self, source: Mapping[str, Any]) -> Node:
        if "$ref" in source:
            return _annotated(self.node(source["$ref"].removeprefix(REF)), source)
        kind = source.get("type", "")
        if kind == "array":
            return self._list(source)
        if kind == "object" and "properties" not in source:
            extra = source.get("additionalProperties")
            return self._map(extra, source) if isinstance(extra, dict) else Node("any")
        if kind == "string" and source.get("format") == "byte":
            node = Node("bytes")
            node.go_type = "[]uint8"
            return node
        return _scalar(kind, source)

    def _list(self, source: Mapping[str, Any]) -> Node:
        node = Node("list")
        node.item = self._compiled(source.get("items") or {})
        node.go_type = "[]" + node.item.go_type
        node.merge_key = source.get("x-kubernetes-patch-merge-key", "")
        node.strategies = _strategies(source)
        node.list_type = source.get("x-kubernetes-list-type", "")
        node.list_keys = tuple(source.get("x-kubernetes-list-map-keys", ()))
        return node

    def _map(self, values: Mapping[str, Any], source: Mapping[str, Any]) -> Node:
        node = Node("map")
        node.item = self._compiled(values)
        node.go_type = "map[string]" + node.item.go_type
        node.map_type = source.get("x-kubernetes-map-type", "")
        return node


def _scalar(kind: str, source: Mapping[str, Any]) -> Node:
    if kind not in ("string", "integer", "number", "boolean"):
        return Node("any")
    node = Node(kind)
    node.format = source.get("format", "")
    node.go_type = {"string": "string", "boolean": "bool", "number": "float64"}.get(kind) or (
        node.format or "int64"
    )
    return node


def _annotated(target: Node, source: Mapping[str, Any]) -> Node:
    """The target itself, unless the place that refers to it says how to patch it."""
    strategies, map_type = _strategies(source), source.get("x-kubernetes-map-type", "")
    if not strategies and not map_type:
        return target
    node = Node(target.form)
    node.name, node.go_type, node.format = target.name, target.go_type, target.format
    node.definition = target.definition
    node.fields, node.required, node.item = target.fields, target.required, target.item
    node.strategies, node.map_type = strategies, map_type or target.map_type
    return node


def _strategies(source: Mapping[str, Any]) -> tuple[str, ...]:
    text = source.get("x-kubernetes-patch-strategy", "")
    return tuple(text.split(",")) if text else ()


def _go_name(definition: str) -> str:
    """`v1.PodSpec` of `io.k8s.api.core.v1.PodSpec`."""
    return ".".join(definition.split(".")[-2:])
