"""When a node last renewed its Lease, without a write for each renewal.

A healthy kubelet renews every 10 s. Five thousand of them would be 500 writes a second that tell nobody anything,
so the moment of the last renewal follows from the machine's record and the clock. It is written down when the
power goes off.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kubelet.world import NODES, World
from simcore.sim.clock import Clock, SimTime

RENEW_MS = 10_000
STATUS_MS = 300_000
"""How often an unchanged node status is reported."""


class Heartbeats:
    """kube_apiserver's source of renewal times."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock

    def renewed_at_ms(self, node: str) -> int | None:
        """Unix milliseconds; None when no kubelet renews and the Lease says the truth itself."""
        machine = self._world.get(NODES + node)
        if machine is None or machine.get("power") != "on":
            return None
        now = self._clock.now()
        return self._clock.unix_ms() - now + last_beat(machine, now, RENEW_MS)


def last_beat(machine: Obj, now: SimTime, every_ms: int) -> SimTime:
    """The last multiple of `every_ms`, but not before the machine was switched on."""
    return max(now - now % every_ms, min(int(machine.get("since_ms", 0)), now))
