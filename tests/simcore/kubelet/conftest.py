"""A control plane with real kubelets: pods are bound by hand, everything after that is the kubelet's."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import EVENT, NODE, POD
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.cluster.world import World
from simcore.etcd.interface import Entry, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.kubelet.kubelets import Kubelets
from simcore.kubelet.logs import ContainerLogs
from simcore.kubelet.world import IMAGES, NODES
from simcore.sim.latency import INSTANT, LatencyProfile
from simcore.sim.trace import Origin
from tests.kit.control_plane import ControlPlane

MACHINE = {
    "cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "100Gi", "zone": "zone-a",
    "region": "region-1", "power": "on", "since_ms": 0,
}  # fmt: skip


class Site:
    """Machines with kubelets under a control plane. `again()` is the same cluster in another process."""

    def __init__(
        self,
        *,
        nodes: int = 1,
        latency: LatencyProfile = INSTANT,
        store: MemoryStore | None = None,
        at: int = 0,
    ) -> None:
        new = store is None
        self.latency, self.store = latency, store or MemoryStore()
        if new:
            machines = [Put(f"{NODES}node-{n}", encode(MACHINE)) for n in range(1, nodes + 1)]
            images = Put(IMAGES, encode({"missing": ["404", "missing"]}))
            self.store.txn((), [*machines, images], origin=Origin("cluster", 0, 0))
        self.plane = ControlPlane(latency=latency, store=self.store, at=at)
        if new:
            for name in ("default", "kube-node-lease"):
                self.plane.namespace(name)
            meta = {"name": "kube-root-ca.crt"}  # every pod mounts it
            self.plane.given(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"ca.crt": "-"}}
            )
        self.world = World(self.store, self.plane.clock)
        self.kubelets = Kubelets(self.plane.ctx, self.world)
        self.kubelets.start()
        self.advance(0)

    def again(self) -> Site:
        return Site(latency=self.latency, store=self.store, at=self.plane.clock.now())

    def advance(self, ms: int) -> None:
        self.plane.advance(ms)

    def run(self, name: str = "web", *, node: str = "node-1", **spec: Any) -> Obj:
        """Creates a pod that is bound already. `spec` replaces fields of the one container, or of the pod."""
        container_fields = (
            "image", "command", "args", "imagePullPolicy", "env", "envFrom", "resources", "ports", "volumeMounts",
            "lifecycle", "terminationMessagePolicy", "terminationMessagePath", "securityContext", "stdin", "workingDir",
        )  # fmt: skip
        container = {"name": "main", "image": "nginx:1.27"} | {
            f: spec.pop(f) for f in container_fields if f in spec
        }
        meta = {"name": name, "namespace": "default"} | spec.pop("metadata", {})
        pod_spec = {
            "containers": [container], "nodeName": node, "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
        } | spec  # fmt: skip
        self.plane.api.create(POD, {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod_spec})
        self.advance(0)
        return self.pod(name)

    def pod(self, name: str = "web") -> Obj:
        return self.plane.api.get(POD, Key("default", name))

    def given(self, kind: str, name: str, **fields: Any) -> Obj:
        """An object of the core group in `default`."""
        table = self.plane.server.kinds.by_kind("v1", kind)
        assert table is not None, kind
        meta = {"name": name} | ({"namespace": "default"} if table.namespaced else {})
        made = self.plane.api.create(table, {"apiVersion": "v1", "kind": kind, "metadata": meta, **fields})
        self.advance(0)
        return made

    def change(self, kind: str, name: str, **fields: Any) -> None:
        table = self.plane.server.kinds.by_kind("v1", kind)
        assert table is not None, kind
        self.plane.api.patch(table, Key("default" if table.namespaced else "", name), fields)
        self.advance(0)

    def printed(self, name: str = "web", container: str = "main", *, previous: bool = False) -> list[str]:
        """What a container has printed until now."""
        logs = ContainerLogs(self.world, self.plane.clock)
        return [line.text for line in logs.lines(self.pod(name), container, previous=previous)]

    def has_pod(self, name: str = "web") -> bool:
        return any(pod["metadata"]["name"] == name for pod in self.plane.api.list(POD, "default"))

    def delete(self, name: str = "web", **options: Any) -> None:
        self.plane.api.delete(POD, Key("default", name), **options)
        self.advance(0)

    def node(self, name: str = "node-1") -> Obj:
        return self.plane.api.get(NODE, Key("", name))

    def container(self, name: str = "web", index: int = 0) -> Obj:
        status: Obj = self.pod(name)["status"]["containerStatuses"][index]
        return status

    def conditions(self, name: str = "web") -> dict[str, str]:
        return {c["type"]: c["status"] for c in self.pod(name)["status"]["conditions"]}

    def events(self, name: str = "web") -> list[tuple[str, str]]:
        """(reason, message), oldest first; repeats count as one."""
        found = [e for e in self.plane.api.list(EVENT, "default") if e["involvedObject"]["name"] == name]
        found.sort(key=lambda e: self.store.get(EVENT.path(key_of(e))).create_revision)  # type: ignore[union-attr]  # it is there
        return [(e["reason"], e["message"]) for e in found]

    def event_counts(self, name: str = "web") -> dict[str, int]:
        """How often each reason was told; a process that takes over begins Events of its own."""
        counts: dict[str, int] = {}
        for event in self.plane.api.list(EVENT, "default"):
            if event["involvedObject"]["name"] == name:
                counts[event["reason"]] = counts.get(event["reason"], 0) + event["count"]
        return counts

    def power(self, state: str, node: str = "node-1") -> None:
        path = NODES + node
        doc = {**(self.world.get(path) or MACHINE), "power": state, "since_ms": self.plane.clock.now()}
        self.world.put(path, doc, actor="user:test")
        self.advance(0)

    def history(self) -> list[Entry]:
        return self.store.entries_since(0)

    def writes(self) -> int:
        return self.store.revision


@pytest.fixture
def site() -> Site:
    return Site()
