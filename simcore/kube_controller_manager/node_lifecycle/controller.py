"""Watches over nodes: marks those that fall silent, taints them by their state, says so to their pods.

Models: kubernetes v1.36 pkg/controller/nodelifecycle/node_lifecycle_controller.go. Upstream looks at every node every
five seconds; here a node has one appointment, at the first such moment at which it could count as silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import LEASE, NODE, POD
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.node_lifecycle import health
from simcore.kube_controller_manager.node_lifecycle.taints import same_taints, taints_of, with_state
from simcore.kube_controller_manager.pods import is_ready
from simcore.sim.timestamps import parse_time

LEASE_NAMESPACE = "kube-node-lease"
NEW_MS = 2_000
"""A node that is older when it is first seen was registered before this controller began."""


@dataclass
class _Seen:
    node: Obj
    ready: str


class NodeLifecycleController:
    name = "node-lifecycle-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._reader = ctx.client.inner  # upstream reads Leases from its cache, which takes no time
        self._recorder = ctx.recorder("node-controller")
        self._nodes, self._pods = ctx.informers.informer(NODE), ctx.informers.informer(POD)
        index_by_node(ctx)
        self._seen: dict[Key, _Seen] = {}  # what was last thought of a node; goes with the node
        self.watches: Sequence[Watch] = (Watch(NODE, own_key),)

    def reconcile(self, key: Key) -> Result:
        node = self._nodes.get(key)
        if node is None:
            self._forget(key)
            return DONE
        self._greet(key, node)
        node, check_at_ms = self._judge(node)
        taints = with_state(node, self._clock.timestamp())
        if not same_taints(taints, taints_of(node)):
            version = node["metadata"]["resourceVersion"]
            patch = {"metadata": {"resourceVersion": version}, "spec": {"taints": taints or None}}
            node = self._client.patch(NODE, key, patch)
        self._notice(key, node)
        return Result(check_at_ms - self._clock.unix_ms() if check_at_ms else None)

    def _judge(self, node: Obj) -> tuple[Obj, int | None]:
        """The node as it is now, and when to look at it again without an event."""
        if health.ready_status(node) == "Unknown":
            return node, None
        due = health.next_check_ms(health.silent_at_ms(node, None))
        if due <= self._clock.unix_ms():
            due = health.next_check_ms(health.silent_at_ms(node, self._lease(node)))
        if due > self._clock.unix_ms():
            return node, due
        status = health.silenced(node, self._clock.unix_ms())
        return self._client.update_status(NODE, {**node, "status": status}), None

    def _lease(self, node: Obj) -> Obj | None:
        """Asks the API: renewals of healthy nodes' Leases are no events."""
        try:
            return self._reader.get(LEASE, Key(LEASE_NAMESPACE, node["metadata"]["name"]))
        except NotFound:
            return None

    def _notice(self, key: Key, node: Obj) -> None:
        """What happens once when a node stops being ready."""
        seen, ready = self._seen[key], health.ready_status(node)
        was_ready, seen.node, seen.ready = seen.ready == "True", node, ready
        if ready == "True":
            return
        if was_ready:
            name = key.name
            self._recorder.event(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady")
        if ready:
            for pod in sorted(self._pods.by_index("node", key.name), key=key_of):
                if is_ready(pod):
                    self._unready(pod)

    def _unready(self, pod: Obj) -> None:
        now = self._clock.timestamp()
        conditions = [
            {**c, "status": "False", "lastTransitionTime": now} if c["type"] == "Ready" else c
            for c in pod["status"]["conditions"]
        ]
        try:
            self._client.update_status(POD, {**pod, "status": {**pod["status"], "conditions": conditions}})
        except NotFound:
            return  # it is gone, so nobody takes it for ready
        self._recorder.event(pod, "Warning", "NodeNotReady", "Node is not ready")

    def _greet(self, key: Key, node: Obj) -> None:
        if key in self._seen:
            return
        self._seen[key] = _Seen(node, health.ready_status(node))
        if self._clock.unix_ms() - parse_time(node["metadata"]["creationTimestamp"]) <= NEW_MS:
            news = f"Node {key.name} event: Registered Node {key.name} in Controller"
            self._recorder.event(node, "Normal", "RegisteredNode", news)

    def _forget(self, key: Key) -> None:
        seen = self._seen.pop(key, None)
        if seen is not None:
            news = f"Node {key.name} event: Removing Node {key.name} from Controller"
            self._recorder.event(seen.node, "Normal", "RemovingNode", news)


def index_by_node(ctx: ComponentContext) -> None:
    """Makes pods findable by the node that they are bound to."""
    ctx.informers.informer(POD).add_index("node", _node_of, part="spec")


def _node_of(pod: Obj) -> tuple[str, ...]:
    name = pod["spec"].get("nodeName")
    return (name,) if name else ()
