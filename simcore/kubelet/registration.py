"""A kubelet's own objects: registers the Node and its Lease, follows the machine's power and size.

Models: kubernetes v1.36 pkg/kubelet/kubelet_node_status.go (registerWithAPIServer, tryUpdateNodeStatus).
"""

from __future__ import annotations

from contextlib import suppress

from simcore.apimachinery.errors import AlreadyExists, ApiError, Conflict, NotFound
from simcore.apimachinery.kinds import LEASE, NODE
from simcore.apimachinery.meta import Key, Obj
from simcore.client.context import ComponentContext
from simcore.kubelet import node_status
from simcore.kubelet.addresses import number_of
from simcore.sim.timestamps import format_micros

TRIES = 5


class Registration:
    """The Node and Lease of one machine."""

    def __init__(self, name: str, ctx: ComponentContext) -> None:
        self._name, self._ctx, self._client = name, ctx, ctx.client
        self._made: Obj | None = None  # until the informer brings it, or it is deleted
        self._key, self._lease_key = Key("", name), Key(node_status.LEASES, name)

    def node(self) -> Obj | None:
        """The Node as last seen, or as just registered."""
        return self._ctx.informers.informer(NODE).get(self._key) or self._made

    def register(self, machine: Obj, number: int, boot: int) -> int:
        """Makes the Node be what the machine is; returns the number that it has."""
        self._made = node = self._registered(machine, number, boot)
        number = number_of(node["spec"].get("podCIDR", "")) or number
        self._report(machine, number, boot)
        self._renew(node)
        return number

    def is_current(self, machine: Obj, boot: int) -> bool:
        """Whether the Node already says what this boot of the machine would say."""
        node = self.node()
        if node is None:
            return False
        wanted, have = self._status(machine, 1, boot), node.get("status") or {}
        booted = (have.get("nodeInfo") or {}).get("bootID") == wanted["nodeInfo"]["bootID"]
        return booted and bool(have.get("capacity") == wanted["capacity"])

    def deleted(self) -> None:
        """Somebody has deleted the Node."""
        self._made = None

    def last_words(self, lease_ms: int, status_ms: int) -> None:
        """Writes down the heartbeats that were never written, at Unix milliseconds."""
        try:
            self._client.patch(LEASE, self._lease_key, {"spec": {"renewTime": format_micros(lease_ms)}})
            node = self._client.get(NODE, self._key)
            status = node.get("status") or {}
            conditions = node_status.with_heartbeat(status.get("conditions") or [], status_ms)
            self._client.update_status(NODE, {**node, "status": {**status, "conditions": conditions}})
        except (NotFound, Conflict):
            pass  # somebody has deleted the node, or knows better by now

    def memory_pressure(self, *, under: bool) -> None:
        """Writes the node's condition."""
        with suppress(NotFound):  # somebody has deleted the node
            for _ in range(TRIES):
                node = self._client.get(NODE, self._key)
                status = node.get("status") or {}
                conditions = node_status.with_memory_pressure(
                    status.get("conditions") or [], self._ctx.clock.unix_ms(), under=under
                )
                try:
                    self._client.update_status(NODE, {**node, "status": {**status, "conditions": conditions}})
                except Conflict:
                    continue
                return

    def say(self, reason: str, message: str, *, warning: bool = False) -> None:
        """An Event about the node. Kubelets give the node's name for its uid."""
        node = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": self._name, "uid": self._name}}
        recorder = self._ctx.recorder("kubelet", self._name)
        recorder.event(node, "Warning" if warning else "Normal", reason, message)

    def _registered(self, machine: Obj, number: int, boot: int) -> Obj:
        """The Node: a new one, or the one that is there with what it lacks."""
        node = node_status.node_object(self._name, machine, number)
        conditions = node_status.healthy_conditions([], self._ctx.clock.unix_ms())
        try:
            status = {**self._status(machine, number, boot), "conditions": conditions}
            return self._client.create(NODE, {**node, "status": status})
        except AlreadyExists:
            there = self._client.get(NODE, self._key)
        patch: Obj = {"metadata": {"labels": node["metadata"]["labels"]}}
        if not there["spec"].get("podCIDR"):
            patch["spec"] = node["spec"]
        return self._client.patch(NODE, self._key, patch)

    def _report(self, machine: Obj, number: int, boot: int) -> None:
        """Writes the status unless it is there already."""
        for _ in range(TRIES):
            node = self._client.get(NODE, self._key)
            before = node.get("status") or {}
            status = {**before, **self._status(machine, number, boot)}
            if status == before and _is_healthy(before):
                return
            status["conditions"] = node_status.healthy_conditions(
                before.get("conditions") or [], self._ctx.clock.unix_ms()
            )
            try:
                self._client.update_status(NODE, {**node, "status": status})
            except Conflict:
                continue
            return

    def _renew(self, node: Obj) -> None:
        now = self._ctx.clock.unix_ms()
        try:
            self._client.create(LEASE, node_status.lease_object(node, now))
        except AlreadyExists:
            self._client.patch(LEASE, self._lease_key, {"spec": {"renewTime": format_micros(now)}})
        except ApiError as error:
            if not isinstance(error, NotFound):  # the namespace comes a moment later
                raise

    def _status(self, machine: Obj, number: int, boot: int) -> Obj:
        return node_status.status(self._name, machine, number, boot=boot, rng=self._ctx.rng)


def _is_healthy(status: Obj) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ())
