"""Addresses: each node has a number, from which its own address and its pods' range follow.

Stands in for node IPAM in kube-controller-manager, see docs/deviations.md, kubelet.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

_FIRST_BLOCK = 244 * 256
"""10.244.0.0: kubeadm's usual range for pods."""
_IN_FIRST_BLOCK = 12 * 256
_SECOND_BLOCK = 100 * 256
FIRST_POD, LAST_POD = 2, 254


def pod_cidr(number: int) -> str:
    """10.244.<n>.0/24; from 3072 on 10.100.0.0/24 and up."""
    block = _FIRST_BLOCK + number if number < _IN_FIRST_BLOCK else _SECOND_BLOCK + number - _IN_FIRST_BLOCK
    return f"10.{block >> 8}.{block & 255}.0/24"


def node_ip(number: int) -> str:
    """172.18.0.<n + 1>, and on through 172.18.0.0/16."""
    return f"172.18.{(number + 1) >> 8 & 255}.{(number + 1) & 255}"


def number_of(cidr: str) -> int | None:
    """The inverse of pod_cidr(); None for a range that is none of ours."""
    parts = cidr.partition("/")[0].split(".")
    if len(parts) != 4 or parts[0] != "10" or not all(part.isdigit() for part in parts):
        return None
    block = int(parts[1]) * 256 + int(parts[2])
    if _FIRST_BLOCK <= block < _FIRST_BLOCK + _IN_FIRST_BLOCK:
        return block - _FIRST_BLOCK
    number = block - _SECOND_BLOCK + _IN_FIRST_BLOCK
    return number if number >= _IN_FIRST_BLOCK else None


class Numbers:
    """Gives out the lowest number that is free. Which ones are taken is all it knows."""

    def __init__(self, first: int, last: int, taken: Iterable[int] = ()) -> None:
        self._next, self._last = first, last
        self._free: list[int] = []  # a heap of numbers below _next
        self._taken: set[int] = set()
        for number in sorted(taken):
            self.take_this(number)

    def take(self) -> int | None:
        """None when all are taken."""
        if self._free:
            number = heapq.heappop(self._free)
        elif self._next > self._last:
            return None
        else:
            number = self._next
            self._next += 1
        self._taken.add(number)
        return number

    def take_this(self, number: int) -> bool:
        """Whether it was still free."""
        if number in self._taken:
            return False
        while self._next <= number:
            heapq.heappush(self._free, self._next)
            self._next += 1
        if number in self._free:
            self._free.remove(number)
            heapq.heapify(self._free)
        self._taken.add(number)
        return True

    def give_back(self, number: int) -> None:
        if number in self._taken:
            self._taken.remove(number)
            heapq.heappush(self._free, number)
