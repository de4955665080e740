"""A watch as a stream of frames, one JSON object a line.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/watch.go, storage/cacher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.errors import FieldError, Gone
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Compacted, Entry, KeyValue, Watch
from simcore.kube_apiserver.http.body import invalid_options
from simcore.kube_apiserver.http.forms import Form, with_revision
from simcore.kube_apiserver.http.listing import parse_revision
from simcore.kube_apiserver.http.message import JSON, Headers, Query
from simcore.kube_apiserver.http.selection import Selection
from simcore.kube_apiserver.storage import Storage
from simcore.kube_apiserver.versions import to_served

INITIAL_END = "k8s.io/initial-events-end"


class WatchStream:
    """The changes of the selected objects of one kind, from a revision on."""

    status = 200
    grows_with_time = False

    def __init__(self, form: Form, namespace: str, selected: Selection, query: Query) -> None:
        """Raises: BadRequest, Invalid."""
        self._form, self._selected = form, selected
        self._storage: Storage = form.server.storage
        self._kind: Kind = form.kind
        self._folder = form.kind.folder(namespace)
        self._bookmarks = query.flag("allowWatchBookmarks")
        self._columns_told = False
        self._wake: Callable[[], None] | None = None
        self.timeout_s = query.integer("timeoutSeconds")
        self.headers: Headers = (
            ("Cache-Control", "no-cache, private"),
            ("Content-Type", self._content_type()),
        )
        self.is_finished = False
        self._first: list[bytes] = []
        self._log: Watch | None = None
        self._open(query)

    def chunks(self) -> list[bytes]:
        frames, self._first = self._first, []
        if self.is_finished or self._log is None:
            return frames
        try:
            entries = self._log.poll()
        except Compacted as error:
            return [*frames, self._gone(error)]
        for entry in entries:
            self._seen = entry.revision
            frame = self._frame(entry)
            if frame:
                frames.append(frame)
        return frames

    def bookmark(self) -> bytes:
        if not self._bookmarks or self.is_finished:
            return b""
        return self._encoded("BOOKMARK", self._bookmark_object({}))

    def on_change(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._storage.subscribe(self._kind, wake)

    def cancel(self) -> None:
        self.is_finished = True
        if self._log is not None:
            self._log.cancel()
        if self._wake is not None:
            self._storage.unsubscribe(self._kind, self._wake)
            self._wake = None

    def _content_type(self) -> str:
        return self._form.content_type if self._form.wanted.as_kind else f"{JSON};stream=watch"

    def _open(self, query: Query) -> None:
        text = query.text("resourceVersion")
        revision = parse_revision(text) if text else 0
        wants_state = _wants_initial_events(query)
        store = self._storage.store
        self._seen = revision
        if not revision or wants_state:
            listed = store.range(self._folder)
            self._seen = listed.revision
            if wants_state is not False:
                self._first = [f for kv in listed.kvs if (f := self._initial(kv))]
            if wants_state and self._bookmarks:
                end = {"annotations": {INITIAL_END: "true"}}
                self._first.append(self._encoded("BOOKMARK", self._bookmark_object(end)))
        try:
            self._log = store.watch(self._folder, start=self._seen + 1)
        except Compacted as error:
            self._first.append(self._gone(error))

    def _initial(self, kv: KeyValue) -> bytes:
        if not self._selected.is_everything and not self._selected.holds(self._storage.decoded(kv)):
            return b""
        if self._form.is_plain:
            return _line("ADDED", with_revision(self._kind, kv))
        return self._encoded("ADDED", to_served(self._kind, self._storage.decoded(kv)))

    def _frame(self, entry: Entry) -> bytes:
        """What the entry is to this watcher: an object may come into its selection and leave it; b'' for nothing."""
        if self._selected.is_everything:
            if entry.value is None:
                what = "DELETED"
            else:
                what = "MODIFIED" if entry.prev_revision else "ADDED"
        else:
            what = self._selected_change(entry)
        if not what:
            return b""
        if what != "DELETED" and self._form.is_plain:
            return _line(what, with_revision(self._kind, entry.key_value))
        return self._encoded(what, to_served(self._kind, self._shown(entry, what)))

    def _selected_change(self, entry: Entry) -> str:
        is_in = entry.value is not None and self._selected.holds(self._storage.after(entry))
        before = self._storage.before(entry)
        was_in = before is not None and self._selected.holds(decode(before))
        if is_in:
            return "MODIFIED" if was_in else "ADDED"
        return "DELETED" if was_in else ""

    def _shown(self, entry: Entry, what: str) -> Obj:
        """A DELETED object is its last state within the selection, with the revision at which it left."""
        before = self._storage.before(entry) if what == "DELETED" else None
        if before is None:
            return self._storage.after(entry)
        obj: Obj = decode(before)
        obj["metadata"]["resourceVersion"] = str(entry.revision)
        return obj

    def _encoded(self, what: str, obj: Obj) -> bytes:
        wanted = self._form.wanted.as_kind
        if wanted == "Table" and what not in ("BOOKMARK", "ERROR"):
            meta = {"resourceVersion": obj["metadata"]["resourceVersion"]}
            obj = self._form.table([obj], meta, with_columns=not self._columns_told)
            self._columns_told = True
        elif wanted == "Table" and what == "BOOKMARK":
            obj = self._form.table([], obj["metadata"], with_columns=not self._columns_told) | {
                "rows": [{"cells": [], "object": self._form.partial(obj)}]
            }
        elif wanted and what != "ERROR":
            obj = self._form.partial(obj)
        return _line(what, encode(obj))

    def _bookmark_object(self, extra: Obj) -> Obj:
        meta = {"resourceVersion": str(self._seen), "creationTimestamp": None, **extra}
        return {"kind": self._kind.kind, "apiVersion": self._kind.api_version, "metadata": meta}

    def _gone(self, error: Compacted) -> bytes:
        self.is_finished = True
        expired = Gone(f"too old resource version: {error.asked} ({error.kept_from})")
        return _line("ERROR", encode(expired.status()))


def _line(what: str, obj: bytes) -> bytes:
    return b'{"type":"%b","object":%b}\n' % (what.encode(), obj)


def _wants_initial_events(query: Query) -> bool | None:
    """None: not said. Raises: Invalid."""
    faults: Sequence[FieldError] = ()
    match = query.text("resourceVersionMatch")
    if not query.has("sendInitialEvents"):
        if match:
            why = (
                "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            )
            faults = [FieldError("resourceVersionMatch", "FieldValueForbidden", why)]
    elif match != "NotOlderThan":
        why = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        faults = [FieldError("resourceVersionMatch", "FieldValueForbidden", why)]
    if faults:
        raise invalid_options("ListOptions", list(faults))
    return query.flag("sendInitialEvents") if query.has("sendInitialEvents") else None
