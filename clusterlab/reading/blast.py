"""What a fault would do: tried on a copy of the cluster, against another copy that is left alone."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from clusterlab.reading.effects import Effects, Pod
from clusterlab.reading.pauses import Pauses
from simcore.cluster.cluster import Cluster
from simcore.cluster.faults import Fault, to_begin
from simcore.etcd.interface import Entry
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.snapshot import Snapshot, restore
from simcore.sim.clock import SimTime
from simcore.sim.trace import Origin

ACTOR = "user:preview"
EVICTED_MS = 400_000
"""A lost node's pods are told to go after 340 s; then others take their place."""
AFTER_MS = 90_000
"""How long is looked at what follows a fault's end."""
LONGEST_MS = 1_800_000
MOST_FIRINGS = 400_000
MOST_SHOWN = 200

Times = dict[str, SimTime]


class Run(NamedTuple):
    """What was written on a copy, and until when it ran."""

    entries: list[Entry]
    until: SimTime


def blast(state: Snapshot, now: SimTime, fault: Fault) -> dict[str, Any]:
    """As a JSON document. Times in it are milliseconds from the fault's beginning."""
    horizon = EVICTED_MS if fault.until_ms is None else fault.until_ms - now + AFTER_MS
    broken = _run(restore(state), now, min(horizon, LONGEST_MS), fault)
    alone = _run(restore(state), now, broken.until - now, None)
    before = restore(state)
    hit, usual = Effects(before, now), Effects(before, now)
    hit.take(broken.entries)
    usual.take(alone.entries)
    unready = _more(hit.unready, usual.unready)
    return {
        "horizon_ms": broken.until - now,
        "is_complete": broken.until - now >= horizon,
        "pods_on": sum(pod.node in fault.targets and not pod.is_over for pod in hit.pods.values()),
        "unready": len(unready),
        "restarted": len(_more(hit.restarted, usual.restarted)),
        "workloads": _workloads(hit, unready),
        "orphans": sorted(
            hit.pods[uid].name for uid in _more(hit.leaving, usual.leaving) if hit.pods[uid].is_alone
        ),
        "services": _services(hit, usual, fault),
        **_replaced(hit, usual),
        "course": _course(hit, usual, fault, now),
    }


def _run(store: MemoryStore, now: SimTime, span_ms: int, fault: Fault | None) -> Run:
    base, pauses = store.revision, Pauses()
    cluster = Cluster(store, now=now)
    cluster.run_until(now)  # all components have looked around before anything breaks
    if fault is not None:
        before = store.revision
        store.txn((), to_begin(fault, cluster.world, now), origin=Origin(ACTOR, 0, now))
        cluster.take(store.entries_since(before))
    for _ in range(MOST_FIRINGS):
        due = cluster.clock.next_due()
        if due is None or due > now + span_ms:
            return Run(store.entries_since(base), now + span_ms)
        cluster.fire_next()
        pauses.perhaps()
    return Run(store.entries_since(base), cluster.clock.now())


def _workloads(hit: Effects, unready: Times) -> list[dict[str, Any]]:
    """Of whose pods how many stop being ready; the hardest hit first."""
    lost = Counter(hit.pods[uid].workload for uid in unready)
    first: Times = {}
    for uid, at in unready.items():
        workload = hit.pods[uid].workload
        first[workload] = min(at, first.get(workload, at))
    worst = sorted(lost, key=lambda name: (-lost[name] / hit.sizes[name], -lost[name], name))
    return [
        {"workload": name, "lost": lost[name], "all": hit.sizes[name], "first_ms": first[name]}
        for name in worst[:MOST_SHOWN]
    ]


def _services(hit: Effects, usual: Effects, fault: Fault) -> list[dict[str, Any]]:
    """Those that send to who no longer answers, or get fewer ready endpoints than now; the emptiest first."""
    stopped = set(fault.targets) if fault.kind in ("power", "network") else set()
    rows: list[dict[str, Any]] = []
    for name, before in hit.endpoints_before.items():
        least, at = hit.fewest.get(name, (before, 0))
        if least >= min(before, usual.fewest.get(name, (before, 0))[0]):
            least, at = before, 0
        dead = sum(node in stopped for node in hit.endpoint_nodes[name])
        if dead or least < before:
            row = {"service": name, "before": before, "dead": dead, "least": least, "least_ms": at}
            rows.append({**row, "after": hit.endpoints(name)})
    return sorted(rows, key=lambda row: (row["least"] - row["dead"], row["service"]))[:MOST_SHOWN]


def _replaced(hit: Effects, usual: Effects) -> dict[str, Any]:
    """New pods by their nodes, and pods that are left without one."""
    placed: dict[str, Counter[str]] = {}
    for pod in _beyond(hit.fresh(), usual.fresh()):
        if pod.node:
            placed.setdefault(pod.workload, Counter())[pod.node] += 1
    pending = [{"pod": p.name, "message": p.message} for p in _beyond(hit.waiting(), usual.waiting())]
    moved = [
        {"workload": workload, "nodes": dict(sorted(placed[workload].items()))} for workload in sorted(placed)
    ]
    return {
        "rescheduled": moved[:MOST_SHOWN],
        "rescheduled_total": sum(nodes.total() for nodes in placed.values()),
        "pending": pending[:MOST_SHOWN],
        "pending_total": len(pending),
    }


def _course(hit: Effects, usual: Effects, fault: Fault, now: SimTime) -> list[dict[str, Any]]:
    """The turning points, in order: what happens when, and to how many."""
    unready = _more(hit.unready, usual.unready)
    found = {
        "restarted": _more(hit.restarted, usual.restarted),
        "notReady": _more(hit.silent, usual.silent),
        "unready": unready,
        "evicted": _more(hit.leaving, usual.leaving),
    }
    steps: list[dict[str, Any]] = [{"what": "begins", "at_ms": 0, "n": len(fault.targets)}]
    if fault.until_ms is not None and fault.until_ms > now:
        steps.append({"what": "ends", "at_ms": fault.until_ms - now, "n": len(fault.targets)})
    steps += [{"what": what, "at_ms": min(at.values()), "n": len(at)} for what, at in found.items() if at]
    well = hit.well_at({hit.pods[uid].workload for uid in unready}) if unready else None
    if well is not None:
        steps.append({"what": "well", "at_ms": well, "n": len(unready)})
    return sorted(steps, key=lambda step: step["at_ms"])


def _beyond(pods: list[Pod], usual: list[Pod]) -> list[Pod]:
    """More pods of a workload than there would be anyway; those have other names on another copy."""
    expected, found = Counter(pod.workload for pod in usual), list[Pod]()
    for pod in pods:
        if expected[pod.workload] > 0:
            expected[pod.workload] -= 1
        else:
            found.append(pod)
    return found


def _more(one: Times, other: Times) -> Times:
    return {name: at for name, at in one.items() if name not in other}
