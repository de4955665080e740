"""Deletes pods that don't tolerate a NoExecute taint of their node, at once or when their toleration ends.

Models: kubernetes v1.36 pkg/controller/tainteviction/taint_eviction.go. The time is counted from the taint's own
timeAdded, so that a take-over changes nothing; of a taint that has none, as kubectl's, from when it was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.node_lifecycle.controller import index_by_node
from simcore.kube_controller_manager.node_lifecycle.taints import taints_of
from simcore.kube_controller_manager.pods import condition_of, is_finished
from simcore.sim.timestamps import parse_time

Name = tuple[str, str]
"""A NoExecute taint's key and value."""


class TaintEvictionController:
    name = "taint-eviction-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._recorder = ctx.recorder(self.name)
        self._nodes, self._pods = ctx.informers.informer(NODE), ctx.informers.informer(POD)
        index_by_node(ctx)
        self._seen: dict[str, dict[Name, str]] = {}  # since when undated taints are there; goes with them
        self._doomed: dict[
            Key, str
        ] = {}  # uids of pods with an appointment; goes when it is kept or cancelled
        self.watches: Sequence[Watch] = (Watch(NODE, self._of_node), Watch(POD, self._of_pod))

    def reconcile(self, key: Key) -> Result:
        pod = self._pods.get(key)
        if pod is None or is_terminating(pod) or is_finished(pod):
            self._doomed.pop(key, None)
            return DONE
        node = self._nodes.get(Key("", pod["spec"].get("nodeName", "")))
        due_ms = evicted_at_ms(pod, self._dated(node))
        if due_ms is None:
            self._cancel(key, pod)
        elif due_ms <= self._clock.unix_ms():
            self._doomed.pop(key, None)
            self._evict(key, pod)
        else:
            self._doomed[key] = uid_of(pod)
            return Result(due_ms - self._clock.unix_ms())
        return DONE

    def _dated(self, node: Obj | None) -> list[Obj]:
        """The node's NoExecute taints; those that don't say when they were added have been since we saw them."""
        if node is None:
            return []
        seen = self._seen.get(node["metadata"]["name"], {})
        return [
            t if t.get("timeAdded") else {**t, "timeAdded": seen.get(_named(t))} for t in _no_execute(node)
        ]

    def _evict(self, key: Key, pod: Obj) -> None:
        self._recorder.event(pod, "Normal", "TaintManagerEviction", f"Marking for deletion Pod {key}")
        try:
            self._client.update_status(POD, {**pod, "status": _disrupted(pod, self._clock.timestamp())})
            self._client.delete(POD, key, uid=uid_of(pod))
        except NotFound:
            return  # somebody was faster

    def _cancel(self, key: Key, pod: Obj) -> None:
        if self._doomed.pop(key, None) == uid_of(pod):
            self._recorder.event(pod, "Normal", "TaintManagerEviction", f"Cancelling deletion of Pod {key}")

    def _of_node(self, old: Obj | None, new: Obj | None) -> list[Key]:
        before, after = _no_execute(old), _no_execute(new)
        if before == after:
            return []
        node, now = (new or old or {})["metadata"]["name"], self._clock.micro_timestamp()
        known = self._seen.pop(node, {})
        if seen := {_named(t): known.get(_named(t), now) for t in after if not t.get("timeAdded")}:
            self._seen[node] = seen
        if new is None:
            return []
        return sorted(map(key_of, self._pods.by_index("node", new["metadata"]["name"])))

    def _of_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """A pod concerns us when it comes to a node with such a taint, changes its tolerations, or is gone."""
        pod = new if new is not None else old
        assert pod is not None
        if self._doomed and (key := key_of(pod)) in self._doomed:
            return [key]
        if new is None or (old is not None and old["spec"] is new["spec"]):
            return []
        node = self._nodes.get(Key("", new["spec"].get("nodeName", "")))
        return [key_of(new)] if _no_execute(node) else []


def evicted_at_ms(pod: Obj, taints: Iterable[Obj]) -> int | None:
    """When the pod must go, in Unix milliseconds (the past: now); None when it may stay."""
    tolerations = pod["spec"].get("tolerations") or ()
    ends: list[int] = []
    began_ms = 0
    for taint in taints:
        used = [t for t in tolerations if tolerates(t, taint)]
        if not used:
            return 0
        began_ms = max(began_ms, parse_time(taint["timeAdded"]) if taint.get("timeAdded") else 0)
        ends += [t["tolerationSeconds"] for t in used if t.get("tolerationSeconds") is not None]
    if not ends:
        return None
    return max(began_ms, _bound_at_ms(pod)) + max(min(ends), 0) * 1000


def tolerates(toleration: Obj, taint: Obj) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def _bound_at_ms(pod: Obj) -> int:
    scheduled = condition_of(pod, "PodScheduled") or {}
    return parse_time(scheduled.get("lastTransitionTime") or pod["metadata"]["creationTimestamp"])


def _named(taint: Obj) -> Name:
    return taint["key"], taint.get("value", "")


def _no_execute(node: Obj | None) -> list[Obj]:
    return [t for t in taints_of(node) if t["effect"] == "NoExecute"] if node is not None else []


def _disrupted(pod: Obj, now: str) -> Obj:
    status = pod.get("status") or {}
    target = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "DeletionByTaintManager",
        "message": "Taint manager: deleting due to NoExecute taint",
        "lastTransitionTime": now,
    }
    others = [c for c in status.get("conditions") or () if c["type"] != "DisruptionTarget"]
    return {**status, "conditions": [*others, target]}
