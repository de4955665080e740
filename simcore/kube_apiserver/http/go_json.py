"""JSON as Go's decoder takes it: strict about syntax, with Go's messages, and duplicates marked instead of lost.

Models: sigs.k8s.io/json, apimachinery/pkg/runtime/serializer/json.
"""

from __future__ import annotations

import json
import math
import re
from json import JSONDecodeError
from typing import Any

from simcore.apimachinery.schema_decode import Doubled, plain

_LONE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_MEANINGS = {
    "Expecting value": "looking for beginning of value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Illegal trailing comma before end of object": "looking for beginning of object key string",
    "Illegal trailing comma before end of array": "looking for beginning of value",
    "Expecting ':' delimiter": "after object key",
    "Extra data": "after top-level value",
    "Invalid control character at": "in string literal",
    "Invalid \\escape": "in string escape code",
    "Invalid \\uXXXX escape": "in \\u hexadecimal character escape",
}


class JsonSyntaxError(ValueError):
    """Not JSON; the message is Go's."""


def loads(data: bytes) -> Any:
    """Objects that name a member twice come as Doubled. Raises: JsonSyntaxError."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="replace")
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    except JSONDecodeError as error:
        raise JsonSyntaxError(_as_go_says(error, text)) from None
    except RecursionError:
        raise JsonSyntaxError("exceeded max depth") from None
    except ValueError as error:
        raise JsonSyntaxError(str(error)) from None
    return _without_lone_surrogates(value) if _LONE_SURROGATE.search(text) else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    doubled = Doubled(members)
    seen: set[str] = set()
    doubled.doubled = []
    for name, _ in pairs:
        if name in seen and name not in doubled.doubled:
            doubled.doubled.append(name)
        seen.add(name)
    return doubled


def _constant(text: str) -> float:
    raise ValueError(f"invalid character '{text[0]}' looking for beginning of value")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"json: cannot unmarshal number {text[:40]} into Go value of type float64")
    return value


def _as_go_says(error: JSONDecodeError, text: str) -> str:
    at = error.pos
    if error.msg == "Unterminated string starting at":
        return "unexpected end of JSON input"
    while at < len(text) and text[at] in " \t\r\n" and not error.msg.startswith("Invalid"):
        at += 1
    if at >= len(text):
        return "unexpected end of JSON input"
    where = _MEANINGS.get(error.msg)
    if error.msg == "Expecting ',' delimiter":
        where = f"after {_container(text[:at])}"
    return f"invalid character {_go_quoted(text[at])} {where or 'looking for beginning of value'}"


def _container(before: str) -> str:
    """What is open at the end of `before`."""
    opened: list[str] = []
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', before):
        token = match.group()
        if token in ("[", "{"):
            opened.append(token)
        elif token in ("]", "}") and opened:
            opened.pop()
    return "array element" if opened[-1:] == ["["] else "object key:value pair"


def _go_quoted(letter: str) -> str:
    special = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "'": "\\'", "\\": "\\\\"}
    if letter in special:
        return f"'{special[letter]}'"
    if letter == '"':
        return "'\"'"
    if letter.isprintable():
        return f"'{letter}'"
    return f"'\\x{ord(letter):02x}'" if ord(letter) < 128 else f"'\\u{ord(letter):04x}'"


def _without_lone_surrogates(value: Any) -> Any:
    """Go reads half of a surrogate pair as the replacement character."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return plain({_without_lone_surrogates(k): _without_lone_surrogates(v) for k, v in value.items()})
    return value
