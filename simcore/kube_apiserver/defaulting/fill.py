"""The two meanings of "not set", and quantities in their canonical form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import canonical, parse

Change = Callable[[Obj], Obj]


def fill(obj: Obj, defaults: Obj) -> Obj:
    """`obj` with the defaults of fields that are absent or null; `obj` itself if none is."""
    missing = {field: value for field, value in defaults.items() if obj.get(field) is None}
    return {**obj, **missing} if missing else obj


def fill_zero(obj: Obj, defaults: Obj) -> Obj:
    """As fill, for fields whose empty text or zero means "not set", too."""
    missing = {field: value for field, value in defaults.items() if not obj.get(field)}
    return {**obj, **missing} if missing else obj


def change(obj: Obj, field: str, function: Callable[[Any], Any]) -> Obj:
    """`obj` with `function(obj[field])` in that field, if it is set; `obj` itself if that changes nothing."""
    old = obj.get(field)
    if old is None:
        return obj
    new = function(old)
    return obj if new is old else {**obj, field: new}


def each(function: Change) -> Callable[[list[Obj]], list[Obj]]:
    """The function for every item of a list; the list itself if no item changes."""

    def mapped(items: list[Obj]) -> list[Obj]:
        changed = [function(item) for item in items]
        return items if all(a is b for a, b in zip(changed, items, strict=True)) else changed

    return mapped


def quantities(amounts: dict[str, Any]) -> dict[str, Any]:
    """A resource list in canonical form, rounded up to thousandths. Raises: QuantityError."""
    written = {name: str(parse(amount).rounded_to_milli()) for name, amount in amounts.items()}
    return amounts if written == amounts else written


def quantity(amount: Any) -> Any:
    """One amount in canonical form. Raises: QuantityError."""
    written = canonical(amount)
    return amount if amount == written else written


def requirements(resources: Obj) -> Obj:
    """`resources` of a container or a claim: both lists in canonical form."""
    return change(change(resources, "limits", quantities), "requests", quantities)
