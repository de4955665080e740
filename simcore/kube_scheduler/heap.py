"""A priority queue from which entries can be taken out by name."""

from __future__ import annotations

import heapq
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")


class _Entry(NamedTuple):
    rank: tuple[int, ...]
    ticket: int
    name: str


class NamedHeap(Generic[V]):
    """The smallest rank first, ties in the order of arrival. A name stands in it at most once."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []  # entries whose ticket is no longer the name's are skipped
        self._values: dict[str, tuple[int, V]] = {}
        self._tickets = 0

    def __len__(self) -> int:
        return len(self._values)

    def push(self, name: str, rank: tuple[int, ...], value: V) -> None:
        self._tickets += 1
        self._values[name] = (self._tickets, value)
        heapq.heappush(self._heap, _Entry(rank, self._tickets, name))

    def remove(self, name: str) -> None:
        self._values.pop(name, None)

    def first_rank(self) -> tuple[int, ...] | None:
        self._drop_stale()
        return self._heap[0].rank if self._heap else None

    def pop(self) -> V | None:
        self._drop_stale()
        if not self._heap:
            return None
        return self._values.pop(heapq.heappop(self._heap).name)[1]

    def _drop_stale(self) -> None:
        heap, values = self._heap, self._values
        while heap and values.get(heap[0].name, (0, None))[0] != heap[0].ticket:
            heapq.heappop(heap)
