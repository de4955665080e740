"""How many more pods of one kind fit, where, and what stops the next."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.explanation.view import View
from simcore.kube_scheduler.explanation.waking import retries_when
from simcore.kube_scheduler.placement import PlainSearch
from simcore.kube_scheduler.pod_info import PodInfo

MOST_PODS = 20_000
LOCAL = frozenset((
    "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
))  # fmt: skip
"""Filters that look at one node alone: with no others at work, nodes can be filled one by one."""


class Capacity(NamedTuple):
    more: int
    by_node: dict[str, int]
    stopped_by: str
    """Why the next one fits nowhere; empty when the search ended at its bound."""
    retries_when: tuple[str, ...] = ()


def capacity_of(view: View, pod: Obj, *, limit: int = MOST_PODS) -> Capacity:
    """Fills the view with copies of the pod; it is of no use afterwards."""
    info = view.infos.info(pod)
    cycle = view.cycle()
    outcome = PlainSearch(view.framework(info), view.nominator).prepare(cycle, info)
    asked = {name for name, _ in view.framework(info).filters} - cycle.skipped
    if outcome.verdict is None and outcome.nodes is None and asked <= LOCAL and not view.nominator:
        return _node_by_node(view, info, limit)
    return _pod_by_pod(view, info, limit)


def _node_by_node(view: View, info: PodInfo, limit: int) -> Capacity:
    framework, cycle = view.framework(info), view.cycle()
    framework.pre_filter(cycle, info)
    by_node: Counter[str] = Counter()
    placed = 0
    for node in view.cache.nodes():
        while placed < limit and framework.filter(cycle, info, node) is None:
            view.cache.assume(_copy(info, placed), node.name)
            by_node[node.name] += 1
            placed += 1
    return _ended(view, info, by_node, placed, limit)


def _pod_by_pod(view: View, info: PodInfo, limit: int) -> Capacity:
    by_node: Counter[str] = Counter()
    placed = 0
    while placed < limit:
        copy = _copy(info, placed)
        node = view.place(copy).node
        if not node:
            break
        view.cache.assume(copy, node)
        by_node[node] += 1
        placed += 1
    return _ended(view, info, by_node, placed, limit)


def _ended(view: View, info: PodInfo, by_node: Counter[str], placed: int, limit: int) -> Capacity:
    if placed >= limit:
        return Capacity(placed, dict(by_node), "")
    diagnosis = view.place(info).diagnosis
    when = retries_when(view.framework(info), sorted(diagnosis.plugins))
    return Capacity(placed, dict(by_node), diagnosis.message(), tuple(when))


def _copy(info: PodInfo, number: int) -> PodInfo:
    """The same pod under another uid."""
    meta = info.pod["metadata"]
    name = f"{meta['name']}-{number}"
    return PodInfo(
        {**info.pod, "metadata": {**meta, "name": name, "uid": f"{info.uid}/{number}"}}, info.shape
    )
