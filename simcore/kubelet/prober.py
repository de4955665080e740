"""Startup, liveness and readiness probes.

A probe that is settled sleeps: as long as the container cannot answer differently, asking again would tell nothing.
So three thousand healthy probed pods cost nothing, and an unhealthy one as many turns as its thresholds ask for.

Models: kubernetes v1.36 pkg/kubelet/prober/worker.go (doProbe).
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kubelet.records import ContainerRecord, ProbeRecord
from simcore.kubelet.records import ProbeKind as Kind


class Answer(NamedTuple):
    """What a container answers to a probe."""

    ok: bool
    message: str = ""
    """Why not."""
    until: int | None = None
    """When the answer may become another one; None: never."""


class Outcome(NamedTuple):
    """What a probe has decided."""

    kind: Kind
    ok: bool


def begin(spec: Obj, c: ContainerRecord) -> None:
    """The container has started: decides which probes are asked, and when first."""
    c.probes = {}
    startup = spec.get("startupProbe")
    c.up, c.ready = startup is None, startup is None and "readinessProbe" not in spec
    if startup is not None:
        _schedule("startup", startup, c, c.started)
    else:
        _begin_the_rest(spec, c, c.started)


def next_due(c: ContainerRecord) -> int | None:
    dues = [probe.next_at for probe in c.probes.values() if probe.next_at is not None]
    return min(dues) if dues else None


def due_kinds(c: ContainerRecord, now: int) -> list[Kind]:
    return [kind for kind, probe in c.probes.items() if probe.next_at is not None and probe.next_at <= now]


def note(kind: Kind, spec: Obj, c: ContainerRecord, answer: Answer, now: int) -> Outcome | None:
    """Takes an answer into account; what it decides, if it decides something."""
    probe, state = spec[f"{kind}Probe"], c.probes[kind]
    if answer.ok:
        state.won, state.lost = state.won + 1, 0
        decided = state.won >= probe.get("successThreshold", 1)
    else:
        state.won, state.lost = 0, state.lost + 1
        decided = state.lost >= probe.get("failureThreshold", 3)
    _plan_next(kind, probe, state, answer, now, decided=decided)
    if not decided:
        return None
    if kind == "readiness":
        c.ready = answer.ok
    elif kind == "startup" and answer.ok:
        c.up, c.ready = True, "readinessProbe" not in spec
        del c.probes["startup"]
        _begin_the_rest(spec, c, now)
    return Outcome(kind, answer.ok)


def _begin_the_rest(spec: Obj, c: ContainerRecord, now: int) -> None:
    for kind in ("readiness", "liveness"):
        if probe := spec.get(f"{kind}Probe"):
            _schedule("readiness" if kind == "readiness" else "liveness", probe, c, now)


def _schedule(kind: Kind, probe: Obj, c: ContainerRecord, now: int) -> None:
    c.probes[kind] = ProbeRecord(max(c.started + probe.get("initialDelaySeconds", 0) * 1000, now))


def _plan_next(
    kind: Kind, probe: Obj, state: ProbeRecord, answer: Answer, now: int, *, decided: bool
) -> None:
    period_ms = probe.get("periodSeconds", 10) * 1000
    settled = decided and (kind == "readiness" or (kind == "liveness" and answer.ok))
    if not settled:
        state.next_at = now + period_ms
    elif answer.until is None:
        state.next_at = None
    else:
        state.next_at = now + max(1, -(-(answer.until - now) // period_ms)) * period_ms
