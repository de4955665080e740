"""Leader election among the copies of a component, of which a cluster has one: it takes the Lease and keeps it.

The leader renews its Lease every 2 s. As with the nodes' Leases nobody writes that down: who reads the Lease sees the
renewal computed (kubelet/heartbeats.py).

Models: kubernetes v1.36 staging/src/k8s.io/client-go/tools/leaderelection/leaderelection.go (tryAcquireOrRenew).
"""

from __future__ import annotations

from simcore.apimachinery.errors import AlreadyExists, NotFound
from simcore.apimachinery.kinds import LEASE
from simcore.apimachinery.meta import Key, Obj
from simcore.client.context import ComponentContext
from simcore.sim.timestamps import format_micros

NAMESPACE = "kube-system"
LEADERS = ("kube-controller-manager", "kube-scheduler")
RENEW_MS = 2_000
LEASE_SECONDS = 15
RETRY_MS = 2_000


class LeaderElection:
    """One candidate. It has no rival, so it leads as soon as it asks."""

    def __init__(self, ctx: ComponentContext, component: str, host: str) -> None:
        self._ctx, self._component = ctx, component
        self.identity = f"{host}_{ctx.rng.uid('leader', component)}"

    def start(self) -> None:
        self._ctx.clock.call_later(0, self.acquire, label="leader election")

    def acquire(self) -> None:
        """Takes the Lease unless it is taken: by an earlier process of the same component."""
        try:
            self._ctx.client.get(LEASE, Key(NAMESPACE, self._component))
        except NotFound:
            self._make()

    def _make(self) -> None:
        now = format_micros(self._ctx.clock.unix_ms())
        spec = {
            "holderIdentity": self.identity, "leaseDurationSeconds": LEASE_SECONDS, "acquireTime": now,
            "renewTime": now, "leaseTransitions": 0,
        }  # fmt: skip
        meta = {"name": self._component, "namespace": NAMESPACE}
        lease: Obj = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": meta,
            "spec": spec,
        }
        try:
            made = self._ctx.client.create(LEASE, lease)
        except AlreadyExists:
            return  # somebody else leads
        except NotFound:  # the namespace is not there yet
            self._ctx.clock.call_later(RETRY_MS, self.acquire, label="leader election")
            return
        text = f"{self.identity} became leader"
        self._ctx.recorder(self._component).event(made, "Normal", "LeaderElection", text)
