"""A pod as the scheduler sees it: what matters for its place, parsed once for all identical pods."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_scheduler.affinity_terms import PodTerm, WeightedTerm, required_terms, weighted_terms
from simcore.kube_scheduler.resources import DEFAULT_REQUESTS, Amounts, pod_requests
from simcore.kube_scheduler.spread_constraints import SpreadConstraint, spread_constraints
from simcore.sim.timestamps import parse_time

_SHAPES_KEPT = 4096
MOST_TERMS = 500
"""Of node affinity, pod affinity and spreading in one pod. A pod with more is not placed, and its terms bind nobody."""
DISKS = ("gcePersistentDisk", "awsElasticBlockStore", "iscsi", "rbd")
_PLACING = ("persistentVolumeClaim", "ephemeral", *DISKS)


class HostPort(NamedTuple):
    ip: str
    protocol: str
    port: int


class PodShape:
    """Everything about a pod that plugins read; pods with equal shapes get equal verdicts and scores.

    `number` tells shapes apart within one process.
    """

    def __init__(self, number: int, pod: Obj) -> None:
        meta, spec = pod["metadata"], pod["spec"]
        self.number = number
        self.spec: Obj = spec
        self.namespace: str = meta.get("namespace", "")
        self.labels: dict[str, str] = meta.get("labels") or {}
        self.priority: int = spec.get("priority") or 0
        self.tolerations: list[Obj] = spec.get("tolerations") or []
        self.node_selector: dict[str, str] = spec.get("nodeSelector") or {}
        affinity = spec.get("affinity") or {}
        self.terms = count_terms(spec)
        """How many terms of affinity and spreading the pod has; with too many it has none here."""
        if self.terms > MOST_TERMS:
            affinity, spec = {}, {**spec, "topologySpreadConstraints": []}
        self.node_affinity: Obj = affinity.get("nodeAffinity") or {}
        self.spread: tuple[SpreadConstraint, ...] = spread_constraints(spec, self.labels)
        self.requests: Amounts = pod_requests(spec)
        self.scored_requests: Amounts = pod_requests(spec, assumed=DEFAULT_REQUESTS)
        self.volumes = tuple(_volumes(spec))
        """Those that have a say in the pod's place: claims, and disks that can be mounted once."""
        self.host_ports = tuple(_host_ports(spec))
        self.images = tuple(_images(spec))
        pod_affinity, anti = affinity.get("podAffinity"), affinity.get("podAntiAffinity")
        self.affinity: tuple[PodTerm, ...] = required_terms(pod_affinity, self.namespace)
        self.anti_affinity: tuple[PodTerm, ...] = required_terms(anti, self.namespace)
        self.preferred_affinity: tuple[WeightedTerm, ...] = weighted_terms(pod_affinity, self.namespace)
        self.preferred_anti_affinity: tuple[WeightedTerm, ...] = weighted_terms(anti, self.namespace)

    @cached_property
    def has_pod_affinity(self) -> bool:
        return bool(
            self.affinity or self.anti_affinity or self.preferred_affinity or self.preferred_anti_affinity
        )


class PodInfo:
    """One pod and its shape."""

    __slots__ = ("key", "node_name", "pod", "shape", "uid")

    def __init__(self, pod: Obj, shape: PodShape, node_name: str = "") -> None:
        meta = pod["metadata"]
        self.pod, self.shape = pod, shape
        self.key = Key(meta.get("namespace", ""), meta["name"])
        self.uid: str = meta["uid"]
        self.node_name: str = node_name or pod["spec"].get("nodeName") or ""

    @property
    def is_terminating(self) -> bool:
        return "deletionTimestamp" in self.pod["metadata"]

    @property
    def started_ms(self) -> int:
        """Unix milliseconds of its start; of its creation while it has none."""
        started = (self.pod.get("status") or {}).get("startTime")
        return parse_time(started or self.pod["metadata"]["creationTimestamp"])

    def on(self, node_name: str) -> PodInfo:
        """The same pod, assumed on a node."""
        return PodInfo(self.pod, self.shape, node_name)

    def __repr__(self) -> str:
        return f"PodInfo({self.key})"


class PodInfos:
    """Makes PodInfos and lets identical pods share one shape."""

    def __init__(self) -> None:
        self._shapes: dict[bytes, PodShape] = {}  # the oldest goes when there are too many
        self._made = 0

    def info(self, pod: Obj) -> PodInfo:
        signature = _signature(pod)
        shape = self._shapes.get(signature)
        if shape is None:
            self._made += 1
            shape = self._shapes[signature] = PodShape(self._made, pod)
            if len(self._shapes) > _SHAPES_KEPT:
                del self._shapes[next(iter(self._shapes))]
        return PodInfo(pod, shape)


def _signature(pod: Obj) -> bytes:
    """Equal bytes mean equal shapes. Leaves out what differs among a workload's pods: names, volumes of tokens."""
    meta, spec = pod["metadata"], pod["spec"]
    get = spec.get
    containers = spec["containers"] + (get("initContainers") or [])
    return encode((
        meta.get("namespace"), meta.get("labels"), get("priority"), get("nodeSelector"), get("affinity"),
        get("tolerations"), get("topologySpreadConstraints"), get("overhead"), get("resources"), get("hostNetwork"),
        get("preemptionPolicy"),
        [(c.get("resources"), c.get("ports"), c.get("image"), c.get("restartPolicy")) for c in containers],
        len(spec["containers"]), _volumes(spec),
    ))  # fmt: skip


def count_terms(spec: Obj) -> int:
    """Every term, expression and constraint that some plugin would look at."""
    affinity = spec.get("affinity") or {}
    nodes, required = affinity.get("nodeAffinity") or {}, "requiredDuringSchedulingIgnoredDuringExecution"
    terms = [*((nodes.get(required) or {}).get("nodeSelectorTerms") or ())]
    preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    terms += [each.get("preference") or {} for each in nodes.get(preferred) or ()]
    total = sum(1 + len(term.get("matchExpressions") or ()) for term in terms)
    for field in ("podAffinity", "podAntiAffinity"):
        rules = affinity.get(field) or {}
        total += len(rules.get(required) or ()) + len(rules.get(preferred) or ())
    return total + len(spec.get("topologySpreadConstraints") or ())


def _volumes(spec: Obj) -> list[Obj]:
    return [volume for volume in spec.get("volumes") or () if any(kind in volume for kind in _PLACING)]


def _host_ports(spec: Obj) -> list[HostPort]:
    sidecars = [c for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always"]
    return [
        HostPort(port.get("hostIP") or "0.0.0.0", port.get("protocol") or "TCP", port["hostPort"])  # noqa: S104
        for container in [*spec["containers"], *sidecars]
        for port in container.get("ports") or ()
        if port.get("hostPort")
    ]


def _images(spec: Obj) -> list[str]:
    return [c["image"] for c in [*spec["containers"], *(spec.get("initContainers") or ())] if c.get("image")]
