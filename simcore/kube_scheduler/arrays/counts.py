"""How many pods of some kind run on each node, counted once and then kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simcore.kube_scheduler.affinity_terms import PodTerm
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.plugins.inter_pod_affinity import attractions_of
from simcore.kube_scheduler.pod_info import PodInfo, PodShape

Ints = NDArray[np.int64]
Condition = Callable[[PodShape], int]
"""What a pod of this shape counts for."""

K = TypeVar("K")

MOST_COUNTERS = 256


class Counter:
    """`by_row` changes as pods move: read it at once."""

    __slots__ = ("_condition", "_living_only", "_worth", "by_row")

    def __init__(self, condition: Condition, rows: int, *, living_only: bool) -> None:
        self._condition, self._living_only = condition, living_only
        self._worth: dict[int, int] = {}  # by shape; goes with the counter
        self.by_row: Ints = np.zeros(rows, dtype=np.int64)

    def worth(self, pod: PodInfo) -> int:
        if self._living_only and pod.is_terminating:
            return 0
        number = pod.shape.number
        worth = self._worth.get(number)
        if worth is None:
            worth = self._worth[number] = self._condition(pod.shape)
        return worth


class PodCounts:
    """The counters that cycles have asked for; the one not asked for longest goes first."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._rows = 0
        self._counters: dict[Hashable, Counter] = {}
        self._carriers: dict[PodTerm, int] = {}  # pods on nodes that carry each required anti-affinity term
        self._attracting: dict[tuple[PodTerm, int], int] = {}  # the same for terms that count when scoring
        for pod in cache.pods():
            self._census(pod, 1)

    def pod_moved(self, row: int, pod: PodInfo, sign: int) -> None:
        for counter in self._counters.values():
            worth = counter.worth(pod)
            if worth:
                counter.by_row[row] += sign * worth

    def note_terms(self, pod: PodInfo, sign: int) -> None:
        """A pod came to a node or left it, with its own wishes about others."""
        if pod.shape.has_pod_affinity:
            self._census(pod, sign)

    def rows_changed(self, rows: int) -> None:
        """Nodes came or went: counting starts again when somebody asks."""
        self._rows = rows
        self._counters.clear()

    def of(self, key: Hashable, condition: Condition, *, living_only: bool = False) -> Ints:
        """By row, the sum over the node's pods; `key` names the condition wholly."""
        counter = self._counters.pop(key, None)
        if counter is None:
            counter = Counter(condition, self._rows, living_only=living_only)
            for node in self._cache.nodes():
                counter.by_row[node.row] = sum(counter.worth(pod) for pod in node.pods.values())
            if len(self._counters) >= MOST_COUNTERS:
                del self._counters[next(iter(self._counters))]
        self._counters[key] = counter
        return counter.by_row

    @property
    def has_anti_affinity(self) -> bool:
        """Whether a pod on a node may keep others away."""
        return bool(self._carriers)

    @property
    def has_attraction(self) -> bool:
        """Whether a pod on a node has a say in the scores of others."""
        return bool(self._attracting)

    def anti_affinity_terms(self) -> Iterator[PodTerm]:
        """Those that some pod on a node carries."""
        return iter(self._carriers)

    def attracting_terms(self) -> Iterator[tuple[PodTerm, int]]:
        return iter(self._attracting)

    def _census(self, pod: PodInfo, sign: int) -> None:
        for term in pod.shape.anti_affinity:
            _add(self._carriers, term, sign)
        for entry in attractions_of(pod.shape):
            _add(self._attracting, entry, sign)


def _add(counts: dict[K, int], key: K, sign: int) -> None:
    counts[key] = counts.get(key, 0) + sign
    if not counts[key]:
        del counts[key]
