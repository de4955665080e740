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
)
from simcore.kube_scheduler.plugins.taint_toleration import repels
from simcore.kube_scheduler.pod_info import PodShape
from simcore.kube_scheduler.spread_constraints import HOSTNAME, SpreadConstraint

Bools = NDArray[np.bool_]
_MOST_MASKS = 1024


class _Counted(NamedTuple):
    """Which nodes' pods count for a constraint."""

    mask: Bools | None
    """By row; None: all of them."""
    domains: Bools
    """By number of the value."""


class PodTopologySpreadTwin:
    is_local = False
    has_normalize = True

    def __init__(self, plugin: PodTopologySpread) -> None:
        self.name, self._plugin = plugin.name, plugin
        self._masks: dict[tuple[object, ...], _Counted] = {}  # see _counted(); all go when there are too many
        self._counted_last: Bools | None = (
            None  # of the last score(): which nodes have all keys; None: all of them
        )

    def filters(self, view: View) -> bool:
        return bool(self._plugin.hard_constraints(view.pod))

    def scores(self, view: View) -> bool:
        return bool(self._plugin.soft_constraints(view.pod))

    def filter(self, view: View) -> Codes:
        table, shape = view.table, view.pod.shape
        hard = self._plugin.hard_constraints(view.pod)
        codes = np.zeros(view.number, dtype=np.int64)
        for constraint in hard:
            column = table.labels(constraint.topology_key)
            counted = self._counted(view, hard, constraint)
            by_domain = column.by_domain(_only(counted.mask, matching_pods(table, constraint, shape)))
            domains = by_domain[counted.domains]
            fewest = int(domains.min()) if domains.size else NO_DOMAIN
            if domains.size < constraint.min_domains:
                fewest = 0
            itself = int(selectors.matches(constraint.selector, shape.labels))
            ids = view.pick(column.ids)
            too_many = by_domain[ids] + itself - fewest > constraint.max_skew
            own = np.where(ids == 0, 1, np.where(too_many, 2, 0))
            codes = np.where(codes == 0, own, codes)
        return Codes(codes, (NO_LABEL, SKEWED))

    def score(self, view: View) -> Ints:
        table, shape = view.table, view.pod.shape
        soft = self._plugin.soft_constraints(view.pod)
        needs_all = self._plugin.needs_all_keys(view.pod)
        keyed = _with_keys(table, soft if needs_all else ())
        counted = None if keyed is None else view.pick(keyed)
        hosts = view.number if counted is None else int(counted.sum())
        total = np.zeros(view.number, dtype=np.float64)
        for constraint in soft:
            column, pods = table.labels(constraint.topology_key), matching_pods(table, constraint, shape)
            if constraint.topology_key == HOSTNAME:
                counts, weight = view.pick(pods), domain_weight(hosts)
            else:
                mask = self._counted(view, soft if needs_all else (), constraint).mask
                ids = view.pick(column.ids)
                counts = column.by_domain(_only(mask, pods))[ids]
                weight = domain_weight(
                    int(np.count_nonzero(np.bincount(ids if counted is None else ids[counted])))
                )
            points = counts * weight + float(constraint.max_skew - 1)
            total += points if column.is_everywhere else np.where(view.pick(column.present), points, 0.0)
        self._counted_last = counted
        return _only(counted, (total + 0.5).astype(np.int64))

    def normalize(self, scores: Ints) -> Ints:
        counted = self._counted_last
        some = scores if counted is None else scores[counted]
        most, least = (int(some.max()), int(some.min())) if some.size else (0, 0)
        inverse = (
            MAX_NODE_SCORE * (most + least - scores) // most if most else np.full_like(scores, MAX_NODE_SCORE)
        )
        return _only(counted, inverse)

    def _counted(
        self, view: View, keyed: Sequence[SpreadConstraint], constraint: SpreadConstraint
    ) -> _Counted:
        """Kept for the shape until a node changes. `keyed` names the labels that a node must have."""
        table, shape = view.table, view.pod.shape
        key = (table.generation, shape.number, constraint.topology_key, constraint[4:], bool(keyed))
        counted = self._masks.get(key)
        if counted is None:
            with_keys = _with_keys(table, keyed)
            mask = np.ones(table.rows, dtype=np.bool_) if with_keys is None else with_keys
            if constraint.honors_affinity:
                mask = mask & required(view)
            if constraint.honors_taints:
                repelled = [repels(taints, shape.tolerations) for taints, _ in table.taint_sets]
                mask = mask & ~np.array(repelled)[table.taint_ids]
            if len(self._masks) >= _MOST_MASKS:
                self._masks.clear()
            domains = table.labels(constraint.topology_key).domains(mask)
            counted = self._masks[key] = _Counted(None if mask.all() else mask, domains)
        return counted


def _only(mask: Bools | None, counts: Ints) -> Ints:
    return counts if mask is None else np.where(mask, counts, 0)


def matching_pods(table: NodeTable, constraint: SpreadConstraint, shape: PodShape) -> Ints:
    """By row, as plugins.pod_topology_spread.matching_pods()."""
    namespace, selector = shape.namespace, constraint.selector

    def matches(other: PodShape) -> int:
        return int(other.namespace == namespace and selectors.matches(selector, other.labels))

    return table.counts.of(("spread", namespace, encode(selector)), matches, living_only=True)


def _with_keys(table: NodeTable, constraints: Sequence[SpreadConstraint]) -> Bools | None:
    """By row: whether the node has all labels; None: every node has."""
    mask = None
    for constraint in constraints:
        column = table.labels(constraint.topology_key)
        if not column.is_everywhere:
            mask = column.present if mask is None else mask & column.present
    return mask
