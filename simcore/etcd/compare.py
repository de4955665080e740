"""A transaction's conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from simcore.etcd.interface import Compare, CompareOp, KeyValue

_OPERATORS: dict[CompareOp, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_ATTRIBUTES = {
    "mod": "mod_revision", "create": "create_revision", "version": "version", "value": "value", "lease": "lease",
}  # fmt: skip
_ABSENT = KeyValue("", b"", 0, 0, 0)


def holds(compare: Compare, current: KeyValue | None) -> bool:
    """Whether the condition is true of the key's state (None: there is no such key)."""
    if compare.field == "mod" and compare.op == "==":  # what nearly every write asks
        return (current.mod_revision if current is not None else 0) == compare.value
    return _OPERATORS[compare.op](getattr(current or _ABSENT, _ATTRIBUTES[compare.field]), compare.value)
