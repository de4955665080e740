"""Objects against the schema of their definition.

Models: kubernetes v1.36 apiextensions-apiserver pkg/apiserver/validation, kube-openapi pkg/validation/validate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.structural import INT_OR_STRING, LIST_KEYS, LIST_TYPE
from simcore.kube_apiserver.custom.formats import has_format, matches
from simcore.kube_apiserver.validation.field import (
    Errors,
    duplicate,
    invalid,
    not_supported,
    quoted,
    required,
    too_long,
    too_many,
)

Schema = Mapping[str, Any]
_BLOCKING = ("NotSupported", "Required", "TooLong", "TooMany", "TypeInvalid")
NOTHING: Any = object()
"""Stands for the old value where there is none to compare with."""


class Bound(NamedTuple):
    """A limit: what is measured must not be on the wrong side of it."""

    limit: str
    exclusive: str
    sign: int
    inclusive_text: str
    exclusive_text: str


_BOUNDS = (
    Bound("maximum", "exclusiveMaximum", 1, "less than or equal to", "less than"),
    Bound("minimum", "exclusiveMinimum", -1, "greater than or equal to", "greater than"),
)


def validate_value(value: Any, schema: Schema, path: str, old: Any = NOTHING) -> Errors:
    """All faults; a value that equals the old one has none, whatever the schema says today."""
    if old is not NOTHING and value == old:
        return []
    errors = _type_faults(value, schema, path)
    if value is None:
        return errors + _enum(value, schema, path)
    errors += _combined(value, schema, path)
    if isinstance(value, str):
        errors += _string(value, schema, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        errors += _number(value, schema, path)
    elif isinstance(value, list):
        errors += _list(value, schema, path, old)
    errors += _enum(value, schema, path)
    return errors + _object(value, schema, path, old) if isinstance(value, dict) else errors


def list_faults(value: Any, schema: Schema, path: str = "") -> Errors:
    """What is twice in lists that are sets or maps."""
    errors: Errors = []
    if isinstance(value, list):
        items = schema.get("items") or {}
        kind, keys = schema.get(LIST_TYPE), schema.get(LIST_KEYS) or ()
        seen: list[Any] = []
        for at, item in enumerate(value):
            mark = item
            if kind == "map" and isinstance(item, dict):
                mark = {key: item.get(key) for key in keys}
            if kind in ("map", "set"):
                if mark in seen:
                    errors.append(duplicate(f"{path}[{at}]", mark))
                seen.append(mark)
            errors += list_faults(item, items, f"{path}[{at}]")
    elif isinstance(value, dict):
        for name in sorted(value):
            inner = _member(schema, name)
            if inner is not None:
                errors += list_faults(value[name], inner, child(path, name))
    return errors


def blocks_rules(errors: Errors) -> bool:
    """Whether an object is so wrong that its rules are not asked."""
    return any(error.reason.removeprefix("FieldValue") in _BLOCKING for error in errors)


def child(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def type_name(value: Any) -> str:
    """As faults name a JSON value's type."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names = {str: "string", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _type_faults(value: Any, schema: Schema, path: str) -> Errors:
    wanted = (
        ["integer", "string"] if schema.get(INT_OR_STRING) else [schema["type"]] if schema.get("type") else []
    )
    found = type_name(value)
    if not wanted or found in wanted or (found == "integer" and "number" in wanted):
        return []
    if value is None and schema.get("nullable"):
        return []
    return [_mistyped(path, found, f"{path} in body must be of type {','.join(wanted)}: {quoted(found)}")]


def _mistyped(path: str, shown: str, detail: str) -> FieldError:
    return FieldError(path, "FieldValueTypeInvalid", f"Invalid value: {quoted(shown)}: {detail}")


def _enum(value: Any, schema: Schema, path: str) -> Errors:
    allowed = schema.get("enum")
    if allowed is None or any(value == one and type(value) is type(one) for one in allowed):
        return []
    return [not_supported(path, value, [_go(one) for one in allowed])]


