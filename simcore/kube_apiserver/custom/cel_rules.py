"""x-kubernetes-validations: what a definition demands of its objects beyond their schema.

Models: kubernetes v1.36 apiextensions-apiserver pkg/apiserver/schema/cel (validation.go, compilation.go).
Left out: see docs/deviations.md, kube-apiserver (content): types are not checked when a rule is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from simcore.apimachinery import cel_engine
from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.custom.cel_library import FUNCTIONS
from simcore.kube_apiserver.custom.schema_rules import NOTHING, Schema, child, old_item
from simcore.kube_apiserver.validation.field import Errors
from simcore.sim.timestamps import parse_time

RULES = "x-kubernetes-validations"
ROOT = "<nil>"
COST_LIMIT = 10_000_000
"""Of all rules of one object: values looked at, to the power of how deep a rule's loops are nested."""
UNCHECKED = (
    "some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)
_OUT_OF_BUDGET = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)
_LOOP = re.compile(r"\.\s*(all|exists|exists_one|map|filter|matches|find|findAll)\s*\(")
_OLD = re.compile(r"\boldSelf\b")
_RESERVED = frozenset(
    (
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
    )
) | frozenset(("let", "loop", "package", "namespace", "return", "var", "void", "while"))
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_REASONS = {
    "FieldValueRequired": "Required value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueDuplicate": "Duplicate value",
}


class RuleError(ValueError):
    """A rule that can't be read; the text is for the definition's author."""


class OutOfBudget(Exception):
    """The rules of an object cost too much."""


class Validation:
    """The rules of one object. `errors` grows in the order of the schema."""

    def __init__(self, *, is_update: bool) -> None:
        self.errors: Errors = []
        self._left = COST_LIMIT
        self._is_update = is_update

    def run(self, obj: Obj, old: Any, schema: Schema) -> Errors:
        with suppress(OutOfBudget):  # it has been told
            self._visit(obj, old, schema, "", is_root=True)
        return self.errors

    def _visit(self, value: Any, old: Any, schema: Schema, path: str, *, is_root: bool = False) -> None:
        if value is None:
            return
        if schema.get(RULES):
            self._ask(value, old, schema, path, is_root=is_root)
        for part in schema.get("allOf") or ():
            self._visit(value, old, part, path)
        if isinstance(value, list) and isinstance(items := schema.get("items"), Mapping):
            for at, item in enumerate(value):
                self._visit(item, old_item(item, schema, old), items, f"{path}[{at}]")
        elif isinstance(value, dict):
            for name, inner, place in _members(value, schema, path):
                was = old.get(name, NOTHING) if isinstance(old, dict) else NOTHING
                self._visit(value[name], was, inner, place)

    def _ask(self, value: Any, old: Any, schema: Schema, path: str, *, is_root: bool) -> None:
        context = {"self": cel_value(value, schema, is_root=is_root)}
        if old is not NOTHING:
            context["oldSelf"] = cel_value(old, schema, is_root=is_root)
        size = _size(value)
        for rule in schema[RULES]:
            text = rule.get("rule", "")
            is_transition = _OLD.search(text) is not None
            if (is_transition and old is NOTHING) or not text.strip():
                continue
            if not is_transition and self._is_update and old is not NOTHING and old == value:
                continue
            self._spend(size, text, path)
            fault = _verdict(rule, context, path or ROOT)
            if fault is not None:
                self.errors.append(fault)

    def _spend(self, size: int, text: str, path: str) -> None:
        self._left -= size ** min(len(_LOOP.findall(text)), 8)
        if self._left < 0:
            self.errors.append(_fault(path or ROOT, "FieldValueInvalid", _OUT_OF_BUDGET))
            raise OutOfBudget


def validate_rules(obj: Obj, old: Any, schema: Schema) -> Errors:
    """`old` is NOTHING for a new object."""
    return Validation(is_update=old is not NOTHING).run(obj, old, schema)


@lru_cache(maxsize=4096)
def program(text: str) -> Any:
    """Raises: RuleError."""
    try:
        return cel_engine.compiled(text)
    except ValueError as error:
        raise RuleError(_syntax(str(error))) from None


def cel_value(value: Any, schema: Schema, *, is_root: bool = False) -> Any:
    """The value as rules see it: with the schema's types and names that CEL can write."""
    if isinstance(value, list):
        items = schema.get("items") or {}
        return [cel_value(item, items) for item in value]
    if isinstance(value, dict):
        seen = {}
        for name, inner, _ in _members(value, schema, ""):
            is_named = name in (schema.get("properties") or {})
            seen[escaped(name) if is_named else name] = cel_value(value[name], inner)
        if is_root:
            meta = value.get("metadata") or {}
            named = {k: meta[k] for k in ("name", "generateName") if k in meta}
            seen |= {
                "apiVersion": value.get("apiVersion", ""),
                "kind": value.get("kind", ""),
                "metadata": named,
            }
        return seen
    if schema.get("type") == "number" and isinstance(value, int):
        return float(value)
    if schema.get("format") == "date-time" and isinstance(value, str):
        return _time(value)
    return value


def escaped(name: str) -> str:
    """A property's name as an identifier: `namespace` is `__namespace__`."""
    if name in _RESERVED:
        return f"__{name}__"
    for part, text in _ESCAPES.items():
        name = name.replace(part, text)
    return name


def _members(value: Obj, schema: Schema, path: str) -> Iterator[tuple[str, Schema, str]]:
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    for name in sorted(value):
        if name in properties:
            yield name, properties[name], child(path, name)
        elif isinstance(extra, Mapping):
            yield name, extra, f"{path}[{name}]"


def _verdict(rule: Obj, context: Obj, path: str) -> FieldError | None:
    try:
        holds = program(rule["rule"].strip()).execute(_context(context))
    except RuleError as error:
        return _fault(path, "FieldValueInvalid", f"rule compile error: {error}")
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RuntimeError) as error:
        return _fault(path, "FieldValueInvalid", f"{_cause(error)} evaluating rule: {_named(rule)}")
    if holds is True:
        return None
    where = f"{'' if path == ROOT else path}{rule['fieldPath']}" if rule.get("fieldPath") else path
    return _fault(where.removeprefix("."), rule.get("reason") or "FieldValueInvalid", _message(rule, context))


def _context(variables: Obj) -> Any:
    return cel_engine.context(variables=variables, functions=FUNCTIONS)


def _message(rule: Obj, context: Obj) -> str:
    expression = rule.get("messageExpression")
    if expression:
        try:
            text = program(expression.strip()).execute(_context(context))
        except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RuntimeError):
            text = ""  # as upstream: the plain message stands in
        if isinstance(text, str) and text.strip() and "\n" not in text:
            return text.strip()
    message = (rule.get("message") or "").strip()
    return message or f"failed rule: {rule['rule'].strip()}"


def _fault(path: str, reason: str, detail: str) -> FieldError:
    return FieldError(path, reason, f"{_REASONS.get(reason, 'Invalid value')}: {detail}")


def _named(rule: Obj) -> str:
    return str(rule.get("message") or rule["rule"]).strip()


def _cause(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no such key: {error.args[0]}"
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    return "no such overload" if isinstance(error, TypeError) else str(error)


def _syntax(text: str) -> str:
    """The compiler's complaint without its preamble."""
    return text.partition("ERROR: ")[2] or text


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(_size, value))
    return 1 + len(value) // 64 if isinstance(value, str) else 1


def _time(text: str) -> Any:
    try:
        return datetime.fromtimestamp(parse_time(text) / 1000, UTC)
    except (ValueError, OverflowError):
        return text
