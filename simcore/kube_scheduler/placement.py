"""Finds the node for a pod: prefilter, filter as many nodes as are needed, score them, take the best.

Models: kubernetes v1.36 pkg/scheduler/schedule_one.go (schedulePod). The order of the search starts at a node drawn
for each attempt; upstream goes on where the last attempt ended, which a take-over would forget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from simcore.kube_scheduler.diagnosis import Diagnosis
from simcore.kube_scheduler.framework.interfaces import Cycle, Rejection, Snapshot, Verdict
from simcore.kube_scheduler.framework.runner import Framework, PreFilterOutcome
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Nominator, Question, verdict_with_rivals
from simcore.kube_scheduler.pod_info import MOST_TERMS, PodInfo
from simcore.sim.rng import Rng

LEAST_NODES = 100
LEAST_PERCENT = 5


class Ranked(NamedTuple):
    best: Sequence[str]
    """The names of the nodes that share the highest score, in the order of the search."""
    score: int
    lead: int
    """Points ahead of the second best; 0 when there is none."""


class Found(Protocol):
    """The outcome of a search."""

    @property
    def feasible(self) -> int:
        """How many nodes fit, of those that were looked at."""
        ...

    def verdicts(self) -> Mapping[str, Verdict]:
        """Why the others don't, by name."""
        ...

    def helped(self) -> Sequence[NodeInfo]:
        """Those of the others that preemption might help on, in the order of all nodes."""
        ...

    def tally(self, diagnosis: Diagnosis) -> None: ...

    def rank(self) -> Ranked:
        """Scores the feasible nodes; there is at least one."""
        ...


