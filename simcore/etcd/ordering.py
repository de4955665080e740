"""Ranges in another order than the keys'."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Literal

from simcore.etcd.interface import KeyValue

OrderBy = Literal["key", "version", "create", "mod", "value"]
_ATTRIBUTES = {
    "key": "key", "version": "version", "create": "create_revision", "mod": "mod_revision", "value": "value",
}  # fmt: skip


def ordered(kvs: Iterable[KeyValue], by: OrderBy, *, descending: bool = False) -> list[KeyValue]:
    """Ties stay in the order of the keys, in both directions."""
    return sorted(kvs, key=attrgetter(_ATTRIBUTES[by]), reverse=descending)
