"""The fast Search: classes of identical pods, and arrays for what depends on other nodes.

Gives exactly what placement.PlainSearch gives; tests/simcore/kube_scheduler/test_arrays_agree.py holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

import numpy as np

from simcore.kube_scheduler.arrays.classes import LocalPlugins, PodClass
from simcore.kube_scheduler.arrays.crowd import Crowd
from simcore.kube_scheduler.arrays.each_node import EachNodeFilter
from simcore.kube_scheduler.arrays.registry import filter_twin, score_twin
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.arrays.twins import FilterTwin, Ints, Rows, ScoreTwin, View
from simcore.kube_scheduler.diagnosis import Diagnosis
from simcore.kube_scheduler.framework.interfaces import Cycle, Verdict
from simcore.kube_scheduler.framework.runner import Framework, PreFilterOutcome
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Question, verdict_with_rivals
from simcore.kube_scheduler.placement import Found, PlainSearch, Ranked
from simcore.kube_scheduler.pod_info import PodInfo

MOST_CLASSES = 128

GlobalScorers = Sequence[tuple[ScoreTwin, int]]
"""Those whose scores depend on other nodes, with their weights."""


class ArraySearch:
    """Works on a node table that may serve several profiles."""

    def __init__(self, framework: Framework, table: NodeTable) -> None:
        self._framework, self._nominator, self._table = framework, table.nominator, table
        self._plain = PlainSearch(framework, table.nominator)
        filters = [(filter_twin(name, plugin), plugin) for name, plugin in framework.filters]
        scorers = [(score_twin(n, plugin), plugin, framework.weights[n]) for n, plugin in framework.scorers]
        self._local = LocalPlugins(
            [each for each in filters if each[0].is_local], [each for each in scorers if each[0].is_local]
        )
        self._filters: Sequence[FilterTwin] = [twin for twin, _ in filters if not twin.is_local]
        self._scorers: GlobalScorers = [(twin, weight) for twin, _, weight in scorers if not twin.is_local]
        self._put_off = frozenset(twin.name for twin in self._filters if not isinstance(twin, EachNodeFilter))
        self._classes: dict[int, PodClass] = {}  # by shape; the one not used for longest goes first
        self._crowds: dict[int, Crowd] = {}  # beside each class

    @staticmethod
    def can_serve(framework: Framework) -> bool:
        """Whether the plugins that look at other nodes come last, so that the first objection is the same."""
        are_local = [filter_twin(name, plugin).is_local for name, plugin in framework.filters]
        return are_local == sorted(are_local, reverse=True)

    def prepare(self, cycle: Cycle, pod: PodInfo) -> PreFilterOutcome:
        return self._framework.pre_filter(cycle, pod, self._put_off)

    def find(self, cycle: Cycle, pod: PodInfo, *, start: int, limit: int) -> Found:
        table = self._table
        table.refresh()
        known = self._class(cycle, pod)
        view = View(cycle, pod, table)
        others = self._concerned(view)
        if others or self._nominator:
            codes = known.codes
            if others:
                codes = self._codes(known, others, view)
            if self._nominator:
                codes = self._with_rivals(codes, known, view)
            fitting = np.flatnonzero(codes == 0)
        else:
            codes, fitting = known.codes, known.fitting
        rows = _window(fitting, start, limit)
        return ArrayFound(known, codes, View(cycle, pod, table, rows), self._scorers)

    def among(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> Found:
        """A few named nodes are quicker asked one by one, by the plugins that have business with the pod."""
        self._table.refresh()
        self._concerned(View(cycle, pod, self._table))
        self._framework.finish_pre_filter(cycle, pod)
        return self._plain.among(cycle, pod, nodes)

    def _class(self, cycle: Cycle, pod: PodInfo) -> PodClass:
        number = pod.shape.number
        known = self._classes.pop(number, None)
        if known is None or known.generation != self._table.generation:
            known = PodClass(self._local, self._table, cycle, pod)
            self._crowds[number] = Crowd(known, self._table)
            if len(self._classes) >= MOST_CLASSES:
                oldest = next(iter(self._classes))
                del self._classes[oldest], self._crowds[oldest]
        else:
            known.catch_up(cycle, pod)
        self._classes[number] = known
        return known

    def _concerned(self, view: View) -> Sequence[FilterTwin]:
        """Those with business with the pod that look at other nodes, too; the idle ones are noted as skipped."""
        cycle = view.cycle
        others = [twin for twin in self._filters if twin.filters(view)]
        idle = cycle.put_off.difference(twin.name for twin in others)
        cycle.skipped |= idle
        cycle.put_off -= idle
        cycle.is_local = not others
        return others

    def _codes(self, known: PodClass, others: Sequence[FilterTwin], view: View) -> Ints:
        """By row, local and global verdicts together."""
        codes = known.codes
        for twin in others:
            found = twin.filter(view)
            numbers = np.array([0, *(known.number(Verdict(twin.name, r)) for r in found.rejections)])
            codes = np.where(codes == 0, numbers[found.codes], codes)
        return codes

    def _with_rivals(self, codes: Ints, known: PodClass, view: View) -> Ints:
        """Asks the plugins about the nodes promised to others."""
        cycle, pod, _, _ = view

        def ask(node: NodeInfo) -> Verdict | None:
            return verdict_with_rivals(self._framework, self._nominator, Question(cycle, pod, node))

        if cycle.is_local:
            return self._crowds[pod.shape.number].codes(pod, ask)
        crowded = self._nominator.nodes_with_rivals(pod)
        if crowded:
            self._framework.finish_pre_filter(cycle, pod)
            codes = codes.copy()
        for name in crowded:
            node = cycle.snapshot.get(name)
            if node is not None:
                verdict = ask(node)
                codes[node.row] = known.number(verdict) if verdict else 0
        return codes


class ArrayFound:
    """`codes` are by row; the view's rows are those that fit."""

    def __init__(self, known: PodClass, codes: Ints, view: View, scorers: GlobalScorers) -> None:
        self._known, self._codes, self._view, self._scorers = known, codes, view, scorers

    @property
    def feasible(self) -> int:
        return self._view.number

    def verdicts(self) -> Mapping[str, Verdict]:
        table, known = self._view.table, self._known
        found = {}
        for row, code in enumerate(self._codes.tolist()):
            verdict = known.verdicts[code]
            if verdict is not None:
                found[table.info(row).name] = verdict
        return found

    def helped(self) -> Sequence[NodeInfo]:
        verdicts = self._known.verdicts
        is_helped = np.array([verdict is not None and verdict.rejection.resolvable for verdict in verdicts])
        return _Nodes(self._view.table, np.flatnonzero(is_helped[self._codes]))

    def tally(self, diagnosis: Diagnosis) -> None:
        for code, nodes in enumerate(np.bincount(self._codes).tolist()):
            verdict = self._known.verdicts[code]
            if nodes and verdict is not None:
                diagnosis.count(verdict.plugin, verdict.rejection, nodes)

    def rank(self) -> Ranked:
        table, rows = self._view.table, self._view.rows
        assert rows is not None
        if len(rows) == 1:
            return Ranked([table.info(int(rows[0])).name], 0, 0)
        total = self.totals()
        best = int(total.max())
        ties = np.flatnonzero(total == best)
        lead = 0
        if len(ties) == 1:
            total[ties[0]] = -1
            lead = best - int(total.max())
        return Ranked(_Names(_Nodes(table, rows[ties])), best, lead)

    def totals(self) -> Ints:
        """The weighted sums of the feasible nodes, in the order of the search."""
        view, rows = self._view, self._view.rows
        assert rows is not None
        total = self._known.base[rows]
        for raw in self._known.raw:
            raw.add_to(total, rows)
        for twin, weight in self._scorers:
            if twin.scores(view):
                total += weight * twin.normalize(twin.score(view))
        return total


class _Nodes(Sequence[NodeInfo]):
    """Nodes by their rows; few of many are ever asked for."""

    def __init__(self, table: NodeTable, rows: Rows) -> None:
        self._table, self._rows = table, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> NodeInfo: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[NodeInfo]: ...

    def __getitem__(self, at: int | slice) -> NodeInfo | Sequence[NodeInfo]:
        if isinstance(at, slice):
            return _Nodes(self._table, self._rows[at])
        return self._table.info(int(self._rows[at]))

    def __iter__(self) -> Iterator[NodeInfo]:
        return map(self._table.info, self._rows.tolist())


class _Names(Sequence[str]):
    """Their names."""

    def __init__(self, nodes: Sequence[NodeInfo]) -> None:
        self._nodes = nodes

    def __len__(self) -> int:
        return len(self._nodes)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return _Names(self._nodes[at]) if isinstance(at, slice) else self._nodes[at].name


def _window(fitting: Rows, start: int, limit: int) -> Rows:
    """The first `limit` of the rows that fit, from `start` on and round the end."""
    first = int(np.searchsorted(fitting, start)) if start else 0
    found = fitting[first : first + limit]
    if len(found) < limit and first:
        return np.concatenate((found, fitting[: min(limit - len(found), first)]))
    return found
