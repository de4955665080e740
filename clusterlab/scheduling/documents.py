"""The scheduler's answers as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from clusterlab.hub import Resident
from clusterlab.scheduling.desk import attempts, configuration_now, view_at, view_now
from simcore.apimachinery.kinds import EVENT
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Compacted
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_scheduler.explanation.capacity import Capacity
from simcore.kube_scheduler.explanation.drain import Drain
from simcore.kube_scheduler.explanation.fixes import NEW_NODE, Fix, fixes_of
from simcore.kube_scheduler.explanation.history import PastAttempt
from simcore.kube_scheduler.explanation.matrix import Matrix, Row, matrix_of
from simcore.kube_scheduler.explanation.sentences import sentence_of
from simcore.kube_scheduler.explanation.view import View, unplaced
from simcore.kube_scheduler.explanation.waking import retries_when
from simcore.kube_scheduler.plugins.registry import points_of
from simcore.sim.timestamps import parse_time

Document = dict[str, Any]

MOST_PENDING = 500
MOST_ROWS = 500
GONE = "The state that this attempt was decided on is no longer kept."


def overview(resident: Resident) -> Document:
    """The queue as the stored cluster shows it, and every waiting pod with its reasons."""
    view = view_now(resident)
    pending = view.pending()
    counts = Counter(_state(pod) for pod in pending)
    tries = _tries(resident)
    reasons = _Reasons(view)
    return {
        "profiles": _profiles(resident),
        "queue": {name: counts[name] for name in ("active", "backoff", "unschedulable", "gated")},
        "pending": [
            _pending(pod, tries[pod["metadata"]["uid"]], reasons, resident) for pod in pending[:MOST_PENDING]
        ],
        "pending_total": len(pending),
    }


def one_pod(resident: Resident, pod: Obj, number: int | None, start: int = 0) -> Document:
    """The kept attempts, and the matrix of one of them; of the present when none is named and the pod waits.

    `start` is the first row of the matrix that is sent.
    """
    key, uid = Key(pod["metadata"]["namespace"], pod["metadata"]["name"]), pod["metadata"]["uid"]
    found = attempts(resident, key, uid)
    chosen = next((each for each in found if each.number == number), None)
    if chosen is None and pod["spec"].get("nodeName"):
        chosen = next((each for each in reversed(found) if each.node), None)
    try:
        view = view_at(resident, chosen.seen) if chosen else view_now(resident)
    except Compacted:
        return {"attempts": [_attempt(each) for each in found], "matrix": None, "sentence": GONE}
    then = unplaced(view.pod(key) or pod)
    view.without(uid)
    node = chosen.node if chosen else pod["spec"].get("nodeName", "")
    matrix = None
    if view.serves(then):
        matrix = matrix_of(view, view.infos.info(then), chosen.number if chosen else 1)
        sentence = sentence_of(then, matrix, node)
    else:
        name = then["spec"].get("schedulerName")
        sentence = f"No profile serves the scheduler {name}; the pod waits for somebody else."
    answer = {"attempts": [_attempt(each) for each in found], "sentence": sentence}
    return answer | {
        "matrix": _matrix(matrix, node, start) if matrix else None,
        "seen": chosen.seen if chosen else None,
    }


def fixes(resident: Resident, pod: Obj) -> list[Document]:
    if pod["spec"].get("nodeName"):
        return []
    return [_fix(fix) for fix in fixes_of(view_now(resident), pod)]


def capacity_document(found: Capacity) -> Document:
    return {
        "more": found.more,
        "by_node": found.by_node,
        "stopped_by": found.stopped_by,
        "retries_when": list(found.retries_when),
    }


def drain_document(found: Drain) -> Document:
    leaving = [
        {
            "pod": str(each.pod), "controller": each.controller, "held_by": each.held_by, "goes_to": each.goes_to,
            "message": each.message,
        }
        for each in found.leaving
    ]  # fmt: skip
    return {"smooth": found.is_smooth, "leaving": leaving, "staying": [str(key) for key in found.staying]}


def _profiles(resident: Resident) -> list[Document]:
    found = []
    for profile in configuration_now(resident).profiles:
        points, weights = points_of(profile)
        plugins = {point: names for point, names in points.items() if names}
        found.append({"name": profile.name, "plugins": plugins, "weights": weights})
    return found


def _state(pod: Obj) -> str:
    """What the stored pod tells: a pod that was never tried, or was tried in vain, or must not be tried."""
    if pod["spec"].get("schedulingGates"):
        return "gated"
    condition = _condition(pod)
    if condition is None:
        return "active"
    return "backoff" if condition.get("reason") == "SchedulerError" else "unschedulable"


class _Reasons:
    """Why pods don't fit now; pods of one shape and scheduler share the answer."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[tuple[int, str], tuple[list[Document], list[str]]] = {}

    def of(self, pod: Obj) -> tuple[list[Document], list[str]]:
        """(reason counts, events after which it is tried again)."""
        info = self._view.infos.info(pod)
        key = (info.shape.number, pod["spec"].get("schedulerName") or "")
        if key not in self._known:
            diagnosis = self._view.place(info).diagnosis
            counts = {diagnosis.pre_filter: diagnosis.nodes} if diagnosis.pre_filter else diagnosis.reasons
            ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            when = retries_when(self._view.framework(info), sorted(diagnosis.plugins))
            self._known[key] = ([{"reason": reason, "nodes": nodes} for reason, nodes in ordered], when)
        return self._known[key]


