"""The columns of custom resources, by the JSON paths of their definition.

Models: kubernetes v1.36 apiextensions-apiserver pkg/registry/customresource/tableconvertor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import age, since
from simcore.kube_apiserver.tables.table import AGE, NAME, Table

MOST_VALUES = 1000
_STEP = re.compile(
    r"""\.(?P<name>(?:\\.|[^.\[\\])+)|\[\?\(\s*@\.(?P<key>[\w.\\-]+)\s*==\s*["'](?P<wanted>[^"']*)["']\s*\)\]"""
    r"""|\[(?P<index>-?\d+|\*)\]|\[["'](?P<quoted>[^"']+)["']\]"""
)

Step = re.Match[str]


def table_of(printer_columns: Sequence[Obj]) -> Table:
    """Name and Age when a definition has no columns."""
    if not printer_columns:
        return Table((NAME, AGE), lambda obj, now_ms: [obj["metadata"]["name"], age(obj, now_ms)])
    paths = [(column.get("type", "string"), steps_of(column["jsonPath"])) for column in printer_columns]

    def row(obj: Obj, now_ms: int) -> list[Any]:
        return [obj["metadata"]["name"], *(_cell(kind, found(obj, steps), now_ms) for kind, steps in paths)]

    return Table((NAME, *map(_column, printer_columns)), row)


def steps_of(path: str) -> list[Step] | None:
    """The steps of a JSON path; None for a path that is not understood."""
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    text = text if text.startswith((".", "[")) else f".{text}"
    steps, at = [], 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return None
        steps.append(step)
        at = step.end()
    return steps


def found(obj: Obj, steps: Sequence[Step] | None) -> list[Any]:
    """The values at the end of the steps."""
    values: list[Any] = [obj] if steps is not None else []
    for step in steps or ():
        values = [inner for value in values for inner in _next(value, step)][:MOST_VALUES]
    return values


def _next(value: Any, step: Step) -> list[Any]:
    name = step["name"] or step["quoted"]
    if name is not None:
        name = name.replace("\\", "")
        return [value[name]] if isinstance(value, dict) and name in value else []
    if step["key"]:
        items = value if isinstance(value, list) else []
        return [item for item in items if isinstance(item, dict) and item.get(step["key"]) == step["wanted"]]
    if step["index"] == "*":
        return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    at = int(step["index"])
    return [value[at]] if isinstance(value, list) and -len(value) <= at < len(value) else []


def _cell(kind: str, values: list[Any], now_ms: int) -> Any:
    """Nothing for nothing and for what is not of the column's type."""
    if not values or values[0] is None:
        return None
    value = values[0]
    match kind:
        case "date":
            try:
                return since(value, now_ms) if isinstance(value, str) else None
            except ValueError:
                return "<invalid>"
        case "integer":
            return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "number":
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
    return " ".join(_text(value) for value in values) if len(values) > 1 else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return encode(value).decode() if isinstance(value, dict | list) else str(value)


def _column(column: Obj) -> Column:
    name, kind, path = column["name"], column.get("type", "string"), column["jsonPath"]
    default = f"Custom resource definition column (in JSONPath format): {path}"
    return Column(
        name, column.get("description") or default, kind, column.get("format", ""), column.get("priority", 0)
    )
