"""Ranges as etcd's clients may ask for them: in another order than the keys', and only what was written when.

Models: etcd 3.6 api/etcdserverpb RangeRequest (sort_target, sort_order, min/max_mod/create_revision).
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Literal, NamedTuple

from simcore.etcd.interface import KeyValue, Revision

OrderBy = Literal["key", "version", "create", "mod", "value"]
_ATTRIBUTES = {
    "key": "key", "version": "version", "create": "create_revision", "mod": "mod_revision", "value": "value",
}  # fmt: skip


class Written(NamedTuple):
    """Bounds, both inclusive; 0 is none."""

    min_mod: Revision = 0
    max_mod: Revision = 0
    min_create: Revision = 0
    max_create: Revision = 0

    def holds(self, kv: KeyValue) -> bool:
        return (
            self.min_mod <= kv.mod_revision <= (self.max_mod or kv.mod_revision)
            and self.min_create <= kv.create_revision <= (self.max_create or kv.create_revision)
        )  # fmt: skip


def written(kvs: Iterable[KeyValue], when: Written) -> list[KeyValue]:
    return list(filter(when.holds, kvs))


def ordered(kvs: Iterable[KeyValue], by: OrderBy, *, descending: bool = False) -> list[KeyValue]:
    """Ties stay in the order of the keys, in both directions."""
    return sorted(kvs, key=attrgetter(_ATTRIBUTES[by]), reverse=descending)
