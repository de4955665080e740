"""What a pod asks for, as integers: millicores of cpu, bytes, or plain counts.

Models: kubernetes v1.36 component-helpers/resource/helpers.go (PodRequests), scheduler/util/pod_resources.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcore.apimachinery import quantity
from simcore.apimachinery.meta import Obj

CPU, MEMORY, EPHEMERAL_STORAGE, PODS = "cpu", "memory", "ephemeral-storage", "pods"
NATIVE = (CPU, MEMORY, EPHEMERAL_STORAGE, PODS)

DEFAULT_REQUESTS = {CPU: 100, MEMORY: 200 * 1024 * 1024}
"""What scoring assumes of a container that asks for nothing."""

LARGEST = 1 << 56
"""Amounts are cut here, so that a hundred times an amount still fits 64 bits."""

Amounts = dict[str, int]
"""By resource name; a name that is missing means 0."""


def amount_of(name: str, text: str | int | float) -> int:
    """A quantity in the unit of its resource, rounded up; between 0 and LARGEST. What is none counts as 0."""
    try:
        value = quantity.milli(text) if name == CPU else quantity.whole(text)
    except quantity.QuantityError:
        return 0  # of a status that nobody has checked; it must not stop the scheduler
    return min(max(value, 0), LARGEST)


def amounts_of(quantities: Mapping[str, Any] | None) -> Amounts:
    return {name: amount_of(name, text) for name, text in quantities.items()} if quantities else {}


def pod_requests(spec: Obj, *, assumed: Mapping[str, int] | None = None) -> Amounts:
    """What the node must have free for a pod: no zeros.

    `assumed` stands in for what a container does not mention.
    """
    total: Amounts = {}
    for container in spec["containers"]:
        _add(total, _container(container, assumed))
    sidecars: Amounts = {}  # the restartable init containers started so far
    peak: Amounts = {}
    for container in spec.get("initContainers") or ():
        request = _container(container, assumed)
        if container.get("restartPolicy") == "Always":
            _add(total, request)
            _add(sidecars, request)
            _raise(peak, sidecars)
        else:
            _raise(peak, _sum(request, sidecars))
    _raise(total, peak)
    total.update(amounts_of((spec.get("resources") or {}).get("requests")))
    _add(total, amounts_of(spec.get("overhead")))
    return {name: min(amount, LARGEST) for name, amount in total.items() if amount}


def _container(container: Obj, assumed: Mapping[str, int] | None) -> Amounts:
    requests = amounts_of((container.get("resources") or {}).get("requests"))
    return {**assumed, **requests} if assumed else requests


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount


def _sum(one: Amounts, other: Amounts) -> Amounts:
    total = dict(one)
    _add(total, other)
    return total


def _raise(total: Amounts, floor: Amounts) -> None:
    """The larger of both, name by name."""
    for name, amount in floor.items():
        if amount > total.get(name, 0):
            total[name] = amount
