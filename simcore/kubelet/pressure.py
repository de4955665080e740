"""A node that runs out of memory: which pod must go, and what is said about it.

Models: kubernetes v1.36 pkg/kubelet/eviction/{eviction_manager,helpers}.go (rankMemoryPressure, evictionMessage).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, key_of
from simcore.apimachinery.quantity import BINARY_SI, of, whole
from simcore.kubelet.records import PodRecord

THRESHOLD_BYTES = 100 << 20
"""What must stay available: memory.available<100Mi."""
TRANSITION_MS = 300_000
"""How long the condition stays after the pressure has gone."""


class Usage(NamedTuple):
    """What a pod's containers have taken, of those that take anything that counts."""

    pod: Obj
    by_container: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(used for _, used in self.by_container)


def usage_of(pod: Obj, record: PodRecord) -> Usage:
    """In bytes, now."""
    running = ((name, c) for name, c in record.containers.items() if c.phase == "running")
    return Usage(
        pod, tuple((name, c.memory_bytes) for name, c in running if c.memory_bytes and c.memory_at is None)
    )


def is_short(capacity: int, usages: Iterable[Usage]) -> bool:
    return capacity - sum(usage.total for usage in usages) < THRESHOLD_BYTES


def first_to_go(usages: Iterable[Usage]) -> Usage | None:
    """Those above their requests first, of those the least important, of those the one that is most above."""
    every = [usage for usage in usages if usage.total]
    return min(every, key=_rank, default=None)


def message(usage: Usage, available: int) -> str:
    """What the pod's status and its Event say."""
    text = f"The node was low on resource: memory. Threshold quantity: {_quantity(THRESHOLD_BYTES)}, "
    text += f"available: {_quantity(available)}. "
    for name, used in usage.by_container:
        request = _request(usage.pod, name)
        if used > request:
            text += f"Container {name} was using {_quantity(used)}, request is {_quantity(request)}, "
            text += "has larger consumption of memory. "
    return text


def _rank(usage: Usage) -> tuple[bool, int, int, tuple[str, str]]:
    over = usage.total - sum(_request(usage.pod, name) for name, _ in usage.by_container)
    return over <= 0, usage.pod["spec"].get("priority") or 0, -over, key_of(usage.pod)


def _request(pod: Obj, container: str) -> int:
    spec: Obj = next((c for c in pod["spec"]["containers"] if c["name"] == container), {})
    return whole(((spec.get("resources") or {}).get("requests") or {}).get("memory", "0"))


def _quantity(amount: int) -> str:
    """In kibibytes, as the kubelet's figures are."""
    kibibytes = max(amount, 0) >> 10
    return str(of(kibibytes << 10, BINARY_SI)) if kibibytes else "0"
