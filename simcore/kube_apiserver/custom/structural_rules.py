"""A definition's schema must be structural: every place has one type, and no rule depends on another place.

Models: kubernetes v1.36 apiextensions-apiserver pkg/apiserver/schema/validation.go, pkg/apis/apiextensions/validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simcore.apimachinery.structural import (
    EMBEDDED,
    INT_OR_STRING,
    LIST_KEYS,
    LIST_TYPE,
    MAP_TYPE,
    PRESERVE,
    pruned,
)
from simcore.kube_apiserver.custom.cel_rules import RULES, RuleError, program
from simcore.kube_apiserver.custom.formats import is_pattern
from simcore.kube_apiserver.custom.schema_rules import Schema, validate_value
from simcore.kube_apiserver.validation.field import Errors, forbidden, invalid, not_supported, required

TYPES = ("array", "boolean", "integer", "number", "object", "string")
LONGEST_RULE = 8192
_UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
_JUNCTORS = ("allOf", "anyOf", "oneOf")
_NUMBERS = ("maximum", "minimum", "multipleOf")
_COUNTS = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_SHAPES: dict[str, type | tuple[type, ...]] = {
    "type": str, "format": str, "pattern": str, "properties": dict, "required": list, "enum": list, "not": dict,
    "items": dict, "additionalProperties": (dict, bool), LIST_KEYS: list, RULES: list, LIST_TYPE: str, MAP_TYPE: str,
    **dict.fromkeys(_NUMBERS, (int, float)), **dict.fromkeys(_COUNTS, int),
    **dict.fromkeys(_JUNCTORS, list),
}  # fmt: skip
_EMPTY = {
    "root": "must not be empty at the root",
    "field": "must not be empty for specified object fields",
    "item": "must not be empty for specified array items",
}


def validate_schema(schema: Schema, path: str, *, has_status: bool) -> Errors:
    """All faults of a version's schema."""
    misshapen = list(_misshapen(schema, path))
    if misshapen:
        return misshapen
    errors: Errors = []
    if schema.get("nullable"):
        errors.append(forbidden(f"{path}.nullable", "nullable cannot be true at the root"))
    errors += _plain_rules(schema, path)
    if not errors:
        errors += _structure(schema, path, "root")
    return errors or [*_defaults(schema, path), *_rules(schema, path)]


def _misshapen(schema: Any, path: str) -> Iterator[Any]:
    """Parts that are not even what a schema is made of."""
    if not isinstance(schema, Mapping):
        yield invalid(path, schema, "must be a schema")
        return
    for name, kind in _SHAPES.items():
        value = schema.get(name)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            yield invalid(f"{path}.{name}", value, "is of the wrong type")
            return
    if not all(isinstance(name, str) for name in schema.get("required") or ()):
        yield invalid(f"{path}.required", schema["required"], "is of the wrong type")
    if not all(isinstance(rule, Mapping) for rule in schema.get(RULES) or ()):
        yield invalid(f"{path}.{RULES}", schema[RULES], "is of the wrong type")
    for part, place in _parts(schema, path):
        yield from _misshapen(part, place)


def _parts(schema: Schema, path: str) -> Iterator[tuple[Any, str]]:
    """All schemas inside, with their paths."""
    for name in sorted(schema.get("properties") or ()):
        yield schema["properties"][name], f"{path}.properties[{name}]"
    for name in ("additionalProperties", "items", "not"):
        if schema.get(name) is not None and not isinstance(schema[name], bool):
            yield schema[name], f"{path}.{name}"
    for name in _JUNCTORS:
        for at, part in enumerate(schema.get(name) or ()):
            yield part, f"{path}.{name}[{at}]"


def _plain_rules(schema: Schema, path: str) -> Errors:
    errors: Errors = []
    for name in _UNSUPPORTED:
        if schema.get(name):
            errors.append(forbidden(f"{path}.{name}", f"{name} is not supported"))
    if schema.get("type") == "null":
        errors.append(forbidden(f"{path}.type", "type cannot be set to null, use nullable as an alternative"))
    if schema.get("uniqueItems"):
        why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        errors.append(forbidden(f"{path}.uniqueItems", why))
    if schema.get("additionalProperties") is False:
        why = "additionalProperties cannot be set to false"
        errors.append(forbidden(f"{path}.additionalProperties", why))
    elif isinstance(schema.get("additionalProperties"), Mapping) and schema.get("properties"):
        why = "additionalProperties and properties are mutual exclusive"
        errors.append(forbidden(f"{path}.additionalProperties", why))
    if schema.get("pattern") and not is_pattern(schema["pattern"]):
        errors.append(invalid(f"{path}.pattern", schema["pattern"], "must be a valid regular expression"))
    errors += _list_rules(schema, path)
    for part, place in _parts(schema, path):
        errors += _plain_rules(part, place)
    return errors


def _list_rules(schema: Schema, path: str) -> Errors:
    kind, keys, errors = schema.get(LIST_TYPE), schema.get(LIST_KEYS), Errors()
    if kind is not None and schema.get("type") != "array":
        shown, why = schema.get("type", ""), f"must be array if {LIST_TYPE} is specified"
        errors.append(invalid(f"{path}.type", shown, why) if shown else required(f"{path}.type", why))
    if kind is not None and kind not in ("atomic", "map", "set"):
        errors.append(not_supported(f"{path}.{LIST_TYPE}", kind, ("atomic", "map", "set")))
    if kind == "map" and not keys:
        errors.append(required(f"{path}.{LIST_KEYS}", f"must not be empty if {LIST_TYPE} is map"))
    if kind != "map" and keys:
        errors.append(required(f"{path}.{LIST_TYPE}", f"must be map if {LIST_KEYS} is non-empty"))
    if kind == "map" and keys:
        known = (schema.get("items") or {}).get("properties") or {}
        for at, key in enumerate(keys):
            if key not in known:
                why = "must refer to a property of the items"
                errors.append(invalid(f"{path}.{LIST_KEYS}[{at}]", key, why))
    mapped = schema.get(MAP_TYPE)
    if mapped is not None and mapped not in ("atomic", "granular"):
        errors.append(not_supported(f"{path}.{MAP_TYPE}", mapped, ("atomic", "granular")))
    return errors


