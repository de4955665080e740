"""The running components' network: the wires over their informers, and word of changes to who has asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simcore.apimachinery.kinds import ENDPOINT_SLICE, NAMESPACE, NETWORK_POLICY, POD, SERVICE
from simcore.apimachinery.meta import Key, Obj, key_of, labels_of
from simcore.client.context import ComponentContext
from simcore.cluster.view import addresses_of, informed_view
from simcore.cluster.wires import Wires
from simcore.kube_proxy.endpoints import SERVICE_NAME
from simcore.kubelet.network import EVERYTHING, Changed
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.replies import Question, Reply
from simcore.kubelet.world import NODES, OUTAGES, World

Names = Callable[[Obj | None, Obj | None], frozenset[str]]


class ClusterNetwork:
    """Implements kubelet.network.Network."""

    def __init__(self, ctx: ComponentContext, world: World) -> None:
        self._ctx, self._world = ctx, world
        self._wires = Wires(informed_view(ctx.informers, world), ctx.clock)
        self._changed: list[Changed] = []

    def ask(self, question: Question, pod: Obj, record: PodRecord) -> tuple[Reply, ...]:
        return self._wires.ask(question, pod, record)

    def watch(self, changed: Changed, /) -> None:
        if not self._changed:
            self._ctx.informers.informer(SERVICE).add_index("external name", _external_name)
            for kind, names in ((SERVICE, self._service), (ENDPOINT_SLICE, self._slice), (POD, _pod)):
                self._ctx.informers.informer(kind).on_event(partial(self._on_event, names))
            for kind in (NETWORK_POLICY, NAMESPACE):
                self._ctx.informers.informer(kind).on_event(partial(self._on_event, _policy))
            for place in (NODES, OUTAGES):
                self._world.watch(
                    place, lambda path, doc, revision: self._tell(frozenset({EVERYTHING}), revision)
                )
        self._changed.append(changed)

    def _service(self, old: Obj | None, new: Obj | None) -> frozenset[str]:
        found: set[str] = set()
        for service in (old, new):
            if service is not None:
                found |= _names_of(service) | self._aliases(service["metadata"]["name"])
        return frozenset(found)

    def _slice(self, old: Obj | None, new: Obj | None) -> frozenset[str]:
        slice_ = new or old
        name = labels_of(slice_).get(SERVICE_NAME) if slice_ is not None else None
        if slice_ is None or name is None:
            return frozenset()
        if name == "kube-dns" and slice_["metadata"]["namespace"] == "kube-system":
            return frozenset({EVERYTHING})  # whoever asks by a name may be left without an answer
        service = self._ctx.informers.informer(SERVICE).get(Key(slice_["metadata"]["namespace"], name))
        return frozenset({name, *(_names_of(service) if service is not None else ()), *self._aliases(name)})

    def _aliases(self, name: str) -> set[str]:
        found = self._ctx.informers.informer(SERVICE).by_index("external name", name)
        return {alias["metadata"]["name"] for alias in found}

    def _on_event(self, names: Names, old: Obj | None, new: Obj | None, revision: int) -> None:
        found = names(old, new)
        if found:
            self._tell(found, revision)

    def _tell(self, names: frozenset[str], revision: int) -> None:
        for changed in self._changed:
            changed(names, revision)


def _names_of(service: Obj) -> set[str]:
    ports = service["spec"].get("ports") or ()
    open_ports = {EVERYTHING} if any(port.get("nodePort") for port in ports) else set()
    return {service["metadata"]["name"], *addresses_of(service)} | open_ports


def _external_name(service: Obj) -> list[str]:
    """The first part of the name that it stands for: a service's, perhaps."""
    return [service["spec"]["externalName"].split(".")[0]] if service["spec"].get("externalName") else []


def _policy(old: Obj | None, new: Obj | None) -> frozenset[str]:
    """A policy has changed, or the labels by which policies know a namespace."""
    if (old or new or {}).get("kind") == "Namespace" and old is not None and new is not None:
        return frozenset({EVERYTHING}) if labels_of(old) != labels_of(new) else frozenset()
    return frozenset({EVERYTHING}) if (new or old or {}).get("kind") == "NetworkPolicy" else frozenset()


def _pod(old: Obj | None, new: Obj | None) -> frozenset[str]:
    """Pods are asked by their addresses when no service stands before them."""
    states = [_asked(pod) for pod in (old, new)]
    if states[0] == states[1]:
        return frozenset()
    return frozenset(state[0] for state in states if state is not None)


def _asked(pod: Obj | None) -> tuple[str, object] | None:
    status = (pod.get("status") or {}) if pod is not None else {}
    if pod is None or not status.get("podIP"):
        return None
    running = [
        c.get("containerID") for c in status.get("containerStatuses") or () if "running" in c.get("state", {})
    ]
    return status["podIP"], (running, key_of(pod), labels_of(pod))
