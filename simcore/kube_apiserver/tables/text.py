"""Selectors, labels, containers and lists as cells show them.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go, apimachinery/pkg/labels (String).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simcore.apimachinery.meta import Obj

NONE = "<none>"
UNSET = "<unset>"


def labels_text(labels: Mapping[str, str] | None) -> str:
    """`a=b,c=d`, sorted; `<none>` without labels."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def selector_text(selector: Obj | None) -> str:
    """A metav1.LabelSelector: `app=web,tier in (a,b),!old`; `<none>` when it asks for nothing."""
    if not selector:
        return NONE
    parts = [(key, f"{key}={value}") for key, value in (selector.get("matchLabels") or {}).items()]
    for requirement in selector.get("matchExpressions") or ():
        parts.append((requirement["key"], _requirement(requirement)))
    return ",".join(text for _, text in sorted(parts, key=lambda part: part[0])) or NONE


def _requirement(requirement: Obj) -> str:
    key, values = requirement["key"], ",".join(sorted(requirement.get("values") or ()))
    match requirement["operator"]:
        case "In":
            return f"{key} in ({values})"
        case "NotIn":
            return f"{key} notin ({values})"
        case "Exists":
            return f"{key}"
        case _:
            return f"!{key}"


def containers_of(template: Obj | None) -> tuple[str, str]:
    """The names and the images of a pod template's containers."""
    containers = ((template or {}).get("spec") or {}).get("containers") or ()
    return ",".join(c["name"] for c in containers), ",".join(c.get("image", "") for c in containers)


def first_of(texts: Sequence[str], limit: int, separator: str = ",") -> str:
    """At most `limit` texts, and how many more there are."""
    shown = separator.join(texts[:limit])
    return f"{shown} + {len(texts) - limit} more..." if len(texts) > limit else shown


def condition(obj: Obj, name: str) -> Obj | None:
    """A condition of the object's status by its type."""
    for found in (obj.get("status") or {}).get("conditions") or ():
        if found["type"] == name:
            return found  # type: ignore[no-any-return]  # conditions are objects
    return None


def is_true(obj: Obj, name: str) -> bool:
    found = condition(obj, name)
    return found is not None and found.get("status") == "True"


def spec_of(obj: Obj) -> Obj:
    return obj.get("spec") or {}


def status_of(obj: Obj) -> Obj:
    return obj.get("status") or {}


def title_bool(value: Any) -> str:
    """A pointer to a bool: `True`, `False` or `<unset>`."""
    return UNSET if value is None else str(bool(value))
