"""What draining a node would do: who goes, who stays, who holds it up, and where those who go fit.

Models: kubernetes v1.36 staging/src/k8s.io/kubectl/pkg/drain (filters); the eviction subresource's budget check.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.apimachinery import selectors
from simcore.apimachinery.meta import Key, Obj, controller_of
from simcore.kube_scheduler.explanation.view import View, unplaced

MIRROR = "kubernetes.io/config.mirror"


class Leaving(NamedTuple):
    """A pod that would be evicted. Without a controller it is gone for good."""

    pod: Key
    controller: str
    """Kind/name; empty when there is none."""
    held_by: str
    """The disruption budget that refuses the eviction now; empty when none does."""
    goes_to: str
    """Where a pod like it fits once the node is cordoned; empty when nowhere."""
    message: str
    """Why nowhere."""


class Drain(NamedTuple):
    leaving: tuple[Leaving, ...]
    staying: tuple[Key, ...]
    """Of DaemonSets, static pods, and pods that have ended."""

    @property
    def is_smooth(self) -> bool:
        """Everybody may go, has a place, and somebody to make it anew."""
        return all(each.controller and each.goes_to and not each.held_by for each in self.leaving)


def drain_of(view: View, node: str, budgets: Sequence[Obj]) -> Drain:
    """The view is of no use afterwards."""
    info = view.cache.get(node)
    assert info is not None and info.node is not None, node
    pods = sorted((pod.pod for pod in info.pods.values()), key=lambda p: _key(p))
    going = [pod for pod in pods if _goes(pod)]
    view.cache.set_node({**info.node, "spec": {**(info.node.get("spec") or {}), "unschedulable": True}})
    allowed = [int((budget.get("status") or {}).get("disruptionsAllowed", 0)) for budget in budgets]
    leaving = []
    for pod in going:
        held_by = _held_by(pod, budgets, allowed)
        leaving.append(_leave(view, pod, held_by))
    return Drain(tuple(leaving), tuple(_key(pod) for pod in pods if not _goes(pod)))


def _leave(view: View, pod: Obj, held_by: str) -> Leaving:
    owner, key = controller_of(pod), _key(pod)
    controller = f"{owner['kind']}/{owner['name']}" if owner else ""
    view.without(pod["metadata"]["uid"])
    if not view.serves(pod):
        name = pod["spec"].get("schedulerName")
        return Leaving(key, controller, held_by, "", f"its scheduler {name} is not served here")
    info = view.infos.info(unplaced(pod))
    placement = view.place(info)
    if placement.node:
        view.cache.assume(info, placement.node)
    return Leaving(
        key, controller, held_by, placement.node, "" if placement.node else placement.diagnosis.message()
    )


def _held_by(pod: Obj, budgets: Sequence[Obj], allowed: list[int]) -> str:
    """Takes one off every budget that covers the pod; the name of one that has none left."""
    labels, namespace = pod["metadata"].get("labels") or {}, pod["metadata"].get("namespace", "")
    covering = [
        number
        for number, budget in enumerate(budgets)
        if budget["metadata"].get("namespace", "") == namespace
        and selectors.matches(budget["spec"].get("selector"), labels)
    ]
    held = next((budgets[n]["metadata"]["name"] for n in covering if allowed[n] <= 0), "")
    if not held:
        for number in covering:
            allowed[number] -= 1
    return str(held)


def _goes(pod: Obj) -> bool:
    owner, annotations = controller_of(pod), pod["metadata"].get("annotations") or {}
    is_daemon = owner is not None and owner["kind"] == "DaemonSet"
    return not is_daemon and MIRROR not in annotations


def _key(pod: Obj) -> Key:
    return Key(pod["metadata"].get("namespace", ""), pod["metadata"]["name"])
