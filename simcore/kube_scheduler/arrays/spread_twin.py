"""The array version of PodTopologySpread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.apimachinery import selectors
from simcore.apimachinery.encoding import encode
from simcore.kube_scheduler.arrays.node_twins import required
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.arrays.twins import Codes, Ints, View
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE
from simcore.kube_scheduler.plugins.pod_topology_spread import (
    NO_DOMAIN,
    NO_LABEL,
    SKEWED,
    PodTopologySpread,
    domain_weight,
    hard_constraints,
)
from simcore.kube_scheduler.plugins.taint_toleration import repels
from simcore.kube_scheduler.pod_info import PodShape
from simcore.kube_scheduler.spread_constraints import HOSTNAME, SpreadConstraint

Bools = NDArray[np.bool_]
_MOST_MASKS = 1024


class _Scored(NamedTuple):
    """Of the last score(): which of the nodes have all keys."""

    counted: Bools


class PodTopologySpreadTwin:
    is_local = False
    has_normalize = True

    def __init__(self, plugin: PodTopologySpread) -> None:
        self.name, self._plugin = plugin.name, plugin
        self._masks: dict[
            tuple[int, int, int, bool], Bools
        ] = {}  # what each constraint counts; see _counted()
        self._last = _Scored(np.zeros(0, dtype=np.bool_))

    def filters(self, view: View) -> bool:
        return bool(hard_constraints(view.pod.shape))

    def scores(self, view: View) -> bool:
        return bool(self._plugin.soft_constraints(view.pod))

    def filter(self, view: View) -> Codes:
        table, shape, rows = view.table, view.pod.shape, view.rows
        hard = hard_constraints(shape)
        codes = np.zeros(len(rows), dtype=np.int64)
        for constraint in hard:
            column = table.labels(constraint.topology_key)
            mask = self._counted(view, hard, constraint)
            by_domain = column.by_domain(np.where(mask, matching_pods(table, constraint, shape), 0))
            domains = by_domain[column.domains(mask)]
            fewest = int(domains.min()) if domains.size else NO_DOMAIN
            if domains.size < constraint.min_domains:
                fewest = 0
            itself = int(selectors.matches(constraint.selector, shape.labels))
            ids = column.ids[rows]
            too_many = by_domain[ids] + itself - fewest > constraint.max_skew
            own = np.where(ids == 0, 1, np.where(too_many, 2, 0))
            codes = np.where(codes == 0, own, codes)
        return Codes(codes, (NO_LABEL, SKEWED))

    def score(self, view: View) -> Ints:
        table, shape, rows = view.table, view.pod.shape, view.rows
        soft = self._plugin.soft_constraints(view.pod)
        needs_all = bool(shape.spread)
        counted = _with_keys(table, soft)[rows] if needs_all else np.ones(len(rows), dtype=np.bool_)
        scored, hosts = rows[counted], int(counted.sum())
        total = np.zeros(len(rows), dtype=np.float64)
        for constraint in soft:
            column, pods = table.labels(constraint.topology_key), matching_pods(table, constraint, shape)
            if constraint.topology_key == HOSTNAME:
                counts, weight = pods[rows], domain_weight(hosts)
            else:
                mask = self._counted(view, soft if needs_all else (), constraint)
                counts = column.by_domain(np.where(mask, pods, 0))[column.ids[rows]]
                weight = domain_weight(len(np.unique(column.ids[scored])))
            points = counts.astype(np.float64) * weight + float(constraint.max_skew - 1)
            total += np.where(column.present[rows], points, 0.0)
        self._last = _Scored(counted)
        return np.where(counted, np.floor(total + 0.5), 0.0).astype(np.int64)

    def normalize(self, scores: Ints) -> Ints:
        counted = self._last.counted
        some = scores[counted]
        most, least = (int(some.max()), int(some.min())) if some.size else (0, 0)
        inverse = (
            MAX_NODE_SCORE * (most + least - scores) // most if most else np.full_like(scores, MAX_NODE_SCORE)
        )
        return np.where(counted, inverse, 0)

    def _counted(self, view: View, keyed: Sequence[SpreadConstraint], constraint: SpreadConstraint) -> Bools:
        """By row: whether the node's pods count for the constraint. Kept for the shape until a node changes."""
        table, shape = view.table, view.pod.shape
        key = (table.generation, shape.number, hash((constraint.topology_key, constraint[4:])), bool(keyed))
        mask = self._masks.get(key)
        if mask is None:
            mask = _with_keys(table, keyed)
            if constraint.honors_affinity:
                mask = mask & required(view)
            if constraint.honors_taints:
                repelled = [repels(taints, shape.tolerations) for taints, _ in table.taint_sets]
                mask = mask & ~np.array(repelled)[table.taint_ids]
            if len(self._masks) >= _MOST_MASKS:
                self._masks.clear()
            self._masks[key] = mask
        return mask


def matching_pods(table: NodeTable, constraint: SpreadConstraint, shape: PodShape) -> Ints:
    """By row, as plugins.pod_topology_spread.matching_pods()."""
    namespace, selector = shape.namespace, constraint.selector

    def matches(other: PodShape) -> int:
        return int(other.namespace == namespace and selectors.matches(selector, other.labels))

    return table.counts.of(("spread", namespace, encode(selector)), matches, living_only=True)


def _with_keys(table: NodeTable, constraints: Sequence[SpreadConstraint]) -> Bools:
    mask = np.zeros(table.rows, dtype=np.bool_)
    mask[table.order] = True
    for constraint in constraints:
        mask &= table.labels(constraint.topology_key).present
    return mask
