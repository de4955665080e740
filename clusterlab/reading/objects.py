"""One object through time, and what differs between two revisions of the cluster."""

from __future__ import annotations

from itertools import islice
from typing import Any

from clusterlab.reading.comparison import told_difference
from clusterlab.reading.library import Library
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Entry, KeyValue, Revision
from simcore.explain.past import states_around
from simcore.explain.sentences import told_changes
from simcore.explain.trace import verb_of

MOST_HISTORY = 500
MOST_NAMED_FIELDS = 6
SECRET = "Secret"  # noqa: S105  a kind


class NoSuchObject(LookupError):
    """Neither now nor in the kept history."""


def object_at(library: Library, kind: Kind, key: Key, revision: Revision | None) -> dict[str, Any]:
    """Raises: NoSuchObject, Compacted, FutureRevision."""
    past = library.past(revision)
    kv = past.key_value(kind.path(key))
    with library.lock:
        last = next(library.chronicle.history(kind.path(key)), None)
        before = next(library.chronicle.history(kind.path(key), until=past.revision), None)
    if kv is None and last is None:
        raise NoSuchObject(f"{kind.resource} {key}")
    created = kv.create_revision if kv else (before or last or _never()).create_revision
    return {
        "revision": past.revision,
        "object": _shown(kv) if kv else None,
        "deleted": kv is None and before is not None,
        "created_rev": created,
        "last_rev": last.revision if last else kv.mod_revision if kv else None,
    }


def history_of(library: Library, kind: Kind, key: Key, limit: int) -> list[dict[str, Any]]:
    """The newest first."""
    with library.lock:
        entries = list(islice(library.chronicle.history(kind.path(key)), min(limit, MOST_HISTORY)))
    return [_line(library, entry) for entry in entries]


def _line(library: Library, entry: Entry) -> dict[str, Any]:
    old, new = states_around(library.store, entry)
    paths = [c.path for c in told_changes(old, new)] if old is not None and new is not None else []
    origin = entry.origin
    return {
        "rev": entry.revision,
        "at": origin.at,
        "actor": origin.actor,
        "cause": origin.cause or None,
        "change": verb_of(entry),
        "fields": list(dict.fromkeys(paths))[:MOST_NAMED_FIELDS],
    }


def difference(
    library: Library,
    first: Revision,
    last: Revision,
    only: tuple[Kind, Key] | None,
    *,
    may_read_secrets: bool,
) -> dict[str, Any]:
    """Of API objects. Raises: Compacted, FutureRevision."""
    old, new = library.past(min(first, last)), library.past(max(first, last))
    with library.lock:
        written = library.chronicle.between(old.revision + 1, new.revision)
    paths = (
        [only[0].path(only[1])]
        if only
        else sorted({e.key for e in written if e.key.startswith("/registry/")})
    )
    if first > last:
        old, new = new, old
    states = ((path, old.key_value(path), new.key_value(path)) for path in paths)
    return told_difference(library.subjects, states, may_read_secrets=may_read_secrets)


def _shown(kv: KeyValue) -> Obj:
    obj: Obj = decode(kv.value)
    obj["metadata"]["resourceVersion"] = str(kv.mod_revision)
    return obj


def _never() -> Entry:
    raise AssertionError("an object that is not there has a history")
