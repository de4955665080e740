"""The table of kinds: names, scope, verbs and where the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simcore.apimachinery.meta import Key

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Kind:
    """One kind in one version. Equal by identity of (group, version, kind)."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[str, ...] = ()
    storage: str = ""
    """The folder under /registry/; upstream's own spelling, which is not always the plural."""
    definition: str = ""
    """The schema's name, as `io.k8s.api.core.v1.Pod`."""
    api_version: str = field(init=False, compare=False)
    prefix: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "api_version", f"{self.group}/{self.version}" if self.group else self.version)
        set_(self, "prefix", f"/registry/{self.storage or self.plural}/")
        set_(self, "singular", self.singular or self.kind.lower())

    def __hash__(self) -> int:
        return hash((self.group, self.version, self.kind))

    def path(self, key: Key) -> str:
        """The store's key of an object."""
        return f"{self.prefix}{key.namespace}/{key.name}" if self.namespaced else self.prefix + key.name

    def folder(self, namespace: str | None) -> str:
        """The store's prefix of a namespace's objects; of all objects without one."""
        return f"{self.prefix}{namespace}/" if self.namespaced and namespace else self.prefix

    def key(self, path: str) -> Key:
        """The inverse of path()."""
        rest = path[len(self.prefix) :]
        return Key(*rest.split("/", 1)) if self.namespaced else Key("", rest)

    @property
    def resource(self) -> str:
        """`pods`, `deployments.apps`: the resource as messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


_CORE = "io.k8s.api.core.v1."
_ALL = ("all",)

NAMESPACE = Kind(
    "", "v1", "Namespace", "namespaces", False, short_names=("ns",), subresources=("finalize", "status"),
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"), definition=_CORE + "Namespace",
)  # fmt: skip
NODE = Kind(
    "", "v1", "Node", "nodes", False, short_names=("no",), subresources=("status",), storage="minions",
    definition=_CORE + "Node",
)  # fmt: skip
POD = Kind(
    "", "v1", "Pod", "pods", short_names=("po",), categories=_ALL,
    subresources=("binding", "eviction", "log", "status"), definition=_CORE + "Pod",
)  # fmt: skip
SERVICE = Kind(
    "", "v1", "Service", "services", short_names=("svc",), categories=_ALL, subresources=("status",),
    storage="services/specs", definition=_CORE + "Service",
)  # fmt: skip
CONFIG_MAP = Kind("", "v1", "ConfigMap", "configmaps", short_names=("cm",), definition=_CORE + "ConfigMap")
EVENT = Kind("", "v1", "Event", "events", short_names=("ev",), definition=_CORE + "Event")
REPLICA_SET = Kind(
    "apps", "v1", "ReplicaSet", "replicasets", short_names=("rs",), categories=_ALL,
    subresources=("scale", "status"), definition="io.k8s.api.apps.v1.ReplicaSet",
)  # fmt: skip
DEPLOYMENT = Kind(
    "apps", "v1", "Deployment", "deployments", short_names=("deploy",), categories=_ALL,
    subresources=("scale", "status"), definition="io.k8s.api.apps.v1.Deployment",
)  # fmt: skip
LEASE = Kind(
    "coordination.k8s.io", "v1", "Lease", "leases", definition="io.k8s.api.coordination.v1.Lease"
)  # fmt: skip

REPLICATION_CONTROLLER = Kind(
    "", "v1", "ReplicationController", "replicationcontrollers", short_names=("rc",), categories=_ALL,
    subresources=("scale", "status"), storage="controllers", definition=_CORE + "ReplicationController",
)  # fmt: skip
SECRET = Kind("", "v1", "Secret", "secrets", definition=_CORE + "Secret")
SERVICE_ACCOUNT = Kind(
    "", "v1", "ServiceAccount", "serviceaccounts", short_names=("sa",), definition=_CORE + "ServiceAccount"
)  # fmt: skip
ENDPOINTS = Kind(
    "", "v1", "Endpoints", "endpoints", singular="endpoints", short_names=("ep",), storage="services/endpoints",
    definition=_CORE + "Endpoints",
)  # fmt: skip
PERSISTENT_VOLUME_CLAIM = Kind(
    "", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", short_names=("pvc",), subresources=("status",),
    definition=_CORE + "PersistentVolumeClaim",
)  # fmt: skip
PERSISTENT_VOLUME = Kind(
    "", "v1", "PersistentVolume", "persistentvolumes", False, short_names=("pv",), subresources=("status",),
    definition=_CORE + "PersistentVolume",
)  # fmt: skip
RESOURCE_QUOTA = Kind(
    "", "v1", "ResourceQuota", "resourcequotas", short_names=("quota",), subresources=("status",),
    definition=_CORE + "ResourceQuota",
)  # fmt: skip
LIMIT_RANGE = Kind(
    "", "v1", "LimitRange", "limitranges", short_names=("limits",), definition=_CORE + "LimitRange"
)  # fmt: skip
STATEFUL_SET = Kind(
    "apps", "v1", "StatefulSet", "statefulsets", short_names=("sts",), categories=_ALL,
    subresources=("scale", "status"), definition="io.k8s.api.apps.v1.StatefulSet",
)  # fmt: skip
DAEMON_SET = Kind(
    "apps", "v1", "DaemonSet", "daemonsets", short_names=("ds",), categories=_ALL, subresources=("status",),
    definition="io.k8s.api.apps.v1.DaemonSet",
)  # fmt: skip
CONTROLLER_REVISION = Kind(
    "apps", "v1", "ControllerRevision", "controllerrevisions", definition="io.k8s.api.apps.v1.ControllerRevision"
)  # fmt: skip
JOB = Kind(
    "batch", "v1", "Job", "jobs", categories=_ALL, subresources=("status",), definition="io.k8s.api.batch.v1.Job"
)  # fmt: skip
CRON_JOB = Kind(
    "batch", "v1", "CronJob", "cronjobs", short_names=("cj",), categories=_ALL, subresources=("status",),
    definition="io.k8s.api.batch.v1.CronJob",
)  # fmt: skip
HORIZONTAL_POD_AUTOSCALER = Kind(
    "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", short_names=("hpa",),
    categories=_ALL, subresources=("status",), definition="io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
)  # fmt: skip
POD_DISRUPTION_BUDGET = Kind(
    "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", short_names=("pdb",), subresources=("status",),
    definition="io.k8s.api.policy.v1.PodDisruptionBudget",
)  # fmt: skip
PRIORITY_CLASS = Kind(
    "scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", False, short_names=("pc",),
    definition="io.k8s.api.scheduling.v1.PriorityClass",
)  # fmt: skip
STORAGE_CLASS = Kind(
    "storage.k8s.io", "v1", "StorageClass", "storageclasses", False, short_names=("sc",),
    definition="io.k8s.api.storage.v1.StorageClass",
)  # fmt: skip
INGRESS = Kind(
    "networking.k8s.io", "v1", "Ingress", "ingresses", short_names=("ing",), subresources=("status",),
    storage="ingress", definition="io.k8s.api.networking.v1.Ingress",
)  # fmt: skip
INGRESS_CLASS = Kind(
    "networking.k8s.io", "v1", "IngressClass", "ingressclasses", False,
    definition="io.k8s.api.networking.v1.IngressClass",
)  # fmt: skip
NETWORK_POLICY = Kind(
    "networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", short_names=("netpol",),
    definition="io.k8s.api.networking.v1.NetworkPolicy",
)  # fmt: skip
IP_ADDRESS = Kind(
    "networking.k8s.io", "v1", "IPAddress", "ipaddresses", False, short_names=("ip",),
    definition="io.k8s.api.networking.v1.IPAddress",
)  # fmt: skip
ENDPOINT_SLICE = Kind(
    "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", definition="io.k8s.api.discovery.v1.EndpointSlice"
)  # fmt: skip
RUNTIME_CLASS = Kind(
    "node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", False, definition="io.k8s.api.node.v1.RuntimeClass"
)  # fmt: skip
_RBAC, _RBAC_V1 = "rbac.authorization.k8s.io", "io.k8s.api.rbac.v1."
ROLE = Kind(_RBAC, "v1", "Role", "roles", definition=_RBAC_V1 + "Role")
ROLE_BINDING = Kind(_RBAC, "v1", "RoleBinding", "rolebindings", definition=_RBAC_V1 + "RoleBinding")
CLUSTER_ROLE = Kind(_RBAC, "v1", "ClusterRole", "clusterroles", False, definition=_RBAC_V1 + "ClusterRole")
CLUSTER_ROLE_BINDING = Kind(
    _RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", False, definition=_RBAC_V1 + "ClusterRoleBinding"
)  # fmt: skip

BUILT_IN = (
    NAMESPACE, NODE, POD, SERVICE, CONFIG_MAP, EVENT, REPLICA_SET, DEPLOYMENT, LEASE,
    REPLICATION_CONTROLLER, SECRET, SERVICE_ACCOUNT, ENDPOINTS, PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME,
    RESOURCE_QUOTA, LIMIT_RANGE, STATEFUL_SET, DAEMON_SET, CONTROLLER_REVISION, JOB, CRON_JOB,
    HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET, PRIORITY_CLASS, STORAGE_CLASS, INGRESS, INGRESS_CLASS,
    NETWORK_POLICY, IP_ADDRESS, ENDPOINT_SLICE, RUNTIME_CLASS, ROLE, ROLE_BINDING, CLUSTER_ROLE, CLUSTER_ROLE_BINDING,
)  # fmt: skip


class KindTable:
    """The kinds that one server serves; later ones may be added by definitions."""

    def __init__(self, kinds: Iterable[Kind] = BUILT_IN) -> None:
        self._by_resource: dict[tuple[str, str, str], Kind] = {}
        self._by_kind: dict[tuple[str, str], Kind] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: Kind) -> None:
        self._by_resource[kind.group, kind.version, kind.plural] = kind
        self._by_kind[kind.api_version, kind.kind] = kind

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_kind.values())

    def by_resource(self, group: str, version: str, plural: str) -> Kind | None:
        return self._by_resource.get((group, version, plural))

    def by_kind(self, api_version: str, kind: str) -> Kind | None:
        return self._by_kind.get((api_version, kind))
