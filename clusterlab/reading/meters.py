"""Requested, allocatable and used CPU and memory over simulated time, from the log."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from clusterlab.hub import Resident
from clusterlab.live import rows
from clusterlab.live.rows import Demand, PodStatus
from clusterlab.reading.library import Library
from clusterlab.reading.pauses import Pauses
from clusterlab.reading.scope import Scope
from simcore.apimachinery import quantity
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Revision
from simcore.explain.usage import Usage, at_time, steady_usage
from simcore.sim.clock import SimTime

EVERY_MS = 1_000
"""Samples are at least so far apart."""
MOST_SAMPLES = 20_000
MOST_POINTS = 240
MOST_SCOPES = 8
UNREAD = -2
"""Nobody has asked yet; older than everything that is kept."""
_SHOWN = {"running": PodStatus.RUNNING, "pending": PodStatus.PENDING, "failing": PodStatus.CRASH_LOOP}

_by_time = attrgetter("at")


class Sample(NamedTuple):
    """The sums from a moment until the next sample."""

    at: SimTime
    allocatable: Usage
    requested: Usage
    used: Usage
    pods: tuple[int, ...]
    """By status, in the order of PodStatus."""


class Share(NamedTuple):
    """What one pod adds to the sums."""

    demand: Demand
    used: Usage
    status: PodStatus


class Meters:
    """`resident.shared(Meters)`. Reads every pod once, then only what changes."""

    def __init__(self, resident: Resident, scope: Scope | None = None) -> None:
        """Of one object's nodes and pods, if a scope is given."""
        self._resident, self._library, self._scope = resident, resident.shared(Library), scope
        self._lock = threading.Lock()
        self._at: Revision = UNREAD

    def read(self, window_ms: int, until: SimTime | None = None) -> dict[str, Any]:
        """`window_ms` of simulated time up to a moment, or now, in at most MOST_POINTS steps."""
        with self._lock:
            self._advance()
            samples = list(self._samples)
        now = self._resident.clock.now()
        now = max(now if until is None else min(until, now), samples[0].at)
        step = max(EVERY_MS, window_ms // MOST_POINTS)
        start = max(now - window_ms, samples[0].at)
        times = [*range(start, now, step), now]
        found = [samples[max(bisect_right(samples, at, key=_by_time) - 1, 0)] for at in times]
        return {"at": times, "series": _series(times, found, has_nodes=self._has_nodes)}

    @property
    def _has_nodes(self) -> bool:
        return self._scope is None or self._scope.kind is NODE

    def _begin(self) -> None:
        past, library = self._library.past(self._library.kept_from), self._library
        pauses = Pauses()
        self._nodes: dict[str, Usage] = {}  # allocatable, by store path
        self._pods: dict[str, Share] = {}  # by store path
        self._allocatable, self._requested, self._used = Usage(0, 0), Usage(0, 0), Usage(0, 0)
        self._counts = [0] * len(PodStatus)
        for kv in past.stored(NODE):
            self._take_node(kv.key, decode(kv.value))
        for kv in past.stored(POD):
            pauses.perhaps()
            self._take_pod(kv.key, decode(kv.value))
        self._at = past.revision
        self._samples = [self._sample(library.chronicle.time_of(past.revision))]

    def _advance(self) -> None:
        with self._library.lock:
            chronicle = self._library.chronicle
            if self._at + 1 < chronicle.kept_from:
                self._begin()
            fresh = chronicle.between(self._at + 1, chronicle.revision)
        pauses = Pauses()
        for entry in fresh:
            if not entry.key.startswith((POD.prefix, NODE.prefix)):
                continue
            pauses.perhaps()
            obj = decode(entry.value) if entry.value is not None else None
            (self._take_pod if entry.key.startswith(POD.prefix) else self._take_node)(entry.key, obj)
            self._note(entry.origin.at)
        if fresh:
            self._at = fresh[-1].revision
            del self._samples[:-MOST_SAMPLES]

    def _note(self, at: SimTime) -> None:
        sample = self._sample(max(at, self._samples[-1].at))
        if len(self._samples) > 1 and sample.at - self._samples[-2].at < EVERY_MS:
            self._samples[-1] = sample
        else:
            self._samples.append(sample)

    def _sample(self, at: SimTime) -> Sample:
        return Sample(at, self._allocatable, self._requested, self._used, tuple(self._counts))

    def _take_node(self, path: str, node: Obj | None) -> None:
        old = self._nodes.pop(path, Usage(0, 0))
        new = Usage(0, 0)
        if node is not None and (self._scope is None or self._scope.has_node(node["metadata"]["name"])):
            amounts = (node.get("status") or {}).get("allocatable") or {}
            new = Usage(quantity.milli(amounts.get("cpu", 0)), quantity.whole(amounts.get("memory", 0)))
            self._nodes[path] = new
        self._allocatable = _plus(_plus(self._allocatable, old, -1), new, 1)

    def _take_pod(self, path: str, pod: Obj | None) -> None:
        if (old := self._pods.pop(path, None)) is not None:
            self._add(old, -1)
        if pod is not None and (self._scope is None or self._scope.has_pod(pod)):
            status = rows.pod_status(pod, node_is_lost=False)
            share = self._pods[path] = Share(rows.demand_of(pod), steady_usage(pod), status)
            self._add(share, 1)

    def _add(self, share: Share, sign: int) -> None:
        if share.demand.node:
            asked = Usage(share.demand.cpu_millis, share.demand.memory_bytes)
            self._requested = _plus(self._requested, asked, sign)
        self._used = _plus(self._used, share.used, sign)
        self._counts[share.status] += sign


def _plus(one: Usage, other: Usage, sign: int) -> Usage:
    return Usage(one.cpu_millis + sign * other.cpu_millis, one.memory_bytes + sign * other.memory_bytes)


class ScopedMeters:
    """`resident.shared(ScopedMeters)`: the meters of what somebody has asked about lately."""

    def __init__(self, resident: Resident) -> None:
        self._resident = resident
        self._lock = threading.Lock()
        self._meters: OrderedDict[Scope, Meters] = OrderedDict()  # the oldest go first

    def of(self, scope: Scope) -> Meters:
        with self._lock:
            meters = self._meters.setdefault(scope, Meters(self._resident, scope))
            self._meters.move_to_end(scope)
            while len(self._meters) > MOST_SCOPES:
                self._meters.popitem(last=False)
        return meters


def _series(times: Iterable[SimTime], samples: list[Sample], *, has_nodes: bool) -> list[dict[str, Any]]:
    found = []
    for name in ("requested", "allocatable") if has_nodes else ("requested",):
        levels: list[Usage] = [getattr(sample, name) for sample in samples]
        found.append(
            {"name": f"cpu {name}", "unit": "cores", "values": [u.cpu_millis / 1000 for u in levels]}
        )
        found.append({"name": f"memory {name}", "unit": "bytes", "values": [u.memory_bytes for u in levels]})
    pairs = list(zip(times, samples, strict=True))
    cpu = [at_time(sample.used.cpu_millis, at) / 1000 for at, sample in pairs]
    memory = [at_time(sample.used.memory_bytes, at) for at, sample in pairs]
    found.append({"name": "cpu used", "unit": "cores", "values": cpu})
    found.append({"name": "memory used", "unit": "bytes", "values": memory})
    for name, status in _SHOWN.items():
        found.append({"name": f"pods {name}", "unit": "pods", "values": [s.pods[status] for s in samples]})
    return sorted(found, key=lambda series: str(series["name"]).split()[0])
