"""A control plane without nodes: an API server over a memory store, a clock, and what a test adds to them."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.kinds import EVENT, NAMESPACE, NODE, POD, Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of
from simcore.client.context import ComponentContext
from simcore.client.informer import InformerFactory
from simcore.client.interfaces import ApiClient
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.local import LocalClient
from simcore.sim.clock import SimClock
from simcore.sim.latency import INSTANT, LatencyProfile
from simcore.sim.rng import Rng

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
ZONES = ("zone-c", "zone-a", "zone-b")


class Heartbeats:
    """Every node's heart beats each ten seconds until stop()."""

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self._stopped_ms: dict[str, int] = {}

    def stop(self, node: str) -> None:
        self._stopped_ms[node] = self._clock.unix_ms()

    def go_on(self, node: str) -> None:
        del self._stopped_ms[node]

    def renewed_at_ms(self, name: str, namespace: str = "kube-node-lease") -> int:
        now_ms = self._stopped_ms.get(name, self._clock.unix_ms())
        return now_ms // 10_000 * 10_000


class ControlPlane:
    """`api` acts as an administrator; components get their own connections from `ctx`."""

    def __init__(
        self,
        *,
        latency: LatencyProfile = INSTANT,
        seed: int = 1,
        store: MemoryStore | None = None,
        at: int = 0,
    ) -> None:
        self.store, self.rng = store or MemoryStore(), Rng(seed)
        self.clock = SimClock(epoch_ms=EPOCH_MS, start=at)
        self.heartbeats = Heartbeats(self.clock)
        self.server = build_api_server(self.store, clock=self.clock, rng=self.rng, heartbeats=self.heartbeats)
        self.api = self.client("user:kubernetes-admin")
        informers = InformerFactory(self.client("informers"), self.clock, self.rng, latency)
        self.ctx = ComponentContext(self.client, informers, self.clock, self.rng, latency)
        if store is None:
            self.namespace("default")
            self.namespace("kube-node-lease")

    def client(self, actor: str) -> ApiClient:
        return LocalClient(self.server, actor)

    def namespace(self, name: str) -> Obj:
        spec = {"finalizers": ["kubernetes"]}
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": spec}
        return self.api.create(NAMESPACE, manifest)

    def given(self, *manifests: Obj) -> None:
        """Creates objects, in `default` unless they say otherwise."""
        for manifest in manifests:
            kind = self.server.kinds.by_kind(manifest["apiVersion"], manifest["kind"])
            assert kind is not None, manifest["kind"]
            meta = ({"namespace": "default"} if kind.namespaced else {}) | manifest["metadata"]
            self.api.create(kind, {**manifest, "metadata": meta})

    def get(self, kind: Kind, name: str, namespace: str = "default") -> Obj:
        return self.api.get(kind, Key(namespace if kind.namespaced else "", name))

    def list(self, kind: Kind, namespace: str | None = "default") -> list[Obj]:
        return self.api.list(kind, namespace)

    def patch(
        self, kind: Kind, name: str, patch: Obj, *, namespace: str = "default", subresource: str = ""
    ) -> Obj:
        key = Key(namespace if kind.namespaced else "", name)
        return self.api.patch(kind, key, patch, subresource=subresource)

    def delete(self, kind: Kind, name: str, namespace: str = "default", **options: Any) -> None:
        self.api.delete(kind, Key(namespace if kind.namespaced else "", name), **options)

    def events(self, name: str = "", namespace: str = "default") -> list[tuple[str, str]]:
        """(reason, message) of the Events, about the named object alone if one is named, oldest first."""
        found = sorted(self.list(EVENT, namespace), key=lambda e: int(e["metadata"]["resourceVersion"]))
        about = [e for e in found if name in ("", e["involvedObject"]["name"])]
        return [(event["reason"], event["message"]) for event in about]

    def advance(self, delay_ms: int) -> None:
        """Fires everything due until then, the end included."""
        end = self.clock.now() + delay_ms
        while (due := self.clock.next_due()) is not None and due <= end:
            self.clock.fire_next()
        self.clock.advance_to(end)


