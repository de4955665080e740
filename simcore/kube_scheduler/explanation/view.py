"""A cluster as the scheduler sees it, standing still: the same cache, profiles and searches, and no queue.

Made of any API connection: the live replica's, that of a past revision, or a fork's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simcore.apimachinery.kinds import NAMESPACE, NODE, POD
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.client.context import ComponentContext
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.configuration.model import Configuration
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import Placement
from simcore.kube_scheduler.pod_info import PodInfo, PodInfos
from simcore.kube_scheduler.profiles import Profiles


class View:
    """What is assumed or changed here stays here: nothing is written through the context."""

    def __init__(self, ctx: ComponentContext, configuration: Configuration) -> None:
        self._ctx = ctx
        self.infos = PodInfos()
        self.cache, self.nominator = Cache(self._namespace_labels), Nominator()
        self.profiles = Profiles(ctx, self.cache, self.nominator)
        self.profiles.configure(configuration)
        self.pods: dict[Key, Obj] = {}  # all of them, placed or not
        for node in ctx.informers.informer(NODE).list():
            self.cache.set_node(node)
        for pod in ctx.informers.informer(POD).list():
            self._take_in(pod)

    def pod(self, key: Key) -> Obj | None:
        return self.pods.get(key)

    def pending(self) -> list[Obj]:
        """Pods without a node that a profile serves, in the order of their creation."""
        found = [pod for pod in self.pods.values() if self._is_pending(pod)]
        return sorted(found, key=lambda p: (p["metadata"]["creationTimestamp"], p["metadata"]["uid"]))

    def nodes(self) -> Sequence[str]:
        return [node.name for node in self.cache.nodes()]

    def framework(self, pod: PodInfo) -> Framework:
        return self.profiles.framework_of(pod)

    def serves(self, pod: Obj) -> bool:
        return self.profiles.is_served(pod["spec"].get("schedulerName") or "")

    def cycle(self, attempt: int = 1) -> Cycle:
        return Cycle(self.cache, attempt)

    def place(self, pod: PodInfo, attempt: int = 1) -> Placement:
        """Where the pod would go now, or why nowhere; it is not put there."""
        return self.profiles.placer_of(pod).place(self.cycle(attempt), pod)

    def without(self, uid: str) -> None:
        """Takes a pod off its node, as before it was placed."""
        if self.cache.pod(uid) is not None:
            self.cache.remove_pod(uid)

    def _take_in(self, pod: Obj) -> None:
        meta, status = pod["metadata"], pod.get("status") or {}
        self.pods[Key(meta.get("namespace", ""), meta["name"])] = pod
        if is_finished(pod):
            return
        if pod["spec"].get("nodeName"):
            self.cache.set_pod(self.infos.info(pod))
        elif nominated := status.get("nominatedNodeName"):
            self.nominator.set(self.infos.info(pod), nominated)

    def _is_pending(self, pod: Obj) -> bool:
        is_open = not pod["spec"].get("nodeName") and "deletionTimestamp" not in pod["metadata"]
        return is_open and not is_finished(pod) and self.serves(pod)

    def _namespace_labels(self, name: str) -> Mapping[str, str]:
        namespace = self._ctx.informers.informer(NAMESPACE).get(Key("", name))
        return labels_of(namespace) if namespace is not None else {}


def is_finished(pod: Obj) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def unplaced(pod: Obj) -> Obj:
    """The pod as it was before it had a node."""
    if not pod["spec"].get("nodeName"):
        return pod
    return {**pod, "spec": {name: value for name, value in pod["spec"].items() if name != "nodeName"}}
