"""Verdicts about nodes that are promised to other pods."""

from __future__ import annotations

from collections.abc import Callable

from simcore.kube_scheduler.arrays.classes import PodClass
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.arrays.twins import Ints
from simcore.kube_scheduler.framework.interfaces import Verdict
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo

Ask = Callable[[NodeInfo], Verdict | None]
"""The readable plugins' verdict about one node, with the pods promised to it."""


class Crowd:
    """One class's verdicts with the promised pods counted in. Lives as long as the class.

    Only the nodes that were touched since the last look are asked about again; a promise touches its node, too.
    """

    def __init__(self, known: PodClass, table: NodeTable) -> None:
        self._known, self._table, self._nominator = known, table, table.nominator
        self._codes: Ints | None = None  # by row, as the class has them for any pod
        self._seen = 0
        self._missed: set[int] = (
            set()
        )  # rows that were not asked about for any pod: the asking pod was promised them

    def codes(self, pod: PodInfo, ask: Ask) -> Ints:
        """By row: 0 fits, else a number in the class's verdicts. Read at once, never write."""
        touched = self._table.touched
        if self._codes is None:
            rows = set(range(self._table.rows))
            codes = self._codes = self._known.codes.copy()
        else:
            rows, codes = self._missed.union(touched[self._seen :]), self._codes
        self._seen = len(touched)
        own = self._table.row_of(self._nominator.node_of(pod.uid))
        self._missed = rows & {own}
        for row in sorted(rows - {own}):
            codes[row] = self._code(row, pod, ask)
        if own >= 0:
            codes = codes.copy()
            codes[own] = self._code(own, pod, ask)
        return codes

    def _code(self, row: int, pod: PodInfo, ask: Ask) -> int:
        node = self._table.info(row)
        if not self._nominator.rivals(node.name, pod):
            return int(self._known.codes[row])
        verdict = ask(node)
        return self._known.number(verdict) if verdict else 0
