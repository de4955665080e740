"""What containers have printed, for `kubectl logs`: computed when somebody reads, never stored.

A program's output follows from its script and the time it started, so the record of the run is enough. Any process
that sees the world's records can answer; it needs no kubelet.

Models: kubernetes v1.36 pkg/kubelet/kubelet_pods.go (validateContainerLogStatus).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.meta import Obj
from simcore.kubelet.records import ContainerRecord, pod_record
from simcore.kubelet.surroundings import program, specs_of
from simcore.kubelet.world import World, record_path, runtime_uid
from simcore.sim.clock import Clock, SimTime
from simcore.sim.timestamps import format_seconds

MOST_BYTES = 10 << 20
"""Of one answer: what the kubelet keeps of a container's log before it begins a new file (containerLogMaxSize)."""
MOST_LINES = 10_000
"""What is kept of a run; older lines are gone, as with a rotated file."""


class LogLine(NamedTuple):
    unix_ms: int
    text: str


@dataclass(frozen=True)
class LogOptions:
    """The query of a log request."""

    previous: bool = False
    since_unix_ms: int | None = None
    tail_lines: int | None = None
    timestamps: bool = False
    limit_bytes: int | None = None


class ContainerLogs:
    """The logs of all containers of a cluster."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock

    def read(self, pod: Obj, container: str, options: LogOptions) -> str:
        """What `kubectl logs` prints now. Raises: BadRequest."""
        return render(self.lines(pod, container, previous=options.previous), options)

    def lines(self, pod: Obj, container: str, *, previous: bool = False) -> list[LogLine]:
        """The last MOST_LINES lines of the current run, or of the one before. Raises: BadRequest."""
        doc = self._world.get(record_path(pod["spec"].get("nodeName", ""), runtime_uid(pod)))
        record = pod_record(doc) if doc is not None else None
        c = record.containers.get(container) if record is not None else None
        if record is None or c is None:
            raise BadRequest(
                f'container "{container}" in pod "{_name(pod)}" is waiting to start: {_early(pod)}'
            )
        started, until = _run(pod, container, c, self._clock.now(), previous=previous)
        if started is None:
            return []
        epoch_ms = self._clock.unix_ms() - self._clock.now()
        spec = next(s for s in specs_of(pod) if s["name"] == container)
        host_ip = (pod.get("status") or {}).get("hostIP", "")
        printed = program(pod, spec, record, started, host_ip, epoch_ms).printed(until - started)
        kept = deque(printed, maxlen=MOST_LINES)
        return [LogLine(epoch_ms + started + line.at_ms, line.text) for line in kept]

    def is_running(self, pod: Obj, container: str) -> bool:
        """Whether more may come: a follower waits for it."""
        doc = self._world.get(record_path(pod["spec"].get("nodeName", ""), runtime_uid(pod)))
        c = pod_record(doc).containers.get(container) if doc is not None else None
        return c is not None and c.phase in ("running", "starting")


def render(lines: Sequence[LogLine], options: LogOptions) -> str:
    """The text of a response: from `since` on, the last lines of it, each with its newline."""
    since = options.since_unix_ms
    chosen = [line for line in lines if since is None or line.unix_ms >= since]
    if options.tail_lines is not None:
        chosen = chosen[len(chosen) - min(options.tail_lines, len(chosen)) :]
    text = "".join(f"{_stamp(line) if options.timestamps else ''}{line.text}\n" for line in chosen)
    if options.limit_bytes is not None:
        text = text.encode()[: options.limit_bytes].decode(errors="ignore")
    return text if len(text) <= MOST_BYTES // 4 else text.encode()[-MOST_BYTES:].decode(errors="ignore")


def _stamp(line: LogLine) -> str:
    return f"{format_seconds(line.unix_ms)[:-1]}.{line.unix_ms % 1000:03d}000000Z "


def _run(
    pod: Obj, container: str, c: ContainerRecord, now: SimTime, *, previous: bool
) -> tuple[SimTime | None, SimTime]:
    """When the run in question started (None: it never did), and until when it has printed. Raises: BadRequest."""
    waits = c.phase not in ("running", "starting", "exited")
    run = (c.ended or c.last) if waits else (c.last if previous else c.ended)
    if previous and run is None:
        raise BadRequest(f'previous terminated container "{container}" in pod "{_name(pod)}" not found')
    if run is not None:
        return run.started, run.finished
    if c.phase in ("running", "starting"):
        return c.started, now
    why = {"pull-failed": "image can't be pulled", "pull-backoff": "trying and failing to pull image"}
    reason = why.get(c.phase) or c.reason or _early(pod)
    raise BadRequest(f'container "{container}" in pod "{_name(pod)}" is waiting to start: {reason}')


def _name(pod: Obj) -> str:
    name: str = pod["metadata"]["name"]
    return name


def _early(pod: Obj) -> str:
    return "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
