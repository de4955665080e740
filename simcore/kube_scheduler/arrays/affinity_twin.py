"""The array version of InterPodAffinity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.kube_scheduler.affinity_terms import NamespaceLabels, PodTerm
from simcore.kube_scheduler.arrays.counts import Condition
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.arrays.twins import Codes, Ints, View
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE
from simcore.kube_scheduler.plugins.inter_pod_affinity import (
    AFFINITY,
    ANTI_AFFINITY,
    EXISTING_ANTI_AFFINITY,
    HARD,
    InterPodAffinity,
    attractions_of,
    means_all,
)

Bools = NDArray[np.bool_]


class InterPodAffinityTwin:
    is_local = False
    has_normalize = True

    def __init__(self, plugin: InterPodAffinity) -> None:
        self.name, self._plugin = plugin.name, plugin

    def filters(self, view: View) -> bool:
        shape = view.pod.shape
        return bool(shape.affinity or shape.anti_affinity) or view.table.counts.has_anti_affinity

    def scores(self, view: View) -> bool:
        shape = view.pod.shape
        if self._plugin.is_indifferent(shape):
            return False
        return (
            bool(shape.preferred_affinity or shape.preferred_anti_affinity)
            or view.table.counts.has_attraction
        )

    def filter(self, view: View) -> Codes:
        table, shape = view.table, view.pod.shape
        namespace_labels = view.cycle.snapshot.namespace_labels
        codes = np.zeros(view.number, dtype=np.int64)
        for term in table.counts.anti_affinity_terms():
            if term.matches(shape.namespace, shape.labels, namespace_labels):
                carriers = table.counts.of(("carries", term), _carries(term))
                codes[view.pick(table.labels(term.topology_key).sums(carriers)) > 0] = 3
        for term in shape.anti_affinity:
            meant = _meant(table, term, namespace_labels)
            codes[view.pick(table.labels(term.topology_key).sums(meant)) > 0] = 2
        if shape.affinity:
            codes[~view.pick(_meets_affinity(view))] = 1
        return Codes(codes, (AFFINITY, ANTI_AFFINITY, EXISTING_ANTI_AFFINITY))

    def score(self, view: View) -> Ints:
        table, shape = view.table, view.pod.shape
        namespace_labels = view.cycle.snapshot.namespace_labels
        total = np.zeros(view.number, dtype=np.int64)
        for terms, sign in ((shape.preferred_affinity, 1), (shape.preferred_anti_affinity, -1)):
            for term, weight in terms:
                meant = _meant(table, term, namespace_labels)
                total += sign * weight * view.pick(table.labels(term.topology_key).sums(meant))
        for term, given in table.counts.attracting_terms():
            weight = given if given != HARD else self._plugin.args.hard_weight
            if weight and term.matches(shape.namespace, shape.labels, namespace_labels):
                carriers = table.counts.of(("draws", term, given), _draws(term, given))
                total += weight * view.pick(table.labels(term.topology_key).sums(carriers))
        return total

    def normalize(self, scores: Ints) -> Ints:
        least, most = int(scores.min()), int(scores.max())
        if most == least:
            return np.zeros_like(scores)
        shares = (scores - least).astype(np.float64) / float(most - least)
        return (float(MAX_NODE_SCORE) * shares).astype(np.int64)


def _meets_affinity(view: View) -> Bools:
    table, shape = view.table, view.pod.shape
    namespace_labels = view.cycle.snapshot.namespace_labels
    columns = [table.labels(term.topology_key) for term in shape.affinity]
    meant = table.counts.of(
        ("all", shape.affinity), lambda other: int(means_all(shape.affinity, other, namespace_labels))
    )
    has_keys = np.ones(table.rows, dtype=np.bool_)
    meets = np.ones(table.rows, dtype=np.bool_)
    some = False
    for column in columns:
        sums = column.sums(meant)
        has_keys &= column.present
        meets &= sums > 0
        some = some or bool(sums.any())
    if not some and means_all(shape.affinity, shape, namespace_labels):
        return has_keys
    return has_keys & meets


def _meant(table: NodeTable, term: PodTerm, namespace_labels: NamespaceLabels) -> Ints:
    """By row, the pods that the term means."""
    return table.counts.of(
        ("meant", term), lambda other: int(term.matches(other.namespace, other.labels, namespace_labels))
    )


def _carries(term: PodTerm) -> Condition:
    return lambda shape: shape.anti_affinity.count(term)


def _draws(term: PodTerm, weight: int) -> Condition:
    return lambda shape: list(attractions_of(shape)).count((term, weight))
