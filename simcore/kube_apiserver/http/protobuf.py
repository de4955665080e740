"""Bodies in Kubernetes' protobuf envelope, which kubectl's own commands (`create namespace`) send, as JSON values.

Models: kubernetes v1.36 apimachinery/pkg/runtime/serializer/protobuf; the shapes come from the schema.
Left out: see docs/deviations.md, kube_apiserver (messages whose numbers are not in the table are refused).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any, NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node
from simcore.apimachinery.schema_decode import plain
from simcore.kube_apiserver.http import go_json
from simcore.kube_apiserver.http.protobuf_fields import fields_of
from simcore.sim.timestamps import format_micros, format_seconds

PROTOBUF = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"
MAX_DEPTH = 100
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class ProtobufError(ValueError):
    """The bytes are no such message, or one that is not known here."""


class Envelope(NamedTuple):
    api_version: str
    kind: str
    raw: bytes


def envelope(body: bytes) -> Envelope:
    """Raises: ProtobufError."""
    if not body.startswith(MAGIC):
        raise ProtobufError(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
        )
    api_version = kind = ""
    raw = b""
    for number, value in _fields(body[len(MAGIC) :]):
        if number == 1 and isinstance(value, bytes):
            names = {n: _text(v) for n, v in _fields(value)}
            api_version, kind = names.get(1, ""), names.get(2, "")
        elif number == 2 and isinstance(value, bytes):
            raw = value
    return Envelope(api_version, kind, raw)


def message(data: bytes, node: Node, depth: int = 0) -> Obj:
    """A struct's message as its JSON object, without zero values. Raises: ProtobufError."""
    obj: Obj = {}
    _read_into(obj, data, node, node.definition, depth)
    return obj


def _read_into(obj: Obj, data: bytes, node: Node, definition: str, depth: int) -> None:
    known = fields_of(definition)
    if known is None or depth > MAX_DEPTH:
        raise ProtobufError(f"messages of type {node.go_type} are read as JSON only")
    for number, value in _fields(data):
        name, is_told = known.get(number, ("", False))
        if name.startswith("^"):
            _read_into(obj, _message_bytes(value), node, name[1:], depth + 1)
        elif name in node.fields:
            _add(obj, name, value, node.fields[name], depth, is_told=is_told)
        else:
            raise ProtobufError(f"field {number} of {node.go_type} is read as JSON only")


def _add(obj: Obj, name: str, value: int | bytes, field: Node, depth: int, *, is_told: bool) -> None:
    if field.form == "list":
        assert field.item is not None
        obj.setdefault(name, []).append(_value(value, field.item, depth))
    elif field.form == "map":
        assert field.item is not None
        entry = dict(_fields(_message_bytes(value)))
        item = entry.get(2, b"" if field.item.form != "integer" else 0)
        obj.setdefault(name, {})[_text(entry.get(1, b""))] = _value(item, field.item, depth)
    else:
        made = _value(value, field, depth)
        if is_told or made not in (None, "", 0, False):
            obj[name] = made


def _value(value: int | bytes, node: Node, depth: int) -> Any:
    match node.form:
        case "string":
            return _text(value)
        case "integer":
            return _signed(value)
        case "boolean":
            return bool(_signed(value))
        case "bytes":
            return b64encode(_message_bytes(value)).decode()
        case "struct":
            return message(_message_bytes(value), node, depth + 1)
        case "quantity":
            return next((_text(v) for n, v in _fields(_message_bytes(value)) if n == 1), "0")
        case "time":
            return _time(dict(_fields(_message_bytes(value))), is_micro="Micro" in node.go_type)
        case "int-or-string":
            return _int_or_string(dict(_fields(_message_bytes(value))))
        case "list" if node.item is not None:
            item = node.item
            return [_value(v, item, depth + 1) for n, v in _fields(_message_bytes(value)) if n == 1]
        case "any":
            return _raw_json(dict(_fields(_message_bytes(value))))
    raise ProtobufError(f"values of type {node.go_type or node.form} are read as JSON only")


def _time(parts: dict[int, int | bytes], *, is_micro: bool) -> str | None:
    if not parts:
        return None
    unix_ms = _signed(parts.get(1, 0)) * 1000 + _signed(parts.get(2, 0)) // 1_000_000
    try:
        return format_micros(unix_ms) if is_micro else format_seconds(unix_ms)
    except (OverflowError, ValueError):
        return None  # Go's zero time lies before what Unix time can say


def _int_or_string(parts: dict[int, int | bytes]) -> int | str:
    return _text(parts.get(3, b"")) if _signed(parts.get(1, 0)) == 1 else _signed(parts.get(2, 0))


def _raw_json(parts: dict[int, int | bytes]) -> Any:
    """A RawExtension or FieldsV1: JSON text within."""
    try:
        return plain(go_json.loads(_message_bytes(parts.get(1, b"null"))))
    except go_json.JsonSyntaxError as error:
        raise ProtobufError(str(error)) from None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, varint or bytes) in their order."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        size = {_FIXED64: 8, _FIXED32: 4}.get(wire)
        if wire == _BYTES:
            size, at = _varint(data, at)
        if size is None or at + size > len(data):
            raise ProtobufError("unexpected EOF")
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
    raise ProtobufError("unexpected EOF")


def _signed(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ProtobufError("proto: wrong wireType = 2")
    return value - (1 << 64) if value >> 63 else value


def _message_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ProtobufError("proto: wrong wireType = 0")
    return value


def _text(value: int | bytes) -> str:
    return _message_bytes(value).decode(errors="replace")
