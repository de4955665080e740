"""What is known of one shape of pods: verdicts and scores of all nodes by the local plugins.

Identical pods share it; only the nodes touched since the last look are asked again, by the readable plugins when
they are few, by the array versions when they are many.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.arrays.twins import FilterTwin, Ints, Rows, ScoreTwin, View
from simcore.kube_scheduler.framework.interfaces import Cycle, FilterPlugin, ScorePlugin, Verdict
from simcore.kube_scheduler.pod_info import PodInfo

FEW = 12


class LocalPlugins:
    """A profile's local plugins, readable and as arrays, in the profile's order."""

    def __init__(
        self,
        filters: Sequence[tuple[FilterTwin, FilterPlugin]],
        scorers: Sequence[tuple[ScoreTwin, ScorePlugin, int]],
    ) -> None:
        self.filters, self.scorers = filters, scorers


class RawScores:
    """One plugin's scores by row, before they are normalized over the feasible nodes."""

    def __init__(self, twin: ScoreTwin, weight: int, rows: int) -> None:
        self._twin, self._weight = twin, weight
        self._by_row: Ints = np.zeros(rows, dtype=np.int64)
        self._are_zero = True
        self._of_zeros = weight * int(twin.normalize(np.zeros(1, dtype=np.int64))[0])

    def set(self, row: int, score: int) -> None:
        self._by_row[row] = score
        self._are_zero = self._are_zero and score == 0

    def set_many(self, rows: Rows | slice, scores: Ints) -> None:
        self._by_row[rows] = scores
        self._are_zero = self._are_zero and not scores.any()

    def add_to(self, total: Ints, rows: Rows) -> None:
        """Adds the weighted, normalized scores of these rows."""
        if self._are_zero:
            total += self._of_zeros
        else:
            total += self._weight * self._twin.normalize(self._by_row[rows])


class PodClass:
    """Of one shape and one generation of the node table."""

    def __init__(self, plugins: LocalPlugins, table: NodeTable, cycle: Cycle, pod: PodInfo) -> None:
        self._plugins, self._table = plugins, table
        self.generation, self._seen = table.generation, len(table.touched)
        view = View(cycle, pod, table)
        self._filters = [each for each in plugins.filters if each[0].filters(view)]
        self._scorers = [each for each in plugins.scorers if each[0].scores(view)]
        self.verdicts: list[Verdict | None] = [None]
        self._numbers: dict[Verdict, int] = {}
        self.codes: Ints = np.zeros(table.rows, dtype=np.int64)
        """By row: 0 fits, else a number in `verdicts`."""
        self.base: Ints = np.zeros(table.rows, dtype=np.int64)
        """By row: the weighted scores that need no normalizing."""
        self.raw = [
            RawScores(twin, weight, table.rows) for twin, _, weight in self._scorers if twin.has_normalize
        ]
        """The scores that do."""
        self._fitting: NDArray[np.intp] | None = None
        self._ask_arrays(view)

    @property
    def fitting(self) -> NDArray[np.intp]:
        """The rows that fit."""
        if self._fitting is None:
            self._fitting = np.flatnonzero(self.codes == 0)
        return self._fitting

    def catch_up(self, cycle: Cycle, pod: PodInfo) -> None:
        """Asks again about the nodes touched since the last time."""
        touched = self._table.touched
        if self._seen == len(touched):
            return
        rows = set(touched[self._seen :])
        self._seen = len(touched)
        if len(rows) <= FEW:
            for row in sorted(rows):
                self._ask_plugins(cycle, pod, row)
        else:
            self._ask_arrays(View(cycle, pod, self._table, np.array(sorted(rows), dtype=np.intp)))

    def _ask_plugins(self, cycle: Cycle, pod: PodInfo, row: int) -> None:
        node, code = self._table.info(row), 0
        for twin, plugin in self._filters:
            rejection = plugin.filter(cycle, pod, node)
            if rejection is not None:
                code = self.number(Verdict(twin.name, rejection))
                break
        if (code == 0) != (self.codes[row] == 0):
            self._fitting = None
        self.codes[row] = code
        base, normalized = 0, iter(self.raw)
        for scored, scorer, weight in self._scorers:
            score = scorer.score(cycle, pod, node)
            if scored.has_normalize:
                next(normalized).set(row, score)
            else:
                base += weight * score
        self.base[row] = base

    def _ask_arrays(self, view: View) -> None:
        codes = np.zeros(view.number, dtype=np.int64)
        for twin, _ in self._filters:
            found = twin.filter(view)
            numbers = np.array([0, *(self.number(Verdict(twin.name, r)) for r in found.rejections)])
            codes = np.where(codes == 0, numbers[found.codes], codes)
        rows = slice(None) if view.rows is None else view.rows
        self.codes[rows] = codes
        self._fitting = None
        base, normalized = np.zeros(view.number, dtype=np.int64), iter(self.raw)
        for scored, _, weight in self._scorers:
            scores = scored.score(view)
            if scored.has_normalize:
                next(normalized).set_many(rows, scores)
            else:
                base += weight * scores
        self.base[rows] = base

    def number(self, verdict: Verdict) -> int:
        """The verdict's place in `verdicts`."""
        number = self._numbers.get(verdict)
        if number is None:
            number = self._numbers[verdict] = len(self.verdicts)
            self.verdicts.append(verdict)
        return number
