"""A label of all nodes: its values as numbers, and sums over the nodes that share a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class LabelColumn:
    """`ids` by row: 0 where the label is missing, else the number of its value in `values`."""

    def __init__(self, values: Sequence[str | None]) -> None:
        numbers: dict[str | None, int] = {None: 0}
        found = [numbers.setdefault(value, len(numbers)) for value in values]
        self.values: list[str | None] = list(numbers)
        self._numbers = numbers
        self.ids: NDArray[np.intp] = np.array(found, dtype=np.intp)
        self.present: Bools = self.ids > 0
        self.is_everywhere = bool(self.present.all())
        self.is_unique = len(numbers) - 1 == len(values)
        """Every node has a value of its own: a domain is a node."""

    def number_of(self, value: str) -> int:
        """-1 when no node has it."""
        return self._numbers.get(value, -1)

    def where(self, holds: Callable[[str | None], bool]) -> Bools:
        """By row, for any condition on the value; asked once for each distinct value."""
        return np.array([holds(value) for value in self.values], dtype=np.bool_)[self.ids]

    def sums(self, counts: Ints) -> Ints:
        """By row: the counts of its domain added up; 0 where the label is missing. May be `counts` itself."""
        if self.is_unique:
            return counts
        return self.by_domain(counts)[self.ids]

    def by_domain(self, counts: Ints) -> Ints:
        """By number of the value; nodes without the label are left out."""
        added = np.bincount(self.ids, weights=counts, minlength=len(self.values)).astype(np.int64)
        added[0] = 0
        return added

    def domains(self, of: Bools) -> Bools:
        """By number of the value: whether one of these rows has it."""
        seen = np.zeros(len(self.values), dtype=np.bool_)
        seen[self.ids[of]] = True
        seen[0] = False
        return seen
