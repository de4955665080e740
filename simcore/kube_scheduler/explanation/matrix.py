"""Every node against every plugin: who passes it, who turns it down and why, and how those that fit are scored.

Computed by the readable plugins, so the matrix is what the results mean, whichever search found them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from simcore.kube_scheduler.explanation.view import View
from simcore.kube_scheduler.framework.interfaces import Cycle, PreFiltered, Verdict
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Question, verdict_with_rivals
from simcore.kube_scheduler.plugins.scoring_expression import ScoringExpression
from simcore.kube_scheduler.pod_info import PodInfo

PASS, FAIL, SKIP = "pass", "fail", "skip"


class Mark(NamedTuple):
    """One plugin about one node."""

    plugin: str
    status: str
    """pass, fail; skip: the plugin has no business with the pod."""
    reason: str = ""


class Points(NamedTuple):
    plugin: str
    raw: int
    """As the plugin gave it."""
    normalized: int
    weight: int
    problem: str = ""
    """What went wrong with a policy of the user's."""

    @property
    def weighted(self) -> int:
        return self.weight * self.normalized


class Row(NamedTuple):
    node: str
    marks: tuple[Mark, ...]
    points: tuple[Points, ...] = ()
    """Empty for a node that does not fit."""

    @property
    def fits(self) -> bool:
        return not any(mark.status == FAIL for mark in self.marks)

    @property
    def failed_by(self) -> list[str]:
        return [mark.plugin for mark in self.marks if mark.status == FAIL]

    @property
    def total(self) -> int | None:
        return sum(points.weighted for points in self.points) if self.fits else None


class Matrix(NamedTuple):
    plugins: tuple[str, ...]
    """That filter, in their order."""
    rows: tuple[Row, ...]
    """In the order of the search."""

    @property
    def best(self) -> list[str]:
        """The nodes that share the highest score."""
        totals = {row.node: row.total for row in self.rows if row.total is not None}
        most = max(totals.values(), default=0)
        return [node for node, total in totals.items() if total == most]

    @property
    def reasons(self) -> Counter[str]:
        """How many nodes each first objection turned down."""
        firsts = (next((m.reason for m in row.marks if m.status == FAIL), "") for row in self.rows)
        return Counter(reason for reason in firsts if reason)


def matrix_of(view: View, pod: PodInfo, attempt: int = 1) -> Matrix:
    framework, cycle = view.framework(pod), view.cycle(attempt)
    nodes = cycle.snapshot.nodes()
    prepared = framework.pre_filter_each(cycle, pod)
    asking = _Asking(view, framework, cycle, pod, prepared)
    marks = {node.name: asking.marks(node) for node in nodes}
    fitting = [node for node in nodes if Row(node.name, marks[node.name]).fits]
    points = _points(framework, cycle, pod, fitting) if fitting else {}
    rows = tuple(Row(node.name, marks[node.name], points.get(node.name, ())) for node in nodes)
    return Matrix(tuple(name for name, _ in framework.filters), rows)


class _Asking:
    """One pod's questions to all plugins about one node after the other."""

    def __init__(
        self,
        view: View,
        framework: Framework,
        cycle: Cycle,
        pod: PodInfo,
        prepared: Mapping[str, PreFiltered | None],
    ) -> None:
        self._view, self._framework, self._cycle, self._pod = view, framework, cycle, pod
        self._prepared, self._filters = prepared, dict(framework.filters)

    def marks(self, node: NodeInfo) -> tuple[Mark, ...]:
        marks = tuple(self._mark(name, node) for name in self._filters)
        if any(mark.status == FAIL for mark in marks):
            return marks
        return self._with_rivals(marks, node)

    def _mark(self, name: str, node: NodeInfo) -> Mark:
        before = self._prepared.get(name)
        if before is not None and before.rejection is not None:
            return Mark(name, FAIL, ", ".join(before.rejection.reasons))
        if before is not None and before.nodes is not None and node.name not in before.nodes:
            return Mark(name, FAIL, f"node(s) didn't satisfy plugin(s) [{name}]")
        if name in self._cycle.skipped:
            return Mark(name, SKIP)
        rejection = self._filters[name].filter(self._cycle, self._pod, node)
        return Mark(name, FAIL, ", ".join(rejection.reasons)) if rejection else Mark(name, PASS)

    def _with_rivals(self, marks: tuple[Mark, ...], node: NodeInfo) -> tuple[Mark, ...]:
        """A node may fit but for the pods that it is promised to."""
        question = Question(self._cycle, self._pod, node)
        verdict: Verdict | None = verdict_with_rivals(self._framework, self._view.nominator, question)
        if verdict is None:
            return marks
        reason = f"{', '.join(verdict.rejection.reasons)} (with the pods nominated to the node)"
        return tuple(Mark(m.plugin, FAIL, reason) if m.plugin == verdict.plugin else m for m in marks)


def _points(
    framework: Framework, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]
) -> dict[str, tuple[Points, ...]]:
    framework.pre_score(cycle, pod, nodes)
    normalized = framework.score(cycle, pod, nodes)
    found: dict[str, list[Points]] = {node.name: [] for node in nodes}
    for name, plugin in framework.scorers:
        if name not in normalized:
            continue
        for node in nodes:
            raw, problem = plugin.score(cycle, pod, node), ""
            if isinstance(plugin, ScoringExpression):
                problem = plugin.evaluate(pod, node).problem
            points = Points(name, raw, normalized[name][node.name], framework.weights[name], problem)
            found[node.name].append(points)
    return {node: tuple(points) for node, points in found.items()}
