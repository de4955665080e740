"""The OpenAPI v2 document in protobuf, which kubectl asks for when it meets a kind that v3 does not know.

Models: github.com/google/gnostic-models openapiv2 (the numbers of the messages' fields).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simcore.apimachinery.meta import Obj

ASKED = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
ANSWERED = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_METHODS = {"get": 2, "put": 3, "post": 4, "delete": 5, "patch": 8}


def document(swagger: Mapping[str, Any]) -> bytes:
    """A Document message."""
    info = swagger["info"]
    paths = b"".join(_named(2, name, _path_item(item)) for name, item in swagger["paths"].items())
    definitions = b"".join(_named(1, name, schema(d)) for name, d in swagger["definitions"].items())
    return (
        _text(1, swagger["swagger"])
        + _bytes(2, _text(1, info["title"]) + _text(2, info["version"]))
        + _bytes(8, paths)
        + _bytes(9, definitions)
    )


def schema(source: Mapping[str, Any]) -> bytes:
    """A Schema message."""
    parts = []
    for name, value in source.items():
        encoder = _SCHEMA.get(name)
        if encoder is not None:
            parts.append(encoder(value))
        elif name.startswith("x-"):
            parts.append(_extension(31, name, value))
    return b"".join(parts)


def _path_item(item: Mapping[str, Any]) -> bytes:
    return b"".join(_bytes(_METHODS[method], _operation(op)) for method, op in item.items())


def _operation(operation: Mapping[str, Any]) -> bytes:
    parameters = b"".join(_bytes(8, _parameter(p)) for p in operation["parameters"])
    ok = _bytes(1, _text(1, "OK"))  # the Response in a ResponseValue
    extensions = b"".join(_extension(13, n, v) for n, v in operation.items() if n.startswith("x-"))
    return _text(5, operation["operationId"]) + parameters + _bytes(9, _named(1, "200", ok)) + extensions


def _parameter(parameter: Mapping[str, Any]) -> bytes:
    """A ParametersItem around a query parameter."""
    query = _text(2, parameter["in"]) + _text(4, parameter["name"]) + _text(6, parameter["type"])
    return _bytes(1, _bytes(2, _bytes(3, query)))


def _properties(value: Obj) -> bytes:
    return _bytes(25, b"".join(_named(1, name, schema(prop)) for name, prop in value.items()))


def _additional(value: Any) -> bytes:
    if isinstance(value, bool):
        return _bytes(21, _flag(2, value=value))
    return _bytes(21, _bytes(1, schema(value)))


def _required(value: list[str]) -> bytes:
    return b"".join(_text(19, name) for name in value)


_SCHEMA: dict[str, Callable[[Any], bytes]] = {
    "$ref": lambda value: _text(1, value),
    "format": lambda value: _text(2, value),
    "description": lambda value: _text(4, value),
    "default": lambda value: _bytes(5, _any(value)),
    "required": _required,
    "enum": lambda value: b"".join(_bytes(20, _any(item)) for item in value),
    "additionalProperties": _additional,
    "type": lambda value: _bytes(22, _text(1, value)),
    "items": lambda value: _bytes(23, _bytes(1, schema(value))),
    "allOf": lambda value: b"".join(_bytes(24, schema(item)) for item in value),
    "properties": _properties,
}


def _extension(number: int, name: str, value: Any) -> bytes:
    return _named(number, name, _any(value))


def _any(value: Any) -> bytes:
    """An Any message: the value as YAML text, of which JSON is a part."""
    return _text(2, json.dumps(value, separators=(",", ":")) + "\n")


def _named(number: int, name: str, value: bytes) -> bytes:
    return _bytes(number, _text(1, name) + _bytes(2, value))


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _flag(number: int, *, value: bool) -> bytes:
    return _varint(number << 3) + (b"\x01" if value else b"\x00")


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)
