"""The live picture of one cluster, kept once for all sockets of the process.

A socket is only a revision: what it lacks is everything that changed later, newest state only. The changes are kept
in the order of their last change,

    revision   41      44      47      47
    row        pod b   node a  pod c   pod a        a socket at 44 gets pod c and pod a

so memory is bounded by the number of objects (and of remembered deletions), however slow a socket is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from clusterlab.hub import Resident
from clusterlab.live import rows
from clusterlab.live.parts import Rows, in_parts, messages
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Entry, Revision

MOST_GONE = 10_000
"""Remembered deletions; a socket that lacks older ones starts again from a snapshot."""


MOST_FRAMES = 64
"""Frames that are kept for sockets at the same revision."""


class Told(NamedTuple):
    """What to send a socket, and the revision that it is at then."""

    revision: Revision
    texts: list[str]


class Change(NamedTuple):
    revision: Revision
    is_pod: bool
    row: bytes
    is_gone: bool = False


class Drawn(NamedTuple):
    """What has to be known of a pod when it changes or goes; the pod itself is in the store."""

    uid: str
    demand: rows.Demand


class Picture:
    """Rows of all nodes and pods, and who changed since when. One thread at a time, by its own lock."""

    def __init__(self, resident: Resident) -> None:
        self._resident, self._storage = resident, resident.server.storage
        self._storage.keep(NODE)
        self._epoch_ms: int = resident.clock.epoch_ms
        self._lock = threading.Lock()
        self._changes: OrderedDict[str, Change] = OrderedDict()  # by uid, in order of revision
        self._gone = 0
        self._complete_from: Revision = (
            0  # a socket at an older revision may lack deletions that are forgotten
        )
        self._nodes: dict[str, Obj] = {}  # by name
        self._pods: dict[str, Drawn] = {}  # by store path
        self._requested: dict[
            str, tuple[int, int]
        ] = {}  # by node: CPU and memory; a node without pods has none
        self._frames: dict[Revision, list[str]] = {}  # by `from`, all up to self.revision
        self._whole: list[Rows] = []  # what a snapshot at self.revision holds; empty until somebody asks
        self.revision: Revision = 0
        with resident.guard:
            self._load()

    def advance(self) -> Revision:
        """Takes over what the replica has learnt. Raises: Compacted when the replica forgot what we still need."""
        with self._lock, self._resident.guard:
            revision = self._resident.store.revision
            if revision > self.revision:
                self._take(self._pod_log.poll(), self._node_log.poll(), revision)
            return self.revision

    def snapshot(self) -> Told:
        """Everything there is."""
        with self._lock:
            if not self._whole:
                self._whole = in_parts((c.is_pod, c.row) for c in self._changes.values() if not c.is_gone)
            head = f'"t":"snapshot","rev":{self.revision},"at":{self._resident.clock.now()},"epoch":{self._epoch_ms}'
            return Told(self.revision, messages(head, self._whole))

    def frame(self, since: Revision) -> Told | None:
        """What leads from `since` to now; None when that is no longer known."""
        with self._lock:
            if not self._complete_from <= since <= self.revision:
                return None
            if since not in self._frames:
                if len(self._frames) >= MOST_FRAMES:
                    self._frames.clear()
                self._frames[since] = self._frame(since)
            return Told(self.revision, self._frames[since])

    def _frame(self, since: Revision) -> list[str]:
        fresh = []
        for change in reversed(self._changes.values()):
            if change.revision <= since:
                break
            fresh.append((change.is_pod, change.row))
        head = f'"t":"frame","from":{since},"to":{self.revision},"at":{self._resident.clock.now()}'
        return messages(head, in_parts(reversed(fresh)))

    def changes_since(self, since: Revision) -> int:
        """How many changes a socket that starts again from a snapshot has not seen one by one."""
        return max(self.revision - since, 0)

    def _load(self) -> None:
        store = self._resident.store
        pods, nodes = store.range(POD.prefix), store.range(NODE.prefix)
        self.revision = self._complete_from = pods.revision
        self._pod_log = store.watch(POD.prefix, start=self.revision + 1)
        self._node_log = store.watch(NODE.prefix, start=self.revision + 1)
        for kv in nodes.kvs:
            node = self._storage.decoded(kv)
            self._nodes[node["metadata"]["name"]] = node
        for kv in pods.kvs:
            pod = self._storage.decoded(kv)
            known = self._pods[kv.key] = Drawn(pod["metadata"]["uid"], rows.demand_of(pod))
            self._count(known.demand, 1)
            self._draw_pod(kv.key, pod, self.revision)
        self._draw(dict.fromkeys(self._nodes), {}, self.revision)

    def _take(self, pod_log: list[Entry], node_log: list[Entry], revision: Revision) -> None:
        nodes: dict[str, None] = {}  # whose rows change, in order
        pods: dict[str, Obj] = {}
        for entry in node_log:
            self._take_node(entry, revision, nodes, pods)
        for entry in pod_log:
            self._take_pod(entry, revision, nodes, pods)
        self._draw(nodes, pods, revision)
        self.revision, self._whole = revision, []
        self._frames.clear()

    def _take_node(
        self, entry: Entry, revision: Revision, nodes: dict[str, None], pods: dict[str, Obj]
    ) -> None:
        node = self._storage.after(entry)
        name = NODE.key(entry.key).name
        was_lost = self._is_lost(name)
        if entry.value is None:
            old = self._nodes.pop(name, None)
            nodes.pop(name, None)
            if old is not None:
                self._record_gone(old["metadata"]["uid"], revision, is_pod=False)
        else:
            self._nodes[name] = node
            nodes[name] = None
        if self._is_lost(name) != was_lost:
            for path in [path for path, known in self._pods.items() if known.demand.node == name]:
                kv = self._resident.store.get(path)
                if kv is not None:  # else its end is among the entries
                    pods[path] = self._storage.decoded(kv)

    def _take_pod(
        self, entry: Entry, revision: Revision, nodes: dict[str, None], pods: dict[str, Obj]
    ) -> None:
        old, demand = self._pods.pop(entry.key, None), None
        if entry.value is None:
            pods.pop(entry.key, None)
            if old is not None:
                self._record_gone(old.uid, revision, is_pod=True)
        else:
            pod = pods[entry.key] = self._storage.after(entry)
            demand = rows.demand_of(pod)
            self._pods[entry.key] = Drawn(pod["metadata"]["uid"], demand)
        before = old.demand if old is not None else None
        if demand != before:
            nodes |= self._count(before, -1) | self._count(demand, 1)

    def _draw(self, nodes: dict[str, None], pods: dict[str, Obj], revision: Revision) -> None:
        for name in nodes:
            if name not in self._nodes:
                continue
            cpu, memory = self._requested.get(name, (0, 0))
            node = self._nodes[name]
            row = rows.node_row(node, cpu_requested=cpu, memory_requested=memory)
            self._record(node["metadata"]["uid"], Change(revision, False, encode(row)))
        for path, pod in pods.items():
            self._draw_pod(path, pod, revision)

    def _draw_pod(self, path: str, pod: Obj, revision: Revision) -> None:
        known = self._pods[path]
        row = rows.pod_row(pod, epoch_ms=self._epoch_ms, node_is_lost=self._is_lost(known.demand.node))
        self._record(known.uid, Change(revision, True, encode(row)))

    def _count(self, demand: rows.Demand | None, sign: int) -> dict[str, None]:
        """Adds what a pod takes to its node, or takes it off; the node, if that changed it."""
        if demand is None or not (demand.cpu_millis or demand.memory_bytes):
            return {}
        cpu, memory = self._requested.get(demand.node, (0, 0))
        total = (cpu + sign * demand.cpu_millis, memory + sign * demand.memory_bytes)
        if total == (0, 0):
            del self._requested[demand.node]
        else:
            self._requested[demand.node] = total
        return {demand.node: None}

    def _is_lost(self, node: str) -> bool:
        found = self._nodes.get(node)
        return found is None or rows.node_readiness(found) == rows.UNKNOWN

    def _record(self, uid: str, change: Change) -> None:
        old = self._changes.pop(uid, None)
        self._gone += change.is_gone - (old is not None and old.is_gone)
        self._changes[uid] = change

    def _record_gone(self, uid: str, revision: Revision, *, is_pod: bool) -> None:
        self._record(uid, Change(revision, is_pod, encode({"u": uid, "x": 1}), is_gone=True))
        if self._gone > MOST_GONE:
            self._forget_gone()

    def _forget_gone(self) -> None:
        """Drops the older half of the deletions."""
        gone = [(uid, change) for uid, change in self._changes.items() if change.is_gone]
        for uid, change in gone[: len(gone) // 2]:
            del self._changes[uid]
            self._complete_from = change.revision
        self._gone -= len(gone) // 2
