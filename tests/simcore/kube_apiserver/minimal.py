"""The smallest valid object of each kind, changes to it by path, and what the server says of the result."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.encoding import copy_obj
from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.resources.table import built_in_strategies
from simcore.kube_apiserver.strategy import RequestContext, Strategy
from simcore.kube_apiserver.users import ADMIN
from simcore.sim.clock import SimClock
from simcore.sim.rng import Rng

UID = "0c9d3e0c-0000-4000-8000-000000000000"
UNSET = object()
"""As a new value: the field goes away."""

SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)

_CONTAINERS = [{"name": "c", "image": "busybox:1.36"}]
_APP = {"app": "a"}
_TEMPLATE = {"metadata": {"labels": _APP}, "spec": {"containers": _CONTAINERS}}
_ONCE = {"spec": {"restartPolicy": "Never", "containers": _CONTAINERS}}
_SELECTED = {"selector": {"matchLabels": _APP}, "template": _TEMPLATE}
_STORAGE = {"resources": {"requests": {"storage": "1Gi"}}, "accessModes": ["ReadWriteOnce"]}

SPECS: dict[str, tuple[str, Obj]] = {
    "Namespace": ("v1", {}),
    "Node": ("v1", {"spec": {}}),
    "Pod": ("v1", {"spec": {"containers": _CONTAINERS}}),
    "Service": ("v1", {"spec": {"ports": [{"port": 80}]}}),
    "ConfigMap": ("v1", {"data": {"a": "b"}}),
    "Secret": ("v1", {"data": {"a": "Yg=="}}),
    "Event": ("v1", {"involvedObject": {"kind": "Pod", "name": "p", "namespace": "ns"}}),
    "Lease": ("coordination.k8s.io/v1", {"spec": {}}),
    "ReplicationController": ("v1", {"spec": {"template": _TEMPLATE}}),
    "Deployment": ("apps/v1", {"spec": _SELECTED}),
    "ReplicaSet": ("apps/v1", {"spec": _SELECTED}),
    "StatefulSet": ("apps/v1", {"spec": {"serviceName": "s", **_SELECTED}}),
    "DaemonSet": ("apps/v1", {"spec": _SELECTED}),
    "Job": ("batch/v1", {"spec": {"template": _ONCE}}),
    "CronJob": ("batch/v1", {"spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": _ONCE}}}}),
    "PersistentVolumeClaim": ("v1", {"spec": _STORAGE}),
    "PersistentVolume": (
        "v1",
        {
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/x"},
            }
        },
    ),
    "StorageClass": ("storage.k8s.io/v1", {"provisioner": "example.com/p"}),
    "Endpoints": ("v1", {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80}]}]}),
    "EndpointSlice": (
        "discovery.k8s.io/v1",
        {"addressType": "IPv4", "endpoints": [{"addresses": ["10.1.2.3"]}], "ports": [{"port": 80}]},
    ),
    "Ingress": (
        "networking.k8s.io/v1",
        {"spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}},
    ),
    "IngressClass": ("networking.k8s.io/v1", {"spec": {"controller": "example.com/c"}}),
    "NetworkPolicy": ("networking.k8s.io/v1", {"spec": {"podSelector": {}}}),
    "Role": (
        "rbac.authorization.k8s.io/v1",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ),
    "ClusterRole": (
        "rbac.authorization.k8s.io/v1",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ),
    "RoleBinding": (
        "rbac.authorization.k8s.io/v1",
        {"roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "u"}]},
    ),
    "ClusterRoleBinding": (
        "rbac.authorization.k8s.io/v1",
        {"roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [{"kind": "Group", "name": "g"}]},
    ),
    "ResourceQuota": ("v1", {"spec": {"hard": {"pods": "2"}}}),
    "LimitRange": ("v1", {"spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}}]}}),
    "HorizontalPodAutoscaler": (
        "autoscaling/v2",
        {
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
            }
        },
    ),
    "PodDisruptionBudget": ("policy/v1", {"spec": {"minAvailable": 1, "selector": {"matchLabels": _APP}}}),
    "PriorityClass": ("scheduling.k8s.io/v1", {"value": 10}),
    "ControllerRevision": ("apps/v1", {"data": {"spec": {}}, "revision": 1}),
}
_KINDS = KindTable()


class StoredServices:
    """A reader that knows services only."""

    def __init__(self, services: tuple[Obj, ...] = ()) -> None:
        self.services = list(services)

    def find(self, kind: Kind, key: Key) -> Obj | None:
        return None

    def all(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        return self.services if kind.kind == "Service" else []


def minimal(kind: str, **changes: Any) -> Obj:
    """A valid object, then changes: `spec__replicas=3`, `spec__containers__0__image=UNSET`."""
    api_version, body = SPECS[kind]
    namespace = {"namespace": "ns"} if kind_of(api_version, kind).namespaced else {}
    obj = copy_obj({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", **namespace}, **body})
    return edited(obj, {path.replace("__", "."): value for path, value in changes.items()})


def edited(obj: Obj, changes: dict[str, Any]) -> Obj:
    """A copy with other values at these dotted paths; lists grow as needed."""
    done = copy_obj(obj)
    for path, value in changes.items():
        *parents, last = path.split(".")
        at: Any = done
        for i, name in enumerate(parents):
            following = [*parents, last][i + 1]
            at = _child(at, name, [] if following.isdigit() else {})
        if value is UNSET:
            at.pop(int(last) if isinstance(at, list) else last)
        elif isinstance(at, list) and int(last) >= len(at):
            at.append(value)
        else:
            at[int(last) if isinstance(at, list) else last] = value
    return done


def _child(at: Any, name: str, empty: Any) -> Any:
    if isinstance(at, list):
        while len(at) <= int(name):
            at.append({})
        return at[int(name)]
    if at.get(name) is None:
        at[name] = empty
    return at[name]


def kind_of(api_version: str, kind: str) -> Kind:
    found = _KINDS.by_kind(api_version, kind)
    assert found is not None, (api_version, kind)
    return found


def strategy_of(obj: Obj) -> Strategy:
    return built_in_strategies()[kind_of(obj["apiVersion"], obj["kind"]).resource]


def context(services: tuple[Obj, ...] = (), *, subresource: str = "", attempt: int = 0) -> RequestContext:
    read = StoredServices(services)
    return RequestContext(ADMIN, SimClock(), Rng(7), read, subresource, attempt)


def created(obj: Obj, ctx: RequestContext | None = None) -> Obj:
    """The object as it would be validated: with defaults and what the server fills in."""
    strategy = strategy_of(obj)
    made = strategy.default(obj)
    meta = {**made["metadata"], "uid": UID, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return strategy.prepare_create({**made, "metadata": meta}, ctx or context())


def faults(obj: Obj) -> list[str]:
    """`field: message` of each fault that a creation has."""
    return [f"{fault.path}: {fault.message}" for fault in strategy_of(obj).validate(created(obj))]


def update_faults(old: Obj, changes: dict[str, Any]) -> list[str]:
    """As faults, of an update that makes those changes to an object that was created."""
    strategy, stored = strategy_of(old), created(old)
    new = strategy.default(edited(stored, changes))
    new = strategy.prepare_update(new, stored, context())
    return [f"{fault.path}: {fault.message}" for fault in strategy.validate_update(new, stored)]