def _pending(pod: Obj, tries: int, reasons: _Reasons, resident: Resident) -> Document:
    meta, condition = pod["metadata"], _condition(pod)
    if pod["spec"].get("schedulingGates"):
        counts: list[Document] = []
        when = ["the Pod itself changed"]
    else:
        counts, when = reasons.of(pod)
    age = resident.clock.unix_ms() - parse_time(meta["creationTimestamp"])
    return {
        "namespace": meta["namespace"], "name": meta["name"], "since_ms": max(age, 0), "attempts": tries,
        "reason_counts": counts, "message": (condition or {}).get("message", ""), "retries_when": when,
        "state": _state(pod),
    }  # fmt: skip


def _tries(resident: Resident) -> Counter[str]:
    """How often each pod was tried in vain, by uid, as the Events count it."""
    found: Counter[str] = Counter()
    with resident.guard:
        events = LocalClient(resident.server, "kube-scheduler").list(EVENT)
    for event in events:
        if event.get("reason") == "FailedScheduling":
            found[event["involvedObject"].get("uid", "")] += event.get("count") or 1
    return found


def _condition(pod: Obj) -> Obj | None:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == "PodScheduled"), None)


def _attempt(attempt: PastAttempt) -> Document:
    return {
        "number": attempt.number, "rev": attempt.revision, "seen": attempt.seen, "at": attempt.at,
        "result": "scheduled" if attempt.node else "unschedulable", "node": attempt.node,
        "message": attempt.message,
    }  # fmt: skip


def _matrix(matrix: Matrix, node: str, start: int) -> Document:
    """The chosen node and those that fit first, when there are more rows than are sent."""
    rows = list(matrix.rows)
    if len(rows) > MOST_ROWS:
        rows.sort(key=lambda row: (row.node != node, len(row.failed_by), -(row.total or 0)))
    return {
        "plugins": list(matrix.plugins),
        "rows": [_row(row) for row in rows[start : start + MOST_ROWS]],
        "rows_total": len(rows),
        "truncated": len(rows) > start + MOST_ROWS,
    }


def _row(row: Row) -> Document:
    scores = [
        {
            "plugin": points.plugin, "raw": points.raw, "normalized": points.normalized, "weight": points.weight,
            "weighted": points.weighted, "problem": points.problem,
        }
        for points in row.points
    ]  # fmt: skip
    verdicts = [{"plugin": mark.plugin, "status": mark.status, "reason": mark.reason} for mark in row.marks]
    return {"node": row.node, "verdicts": verdicts, "scores": scores, "total": row.total}


def _fix(fix: Fix) -> Document:
    change = fix.change
    what: Document = {"patch": {"spec": change.spec}} if change.spec else {"manifest": change.node}
    node = "" if fix.node == NEW_NODE else fix.node
    return {"change": change.name, "sentence": change.sentence, "proven": True, "node": node, **what}
