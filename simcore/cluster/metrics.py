"""What pods and nodes use, as the resource metrics API tells it: looked at every 15 s.

Nothing is measured or kept: a look follows from the pods, the kubelets' records and the time.

Models: metrics-server and k8s.io/metrics v1beta1 (PodMetrics, NodeMetrics).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, key_of, labels_of
from simcore.kube_controller_manager.horizontal.metrics import PodUse
from simcore.kubelet.records import ContainerRecord, PodRecord, pod_record
from simcore.kubelet.runtime.load import asks_per_s
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import question_of
from simcore.kubelet.surroundings import program, specs_of
from simcore.kubelet.usage import Use, use_of
from simcore.kubelet.world import record_path, runtime_uid
from simcore.sim.clock import Clock, SimTime
from simcore.sim.timestamps import format_seconds

GROUP, VERSION = "metrics.k8s.io", "v1beta1"
NODE_METRICS = Kind(GROUP, VERSION, "NodeMetrics", "nodes", False, verbs=("get", "list"), is_stored=False)
POD_METRICS = Kind(GROUP, VERSION, "PodMetrics", "pods", verbs=("get", "list"), is_stored=False)

LOOK_MS = 15_000
SEEN_AFTER_MS = 10_000
"""How long a container must have run to be told about."""
SYSTEM_CPU_MILLIS, SYSTEM_BYTES = 40, 300 << 20
"""What a node uses besides its pods."""

List = Callable[[str | None], list[Obj]]


class Records(Protocol):
    def get(self, path: str) -> Obj | None: ...


class ResourceMetrics:
    """Implements kube_controller_manager's PodMetrics, and tells the API's documents."""

    def __init__(self, pods: List, records: Records, clock: Clock) -> None:
        self._pods, self._records, self._clock = pods, records, clock
        self._asked: tuple[SimTime, dict[Key, float]] = (-1, {})  # of the last look

    def measured_ms(self) -> int:
        return self._clock.unix_ms() - self._clock.now() + self._looked_at()

    def use_of(self, pods: Sequence[Obj]) -> dict[str, PodUse]:
        found = {}
        for pod in pods:
            uses = dict(self._uses(pod))
            if uses:
                amounts = {
                    name: {"cpu": use.cpu_millis, "memory": use.memory_bytes} for name, use in uses.items()
                }
                found[pod["metadata"]["name"]] = PodUse(amounts)
        return found

    def pod_metrics(self, namespace: str | None = None) -> Iterator[Obj]:
        """PodMetrics of the pods that run long enough."""
        for pod in sorted(self._pods(namespace), key=key_of):
            uses = dict(self._uses(pod))
            if uses:
                meta = {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
                told = [{"name": name, "usage": _usage(use)} for name, use in uses.items()]
                yield self._document("PodMetrics", pod, meta, {"containers": told})

    def node_metrics(self, nodes: Iterable[Obj]) -> Iterator[Obj]:
        """NodeMetrics of the nodes that are up."""
        totals: dict[str, Use] = {}
        for pod in self._pods(None):
            for _, use in self._uses(pod):
                name = pod["spec"]["nodeName"]
                before = totals.get(name, Use(0, 0))
                totals[name] = Use(before.cpu_millis + use.cpu_millis, before.memory_bytes + use.memory_bytes)
        for node in sorted(nodes, key=key_of):
            conditions = (node.get("status") or {}).get("conditions") or ()
            if any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
                of_pods = totals.get(node["metadata"]["name"], Use(0, 0))
                use = Use(of_pods.cpu_millis + SYSTEM_CPU_MILLIS, of_pods.memory_bytes + SYSTEM_BYTES)
                meta = {"name": node["metadata"]["name"]}
                yield self._document("NodeMetrics", node, meta, {"usage": _usage(use)})

    def _document(self, kind: str, of: Obj, meta: Obj, told: Obj) -> Obj:
        stamp = format_seconds(self.measured_ms())
        labels = {"labels": labels_of(of)} if labels_of(of) else {}
        head = {"kind": kind, "apiVersion": f"{GROUP}/{VERSION}"}
        now = format_seconds(self._clock.unix_ms())
        return {
            **head,
            "metadata": {**meta, **labels, "creationTimestamp": now},
            "timestamp": stamp,
            "window": "15s",
            **told,
        }

    def _looked_at(self) -> SimTime:
        now = self._clock.now()
        return now - now % LOOK_MS

    def _uses(self, pod: Obj) -> Iterator[tuple[str, Use]]:
        """By container."""
        at, record = self._looked_at(), self._record(pod)
        if record is None:
            return
        asked = self._asked_per_s().get(key_of(pod), 0.0)
        for spec in specs_of(pod):
            c = record.containers.get(spec["name"])
            if c is not None and c.phase == "running" and c.started + SEEN_AFTER_MS <= at:
                found = self._program(pod, spec, record, c)
                yield spec["name"], use_of(pod, spec, found, at - c.started, asked if found.listens else 0.0)

    def _program(self, pod: Obj, spec: Obj, record: PodRecord, c: ContainerRecord) -> Program:
        host_ip = (pod.get("status") or {}).get("hostIP", "")
        return program(pod, spec, record, c.started, host_ip, self._clock.unix_ms() - self._clock.now())

    def _record(self, pod: Obj) -> PodRecord | None:
        if (pod.get("status") or {}).get("phase") != "Running":
            return None
        doc = self._records.get(record_path(pod["spec"].get("nodeName", ""), runtime_uid(pod)))
        return pod_record(doc) if doc is not None else None

    def _asked_per_s(self) -> dict[Key, float]:
        """How many requests a second each pod answers, of those that loops in other pods make."""
        at = self._looked_at()
        if self._asked[0] != at:
            found: dict[Key, float] = {}
            for pod in self._pods(None):
                if any(_may_ask(spec) for spec in specs_of(pod)):
                    for key, rate in self._asks(pod):
                        found[key] = found.get(key, 0.0) + rate
            self._asked = (at, found)
        return self._asked[1]

    def _asks(self, pod: Obj) -> Iterator[tuple[Key, float]]:
        record = self._record(pod)
        for spec in specs_of(pod) if record is not None else ():
            c = record.containers.get(spec["name"]) if record is not None else None
            if c is None or c.phase != "running" or not _may_ask(spec):
                continue
            rate = asks_per_s((*(spec.get("command") or ()), *(spec.get("args") or ())))
            for text, known in c.answers.items():
                question, replies = question_of(text), known[-1].replies
                servers = [reply.source for reply in replies if reply.source]
                if question.kind != "http" or not servers:
                    continue
                labels = question.host.split(".")
                namespace = labels[1] if len(labels) > 1 else pod["metadata"]["namespace"]
                for server in servers:
                    yield Key(namespace, server), rate / len(servers)


def _may_ask(spec: Obj) -> bool:
    """Whether a container's command line has a loop that asks others."""
    text = " ".join((*(spec.get("command") or ()), *(spec.get("args") or ())))
    return ("wget" in text or "curl" in text) and ("while" in text or "for " in text or "until" in text)


def _usage(use: Use) -> Obj:
    return {"cpu": f"{use.cpu_millis * 1_000_000}n", "memory": f"{use.memory_bytes >> 10}Ki"}


class MetricsApi:
    """Implements kube_apiserver's Computed: what `kubectl top` reads."""

    kinds = (NODE_METRICS, POD_METRICS)

    def __init__(self, metrics: ResourceMetrics, nodes: Callable[[], list[Obj]]) -> None:
        self._metrics, self._nodes = metrics, nodes

    def objects(self, kind: Kind, namespace: str | None) -> Iterator[Obj]:
        if kind == NODE_METRICS:
            return self._metrics.node_metrics(self._nodes())
        return self._metrics.pod_metrics(namespace)
