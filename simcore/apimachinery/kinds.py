"""The table of kinds: names, scope, verbs and where the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simcore.apimachinery.meta import Key

if TYPE_CHECKING:
    from simcore.apimachinery.structural import Structure

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
    stored_as: Kind | None = field(default=None, compare=False)
    """The version of the kind in which objects are stored; None: this one."""
    is_stored: bool = True
    """False: a question that is answered and forgotten, as SubjectAccessReview."""
    structure: Structure | None = field(default=None, compare=False)
    """What a definition says of the kind's objects; None for built-in kinds."""
    list_kind: str = ""
    """`PodList`."""
    api_version: str = field(init=False, compare=False)
    prefix: str = field(init=False, compare=False)
    resource: str = field(init=False, compare=False)
    """`pods`, `deployments.apps`: the resource as messages name it."""

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "api_version", f"{self.group}/{self.version}" if self.group else self.version)
        folder = self.storage or self.plural
        set_(self, "prefix", self.stored_as.prefix if self.stored_as else f"/registry/{folder}/")
        set_(self, "resource", f"{self.plural}.{self.group}" if self.group else self.plural)
        set_(self, "singular", self.singular or self.kind.lower())
        set_(self, "list_kind", self.list_kind or f"{self.kind}List")

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


_CORE = "io.k8s.api.core.v1."
_ALL = ("all",)

