"""Whether an applied document fits the schema, with the messages of the typed patch object.

Models: sigs.k8s.io/structured-merge-diff v6 typed/validate.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.managed_fields.paths import Path, field, text
from simcore.kube_apiserver.managed_fields.shapes import Untypable, element

_GO_TYPES = {str: "string", bool: "bool", list: "[]interface {}", dict: "map[string]interface {}"}


def faults_of(value: Any, node: Node | None) -> list[str]:
    """All faults, in the document's order."""
    faults: list[str] = []
    _check(value, node, (), faults)
    return faults


def _check(value: Any, node: Node | None, path: Path, faults: list[str]) -> None:
    if node is None or value is None or node.form == "any":
        return
    if node.form in ("struct", "map"):
        _check_members(value, node, path, faults)
    elif node.form == "list":
        _check_items(value, node, path, faults)
    elif (why := _scalar_fault(value, node)) is not None:
        faults.append(f"{text(path)}: {why}")


def _check_members(value: Any, node: Node, path: Path, faults: list[str]) -> None:
    if not isinstance(value, dict):
        faults.append(f"{text(path)}: expected map, got &{{{_go(value)}}}")
        return
    for name, below in value.items():
        place = (*path, field(name))
        if node.form == "struct" and name not in node.fields:
            faults.append(f"{text(place)}: field not declared in schema")
        else:
            _check(below, node.fields[name] if node.form == "struct" else node.item, place, faults)


def _check_items(value: Any, node: Node, path: Path, faults: list[str]) -> None:
    if not isinstance(value, list):
        faults.append(f"{text(path)}: expected list, got &{{{_go(value)}}}")
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        step = f"i:{index}"
        if node.list_type in ("map", "set"):
            try:
                step = element(item, node)
            except Untypable as error:
                faults.append(f"{text(path)}: element {index}: {error}")
                continue
            if step in seen:
                faults.append(f"{text(path)}: duplicate entries for key {text((step,))}")
            seen.add(step)
        _check(item, node.item, (*path, step), faults)


def _scalar_fault(value: Any, node: Node) -> str | None:
    match node.form:
        case "integer" | "number" if isinstance(value, bool) or not isinstance(value, int | float):
            return f"expected numeric (int or float), got {_GO_TYPES[type(value)]}"
        case "string" | "bytes" | "time" if not isinstance(value, str):
            return f"expected string, got &value.valueUnstructured{{Value:{_go(value)}}}"
        case "boolean" if not isinstance(value, bool):
            return f"expected boolean, got &{{{_go(value)}}}"
        case "quantity" | "int-or-string" if isinstance(value, list | dict):
            return f"expected scalar, got &{{{_go(value)}}}"
    return None


def _go(value: Any) -> str:
    """Roughly as Go's %v prints it."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{_go(value[name])}' for name in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_go, value))}]"
    return value if isinstance(value, str) else encode(value).decode()
