"""When a node, or a leader, last renewed its Lease, without a write for each renewal.

A healthy kubelet renews every 10 s. Five thousand of them would be 500 writes a second that tell nobody anything,
so the moment of the last renewal follows from the machine's record and the clock. It is written down when the
power goes off or the machine is cut off.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.client import leader_election
from simcore.kubelet.node_status import LEASES
from simcore.kubelet.world import NODES, World, reports
from simcore.sim.clock import Clock, SimTime

RENEW_MS = 10_000
STATUS_MS = 300_000
"""How often an unchanged node status is reported."""


class Heartbeats:
    """kube_apiserver's source of renewal times."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock

    def renewed_at_ms(self, name: str, namespace: str = LEASES) -> int | None:
        """Unix milliseconds; None when nobody renews and the Lease says the truth itself."""
        if namespace == leader_election.NAMESPACE:
            return self._led_at_ms() if name in leader_election.LEADERS else None
        machine = self._world.get(NODES + name)
        if machine is None or not reports(machine):
            return None
        now = self._clock.now()
        return self._clock.unix_ms() - now + last_beat(machine, now, RENEW_MS)

    def _led_at_ms(self) -> int:
        """Leaders are there as long as their cluster."""
        now = self._clock.now()
        return self._clock.unix_ms() - now % leader_election.RENEW_MS


def last_beat(machine: Obj, now: SimTime, every_ms: int) -> SimTime:
    """The last multiple of `every_ms`, but not before the machine was switched on."""
    return max(now - now % every_ms, min(int(machine.get("since_ms", 0)), now))
