"""The row of a pod: how many containers are ready, and its state in one word.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go (printPod).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import age, since
from simcore.kube_apiserver.tables.table import AGE, Table, named, wide
from simcore.kube_apiserver.tables.text import NONE, condition, is_true, spec_of, status_of
from simcore.sim.timestamps import parse_time


class Containers(NamedTuple):
    """What the container statuses say together."""

    ready: int
    reason: str
    restarts: int
    last_restart: str | None
    """When the container that restarted last had finished."""


def pod_row(pod: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(pod), status_of(pod)
    told = summary(pod)
    total = len(spec.get("containers") or ()) + len(_sidecars(pod))
    restarts = str(told.restarts)
    if told.restarts and told.last_restart:
        restarts = f"{restarts} ({since(told.last_restart, now_ms)} ago)"
    addresses = status.get("podIPs") or ()
    return [
        f"{told.ready}/{total}",
        told.reason,
        restarts,
        age(pod, now_ms),
        addresses[0].get("ip") or NONE if addresses else NONE,
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        _readiness_gates(pod),
    ]


def summary(pod: Obj) -> Containers:
    """Readiness, restarts and the STATUS column."""
    status = status_of(pod)
    init = _initializing(pod, _first_reason(pod))
    told, is_initializing = init
    if not is_initializing or is_true(pod, "Initialized"):
        told = _running(pod, told)
    if is_terminating(pod):
        if status.get("reason") == "NodeLost":
            return told._replace(reason="Unknown")
        if status.get("phase") not in ("Succeeded", "Failed"):
            return told._replace(reason="Terminating")
    return told


def _first_reason(pod: Obj) -> str:
    status = status_of(pod)
    scheduled = condition(pod, "PodScheduled")
    if scheduled and scheduled.get("reason") == "SchedulingGated":
        return "SchedulingGated"
    return status.get("reason") or status.get("phase") or ""


def _initializing(pod: Obj, reason: str) -> tuple[Containers, bool]:
    """The state of the init containers, and whether one of them still holds the pod back."""
    sidecars, ready = _sidecars(pod), 0
    total = len(spec_of(pod).get("initContainers") or ())
    seen: list[Obj] = []
    waits_for = ""
    for i, status in enumerate(status_of(pod).get("initContainerStatuses") or ()):
        seen.append(status)
        state = status.get("state") or {}
        if (state.get("terminated") or {"exitCode": 1}).get("exitCode", 0) == 0:
            continue
        if status["name"] in sidecars and status.get("started"):
            ready += bool(status.get("ready"))
            continue
        waits_for = _init_reason(state) or f"Init:{i}/{total}"
        break
    restarts, last = _restarts(seen)
    return Containers(ready, waits_for or reason, restarts, last), bool(waits_for)


def _init_reason(state: Obj) -> str:
    if (terminated := state.get("terminated")) is not None:
        return "Init:" + _end(terminated)
    waiting = (state.get("waiting") or {}).get("reason")
    return f"Init:{waiting}" if waiting and waiting != "PodInitializing" else ""


def _running(pod: Obj, told: Containers) -> Containers:
    """The state of the containers proper; of the init containers only sidecars count now."""
    sidecars = _sidecars(pod)
    statuses = status_of(pod).get("containerStatuses") or []
    inits = status_of(pod).get("initContainerStatuses") or ()
    restarts, last = _restarts([s for s in inits if s["name"] in sidecars] + statuses)
    ready, reason, is_running = told.ready, told.reason, False
    for status in reversed(statuses):
        state = status.get("state") or {}
        terminated = state.get("terminated")
        if waiting := (state.get("waiting") or {}).get("reason"):
            reason = waiting
        elif terminated is not None:
            reason = _end(terminated)
        elif status.get("ready") and state.get("running") is not None:
            is_running, ready = True, ready + 1
    if reason == "Completed" and is_running:
        reason = "Running" if is_true(pod, "Ready") else "NotReady"
    return Containers(ready, reason, restarts, last)


def _end(terminated: Obj) -> str:
    if reason := terminated.get("reason"):
        return str(reason)
    signal = terminated.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{terminated.get('exitCode', 0)}"


def _restarts(statuses: Iterable[Obj]) -> tuple[int, str | None]:
    restarts, last = 0, None
    for status in statuses:
        restarts += status.get("restartCount", 0)
        ended = ((status.get("lastState") or {}).get("terminated") or {}).get("finishedAt")
        if ended and (last is None or parse_time(ended) > parse_time(last)):
            last = ended
    return restarts, last


def _sidecars(pod: Obj) -> set[str]:
    inits = spec_of(pod).get("initContainers") or ()
    return {c["name"] for c in inits if c.get("restartPolicy") == "Always"}


def _readiness_gates(pod: Obj) -> str:
    gates = spec_of(pod).get("readinessGates") or ()
    if not gates:
        return NONE
    return f"{sum(is_true(pod, gate['conditionType']) for gate in gates)}/{len(gates)}"


POD: Table = named(
    Column("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    Column("Status", "The aggregate status of the containers in this pod."),
    Column("Restarts", "How often the containers in this pod restarted, and when the last one did."),
    AGE,
    wide("IP", "The pod's first address."),
    wide("Node", "The node the pod is bound to."),
    wide("Nominated Node", "The node where preemption makes room for the pod."),
    wide("Readiness Gates", "How many of the pod's readiness gates are met."),
    row=pod_row,
)
