"""The Node object and the Lease of a machine, as its kubelet reports them.

Models: kubernetes v1.36 pkg/kubelet/kubelet_node_status.go and pkg/kubelet/nodestatus/setters.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import canonical
from simcore.kubelet.addresses import node_ip, pod_cidr
from simcore.sim.rng import Rng
from simcore.sim.timestamps import format_micros, format_seconds

KUBELET_VERSION = "v1.36.2"
LEASES = "kube-node-lease"
LEASE_SECONDS = 40
_RESOURCES = ("cpu", "ephemeral-storage", "memory", "pods")

_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
_NO_BALANCERS = "node.kubernetes.io/exclude-from-external-load-balancers"
_SHORT = ("True", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available")


def node_object(name: str, machine: Obj, number: int) -> Obj:
    """A Node to register, without status."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": labels(name, machine),
            "annotations": {"node.alpha.kubernetes.io/ttl": "0"},
        },
        "spec": {"podCIDR": pod_cidr(number), "podCIDRs": [pod_cidr(number)]} | _taints(machine),
    }


def labels(name: str, machine: Obj) -> dict[str, str]:
    found = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
    }
    for label, field in (
        ("topology.kubernetes.io/region", "region"),
        ("topology.kubernetes.io/zone", "zone"),
    ):
        if value := machine.get(field):
            found[label] = value
    if machine.get("role"):
        found |= {f"node-role.kubernetes.io/{machine['role']}": "", _NO_BALANCERS: ""}
    return found


def _taints(machine: Obj) -> Obj:
    """A machine with a role takes only what tolerates it."""
    if not machine.get("role"):
        return {}
    return {"taints": [{"key": f"node-role.kubernetes.io/{machine['role']}", "effect": "NoSchedule"}]}


def status(name: str, machine: Obj, number: int, *, boot: int, rng: Rng) -> Obj:
    """Everything but the conditions."""
    capacity = {resource: canonical(machine[resource]) for resource in _RESOURCES if resource in machine}
    return {
        "capacity": capacity,
        "allocatable": capacity,
        "addresses": [
            {"type": "InternalIP", "address": node_ip(number)},
            {"type": "Hostname", "address": name},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": rng.uid("machine", name).replace("-", ""),
            "systemUUID": rng.uid("system", name),
            "bootID": rng.uid("boot", name, boot),
            "kernelVersion": "6.12.48",
            "osImage": "Debian GNU/Linux 13 (trixie)",
            "containerRuntimeVersion": "containerd://2.1.4",
            "kubeletVersion": KUBELET_VERSION,
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
    }


def healthy_conditions(before: list[Obj], unix_ms: int) -> list[Obj]:
    """A healthy kubelet's conditions, seen now; those of others stay."""
    stamp = format_seconds(unix_ms)
    known = {c["type"]: c for c in before}
    own = []
    for kind, state, reason, message in _CONDITIONS:
        old = known.pop(kind, None)
        since = old["lastTransitionTime"] if old is not None and old["status"] == state else stamp
        own.append(
            {
                "type": kind, "status": state, "lastHeartbeatTime": stamp, "lastTransitionTime": since,
                "reason": reason, "message": message,
            }
        )  # fmt: skip
    return [*known.values(), *own]


def with_memory_pressure(before: list[Obj], unix_ms: int, *, under: bool) -> list[Obj]:
    """The same conditions, but for one."""
    stamp = format_seconds(unix_ms)
    state, reason, message = _SHORT if under else _CONDITIONS[0][1:]
    new = {"status": state, "reason": reason, "message": message, "lastHeartbeatTime": stamp}
    return [{**c, **new, "lastTransitionTime": stamp} if c["type"] == "MemoryPressure" else c for c in before]


def with_heartbeat(before: list[Obj], unix_ms: int) -> list[Obj]:
    """The same conditions, last seen at `unix_ms`."""
    own = {kind for kind, *_ in _CONDITIONS}
    stamp = format_seconds(unix_ms)
    return [{**c, "lastHeartbeatTime": stamp} if c["type"] in own else c for c in before]


def lease_object(node: Obj, unix_ms: int) -> Obj:
    """The Lease by which the control plane knows that the kubelet lives."""
    meta = node["metadata"]
    owner = {"apiVersion": "v1", "kind": "Node", "name": meta["name"], "uid": meta["uid"]}
    spec = {
        "holderIdentity": meta["name"], "leaseDurationSeconds": LEASE_SECONDS, "renewTime": format_micros(unix_ms),
    }  # fmt: skip
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": meta["name"], "namespace": LEASES, "ownerReferences": [owner]},
        "spec": spec,
    }
