"""Turns informers' events into changes of the cache and the queue.

Models: kubernetes v1.36 pkg/scheduler/eventhandlers.go.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from simcore.apimachinery.kinds import (
    CSI_NODE,
    NAMESPACE,
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    STORAGE_CLASS,
)
from simcore.apimachinery.meta import Obj, labels_of
from simcore.client.context import ComponentContext
from simcore.kube_scheduler.attempts import AttemptLog
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.pod_info import PodInfo, PodInfos
from simcore.kube_scheduler.profiles import Profiles
from simcore.kube_scheduler.queue import SchedulingQueue

VOLUME_KINDS = {
    PERSISTENT_VOLUME_CLAIM: ClusterEvent.CLAIM_CHANGED,
    PERSISTENT_VOLUME: ClusterEvent.VOLUME_CHANGED,
    STORAGE_CLASS: ClusterEvent.STORAGE_CLASS_CHANGED,
    CSI_NODE: ClusterEvent.CSI_NODE_CHANGED,
}


class Watcher(Protocol):
    """Whom the events are for."""

    cache: Cache
    queue: SchedulingQueue
    nominator: Nominator
    profiles: Profiles
    attempts: AttemptLog

    def changed(self, change: Change, cause: int) -> None: ...


class Watching:
    def __init__(self, ctx: ComponentContext, watcher: Watcher) -> None:
        self._informers, self._to = ctx.informers, watcher
        self._infos = PodInfos()
        self.revision = 0
        """The newest change that was taken in."""

    def start(self) -> None:
        self._informers.informer(NAMESPACE).on_event(self._on_namespace)
        self._informers.informer(NODE).on_event(self._on_node)
        self._informers.informer(POD).on_event(self._on_pod)
        for kind, event in VOLUME_KINDS.items():
            self._informers.informer(kind).on_event(partial(self._on_volume, event))

    def take_up_pending(self, revision: int) -> None:
        """Of schedulers that were not served before."""
        for pod in self._informers.informer(POD).list():
            waits = not pod["spec"].get("nodeName") and not _is_finished(pod)
            if waits and self._to.profiles.is_served(pod["spec"].get("schedulerName") or ""):
                self._pending(pod, revision)

    def _on_namespace(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        if (labels_of(old) if old else None) != (labels_of(new) if new else None):
            self._to.cache.namespaces_changed()

    def _on_volume(self, event: ClusterEvent, old: Obj | None, new: Obj | None, revision: int) -> None:
        self.revision = max(self.revision, revision)
        if new is not None:
            self._to.changed(Change(event, obj=new), revision)

    def _on_node(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        self.revision = max(self.revision, revision)
        cache = self._to.cache
        if new is None:
            assert old is not None
            gone = cache.remove_node(old["metadata"]["name"])
            if gone is not None:
                self._to.changed(Change(ClusterEvent.NODE_DELETED, node=gone), revision)
            return
        for event in cache.set_node(new):
            self._to.changed(Change(event, node=cache.get(new["metadata"]["name"])), revision)

    def _on_pod(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        self.revision = max(self.revision, revision)
        if old is not None and (new is None or old["metadata"]["uid"] != new["metadata"]["uid"]):
            self._gone(old, revision)
            old = None
        if new is None:
            return
        if _is_finished(new):
            self._gone(new, revision)
        elif new["spec"].get("nodeName"):
            self._placed(new, revision)
        elif self._to.profiles.is_served(new["spec"].get("schedulerName") or ""):
            self._pending(new, revision)

    def _placed(self, pod: Obj, revision: int) -> None:
        """The pod runs on a node, whoever put it there."""
        to, uid = self._to, pod["metadata"]["uid"]
        to.queue.remove(uid)
        before = to.cache.pod(uid)
        if before is not None and _is_shaped_alike(before.pod, pod):
            info = PodInfo(pod, before.shape)
        else:
            info = self._infos.info(pod)
        was_known = before is not None and not to.cache.is_assumed(uid)
        to.cache.set_pod(info)
        if to.nominator:
            to.nominator.set(info, "")
        if not was_known:
            to.changed(Change(ClusterEvent.POD_PLACED, pod=info), revision)
        elif before is not None and before.shape is not info.shape:
            to.changed(Change(ClusterEvent.POD_LABELS_CHANGED, pod=info), revision)

    def _pending(self, pod: Obj, revision: int) -> None:
        to, info = self._to, self._infos.info(pod)
        if info.is_terminating:
            to.queue.remove(info.uid)
            return
        nominated = (pod.get("status") or {}).get("nominatedNodeName") or ""
        if nominated or to.nominator:
            to.nominator.set(info, nominated)
        queued = to.queue.get(info.uid)
        if queued is None and not to.cache.is_assumed(info.uid):
            to.queue.add(info, revision)
        elif queued is not None and _matters(queued.pod, info):
            to.queue.update(info, revision)
        else:
            to.queue.refresh(info)

    def _gone(self, pod: Obj, revision: int) -> None:
        """Deleted or finished: it needs no place any more."""
        to, uid = self._to, pod["metadata"]["uid"]
        queued = to.queue.get(uid)
        to.queue.remove(uid)
        if to.nominator and queued is not None:
            to.nominator.set(queued.pod, "")
        freed = to.cache.remove_pod(uid)
        if freed is not None:
            to.changed(Change(ClusterEvent.POD_DELETED, pod=freed), revision)
        to.attempts.forget(uid)


def _is_finished(pod: Obj) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def _is_shaped_alike(one: Obj, other: Obj) -> bool:
    """Of a pod that runs only labels and requests can change."""
    spec, before = other["spec"], one["spec"]
    same_requests = spec["containers"] == before["containers"] and spec.get("resources") == before.get(
        "resources"
    )
    return bool(same_requests and labels_of(one) == labels_of(other))


def _matters(old: PodInfo, new: PodInfo) -> bool:
    """Whether the scheduler has to look at a pending pod again."""
    gates = "schedulingGates"
    return old.shape is not new.shape or old.pod["spec"].get(gates) != new.pod["spec"].get(gates)
