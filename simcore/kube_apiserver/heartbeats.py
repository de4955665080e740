"""Heartbeats that nobody wrote: what a healthy node's Lease and Ready condition would say now.

A healthy kubelet renews its Lease every 10 seconds. Here it does so only when somebody can tell: whoever reads the
Lease sees the renewal computed, and the store is left alone. See docs/deviations.md, kube_apiserver.
"""

from __future__ import annotations

from typing import Protocol

from simcore.apimachinery.kinds import LEASE, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.sim.timestamps import format_micros, parse_time

NODE_LEASES = "kube-node-lease"
_NEVER = "1970-01-01T00:00:00Z"


class Heartbeats(Protocol):
    """Whose heart beats; implemented beside the kubelets."""

    def renewed_at_ms(self, name: str, namespace: str = NODE_LEASES) -> int | None:
        """Unix milliseconds of the last renewal of a node's or a leader's Lease; None when nobody renews it."""
        ...


def with_heartbeat(kind: Kind, key: Key, obj: Obj, heartbeats: Heartbeats | None) -> Obj:
    """The object as a reader sees it; the stored one unless it is the Lease of a node or a leader that lives."""
    if heartbeats is None or kind is not LEASE or key.namespace not in (NODE_LEASES, "kube-system"):
        return obj
    renewed_ms = heartbeats.renewed_at_ms(key.name, key.namespace)
    spec = obj.get("spec") or {}
    if renewed_ms is None or parse_time(spec.get("renewTime") or _NEVER) >= renewed_ms:
        return obj
    return {**obj, "spec": {**spec, "renewTime": format_micros(renewed_ms)}}