def _string(value: str, schema: Schema, path: str) -> Errors:
    errors: Errors = []
    most, least, pattern = schema.get("maxLength"), schema.get("minLength"), schema.get("pattern")
    if most is not None and len(value) > most:
        errors.append(too_long(path, most))
    if least is not None and len(value) < least:
        errors.append(invalid(path, value, f"{path} in body should be at least {least} chars long"))
    if pattern and not matches(pattern, value):
        errors.append(invalid(path, value, f"{path} in body should match '{pattern}'"))
    name = schema.get("format")
    if name and not has_format(name, value):
        errors.append(_mistyped(path, value, f"{path} in body must be of type {name}: {quoted(value)}"))
    return errors


def _number(value: float, schema: Schema, path: str) -> Errors:
    errors: Errors = []
    factor = schema.get("multipleOf")
    if factor and (value / factor) % 1 != 0:
        errors.append(invalid(path, value, f"{path} in body should be a multiple of {_go(factor)}"))
    for bound in _BOUNDS:
        limit = schema.get(bound.limit)
        if limit is None:
            continue
        beyond, is_exclusive = (value - limit) * bound.sign, bool(schema.get(bound.exclusive))
        if beyond > 0 or (beyond == 0 and is_exclusive):
            words = bound.exclusive_text if is_exclusive else bound.inclusive_text
            errors.append(invalid(path, value, f"{path} in body should be {words} {_go(limit)}"))
    return errors


def _list(value: list[Any], schema: Schema, path: str, old: Any) -> Errors:
    items, errors = schema.get("items"), Errors()
    if isinstance(items, Mapping):
        for at, item in enumerate(value):
            errors += validate_value(item, items, f"{path}[{at}]", old_item(item, schema, old))
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least is not None and len(value) < least:
        errors.append(invalid(path, len(value), f"{path} in body should have at least {least} items"))
    if most is not None and len(value) > most:
        errors.append(too_many(path, len(value), most))
    return errors


def old_item(item: Any, schema: Schema, old: Any) -> Any:
    """The item of the old list that this one was, as far as the list's keys tell."""
    if schema.get(LIST_TYPE) != "map" or not isinstance(old, list) or not isinstance(item, dict):
        return NOTHING
    keys = schema.get(LIST_KEYS) or ()
    wanted = [item.get(key) for key in keys]
    return next((o for o in old if isinstance(o, dict) and [o.get(k) for k in keys] == wanted), NOTHING)


def _object(value: dict[str, Any], schema: Schema, path: str, old: Any) -> Errors:
    errors: Errors = []
    least, most = schema.get("minProperties"), schema.get("maxProperties")
    if least is not None and len(value) < least:
        errors.append(invalid(path, len(value), f"{path} in body should have at least {least} properties"))
    if most is not None and len(value) > most:
        errors.append(too_many(path, len(value), most))
    errors += [required(child(path, name)) for name in schema.get("required") or () if name not in value]
    for name in sorted(value):
        inner = _member(schema, name)
        if inner is not None:
            was = old.get(name, NOTHING) if isinstance(old, dict) else NOTHING
            errors += validate_value(value[name], inner, child(path, name), was)
    return errors


def _member(schema: Schema, name: str) -> Schema | None:
    known = (schema.get("properties") or {}).get(name)
    extra = schema.get("additionalProperties")
    return known if known is not None else extra if isinstance(extra, Mapping) else None


def _combined(value: Any, schema: Schema, path: str) -> Errors:
    """allOf, anyOf, oneOf and not."""
    errors: Errors = []
    named = quoted(path)
    for part in schema.get("allOf") or ():
        errors += validate_value(value, part, path)
    if choices := schema.get("anyOf"):
        failed = _failures(value, choices, path)
        if all(failed):
            text = f"{named} must validate at least one schema (anyOf)"
            errors += [invalid(path, "", text), *min(failed, key=len)]
    if choices := schema.get("oneOf"):
        failed = _failures(value, choices, path)
        valid = sum(not faults for faults in failed)
        if valid != 1:
            found = "none valid" if not valid else f"{valid} valid alternatives"
            text = f"{named} must validate one and only one schema (oneOf). Found {found}"
            errors += [invalid(path, "", text), *([] if valid else min(failed, key=len))]
    if schema.get("not") is not None and not validate_value(value, schema["not"], path):
        errors.append(invalid(path, "", f"{named} must not validate the schema (not)"))
    return errors


def _failures(value: Any, choices: Sequence[Schema], path: str) -> list[Errors]:
    return [validate_value(value, choice, path) for choice in choices]


def _go(value: Any) -> str:
    """A value as Go's %v prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
