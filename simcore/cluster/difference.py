"""What differs between two states of a cluster, and where two histories part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from simcore.apimachinery.encoding import decode
from simcore.cluster.history import line
from simcore.etcd.interface import Entry, KeyValue, Revision

MISSING = None
"""Stands for a value that is not there; JSON null counts as not there, as in the API."""


class FieldChange(NamedTuple):
    path: str
    """As messages write it: `spec.containers[0].image`; '' is the whole object."""
    old: Any
    new: Any


class Difference(NamedTuple):
    added: list[str]
    """Store keys, in order."""
    removed: list[str]
    changed: dict[str, list[FieldChange]]
    """By store key, in order."""


def difference(old: Iterable[KeyValue], new: Iterable[KeyValue]) -> Difference:
    """Between two states, each in order of the keys. Revisions are no difference; contents are."""
    before, after = {kv.key: kv.value for kv in old}, {kv.key: kv.value for kv in new}
    changed = {
        key: list(field_changes(decode(before[key]), decode(after[key])))
        for key in after
        if key in before and before[key] != after[key]
    }
    added = [key for key in after if key not in before]
    return Difference(
        added, [key for key in before if key not in after], {k: c for k, c in changed.items() if c}
    )


def field_changes(old: Any, new: Any, path: str = "") -> Iterator[FieldChange]:
    """Field by field; lists are compared by position."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            yield from field_changes(old.get(name), new.get(name), f"{path}.{name}" if path else name)
    elif isinstance(old, list) and isinstance(new, list):
        for number, (was, now) in enumerate(zip_longest(old, new, fillvalue=MISSING)):
            yield from field_changes(was, now, f"{path}[{number}]")
    elif old != new:
        yield FieldChange(path, old, new)


def first_divergence(one: Sequence[Entry], other: Sequence[Entry]) -> int | None:
    """The position of the first entry in which two logs differ; None when one goes on where the other ends."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if line(left) != line(right):
            return number
    return None


def parting(one: Sequence[Entry], other: Sequence[Entry]) -> Revision | None:
    """The first revision at which two histories differ, from where both are kept.

    None when one goes on where the other ends, or nothing is kept of one of them.
    """
    if not one or not other:
        return None
    begin = max(one[0].revision, other[0].revision)
    kept = [[entry for entry in log if entry.revision >= begin] for log in (one, other)]
    place = first_divergence(kept[0], kept[1])
    return None if place is None else min(kept[0][place].revision, kept[1][place].revision)