class Search(Protocol):
    """Runs Filter and Score. One implementation defines the results, the other has them fast."""

    def prepare(self, cycle: Cycle, pod: PodInfo) -> PreFilterOutcome:
        """PreFilter, as far as the search needs it."""
        ...

    def find(self, cycle: Cycle, pod: PodInfo, *, start: int, limit: int) -> Found:
        """Looks at the nodes in their order from number `start` on until `limit` are found that fit."""
        ...

    def among(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> Found:
        """Looks at these nodes alone."""
        ...


@dataclass
class Placement:
    """What an attempt came to. `node` is empty when nothing fits; then the diagnosis says why."""

    diagnosis: Diagnosis
    node: str = ""
    feasible: int = 0
    score: int = 0
    lead: int = 0
    verdicts: Callable[[], Mapping[str, Verdict]] = dict
    """Of the nodes that don't fit, when none does; worked out when called."""
    helped: Callable[[], Sequence[NodeInfo]] = list
    """Those of them that preemption might help on; worked out when called."""


class Placer:
    """Places pods by one profile."""

    def __init__(self, framework: Framework, search: Search, rng: Rng) -> None:
        self._framework, self._search, self._rng = framework, search, rng

    def place(self, cycle: Cycle, pod: PodInfo) -> Placement:
        nodes = cycle.snapshot.nodes()
        if not nodes:
            return Placement(Diagnosis(0))
        if pod.shape.terms > MOST_TERMS:
            why = f"pod has {pod.shape.terms} terms of affinity and spreading, more than {MOST_TERMS}"
            return _refused(Verdict("NodeAffinity", Rejection((why,), resolvable=False)), nodes)
        outcome = self._search.prepare(cycle, pod)
        if outcome.verdict is not None:
            return _refused(outcome.verdict, nodes)
        found = self._find(cycle, pod, outcome)
        if not found.feasible:
            return _nowhere(found, outcome, cycle.snapshot)
        ranked = found.rank()
        best = ranked.best
        tie = self._rng.below(len(best), "tie", pod.uid, cycle.attempt) if len(best) > 1 else 0
        return Placement(Diagnosis(len(nodes)), best[tie], found.feasible, ranked.score, ranked.lead)

    def _find(self, cycle: Cycle, pod: PodInfo, outcome: PreFilterOutcome) -> Found:
        promised = cycle.snapshot.get((pod.pod.get("status") or {}).get("nominatedNodeName") or "")
        if promised is not None and (found := self._search.among(cycle, pod, [promised])).feasible:
            return found
        nodes = cycle.snapshot.nodes()
        if outcome.nodes is not None:
            return self._search.among(cycle, pod, _named(cycle.snapshot, outcome.nodes))
        limit = nodes_to_find(self._framework.profile.percentage_of_nodes_to_score, len(nodes))
        start = self._rng.below(len(nodes), "start", pod.uid, cycle.attempt) if limit < len(nodes) else 0
        return self._search.find(cycle, pod, start=start, limit=limit)


def _named(snapshot: Snapshot, names: frozenset[str]) -> list[NodeInfo]:
    """In the order of the search; those that there are."""
    if len(names) == 1:  # a DaemonSet's pod
        found = snapshot.get(next(iter(names)))
        return [found] if found is not None else []
    return [node for node in snapshot.nodes() if node.name in names]


def nodes_to_find(percentage: int, nodes: int) -> int:
    """How many feasible nodes are enough; `percentage` 0 means that larger clusters need a smaller share."""
    if nodes < LEAST_NODES:
        return nodes
    share = percentage or max(50 - nodes // 125, LEAST_PERCENT)
    return max(nodes * share // 100, LEAST_NODES)


def _refused(verdict: Verdict, nodes: Sequence[NodeInfo]) -> Placement:
    """PreFilter has turned the pod away: every node has that verdict."""
    diagnosis = Diagnosis(len(nodes), pre_filter=", ".join(verdict.rejection.reasons))
    diagnosis.plugins.add(verdict.plugin)
    helped = nodes if verdict.rejection.resolvable else []
    diagnosis.resolvable = len(helped)
    return Placement(
        diagnosis,
        verdicts=lambda: dict.fromkeys((node.name for node in nodes), verdict),
        helped=lambda: helped,
    )


def _nowhere(found: Found, outcome: PreFilterOutcome, snapshot: Snapshot) -> Placement:
    diagnosis = Diagnosis(len(snapshot.nodes()))
    found.tally(diagnosis)
    if outcome.nodes is not None:
        absent = diagnosis.nodes - sum(snapshot.get(name) is not None for name in sorted(outcome.nodes))
        why = f"node(s) didn't satisfy plugin(s) [{' '.join(outcome.limited_by)}]"
        for plugin in outcome.limited_by:
            diagnosis.plugins.add(plugin)
        if absent:
            diagnosis.count(outcome.limited_by[0], Rejection((why,), resolvable=False), absent)
    return Placement(diagnosis, verdicts=found.verdicts, helped=found.helped)


class PlainFound:
    """Node by node, plugin by plugin."""

    def __init__(self, framework: Framework, cycle: Cycle, pod: PodInfo) -> None:
        self._framework, self._cycle, self._pod = framework, cycle, pod
        self.nodes: list[NodeInfo] = []
        self._verdicts: dict[str, Verdict] = {}

    @property
    def feasible(self) -> int:
        return len(self.nodes)

    def note(self, node: NodeInfo, verdict: Verdict | None) -> None:
        if verdict is None:
            self.nodes.append(node)
        else:
            self._verdicts[node.name] = verdict

    def verdicts(self) -> Mapping[str, Verdict]:
        return self._verdicts

    def helped(self) -> Sequence[NodeInfo]:
        kept = {name for name, verdict in self._verdicts.items() if verdict.rejection.resolvable}
        return [node for node in self._cycle.snapshot.nodes() if node.name in kept]

    def tally(self, diagnosis: Diagnosis) -> None:
        for verdict in self._verdicts.values():
            diagnosis.count(verdict.plugin, verdict.rejection, 1)

    def rank(self) -> Ranked:
        if len(self.nodes) == 1:
            return Ranked([self.nodes[0].name], 0, 0)
        totals = self.totals()
        best = max(totals.values())
        others = [total for total in totals.values() if total < best]
        names = [name for name, total in totals.items() if total == best]
        return Ranked(names, best, best - max(others) if others and len(names) == 1 else 0)

    def totals(self) -> dict[str, int]:
        """The weighted sums, by node."""
        framework, cycle, pod = self._framework, self._cycle, self._pod
        framework.pre_score(cycle, pod, self.nodes)
        scores = framework.score(cycle, pod, self.nodes)
        weights = framework.weights
        return {
            node.name: sum(weights[plugin] * given[node.name] for plugin, given in scores.items())
            for node in self.nodes
        }


class PlainSearch:
    """Asks every plugin about every node. This is what the results mean; arrays/search.py has them faster."""

    def __init__(self, framework: Framework, nominator: Nominator) -> None:
        self._framework, self._nominator = framework, nominator

    def prepare(self, cycle: Cycle, pod: PodInfo) -> PreFilterOutcome:
        return self._framework.pre_filter(cycle, pod)

    def find(self, cycle: Cycle, pod: PodInfo, *, start: int, limit: int) -> PlainFound:
        nodes = cycle.snapshot.nodes()
        found = PlainFound(self._framework, cycle, pod)
        for number in range(len(nodes)):
            if found.feasible == limit:
                break
            node = nodes[(start + number) % len(nodes)]
            found.note(
                node, verdict_with_rivals(self._framework, self._nominator, Question(cycle, pod, node))
            )
        return found

    def among(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> PlainFound:
        found = PlainFound(self._framework, cycle, pod)
        for node in nodes:
            found.note(
                node, verdict_with_rivals(self._framework, self._nominator, Question(cycle, pod, node))
            )
        return found
