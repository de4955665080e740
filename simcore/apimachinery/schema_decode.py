"""Decoding against the schema, as Go's typed decoder does it: the unknown is dropped and told, the mistyped refused.

The result is the document as the typed server would write it again: without nulls, without empty lists and maps that
are optional, and with the fields that the schema knows.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from typing import Any

from simcore.apimachinery.quantity import canonical
from simcore.apimachinery.schema import Node
from simcore.sim.timestamps import parse_time

MOST_FAULTS = 100
"""Unknown and duplicate fields that are told; more are counted as one."""

Place = tuple["Place | None", str | int]
"""A member's name or an item's index, behind its parent's place."""


class Doubled(dict[str, Any]):
    """A JSON object that named a member twice; `doubled` holds those names."""

    doubled: list[str]


class Mistyped(ValueError):
    """The document cannot be decoded; the text is that of Go's JSON decoder.

    `converted` is what upstream's converter says, which makes typed objects of maps without a detour over JSON.
    """

    def __init__(self, text: str, converted: str = "") -> None:
        super().__init__(text)
        self.converted = converted or text


class Decoding:
    """One document's decoding: `faults` are what a strict decoder refuses and a lenient one drops."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def decode(self, value: Any, node: Node, place: Place | None = None, owner: str = "") -> Any:
        """Raises: Mistyped."""
        return _DECODERS[node.form](self, value, node, place, owner)

    def struct(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if not isinstance(value, dict):
            raise _mistyped(value, node, place, owner)
        if type(value) is Doubled:
            self._tell_doubled(value, place)
        decoded = {}
        for name, member in value.items():
            field = node.fields.get(name)
            if field is None:
                self._tell("unknown", (place, name))
            elif member is not None:
                made = _DECODERS[field.form](self, member, field, (place, name), node.name)
                if made or field.form not in _DROPPED_EMPTY or name in node.required:
                    decoded[name] = made
        return decoded

    def map(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if not isinstance(value, dict):
            raise _mistyped(value, node, place, owner)
        if type(value) is Doubled:
            self._tell_doubled(value, place)
        assert node.item is not None
        item = node.item
        decoder = _DECODERS[item.form]
        return {
            name: _zero(item) if member is None else decoder(self, member, item, (place, name), owner)
            for name, member in value.items()
        }

    def list(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if not isinstance(value, list):
            raise _mistyped(value, node, place, owner)
        assert node.item is not None
        item = node.item
        decoder = _DECODERS[item.form]
        return [
            _zero(item) if member is None else decoder(self, member, item, (place, index), owner)
            for index, member in enumerate(value)
        ]

    def any(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        return plain(value)

    def string(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if isinstance(value, str):
            return value
        raise _mistyped(value, node, place, owner)

    def bytes(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if not isinstance(value, str):
            raise _mistyped(value, node, place, owner)
        try:
            b64decode(value, validate=True)
        except (Base64Error, ValueError):
            text = f"illegal base64 data at input byte {_first_illegal(value)}"
            raise Mistyped(text, f"error decoding from json: {text}") from None
        return value

    def boolean(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if isinstance(value, bool):
            return value
        raise _mistyped(value, node, place, owner)

    def integer(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        bits = 31 if node.format == "int32" else 63
        if type(value) is int and -(1 << bits) <= value < 1 << bits:
            return value
        raise _mistyped(value, node, place, owner)

    def number(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        raise _mistyped(value, node, place, owner)

    def quantity(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _not_a_quantity()
        try:
            return canonical(value)
        except ValueError as error:
            raise Mistyped(str(error)) from None

    def int_or_string(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if isinstance(value, str) or type(value) is int:
            return value
        raise Mistyped(f"json: cannot unmarshal {json_type(value)} into Go value of type int32")

    def time(self, value: Any, node: Node, place: Place | None, owner: str) -> Any:
        if not isinstance(value, str):
            raise Mistyped(f"json: cannot unmarshal {json_type(value)} into Go value of type string")
        try:
            parse_time(value)
        except ValueError:
            layout = (
                "2006-01-02T15:04:05.000000Z07:00" if "Micro" in node.go_type else "2006-01-02T15:04:05Z07:00"
            )
            raise Mistyped(
                f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"'
            ) from None
        return value

    def _tell_doubled(self, value: Doubled, place: Place | None) -> None:
        for name in value.doubled:
            self._tell("duplicate", (place, name))

    def _tell(self, what: str, place: Place) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f'{what} field "{path_of(place)}"')


_DECODERS: dict[str, Callable[[Decoding, Any, Node, Place | None, str], Any]] = {
    "struct": Decoding.struct,
    "map": Decoding.map,
    "list": Decoding.list,
    "any": Decoding.any,
    "string": Decoding.string,
    "bytes": Decoding.bytes,
    "boolean": Decoding.boolean,
    "integer": Decoding.integer,
    "number": Decoding.number,
    "quantity": Decoding.quantity,
    "int-or-string": Decoding.int_or_string,
    "time": Decoding.time,
}
_DROPPED_EMPTY = frozenset(("map", "list"))
_ZEROS = {
    "struct": dict,
    "map": dict,
    "list": list,
    "any": dict,
    "integer": int,
    "number": int,
    "boolean": bool,
}


def plain(value: Any) -> Any:
    """A free-form value without duplicate markers."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value


