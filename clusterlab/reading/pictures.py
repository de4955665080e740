"""The Map's rows at a past revision. Rows are kept by object and revision, so scrubbing draws only what differs."""

from __future__ import annotations

import threading
from typing import NamedTuple

from clusterlab.hub import Resident
from clusterlab.live import rows
from clusterlab.reading.library import Library
from clusterlab.reading.pauses import Pauses
from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import KeyValue, Revision
from simcore.explain.past import Past

MOST_ROWS = 60_000


class Drawn(NamedTuple):
    """A pod at one of its revisions."""

    demand: rows.Demand
    row: bytes
    lost_row: bytes
    """When its node doesn't answer."""


class Pictures:
    """`resident.shared(Pictures)`."""

    def __init__(self, resident: Resident) -> None:
        self._resident, self._epoch_ms = resident, resident.clock.epoch_ms
        self._library = resident.shared(Library)
        self._drawn: dict[tuple[str, Revision], Drawn] = {}  # all go at MOST_ROWS
        self._lock = threading.Lock()

    def at(self, revision: Revision) -> bytes:
        """The document. Raises: Compacted, FutureRevision."""
        return self._library.answer(("picture", revision), lambda: self._draw(self._library.past(revision)))

    def _draw(self, past: Past) -> bytes:
        with self._lock:
            pauses = Pauses()
            nodes = {found.obj["metadata"]["name"]: found.obj for found in past.all(NODE)}
            lost = {name for name, node in nodes.items() if rows.node_readiness(node) == rows.UNKNOWN}
            requested: dict[str, tuple[int, int]] = {}
            pods: list[bytes] = []
            for kv in past.stored(POD):
                pauses.perhaps()
                demand, row, lost_row = self._pod(kv)
                cpu, memory = requested.get(demand.node, (0, 0))
                requested[demand.node] = (cpu + demand.cpu_millis, memory + demand.memory_bytes)
                pods.append(lost_row if demand.node in lost or demand.node not in nodes else row)
            drawn = [self._node(node, requested.get(name, (0, 0))) for name, node in nodes.items()]
        at = self._library.chronicle.time_of(past.revision)
        head = f'{{"rev":{past.revision},"at":{at},"epoch":{self._epoch_ms},"nodes":['.encode()
        return head + b",".join(drawn) + b'],"pods":[' + b",".join(pods) + b"]}"

    def _pod(self, kv: KeyValue) -> Drawn:
        name = (kv.key, kv.mod_revision)
        found = self._drawn.get(name)
        if found is None:
            if len(self._drawn) >= MOST_ROWS:
                self._drawn.clear()
            pod = decode(kv.value)
            row, lost = (
                encode(rows.pod_row(pod, epoch_ms=self._epoch_ms, node_is_lost=is_lost))
                for is_lost in (False, True)
            )
            found = self._drawn[name] = Drawn(rows.demand_of(pod), row, lost)
        return found

    def _node(self, node: Obj, requested: tuple[int, int]) -> bytes:
        cpu, memory = requested
        return encode(rows.node_row(node, cpu_requested=cpu, memory_requested=memory))
