"""What differs between two states of a cluster, or of two clusters, and where their histories part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from clusterlab.reading.library import Library
from clusterlab.reading.pauses import Pauses
from simcore.apimachinery.encoding import decode
from simcore.cluster.difference import parting
from simcore.etcd.interface import Entry, KeyValue, Revision
from simcore.explain.sentences import told_changes
from simcore.explain.subjects import Subjects

MOST_FIELDS = 60
"""Of one object."""
MOST_TOLD = 500
"""Objects; of more than that it is said that there are more."""
API_OBJECTS = "/registry/"
SECRET = "Secret"  # noqa: S105  a kind

States = Iterable[tuple[str, KeyValue | None, KeyValue | None]]
"""A store key with what is under it on either side."""


def comparison(
    one: Library,
    other: Library,
    at_one: Revision | None,
    at_other: Revision | None,
    *,
    may_read_secrets: bool,
) -> dict[str, Any]:
    """Of two clusters at two revisions, now by default. Raises: Compacted, FutureRevision."""
    old, new = one.past(at_one), other.past(at_other)
    before = {kv.key: kv for kv in old.named(API_OBJECTS)}
    after = {kv.key: kv for kv in new.named(API_OBJECTS)}
    states = ((key, before.get(key), after.get(key)) for key in sorted({*before, *after}))
    told = told_difference(other.subjects, _unequal(states), may_read_secrets=may_read_secrets)
    logs = _history(one, old.revision), _history(other, new.revision)
    return {**told, "rev": old.revision, "with_rev": new.revision, "parts_at": parting(*logs)}


def told_difference(subjects: Subjects, states: States, *, may_read_secrets: bool) -> dict[str, Any]:
    """Objects added, removed and changed, field by field; and of each kind how many, also of those not told."""
    pauses, number = Pauses(), 0
    told: dict[str, list[Any]] = {"added": [], "removed": [], "changed": []}
    kinds: dict[str, dict[str, Any]] = {}
    for path, was, now in states:
        pauses.perhaps()
        verb = "added" if was is None else "removed" if now is None else "changed"
        subject = subjects.of(path)
        if was is not None and now is not None:
            is_hidden = subject.kind == SECRET and not may_read_secrets
            fields = _fields(was, now, is_hidden=is_hidden) if number < MOST_TOLD else [{}]
            if was.value == now.value or not fields:
                continue
            names = {"kind": subject.kind, "namespace": subject.namespace, "name": subject.name}
            entry: Any = {"key": subject.key, **names, "fields": fields}
        elif was is None and now is None:
            continue
        else:
            entry = subject.key
        number += 1
        if number <= MOST_TOLD:
            told[verb].append(entry)
        kind = {"kind": subject.kind, "resource": subject.resource, "added": 0, "removed": 0, "changed": 0}
        kinds.setdefault(subject.resource, kind)[verb] += 1
    return {**told, "kinds": [kinds[name] for name in sorted(kinds)], "truncated": number > MOST_TOLD}


def _fields(was: KeyValue, now: KeyValue, *, is_hidden: bool) -> list[dict[str, Any]]:
    if was.value == now.value:
        return []
    changes = list(told_changes(decode(was.value), decode(now.value)))[:MOST_FIELDS]
    return [{"path": c.path, **({} if is_hidden else {"old": c.old, "new": c.new})} for c in changes]


def _unequal(states: States) -> Iterator[tuple[str, KeyValue | None, KeyValue | None]]:
    for path, was, now in states:
        if was is None or now is None or was.value != now.value:
            yield path, was, now


def _history(library: Library, last: Revision) -> list[Entry]:
    with library.lock:
        return library.chronicle.between(library.kept_from, last)
