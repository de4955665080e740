"""Removes pods that nobody else will: on nodes that are gone, told to end before they were bound, long finished.

Models: kubernetes v1.36 pkg/controller/podgc/gc_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.node_lifecycle.controller import index_by_node
from simcore.kube_controller_manager.node_lifecycle.taints import taints_of
from simcore.kube_controller_manager.pods import condition_of, is_finished, is_ready
from simcore.sim.clock import SimTime

QUARANTINE_MS = 40_000
"""A node must have been missing for this long before its pods are."""
TERMINATED_THRESHOLD = 12_500
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"


class PodGCController:
    name = "pod-garbage-collector"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._nodes, self._pods = ctx.informers.informer(NODE), ctx.informers.informer(POD)
        index_by_node(ctx)
        self._pods.add_index("terminated", lambda pod: ("",) if is_finished(pod) else (), part="status")
        self._missing_since: dict[str, SimTime] = {}  # by node; goes when it comes back or its pods are gone
        self.watches: Sequence[Watch] = (Watch(NODE, self._of_node), Watch(POD, self._of_pod))

    def reconcile(self, key: Key) -> Result:
        pod = self._pods.get(key)
        if pod is None:
            return DONE
        node = pod["spec"].get("nodeName", "")
        if not node:
            if is_terminating(pod):
                self._remove(pod, "")
        elif self._nodes.get(Key("", node)) is None:
            return self._orphaned(node, pod)
        elif (is_terminating(pod) and self._is_out_of_service(node)) or self._is_one_too_many(pod):
            self._remove(pod, "")
        return DONE

    def _orphaned(self, node: str, pod: Obj) -> Result:
        since = self._missing_since.setdefault(node, self._clock.now())
        wait_ms = since + QUARANTINE_MS - self._clock.now()
        if wait_ms > 0:
            return Result(wait_ms)
        if self._node_exists(node):
            self._missing_since.pop(node, None)
            return Result(QUARANTINE_MS)
        self._remove(pod, "PodGC: node no longer exists")
        return DONE

    def _node_exists(self, node: str) -> bool:
        try:
            self._client.get(NODE, Key("", node))
        except NotFound:
            return False
        return True

    def _is_out_of_service(self, node: str) -> bool:
        found = self._nodes.get(Key("", node))
        if found is None or is_ready(found):
            return False
        return any(taint["key"] == OUT_OF_SERVICE for taint in taints_of(found))

    def _is_one_too_many(self, pod: Obj) -> bool:
        """Whether the pod is among the oldest of more finished pods than are kept."""
        excess = self._pods.count("terminated", "") - TERMINATED_THRESHOLD
        if excess <= 0 or not is_finished(pod):
            return False
        by_age = sorted(self._pods.by_index("terminated", ""), key=_age)
        return _age(pod) <= _age(by_age[excess - 1])

    def _remove(self, pod: Obj, disruption: str) -> None:
        """Ends the pod in the API alone; `disruption`: why it is the cluster's doing."""
        try:
            if disruption and not is_finished(pod):
                status = _failed(pod, disruption, self._clock.timestamp())
                self._client.update_status(POD, {**pod, "status": status})
            self._client.delete(POD, key_of(pod), uid=uid_of(pod), grace_s=0)
        except NotFound:
            return  # what we wanted

    def _of_node(self, old: Obj | None, new: Obj | None) -> list[Key]:
        if new is not None:
            self._missing_since.pop(new["metadata"]["name"], None)
            if not any(taint["key"] == OUT_OF_SERVICE for taint in taints_of(new)):
                return []
        node = new if new is not None else old
        assert node is not None
        return sorted(map(key_of, self._pods.by_index("node", node["metadata"]["name"])))

    def _of_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """Hot: most pods are none of our business."""
        if new is None:
            return []
        node = new["spec"].get("nodeName", "")
        if is_terminating(new) and (not node or self._is_out_of_service(node)):
            return [key_of(new)]
        if (
            node
            and (old is None or not old["spec"].get("nodeName"))
            and self._nodes.get(Key("", node)) is None
        ):
            return [key_of(new)]
        if is_finished(new) and self._pods.count("terminated", "") > TERMINATED_THRESHOLD:
            return [key_of(min(self._pods.by_index("terminated", ""), key=_age))]
        return []


def _age(pod: Obj) -> tuple[str, Key]:
    return pod["metadata"]["creationTimestamp"], key_of(pod)


def _failed(pod: Obj, message: str, now: str) -> Obj:
    status = pod.get("status") or {}
    target = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "DeletionByPodGC",
        "message": message,
        "lastTransitionTime": now,
    }
    others = [c for c in status.get("conditions") or () if c is not condition_of(pod, "DisruptionTarget")]
    return {**status, "phase": "Failed", "conditions": [*others, target]}
