"""Faults of one field, worded as Kubernetes words them.

Models: kubernetes v1.36 apimachinery/pkg/util/validation/field/errors.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.meta import Obj

Errors = list[FieldError]

IMMUTABLE = "field is immutable"
NOT_NEGATIVE = "must be greater than or equal to 0"

_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_ESCAPES |= {'"': r"\"", "\\": r"\\"}


_GO_NAMES = {"seLinuxOptions": "SELinuxOptions"}


class Shown(str):
    """A value that is already rendered: it stands in the message as it is."""


def quoted(text: str) -> str:
    """The text as Go's %q writes it."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _unprintable(c)) for c in text) + '"'


def shown(value: Any) -> str:
    """The value as a message shows it: plain numbers, quoted text, JSON for the rest."""
    if isinstance(value, str):
        return str(value) if isinstance(value, Shown) else quoted(value)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def internal(obj: Obj, *fields: str) -> Shown:
    """The object as upstream's internal type shows itself: Go's names in Go's order, each of them."""
    names = [_GO_NAMES.get(field) or field[:1].upper() + field[1:] for field in fields]
    parts = [f"{quoted(name)}:{shown(obj.get(field))}" for name, field in zip(names, fields, strict=True)]
    return Shown("{" + ",".join(parts) + "}")


def required(path: str, detail: str = "") -> FieldError:
    return FieldError(path, "FieldValueRequired", _with_detail("Required value", detail))


def forbidden(path: str, detail: str) -> FieldError:
    return FieldError(path, "FieldValueForbidden", _with_detail("Forbidden", detail))


def invalid(path: str, value: Any, detail: str) -> FieldError:
    return FieldError(path, "FieldValueInvalid", _with_detail(f"Invalid value: {shown(value)}", detail))


def invalid_unnamed(path: str, detail: str) -> FieldError:
    """An invalid value that the message leaves out."""
    return FieldError(path, "FieldValueInvalid", _with_detail("Invalid value", detail))


def duplicate(path: str, value: Any) -> FieldError:
    return FieldError(path, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def not_found(path: str, value: Any) -> FieldError:
    return FieldError(path, "FieldValueNotFound", f"Not found: {shown(value)}")


def not_supported(path: str, value: Any, supported: Iterable[str]) -> FieldError:
    """`supported` in the order in which upstream lists them."""
    listed = ", ".join(map(quoted, supported))
    detail = f"supported values: {listed}" if listed else ""
    return FieldError(
        path, "FieldValueNotSupported", _with_detail(f"Unsupported value: {shown(value)}", detail)
    )


def too_long(path: str, limit: int) -> FieldError:
    return FieldError(path, "FieldValueTooLong", f"Too long: may not be more than {limit} bytes")


def too_many(path: str, actual: int, limit: int) -> FieldError:
    plural = "items" if limit != 1 else "item"
    return FieldError(path, "FieldValueTooMany", f"Too many: {actual}: must have at most {limit} {plural}")


def all_invalid(path: str, value: Any, messages: Iterable[str]) -> Errors:
    """One fault for each message."""
    return [invalid(path, value, message) for message in messages]


def not_negative(path: str, value: int | None) -> Errors:
    return [invalid(path, value, NOT_NEGATIVE)] if value is not None and value < 0 else []


def immutable(path: str, new: Any, old: Any, show: Any = None) -> Errors:
    """`show` stands in the message instead of the new value, if given."""
    return [] if new is old or new == old else [invalid(path, new if show is None else show, IMMUTABLE)]


def one_of(path: str, value: str | None, supported: tuple[str, ...]) -> Errors:
    """A fault unless the value is one of those or not set."""
    return [] if not value or value in supported else [not_supported(path, value, supported)]


def _with_detail(text: str, detail: str) -> str:
    return f"{text}: {detail}" if detail else text


def _unprintable(char: str) -> str:
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