def _structure(schema: Schema, path: str, level: str) -> Errors:
    errors = _type(schema, path, level)
    if schema.get("type") == "array" and schema.get("items") is None:
        errors.append(required(f"{path}.items", "must be specified"))
    if schema.get(PRESERVE) is False:
        errors.append(invalid(f"{path}.{PRESERVE}", False, "must be true or undefined"))
    if schema.get(EMBEDDED) and not schema.get("properties") and not schema.get(PRESERVE):
        why = f"must not be empty if {EMBEDDED} is true without {PRESERVE}"
        errors.append(required(f"{path}.properties", why))
    for name in sorted(schema.get("properties") or ()):
        errors += _structure(schema["properties"][name], f"{path}.properties[{name}]", "field")
    if isinstance(schema.get("additionalProperties"), Mapping):
        errors += _structure(schema["additionalProperties"], f"{path}.additionalProperties", "field")
    if schema.get("items") is not None:
        errors += _structure(schema["items"], f"{path}.items", "item")
    for name in _JUNCTORS:
        for at, part in enumerate(schema.get(name) or ()):
            errors += _value_validation(part, f"{path}.{name}[{at}]", schema)
    return errors + (_value_validation(schema["not"], f"{path}.not", schema) if schema.get("not") else [])


def _type(schema: Schema, path: str, level: str) -> Errors:
    kind, either = schema.get("type") or "", bool(schema.get(INT_OR_STRING))
    if not kind:
        may_be_empty = level != "root" and (either or schema.get(PRESERVE))
        return [] if may_be_empty else [required(f"{path}.type", _EMPTY[level])]
    if kind not in TYPES:
        return [not_supported(f"{path}.type", kind, TYPES)]
    if either:
        return [invalid(f"{path}.type", kind, f"must be empty if {INT_OR_STRING} is true")]
    if level == "root" and kind != "object":
        return [invalid(f"{path}.type", kind, "must be object at the root")]
    if schema.get(EMBEDDED) and kind != "object":
        return [invalid(f"{path}.type", kind, f"must be object if {EMBEDDED} is true")]
    return []


def _value_validation(schema: Schema, path: str, outer: Schema) -> Errors:
    """Inside allOf, anyOf, oneOf and not only values are restricted; structure is said outside."""
    errors: Errors = []
    is_choice = bool(outer.get(INT_OR_STRING))
    for name in ("type", "default", "nullable", PRESERVE, EMBEDDED, INT_OR_STRING, "additionalProperties"):
        if name in schema and not (name == "type" and is_choice):
            what = (
                "must be empty to be structural" if name == "type" else "must be undefined to be structural"
            )
            errors.append(forbidden(f"{path}.{name}", what))
    known = outer.get("properties") or {}
    for name in sorted(schema.get("properties") or ()):
        place = f"{path}.properties[{name}]"
        if name not in known:
            errors.append(
                required(place.replace(path, path.rpartition(".")[0]), "because it is defined in " + place)
            )
        else:
            errors += _value_validation(schema["properties"][name], place, known[name])
    return errors


def _defaults(schema: Schema, path: str) -> Errors:
    errors: Errors = []
    if "default" in schema:
        value, unknown = schema["default"], list[str]()
        pruned(value, schema, "", unknown, is_resource=False)
        if unknown:
            errors.append(invalid(f"{path}.default", value, "must not have unknown fields"))
        faults = validate_value(value, schema, "")
        errors += [
            invalid(f"{path}.default{f'.{f.path}' if f.path else ''}", value, f.message) for f in faults
        ]
    for part, place in _parts(schema, path):
        errors += _defaults(part, place)
    return errors


def _rules(schema: Schema, path: str) -> Errors:
    errors: Errors = []
    for at, rule in enumerate(schema.get(RULES) or ()):
        errors += _rule(rule, f"{path}.{RULES}[{at}]")
    for part, place in _parts(schema, path):
        errors += _rules(part, place)
    return errors


def _rule(rule: Schema, path: str) -> Errors:
    text, message = str(rule.get("rule") or "").strip(), rule.get("message")
    if not text:
        return [required(f"{path}.rule", "rule is not specified")]
    errors: Errors = []
    if message is not None and not str(message).strip():
        why = "message must be non-empty if specified"
        errors.append(invalid(f"{path}.message", message, why))
    elif message is not None and "\n" in str(message).strip():
        errors.append(invalid(f"{path}.message", message, "message must not contain line breaks"))
    elif "\n" in text and message is None:
        errors.append(required(f"{path}.message", "message must be specified if rule contains line breaks"))
    for name in ("rule", "messageExpression"):
        expression = str(rule.get(name) or "").strip()
        if not expression:
            continue
        if len(expression) > LONGEST_RULE:
            errors.append(forbidden(f"{path}.{name}", "estimated rule cost exceeds budget"))
            continue
        try:
            program(expression)
        except RuleError as error:
            errors.append(invalid(f"{path}.{name}", dict(rule), f"compilation failed: ERROR: {error}"))
    return errors
