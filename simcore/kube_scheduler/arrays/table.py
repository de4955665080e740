"""All nodes as numpy columns: a row per node, in the order of the search, filled in when somebody reads."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simcore.kube_scheduler.arrays.columns import LabelColumn
from simcore.kube_scheduler.arrays.counts import PodCounts
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.node_info import NodeInfo, Taint
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.resources import PODS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Side = Literal["allocatable", "requested", "scored"]
TaintSet = tuple[tuple[Taint, ...], bool]
"""A node's taints, and whether it is cordoned."""


MOST_TOUCHED = 1_000_000
"""Entries of `touched` before a new generation begins."""


class NodeTable:
    """Kept in step with one cache. Arrays it returns are its own: read them at once, never write."""

    def __init__(self, cache: Cache, nominator: Nominator) -> None:
        self._cache, self.nominator = cache, nominator
        nominator.observe(self.promised)
        self.counts = PodCounts(cache)
        self.generation = 0
        """Grows with every change of a node object; what was computed before is void."""
        self.touched: list[int] = []
        """The rows whose pods or promises changed, in order; starts again with each generation."""
        self._is_built = False
        self._infos: list[NodeInfo] = []
        self._names: LabelColumn | None = None
        self._dirty: set[int] = set()  # rows whose amounts are out of date
        cache.observe(self)

    # --- CacheObserver

    def pod_moved(self, node: NodeInfo, pod: PodInfo, sign: int) -> None:
        self.counts.note_terms(pod, sign)
        if self._is_built and node.row >= 0:
            self.counts.pod_moved(node.row, pod, sign)
            self.touched.append(node.row)
            self._dirty.add(node.row)

    def promised(self, name: str) -> None:
        """The node was promised to a pod, or a promise was taken back."""
        if self._is_built and (row := self.row_of(name)) >= 0:
            self.touched.append(row)

    def nodes_changed(self) -> None:
        self._is_built = False

    # --- reading

    def refresh(self) -> None:
        """Must be called before a cycle reads anything."""
        if not self._is_built or len(self.touched) > MOST_TOUCHED:
            self._build()

    def info(self, row: int) -> NodeInfo:
        return self._infos[row]

    def row_of(self, name: str) -> int:
        """-1 when there is no such node."""
        node = self._cache.get(name)
        return node.row if node is not None else -1

    def amounts(self, side: Side, name: str) -> Ints:
        """A resource's column, by row."""
        self._write_dirty()
        column = self._amounts.get((side, name))
        if column is None:
            column = self._column(getattr(info, side).get(name, 0) for info in self._infos)
            self._amounts[side, name] = column
        return column

    def pods(self) -> Ints:
        """How many pods run on each node."""
        self._write_dirty()
        return self._amounts["requested", PODS]

    def labels(self, key: str) -> LabelColumn:
        column = self._labels.get(key)
        if column is None:
            values = [info.labels.get(key) for info in self._infos]
            column = self._labels[key] = LabelColumn(values)
        return column

    def names(self) -> LabelColumn:
        """The nodes' own names, for matchFields."""
        if self._names is None:
            self._names = LabelColumn([info.name for info in self._infos])
        return self._names

    def image_bytes(self, name: str) -> Ints:
        return self._column(info.image_bytes.get(name, 0) for info in self._infos)

    # --- filling

    def _build(self) -> None:
        for info in self._infos:
            info.row = -1
        self._infos = list(self._cache.nodes())
        self.rows = len(self._infos)
        for row, info in enumerate(self._infos):
            info.row = row
        self._amounts: dict[tuple[str, str], Ints] = {}
        self._labels: dict[str, LabelColumn] = {}
        self._names = None
        self._amounts["requested", PODS] = self._column(len(info.pods) for info in self._infos)
        sets: dict[TaintSet, int] = {}
        ids = [sets.setdefault((info.taints, info.unschedulable), len(sets)) for info in self._infos]
        self.taint_sets: list[TaintSet] = list(sets)
        self.taint_ids = self._column(ids)
        self.touched, self._dirty = [], set()
        self.generation += 1
        self._is_built = True
        self.counts.rows_changed(self.rows)

    def _column(self, values: Any) -> Ints:
        return np.fromiter(values, dtype=np.int64, count=self.rows)

    def _write_dirty(self) -> None:
        if not self._dirty:
            return
        for row in sorted(self._dirty):
            info = self._infos[row]
            for (side, name), column in self._amounts.items():
                column[row] = getattr(info, side).get(name, 0)
            self._amounts["requested", PODS][row] = len(info.pods)
        self._dirty.clear()