class Nodes:
    """Stands in for scheduler and kubelets where they are not the subject: node-1, node-2 ..., all Ready.

    A pod is bound and Ready `ready_after_ms` after it was made, unless an image of it is in `broken`, and gone as
    soon as it is told to end.
    """

    def __init__(
        self, plane: ControlPlane, *, count: int = 3, ready_after_ms: int = 1000, broken: tuple[str, ...] = ()
    ) -> None:
        self._plane, self._delay_ms, self._broken = plane, ready_after_ms, broken
        self._api = plane.client("nodes")
        self._count = count
        if not plane.api.list(NODE):
            for n in range(1, count + 1):
                register(plane, f"node-{n}", zone=ZONES[n % len(ZONES)])
        plane.ctx.informers.informer(POD).on_event(self._see)

    def _see(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        if new is None:
            return
        if is_terminating(new):
            if not old or not is_terminating(old):
                self._plane.clock.call_later(0, lambda: self._end(key_of(new)), label="end")
        elif old is None and new.get("status", {}).get("phase", "Pending") == "Pending":
            self._plane.clock.call_later(self._delay_ms, lambda: self._run(key_of(new)), label="run")

    def _end(self, key: Key) -> None:
        if self._find(key):
            self._api.delete(POD, key, grace_s=0)

    def _run(self, key: Key) -> None:
        pod = self._find(key)
        if pod is None or is_terminating(pod) or pod["spec"].get("schedulerName") == "manual":
            return
        if any(container["image"] in self._broken for container in pod["spec"]["containers"]):
            return
        if not pod["spec"].get("nodeName"):
            self._api.bind(key, pod["metadata"]["uid"], f"node-{1 + self._plane.rng.below(self._count, key)}")
        set_ready(self._plane, pod)

    def _find(self, key: Key) -> Obj | None:
        return next((p for p in self._api.list(POD, key.namespace) if key_of(p) == key), None)


def set_ready(plane: ControlPlane, pod: Obj, status: str = "True") -> None:
    """Writes a Running pod's status by hand."""
    now = plane.clock.timestamp()
    ready = {"type": "Ready", "status": status, "lastTransitionTime": now}
    patch = {"status": {"phase": "Running", "conditions": [ready], "startTime": now}}
    plane.api.patch(POD, key_of(pod), patch, subresource="status")


def finish(plane: ControlPlane, pod: Obj, phase: str = "Succeeded") -> None:
    plane.api.patch(POD, key_of(pod), {"status": {"phase": phase}}, subresource="status")


def register(plane: ControlPlane, name: str, *, zone: str = "zone-a") -> None:
    """Makes a node whose kubelet has posted that it is Ready, and its Lease."""
    labels = {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": "region-1"}
    meta: Obj = {"name": name, "labels": labels}
    plane.given({"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": {}})
    post_ready(plane, name)
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40},
    }
    plane.given(lease)


def post_ready(plane: ControlPlane, node: str, status: str = "True") -> None:
    """What the node's kubelet says of itself."""
    now = plane.clock.timestamp()
    condition = {"type": "Ready", "status": status, "lastHeartbeatTime": now, "lastTransitionTime": now}
    plane.patch(NODE, node, {"status": {"conditions": [condition]}}, subresource="status")


def deployment(name: str = "web", *, replicas: int = 3, image: str = "nginx:1", **spec: Any) -> Obj:
    """`spec` adds to or replaces fields of the Deployment's spec."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    defaults = {"strategy": rolling, "progressDeadlineSeconds": 600, "revisionHistoryLimit": 10}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": workload(name, replicas, image) | defaults | spec,
    }


def rolling(surge: int | str, unavailable: int | str) -> Obj:
    bounds = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"type": "RollingUpdate", "rollingUpdate": bounds}


def replica_set(name: str = "web", *, replicas: int = 3, image: str = "nginx:1", **spec: Any) -> Obj:
    """`spec` adds to or replaces fields of the ReplicaSet's spec."""
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name},
        "spec": workload(name, replicas, image) | spec,
    }


def workload(name: str, replicas: int, image: str) -> Obj:
    """A spec with replicas, selector and template."""
    return {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": name}},
        "template": template(name, image),
    }


def template(name: str, image: str) -> Obj:
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "image": image}]}}


def pod(name: str, **meta: Any) -> Obj:
    """`meta` adds to the metadata."""
    spec = {"containers": [{"name": "main", "image": "nginx:1"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **meta}, "spec": spec}
