"""Pods that try one thing each, all in one cluster: what they print and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.kit.expectation import printed

AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53"
EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_OF_POD = frozenset(
    (
        "hostAliases",
        "hostNetwork",
        "hostname",
        "hostnameOverride",
        "setHostnameAsFQDN",
        "subdomain",
        "dnsPolicy",
        "dnsConfig",
        "restartPolicy",
        "podSecurity",
    )
)


@dataclass(frozen=True)
class Case:
    name: str
    manifest: Obj
    prints: tuple[str, ...] = ()
    phase: str = "Succeeded"


def case(
    name: str, *prints: str, run: Sequence[str] | None = None, image: str = "busybox:1.36", volume: Obj | None = None,
    mount: Obj | None = None, phase: str = "Succeeded", **fields: Any,
) -> Case:  # fmt: skip
    """A pod of one container, whose volume, if it has one, is at /v. Other fields are the container's or the pod's."""
    container: Obj = {"name": "c", "image": image} | {k: v for k, v in fields.items() if k not in _OF_POD}
    spec: Obj = {"restartPolicy": "Never", "containers": [container]}
    spec |= {k: v for k, v in fields.items() if k in _OF_POD}
    if "podSecurity" in spec:
        spec["securityContext"] = spec.pop("podSecurity")
    if run is not None:
        container["args" if image == AGNHOST else "command"] = [*run]
    if volume is not None:
        spec["volumes"] = [{"name": "v", **volume}]
        container["volumeMounts"] = [{"name": "v", "mountPath": "/v", **(mount or {})}]
    meta = {"name": name, "namespace": "default"}
    return Case(name, {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}, prints, phase)


def cluster_with(*manifests: Obj) -> Cluster:
    """Three nodes, and what is given."""
    store = MemoryStore()
    found(store, ClusterSpec(seed=7, epoch_ms=EPOCH_MS))
    cluster = Cluster(store)
    cluster.advance(2_000)
    cluster.given(*manifests)
    cluster.advance(1_000)
    return cluster


def status_of(cluster: Cluster, name: str) -> Obj:
    found: Obj = cluster.client("user:test").get(POD, Key("default", name))["status"]
    return found


def outcome(cluster: Cluster, wanted: Case) -> tuple[str, list[str]]:
    """The pod's phase, and those of the expected texts that it has not printed."""
    lines = printed(cluster, Key("default", wanted.name), "c")
    lacking = [text for text in wanted.prints if not any(text in line for line in lines)]
    return status_of(cluster, wanted.name)["phase"], [*lacking, *lines[:5]] if lacking else []
