"""Array versions of the plugins that look at the node object: name, cordon, taints, affinity, ports, images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.arrays.twins import Codes, Ints, View, one_rejection, to_percent
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE
from simcore.kube_scheduler.plugins import (
    image_locality,
    node_affinity,
    node_name,
    node_ports,
    node_unschedulable,
    taint_toleration,
)

Bools = NDArray[np.bool_]


class NodeNameTwin:
    is_local = True

    def __init__(self, plugin: node_name.NodeName) -> None:
        self.name = plugin.name

    def filters(self, view: View) -> bool:
        return bool(view.pod.node_name)

    def filter(self, view: View) -> Codes:
        names = [info.name != view.pod.node_name for info in view.infos()]
        return one_rejection(np.array(names, dtype=np.bool_), node_name.REJECTION)


class NodeUnschedulableTwin:
    is_local = True

    def __init__(self, plugin: node_unschedulable.NodeUnschedulable) -> None:
        self.name = plugin.name

    def filters(self, view: View) -> bool:
        return True

    def filter(self, view: View) -> Codes:
        tolerated = taint_toleration.is_tolerated(node_unschedulable.TAINT, view.pod.shape.tolerations)
        rejected = [cordoned and not tolerated for _, cordoned in view.table.taint_sets]
        return one_rejection(
            np.array(rejected)[view.pick(view.table.taint_ids)], node_unschedulable.REJECTION
        )


class TaintTolerationTwin:
    is_local = True
    has_normalize = True

    def __init__(self, plugin: taint_toleration.TaintToleration) -> None:
        self.name = plugin.name

    def filters(self, view: View) -> bool:
        return True

    def scores(self, view: View) -> bool:
        return True

    def filter(self, view: View) -> Codes:
        tolerations = view.pod.shape.tolerations
        rejected = [taint_toleration.repels(taints, tolerations) for taints, _ in view.table.taint_sets]
        return one_rejection(np.array(rejected)[view.pick(view.table.taint_ids)], taint_toleration.REJECTION)

    def score(self, view: View) -> Ints:
        tolerations = view.pod.shape.tolerations
        scores = [taint_toleration.dislikes(taints, tolerations) for taints, _ in view.table.taint_sets]
        return np.array(scores, dtype=np.int64)[view.pick(view.table.taint_ids)]

    def normalize(self, scores: Ints) -> Ints:
        return to_percent(scores, reverse=True)


class NodeAffinityTwin:
    is_local = True
    has_normalize = True

    def __init__(self, plugin: node_affinity.NodeAffinity) -> None:
        self.name, self._plugin = plugin.name, plugin

    def filters(self, view: View) -> bool:
        shape = view.pod.shape
        terms = shape.node_affinity.get(node_affinity.REQUIRED) or self._plugin.added.get(
            node_affinity.REQUIRED
        )
        return bool(shape.node_selector or terms)

    def scores(self, view: View) -> bool:
        return bool(self._plugin.preferences(view.pod))

    def filter(self, view: View) -> Codes:
        enforced = view.pick(matching(self._plugin.added.get(node_affinity.REQUIRED), view.table))
        own = view.pick(required(view))
        codes = np.where(enforced, np.where(own, 0, 2), 1).astype(np.int64)
        return Codes(codes, (node_affinity.ENFORCED, node_affinity.REJECTION))

    def score(self, view: View) -> Ints:
        scores = np.zeros(view.number, dtype=np.int64)
        for each in self._plugin.preferences(view.pod):
            scores += each["weight"] * view.pick(matching_term(each["preference"], view.table))
        return scores

    def normalize(self, scores: Ints) -> Ints:
        return to_percent(scores)


class NodePortsTwin:
    is_local = True

    def __init__(self, plugin: node_ports.NodePorts) -> None:
        self.name = plugin.name

    def filters(self, view: View) -> bool:
        return bool(view.pod.shape.host_ports)

    def filter(self, view: View) -> Codes:
        wanted = view.pod.shape.host_ports
        taken = [info.has_port_conflict(wanted) for info in view.infos()]
        return one_rejection(np.array(taken, dtype=np.bool_), node_ports.REJECTION)


class ImageLocalityTwin:
    is_local = False
    has_normalize = False

    def __init__(self, plugin: image_locality.ImageLocality) -> None:
        self.name = plugin.name

    def scores(self, view: View) -> bool:
        images = view.pod.shape.images
        return any(view.cycle.snapshot.nodes_with_image(image_locality.normalized(name)) for name in images)

    def score(self, view: View) -> Ints:
        shape, snapshot = view.pod.shape, view.cycle.snapshot
        held = np.zeros(view.number, dtype=np.int64)
        for image in map(image_locality.normalized, shape.images):
            spread = snapshot.nodes_with_image(image) / len(snapshot.nodes())
            held += (view.pick(view.table.image_bytes(image)) * spread).astype(np.int64)
        least = image_locality.LEAST_BYTES
        most = image_locality.MOST_BYTES_PER_CONTAINER * max(len(shape.images), 1)
        return MAX_NODE_SCORE * (np.clip(held, least, most) - least) // (most - least)

    def normalize(self, scores: Ints) -> Ints:
        return scores


def required(view: View) -> Bools:
    """By row of the table: whether the node meets nodeSelector and required node affinity."""
    table, shape = view.table, view.pod.shape
    holds = matching(shape.node_affinity.get(node_affinity.REQUIRED), table)
    for key, value in shape.node_selector.items():
        column = table.labels(key)
        holds = holds & (column.ids == column.number_of(value))
    return holds


def matching(selector: Obj | None, table: NodeTable) -> Bools:
    if not selector:
        return np.ones(table.rows, dtype=np.bool_)
    holds = np.zeros(table.rows, dtype=np.bool_)
    for term in selector["nodeSelectorTerms"]:
        holds |= matching_term(term, table)
    return holds


def matching_term(term: Obj, table: NodeTable) -> Bools:
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    holds = np.full(table.rows, bool(expressions or fields))
    for requirement in expressions:
        holds &= table.labels(requirement["key"]).where(_condition(requirement))
    for requirement in fields:
        holds &= table.names().where(_condition(requirement))
    return holds


def _condition(requirement: Obj) -> Callable[[str | None], bool]:
    return lambda value: node_affinity.holds(requirement, value)
