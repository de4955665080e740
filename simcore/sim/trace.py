"""Every write knows who made it, what made its author act, and when."""

from __future__ import annotations

from msgspec import Struct

from simcore.sim.clock import SimTime


class Origin(Struct, frozen=True, array_like=True, gc=False):
    """Where a write comes from; kept in the log beside the change."""

    actor: str
    """The component or user, as `replicaset-controller`, `kubelet/node-1`, `user:kubernetes-admin`."""
    cause: int
    """The revision that made the actor act; 0 when nothing in the store did (a user, the beginning)."""
    at: SimTime