NAMESPACE = Kind(
    "", "v1", "Namespace", "namespaces", False, short_names=("ns",), subresources=("finalize", "status"),
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"), definition=_CORE + "Namespace",
)  # fmt: skip
NODE = Kind(
    "", "v1", "Node", "nodes", False, short_names=("no",), subresources=("proxy", "status"), storage="minions",
    definition=_CORE + "Node",
)  # fmt: skip
POD = Kind(
    "", "v1", "Pod", "pods", short_names=("po",), categories=_ALL,
    subresources=(
        "attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize",
        "status",
    ),
    definition=_CORE + "Pod",
)  # fmt: skip
SERVICE = Kind(
    "", "v1", "Service", "services", short_names=("svc",), categories=_ALL, subresources=("proxy", "status"),
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
    "", "v1", "ServiceAccount", "serviceaccounts", short_names=("sa",), subresources=("token",),
    definition=_CORE + "ServiceAccount",
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

POD_TEMPLATE = Kind("", "v1", "PodTemplate", "podtemplates", definition=_CORE + "PodTemplate")
COMPONENT_STATUS = Kind(
    "", "v1", "ComponentStatus", "componentstatuses", False, short_names=("cs",), verbs=("get", "list"),
    definition=_CORE + "ComponentStatus",
)  # fmt: skip
SERVICE_CIDR = Kind(
    "networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs", False, subresources=("status",),
    definition="io.k8s.api.networking.v1.ServiceCIDR",
)  # fmt: skip
CERTIFICATE_SIGNING_REQUEST = Kind(
    "certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests", False,
    short_names=("csr",), subresources=("approval", "status"),
    definition="io.k8s.api.certificates.v1.CertificateSigningRequest",
)  # fmt: skip

_STORAGE, _STORAGE_V1 = "storage.k8s.io", "io.k8s.api.storage.v1."
CSI_DRIVER = Kind(_STORAGE, "v1", "CSIDriver", "csidrivers", False, definition=_STORAGE_V1 + "CSIDriver")
CSI_NODE = Kind(_STORAGE, "v1", "CSINode", "csinodes", False, definition=_STORAGE_V1 + "CSINode")
CSI_STORAGE_CAPACITY = Kind(
    _STORAGE, "v1", "CSIStorageCapacity", "csistoragecapacities", definition=_STORAGE_V1 + "CSIStorageCapacity"
)  # fmt: skip
VOLUME_ATTACHMENT = Kind(
    _STORAGE, "v1", "VolumeAttachment", "volumeattachments", False, subresources=("status",),
    definition=_STORAGE_V1 + "VolumeAttachment",
)  # fmt: skip
VOLUME_ATTRIBUTES_CLASS = Kind(
    _STORAGE, "v1", "VolumeAttributesClass", "volumeattributesclasses", False, short_names=("vac",),
    definition=_STORAGE_V1 + "VolumeAttributesClass",
)  # fmt: skip

_RESOURCE, _RESOURCE_V1 = "resource.k8s.io", "io.k8s.api.resource.v1."
DEVICE_CLASS = Kind(
    _RESOURCE, "v1", "DeviceClass", "deviceclasses", False, definition=_RESOURCE_V1 + "DeviceClass"
)
RESOURCE_CLAIM = Kind(
    _RESOURCE, "v1", "ResourceClaim", "resourceclaims", subresources=("status",),
    definition=_RESOURCE_V1 + "ResourceClaim",
)  # fmt: skip
RESOURCE_CLAIM_TEMPLATE = Kind(
    _RESOURCE, "v1", "ResourceClaimTemplate", "resourceclaimtemplates",
    definition=_RESOURCE_V1 + "ResourceClaimTemplate",
)  # fmt: skip
RESOURCE_SLICE = Kind(
    _RESOURCE, "v1", "ResourceSlice", "resourceslices", False, definition=_RESOURCE_V1 + "ResourceSlice"
)  # fmt: skip

_FLOW, _FLOW_V1 = "flowcontrol.apiserver.k8s.io", "io.k8s.api.flowcontrol.v1."
FLOW_SCHEMA = Kind(
    _FLOW, "v1", "FlowSchema", "flowschemas", False, subresources=("status",), definition=_FLOW_V1 + "FlowSchema"
)  # fmt: skip
PRIORITY_LEVEL_CONFIGURATION = Kind(
    _FLOW, "v1", "PriorityLevelConfiguration", "prioritylevelconfigurations", False, subresources=("status",),
    definition=_FLOW_V1 + "PriorityLevelConfiguration",
)  # fmt: skip

_EXTENSIONS = ("api-extensions",)
CUSTOM_RESOURCE_DEFINITION = Kind(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False,
    short_names=("crd", "crds"), categories=_EXTENSIONS, subresources=("status",),
    storage="apiextensions.k8s.io/customresourcedefinitions",
    definition="io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
)  # fmt: skip
API_SERVICE = Kind(
    "apiregistration.k8s.io", "v1", "APIService", "apiservices", False, categories=_EXTENSIONS,
    subresources=("status",), storage="apiregistration.k8s.io/apiservices",
    definition="io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
)  # fmt: skip


def _admission(kind: str, plural: str, *subresources: str) -> Kind:
    definition = f"io.k8s.api.admissionregistration.v1.{kind}"
    return Kind(
        "admissionregistration.k8s.io", "v1", kind, plural, False, categories=_EXTENSIONS,
        subresources=subresources, definition=definition,
    )  # fmt: skip


VALIDATING_ADMISSION_POLICY = _admission("ValidatingAdmissionPolicy", "validatingadmissionpolicies", "status")
VALIDATING_ADMISSION_POLICY_BINDING = _admission(
    "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings"
)
MUTATING_ADMISSION_POLICY = _admission("MutatingAdmissionPolicy", "mutatingadmissionpolicies")
MUTATING_ADMISSION_POLICY_BINDING = _admission(
    "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings"
)
VALIDATING_WEBHOOK_CONFIGURATION = _admission(
    "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"
)
MUTATING_WEBHOOK_CONFIGURATION = _admission("MutatingWebhookConfiguration", "mutatingwebhookconfigurations")


def _question(group: str, kind: str, *, namespaced: bool = False) -> Kind:
    folder = f"io.k8s.api.{group.partition('.')[0] or 'core'}.v1."
    return Kind(
        group, "v1", kind, f"{kind.lower()}s", namespaced, verbs=("create",), definition=folder + kind,
        is_stored=False,
    )  # fmt: skip


BINDING = _question("", "Binding", namespaced=True)
TOKEN_REVIEW = _question("authentication.k8s.io", "TokenReview")
SELF_SUBJECT_REVIEW = _question("authentication.k8s.io", "SelfSubjectReview")
SUBJECT_ACCESS_REVIEW = _question("authorization.k8s.io", "SubjectAccessReview")
LOCAL_SUBJECT_ACCESS_REVIEW = _question("authorization.k8s.io", "LocalSubjectAccessReview", namespaced=True)
SELF_SUBJECT_ACCESS_REVIEW = _question("authorization.k8s.io", "SelfSubjectAccessReview")
SELF_SUBJECT_RULES_REVIEW = _question("authorization.k8s.io", "SelfSubjectRulesReview")

HORIZONTAL_POD_AUTOSCALER_V1 = replace(
    HORIZONTAL_POD_AUTOSCALER, version="v1", definition="io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler",
    stored_as=HORIZONTAL_POD_AUTOSCALER,
)  # fmt: skip
EVENT_V1 = replace(
    EVENT, group="events.k8s.io", definition="io.k8s.api.events.v1.Event", stored_as=EVENT
)  # fmt: skip

BUILT_IN = (
    NAMESPACE, NODE, POD, SERVICE, CONFIG_MAP, EVENT, REPLICA_SET, DEPLOYMENT, LEASE,
    REPLICATION_CONTROLLER, SECRET, SERVICE_ACCOUNT, ENDPOINTS, PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME,
    RESOURCE_QUOTA, LIMIT_RANGE, STATEFUL_SET, DAEMON_SET, CONTROLLER_REVISION, JOB, CRON_JOB,
    HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET, PRIORITY_CLASS, STORAGE_CLASS, INGRESS, INGRESS_CLASS,
    NETWORK_POLICY, IP_ADDRESS, ENDPOINT_SLICE, RUNTIME_CLASS, ROLE, ROLE_BINDING, CLUSTER_ROLE, CLUSTER_ROLE_BINDING,
    POD_TEMPLATE, SERVICE_CIDR, CERTIFICATE_SIGNING_REQUEST, CSI_DRIVER, CSI_NODE, CSI_STORAGE_CAPACITY,
    VOLUME_ATTACHMENT, VOLUME_ATTRIBUTES_CLASS, DEVICE_CLASS, RESOURCE_CLAIM, RESOURCE_CLAIM_TEMPLATE, RESOURCE_SLICE,
    FLOW_SCHEMA,
    PRIORITY_LEVEL_CONFIGURATION, CUSTOM_RESOURCE_DEFINITION, API_SERVICE, VALIDATING_ADMISSION_POLICY,
    VALIDATING_ADMISSION_POLICY_BINDING, MUTATING_ADMISSION_POLICY, MUTATING_ADMISSION_POLICY_BINDING,
    VALIDATING_WEBHOOK_CONFIGURATION, MUTATING_WEBHOOK_CONFIGURATION,
)  # fmt: skip
"""The kinds that are stored, each in the version in which it is."""
SERVED = (
    *BUILT_IN, COMPONENT_STATUS, BINDING, TOKEN_REVIEW, SELF_SUBJECT_REVIEW, SUBJECT_ACCESS_REVIEW,
    LOCAL_SUBJECT_ACCESS_REVIEW, SELF_SUBJECT_ACCESS_REVIEW, SELF_SUBJECT_RULES_REVIEW, HORIZONTAL_POD_AUTOSCALER_V1,
    EVENT_V1,
)  # fmt: skip
"""All that a server has from the beginning: questions and other versions, too."""


class KindTable:
    """The kinds that one server serves; later ones may be added by definitions."""

    def __init__(self, kinds: Iterable[Kind] = SERVED) -> None:
        self._by_resource: dict[tuple[str, str, str], Kind] = {}
        self._by_kind: dict[tuple[str, str], Kind] = {}
        self.changes = 0  # grows with each; what was made from the table is as new as this says
        for kind in kinds:
            self.add(kind)

    def add(self, kind: Kind) -> None:
        self._by_resource[kind.group, kind.version, kind.plural] = kind
        self._by_kind[kind.api_version, kind.kind] = kind
        self.changes += 1

    def remove(self, kind: Kind) -> None:
        """Nothing happens when it is not there."""
        self._by_resource.pop((kind.group, kind.version, kind.plural), None)
        self._by_kind.pop((kind.api_version, kind.kind), None)
        self.changes += 1

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_kind.values())

    def by_resource(self, group: str, version: str, plural: str) -> Kind | None:
        return self._by_resource.get((group, version, plural))

    def by_kind(self, api_version: str, kind: str) -> Kind | None:
        return self._by_kind.get((api_version, kind))
