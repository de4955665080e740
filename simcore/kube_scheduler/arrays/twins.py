"""What an array version of a plugin is: the plugin's answer for many nodes at once.

A local plugin's answer about a node depends on the pod's shape, the node and its pods alone; it is kept until the
node is touched. The others are asked in every cycle, after their PreFilter or PreScore has been.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Cycle, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo

Ints = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)
Rows = NDArray[np.intp]


class Codes(NamedTuple):
    """By node asked about: 0 fits, else the number of the rejection, from 1."""

    codes: Ints
    rejections: Sequence[Rejection]


class View(NamedTuple):
    """Whose cycle, which pod, which nodes."""

    cycle: Cycle
    pod: PodInfo
    table: NodeTable
    rows: Rows | None = None
    """None: all of them."""

    def pick(self, column: NDArray[T]) -> NDArray[T]:
        """The column's values for these nodes: a part of the column itself when it is all of them."""
        return column if self.rows is None else column[self.rows]

    @property
    def number(self) -> int:
        return self.table.rows if self.rows is None else len(self.rows)

    def infos(self) -> list[NodeInfo]:
        rows = range(self.table.rows) if self.rows is None else self.rows.tolist()
        return [self.table.info(row) for row in rows]


class FilterTwin(Protocol):
    name: str
    is_local: bool

    def filters(self, view: View) -> bool:
        """Stands for PreFilter, as far as it skips."""
        ...

    def filter(self, view: View) -> Codes: ...


class ScoreTwin(Protocol):
    name: str
    is_local: bool
    has_normalize: bool

    def scores(self, view: View) -> bool:
        """Stands for PreScore; `view.rows` are the feasible nodes."""
        ...

    def score(self, view: View) -> Ints: ...

    def normalize(self, scores: Ints) -> Ints: ...


def one_rejection(rejected: NDArray[np.bool_], rejection: Rejection) -> Codes:
    return Codes(rejected.astype(np.int64), (rejection,))


def to_percent(scores: Ints, *, reverse: bool = False) -> Ints:
    """As framework.normalize.to_percent()."""
    best = scores.max()
    if best == 0:
        return np.full_like(scores, MAX_NODE_SCORE) if reverse else scores
    scaled: Ints = scores * MAX_NODE_SCORE // best
    return MAX_NODE_SCORE - scaled if reverse else scaled
