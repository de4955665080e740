"""How long a node waits before a daemon that failed there is replaced, so that a kubelet that refuses it is not fought.

Models: kubernetes v1.36 pkg/controller/daemon/daemon_controller.go (failedPodsBackoff) and
client-go/util/flowcontrol/backoff.go.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_MS, LONGEST_MS = 1_000, 15 * 60_000

Place = tuple[int, str]
"""A DaemonSet's generation and a node."""


@dataclass
class _Entry:
    delay_ms: int
    since_ms: int


class FailedDaemons:
    """Of one DaemonSet. Lost at a take-over, as upstream's at a restart."""

    def __init__(self) -> None:
        self._entries: dict[Place, _Entry] = {}  # goes with the DaemonSet

    def replace(self, place: Place, now_ms: int) -> int:
        """0: it is replaced now, and the next failure there waits longer. Else how long to wait."""
        entry = self._entries.get(place)
        if entry is None or now_ms - entry.since_ms > 2 * LONGEST_MS:
            self._entries[place] = _Entry(FIRST_MS, now_ms)
            return 0
        if now_ms - entry.since_ms < entry.delay_ms:
            return entry.since_ms + entry.delay_ms - now_ms
        entry.delay_ms, entry.since_ms = min(2 * entry.delay_ms, LONGEST_MS), now_ms
        return 0
