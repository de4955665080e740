"""How long a kubelet waits before it tries again.

Models: kubernetes v1.36 client-go/util/flowcontrol/backoff.go, as the kubelet sets it up for containers and images.
"""

from __future__ import annotations

from simcore.kubelet.records import ContainerRecord, Run

INITIAL_MS = 10_000
MAX_MS = 300_000
FORGET_MS = 2 * MAX_MS
"""A container that ended later than this after its restart starts from the beginning."""


def restart_delay(container: ContainerRecord, run: Run) -> int:
    """Milliseconds from the end of `run` to the next one. The first restart comes at once."""
    if not container.backoff_ms or run.finished - container.backoff_at > FORGET_MS:
        return 0
    return container.backoff_ms


def note_restart(container: ContainerRecord, run: Run, now: int) -> None:
    """Doubles what the next restart will wait."""
    waited = restart_delay(container, run)
    container.backoff_ms = min(waited * 2, MAX_MS) if waited else INITIAL_MS
    container.backoff_at = now


def pull_delay(failures: int) -> int:
    """Milliseconds from a failed pull to the next; `failures` counts from 1."""
    return min(INITIAL_MS << min(failures - 1, 5), MAX_MS)


def go_duration(ms: int) -> str:
    """Milliseconds as Go prints a time.Duration: `1.5s`, `312ms`, `2m40s`, `0s`."""
    if ms == 0:
        return "0s"
    if ms < 1000:
        return f"{ms}ms"
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds = f"{rest // 1000}{f'.{rest % 1000:03d}'.rstrip('0') if rest % 1000 else ''}s"
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + seconds