def path_of(place: Place | None) -> str:
    """`spec.containers[0].image`."""
    parts: list[str] = []
    while place is not None:
        parent, name = place
        parts.append(f"[{name}]" if isinstance(name, int) else f".{name}")
        place = parent
    return "".join(reversed(parts)).removeprefix(".")


def _zero(node: Node) -> Any:
    """What Go makes of a null item."""
    return _ZEROS.get(node.form, str)()


def _mistyped(value: Any, node: Node, place: Place | None, owner: str) -> Mistyped:
    return Mistyped(_undecodable(value, node, place, owner), _inconvertible(value, node))


def _undecodable(value: Any, node: Node, place: Place | None, owner: str) -> str:
    what = json_type(value)
    if what == "number" and node.form == "integer":
        what = f"number {value}"
    names: list[str] = []
    while place is not None:
        parent, name = place
        if isinstance(name, str):
            names.append(name)
        place = parent
    if not names:
        return f"json: cannot unmarshal {what} into Go value of type {node.go_type}"
    field = ".".join([owner, *reversed(names)])
    return f"json: cannot unmarshal {what} into Go struct field {field} of type {node.go_type}"


def _inconvertible(value: Any, node: Node) -> str:
    """Models: kubernetes v1.36 apimachinery/pkg/runtime/converter.go (fromUnstructured)."""
    kind = _GO_KINDS[type(value)]
    match node.form:
        case "struct":
            return f"cannot restore struct from: {kind}"
        case "map":
            return f"cannot restore map from {kind}"
        case "list" | "bytes":
            return f"cannot restore slice from {kind}"
    wanted = node.form if node.form == "string" else {"boolean": "bool", "number": "float64"}.get(node.form)
    wanted = wanted or node.format or "int64"
    numbers = ("int64", "float64")
    if kind in numbers and (wanted.startswith("int") or (wanted, kind) == ("string", "int64")):
        return f"cannot convert {kind} to {node.go_type if wanted == 'string' else wanted}"
    return f"unrecognized type: {wanted}"


_GO_KINDS = {
    str: "string",
    bool: "bool",
    int: "int64",
    float: "float64",
    list: "slice",
    dict: "map",
    Doubled: "map",
}


def json_type(value: Any) -> str:
    """What Go's JSON decoder calls the value."""
    if isinstance(value, bool):
        return "bool"
    names = {str: "string", int: "number", float: "number", list: "array"}
    return names.get(type(value), "object")


def _not_a_quantity() -> Mistyped:
    return Mistyped(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )


def _first_illegal(text: str) -> int:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text.rstrip("=")
    return next((at for at, letter in enumerate(body) if letter not in alphabet), len(text))
