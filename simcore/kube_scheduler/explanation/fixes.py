"""The cheapest single changes that let a Pending pod fit, each proven: the filters have run on the changed cluster.

A plugin that alone keeps the pod off a node names what to change there. What two plugins object to takes two changes,
which nobody suggests; a new node of the usual size is tried for every pod.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.explanation import changes
from simcore.kube_scheduler.explanation.changes import Spec
from simcore.kube_scheduler.explanation.matrix import FAIL, Matrix, matrix_of
from simcore.kube_scheduler.explanation.view import View
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.plugins.node_resources_fit import insufficient
from simcore.kube_scheduler.plugins.taint_toleration import is_tolerated
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.resources import PODS

MOST_TRIED = 60
MOST_FIXES = 8
NEW_NODE = "new-node"
WIDER_SKEWS = range(2, 6)


class Change(NamedTuple):
    """A change of the pod's spec, of one node, or a node more."""

    name: str
    """Tells fixes of one pod apart, and names the one to carry out."""
    sentence: str
    cost: int
    """The cheapest comes first: a toleration before a label before a smaller request before giving up a rule."""
    spec: Spec | None = None
    """The pod's new spec."""
    node: Obj | None = None
    """The node's new manifest, or the new node's."""


class Fix(NamedTuple):
    change: Change
    node: str
    """Where the pod then goes."""


def fixes_of(view: View, pod: Obj) -> list[Fix]:
    """The cheapest first; none for a pod that fits."""
    info = view.infos.info(pod)
    matrix = matrix_of(view, info)
    if any(row.fits for row in matrix.rows):
        return []
    wanted = sorted(_distinct(_changes(view, info, matrix)), key=lambda change: (change.cost, change.name))
    found: list[Fix] = []
    for change in wanted[:MOST_TRIED]:
        node = _proof(view, pod, change)
        if node:
            found.append(Fix(change, node))
        if len(found) == MOST_FIXES:
            break
    return found


def _proof(view: View, pod: Obj, change: Change) -> str:
    """The node that the pod goes to once the change is made; empty when it still fits nowhere."""
    if change.spec is not None:
        return view.place(view.infos.info({**pod, "spec": change.spec})).node
    assert change.node is not None
    name = change.node["metadata"]["name"]
    before = view.cache.get(name)
    manifest = before.node if before is not None else None
    view.cache.set_node(change.node)
    found = view.place(view.infos.info(pod)).node
    if manifest is not None:
        view.cache.set_node(manifest)
    else:
        view.cache.remove_node(name)
    return found


def _distinct(found: Iterator[Change]) -> list[Change]:
    by_name: dict[str, Change] = {}
    for change in found:
        if change.name not in by_name or change.cost < by_name[change.name].cost:
            by_name[change.name] = change
    return list(by_name.values())


def _changes(view: View, pod: PodInfo, matrix: Matrix) -> Iterator[Change]:
    spec: Spec = pod.pod["spec"]
    for row in matrix.rows:
        node = view.cache.get(row.node)
        blockers = [mark.plugin for mark in row.marks if mark.status == FAIL]
        if node is not None and len(blockers) == 1 and blockers[0] in _SUGGESTIONS:
            yield from _SUGGESTIONS[blockers[0]](pod, spec, node)
    largest = max(
        view.cache.nodes(),
        key=lambda n: (n.allocatable.get("cpu", 0), n.allocatable.get("memory", 0)),
        default=None,
    )
    for node in _different(view.cache.nodes(), largest):
        assert node.node is not None
        yield Change(
            f"one more node like {node.name}", f"Add one more node like {node.name}.", 90,
            node=changes.another(node.node, NEW_NODE),
        )  # fmt: skip


def _different(nodes: Sequence[NodeInfo], largest: NodeInfo | None) -> list[NodeInfo]:
    """The first node and the largest: a pod that fits neither empty one fits no machine of this cluster."""
    return list(dict.fromkeys([*nodes[:1], *([largest] if largest else [])]))


def _taints(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    taints = [
        taint
        for taint in node.taints
        if taint.effect != "PreferNoSchedule" and not is_tolerated(taint, pod.shape.tolerations)
    ]
    text = ", ".join(f"{t.key}={t.value}:{t.effect}" if t.value else f"{t.key}:{t.effect}" for t in taints)
    sentence = f"Add a toleration of {text} to the pod."
    yield Change(f"tolerate {text}", sentence, 10 * len(taints), changes.with_tolerations(spec, taints))


def _cordon(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    assert node.node is not None
    yield Change(f"uncordon {node.name}", f"Uncordon {node.name}.", 5, node=changes.uncordoned(node.node))


def _requests(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    lacking, free = insufficient(pod.shape.requests, node), changes.free_amounts(node)
    if len(node.pods) >= node.allocatable.get(PODS, 0):
        return  # there is no place left, however little the pod wants
    smaller: Spec | None = spec
    texts, cost = [], 40
    for name in lacking:
        smaller = changes.with_requests(smaller, name, free.get(name, 0)) if smaller else None
        texts.append(f"{name} to {changes.quantity_text(name, free.get(name, 0))}")
        cost += 30 - 30 * max(free.get(name, 0), 0) // pod.shape.requests[name]
    if smaller:
        sentence = f"Lower the pod's request of {' and of '.join(texts)}."
        yield Change(f"lower requests of {', '.join(lacking)}", sentence, cost, smaller)


def _selector(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    missing = {k: v for k, v in pod.shape.node_selector.items() if node.labels.get(k) != v}
    if missing:
        assert node.node is not None
        text = ",".join(f"{key}={value}" for key, value in sorted(missing.items()))
        labelled = changes.labelled(node.node, missing)
        yield Change(
            f"label a node {text}", f"Label {node.name} with {text}.", 20 + len(missing), node=labelled
        )
    sentence = "Take the pod's nodeSelector and required node affinity away."
    yield Change("drop the node selector", sentence, 70, changes.without_selector(spec))


def _spread(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    for skew in WIDER_SKEWS:
        wider = changes.with_constraints(spec, partial(_wider, skew))
        yield Change(f"maxSkew {skew}", f"Raise maxSkew to {skew}.", 30 + skew, wider)
    soft = changes.with_constraints(spec, _soft)
    yield Change("soft spreading", "Make the spread constraints soft (ScheduleAnyway).", 50, soft)


def _wider(skew: int, constraint: Obj) -> Obj:
    return {**constraint, "maxSkew": max(skew, constraint["maxSkew"])}


def _soft(constraint: Obj) -> Obj:
    kept = {name: value for name, value in constraint.items() if name != "minDomains"}
    return {**kept, "whenUnsatisfiable": "ScheduleAnyway"}


def _pod_terms(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    sentence = "Take the pod's required affinity and anti-affinity to other pods away."
    yield Change("drop pod affinity", sentence, 60, changes.without_pod_terms(spec))


def _ports(pod: PodInfo, spec: Spec, node: NodeInfo) -> Iterator[Change]:
    yield Change("drop host ports", "Take the pod's host ports away.", 65, changes.without_host_ports(spec))


_SUGGESTIONS: dict[str, Callable[[PodInfo, Spec, NodeInfo], Iterator[Change]]] = {
    "TaintToleration": _taints,
    "NodeUnschedulable": _cordon,
    "NodeResourcesFit": _requests,
    "NodeAffinity": _selector,
    "PodTopologySpread": _spread,
    "InterPodAffinity": _pod_terms,
    "NodePorts": _ports,
}
