"""Kubernetes Events as one list over the whole cluster."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from clusterlab.hub import Resident
from clusterlab.reading.pauses import Pauses
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import EVENT
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Compacted, Revision, Watch
from simcore.sim.timestamps import parse_time

MOST_ROWS = 1_000
_SEARCHED = ("reason", "kind", "name", "namespace", "message", "source", "type")


class EventBoard:
    """`resident.shared(EventBoard)`: the rows in order of their last change."""

    def __init__(self, resident: Resident) -> None:
        self._resident, self._epoch_ms = resident, resident.clock.epoch_ms
        self._lock = threading.Lock()
        self._rows: OrderedDict[str, dict[str, Any]] = OrderedDict()  # by store path; goes with the Event
        self._watch: Watch | None = None  # until somebody asks

    def newest(self, limit: int, words: list[str]) -> list[dict[str, Any]]:
        """Newest first; those in which every word stands somewhere."""
        with self._lock:
            self._advance()
            rows = list(reversed(self._rows.values()))
        found = []
        for row in rows:
            if not words or _has(row, words):
                found.append(row)
                if len(found) == min(limit, MOST_ROWS):
                    break
        return found

    def _begin(self) -> None:
        store, pauses = self._resident.store, Pauses()
        with self._resident.guard:
            state = store.range(EVENT.prefix)
            self._watch = store.watch(EVENT.prefix, start=state.revision + 1)
        self._rows.clear()
        for kv in sorted(state.kvs, key=lambda kv: kv.mod_revision):
            pauses.perhaps()
            self._rows[kv.key] = self._row(decode(kv.value), kv.mod_revision)

    def _advance(self) -> None:
        if self._watch is None:
            self._begin()
            return
        try:
            with self._resident.guard:
                fresh = self._watch.poll()
        except Compacted:
            self._begin()
            return
        for entry in fresh:
            self._rows.pop(entry.key, None)
            if entry.value is not None:
                self._rows[entry.key] = self._row(decode(entry.value), entry.revision)

    def _row(self, event: Obj, revision: Revision) -> dict[str, Any]:
        about = event.get("involvedObject") or {}
        source = event.get("source") or {}
        series = event.get("series") or {}
        host = f"/{source['host']}" if source.get("host") else ""
        return {
            "rev": revision,
            "at": self._time(event, series),
            "type": event.get("type") or "Normal",
            "reason": event.get("reason") or "",
            "namespace": about.get("namespace") or "",
            "kind": about.get("kind") or "",
            "name": about.get("name") or "",
            "message": event.get("message") or "",
            "count": series.get("count") or event.get("count") or 1,
            "source": f"{source.get('component') or event.get('reportingComponent') or ''}{host}",
        }

    def _time(self, event: Obj, series: Obj) -> int:
        last = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
        told = last or event["metadata"].get("creationTimestamp")
        return max(parse_time(told) - self._epoch_ms, 0) if told else 0


def _has(row: dict[str, Any], words: list[str]) -> bool:
    text = " ".join(str(row[name]) for name in _SEARCHED).lower()
    return all(word in text for word in words)
