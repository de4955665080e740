"""The first writes of a cluster: its record, its machines, and what a new API server makes for itself."""

from __future__ import annotations

from dataclasses import dataclass

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import ENDPOINT_SLICE, ENDPOINTS, NAMESPACE, SERVICE
from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.cluster import control_plane
from simcore.cluster.world import CLOCK, CLUSTER, IMAGES, NODES
from simcore.etcd.interface import Op, Put, Store
from simcore.kubelet.addresses import node_ip
from simcore.kubelet.world import STATIC
from simcore.sim.trace import Origin

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
MISSING_TAGS = ("404", "missing", "non-existent", "does-not-exist")
API_SERVER_ADDRESS = "172.18.0.1"
ZONES = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class ClusterSpec:
    """What a user decides when a cluster is made. Quantities are written as in manifests."""

    seed: int
    epoch_ms: int
    """Unix milliseconds of simulated time 0."""
    nodes: int = 3
    zones: int = 3
    cpu: str = "4"
    memory: str = "8Gi"
    pods: str = "110"
    ephemeral_storage: str = "100Gi"
    latency: str = "realistic"
    speed: float = 1.0
    bare: bool = False
    """Without anything that a plain kube-apiserver and its nodes don't bring."""
    control_plane: bool = False
    """With a machine of its own for the control plane, which runs it in static pods, and with kubeadm's add-ons."""
    root_ca: str = ""
    """Certificates in PEM by which pods know the API server."""
    id: str = ""
    """The cluster's name in its installation, from which that derives the key of its certificate authorities."""


def found(store: Store, spec: ClusterSpec) -> None:
    """Writes the cluster's records into an empty store. A world is made before anything can act in it."""
    assert store.revision == 0, store.revision
    record = {"seed": spec.seed, "epoch_ms": spec.epoch_ms, "latency": spec.latency, "bare": spec.bare}
    record["control_plane"] = spec.control_plane and not spec.bare
    record |= {name: value for name, value in (("root_ca", spec.root_ca), ("id", spec.id)) if value}
    ops: list[Op] = [
        Put(CLUSTER, encode(record)),
        Put(CLOCK, encode({"speed": spec.speed, "paused": False})),
        Put(IMAGES, encode({"missing": list(MISSING_TAGS)})),
    ]
    ops += [Put(f"{NODES}node-{n}", encode(machine(spec, n))) for n in range(1, spec.nodes + 1)]
    if record["control_plane"]:
        ops.append(Put(NODES + control_plane.NAME, encode({**machine(spec, 1), "role": "control-plane"})))
        for name, manifest in control_plane.manifests(node_ip(1)).items():
            ops.append(Put(f"{STATIC}{control_plane.NAME}/{name}", encode(manifest)))
    store.txn((), ops, origin=Origin("cluster", 0, 0))


def machine(spec: ClusterSpec, number: int, *, since_ms: int = 0) -> Obj:
    """The record of the machine behind `node-<number>`, counted from 1."""
    return {
        "cpu": spec.cpu,
        "memory": spec.memory,
        "pods": spec.pods,
        "ephemeral-storage": spec.ephemeral_storage,
        "zone": f"zone-{ZONES[(number - 1) % spec.zones]}",
        "region": "region-1",
        "power": "on",
        "since_ms": since_ms,
    }


def bootstrap(api: ApiClient, address: str = API_SERVER_ADDRESS) -> None:
    """What kube-apiserver makes when it first starts, which can be reached at the address.

    Models: kubernetes v1.36 pkg/controlplane/controller/systemnamespaces and kubernetesservice,
    pkg/controlplane/reconcilers.
    """
    for name in SYSTEM_NAMESPACES:
        api.create(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    api.create(
        SERVICE,
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "kubernetes", "namespace": "default", "labels": labels},
            "spec": {
                "clusterIP": "10.96.0.1",
                "ports": [port],
                "sessionAffinity": "None",
                "type": "ClusterIP",
            },
        },
    )
    meta: Obj = {"name": "kubernetes", "namespace": "default"}
    served = [{"name": "https", "port": 6443, "protocol": "TCP"}]
    addresses = [{"addresses": [{"ip": address}], "ports": served}]
    own = {**meta, "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}}
    api.create(ENDPOINTS, {"apiVersion": "v1", "kind": "Endpoints", "metadata": own, "subsets": addresses})
    api.create(
        ENDPOINT_SLICE,
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**meta, "labels": {"kubernetes.io/service-name": "kubernetes"}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
            "ports": served,
        },
    )
