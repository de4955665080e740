"""The rows of kinds that few people look at: drivers, devices, policies, flow control, certificates.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go, kube-aggregator pkg/registry/apiservice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simcore.apimachinery.meta import Obj, is_terminating
from simcore.apimachinery.quantity import canonical
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import age, human_duration
from simcore.kube_apiserver.tables.table import AGE, NAME, Table, named, number
from simcore.kube_apiserver.tables.text import (
    NONE,
    UNSET,
    condition,
    containers_of,
    labels_text,
    spec_of,
    status_of,
)

_LOCAL = "Local"


def _pod_template(obj: Obj, now_ms: int) -> list[Any]:
    template = obj.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels")
    return [*containers_of(template), labels_text(labels)]


def _service_cidr(obj: Obj, now_ms: int) -> list[Any]:
    return [",".join(spec_of(obj).get("cidrs") or ()), age(obj, now_ms)]


def _signing_request(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    seconds = spec.get("expirationSeconds")
    return [
        age(obj, now_ms),
        spec.get("signerName") or NONE,
        spec.get("username", ""),
        NONE if seconds is None else human_duration(seconds * 1000),
        _signing_state(status_of(obj)),
    ]


def _signing_state(status: Obj) -> str:
    types = [c.get("type") for c in status.get("conditions") or ()]
    answer = next((t for t in ("Denied", "Approved") if t in types), "Pending")
    states = [answer, *(["Failed"] if "Failed" in types else [])]
    return ",".join(map(str, [*states, *(["Issued"] if status.get("certificate") else [])]))


def _driver(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    audiences = [token.get("audience", "") for token in spec.get("tokenRequests") or ()]
    return [
        bool(spec.get("attachRequired", True)),
        bool(spec.get("podInfoOnMount", False)),
        bool(spec.get("storageCapacity", False)),
        ",".join(audiences) if audiences else UNSET,
        bool(spec.get("requiresRepublish", False)),
        ",".join(spec.get("volumeLifecycleModes") or ()) or NONE,
        age(obj, now_ms),
    ]


def _csi_node(obj: Obj, now_ms: int) -> list[Any]:
    return [len(spec_of(obj).get("drivers") or ()), age(obj, now_ms)]


def _capacity(obj: Obj, now_ms: int) -> list[Any]:
    amount = obj.get("capacity")
    return [obj.get("storageClassName", ""), UNSET if amount is None else canonical(amount)]


def _attachment(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    return [
        spec.get("attacher", ""),
        (spec.get("source") or {}).get("persistentVolumeName") or "",
        spec.get("nodeName", ""),
        bool(status_of(obj).get("attached", False)),
        age(obj, now_ms),
    ]


def _attributes_class(obj: Obj, now_ms: int) -> list[Any]:
    return [obj.get("driverName", ""), age(obj, now_ms)]


def _claim(obj: Obj, now_ms: int) -> list[Any]:
    status = status_of(obj)
    states = ["deleted"] if is_terminating(obj) else []
    if status.get("allocation") is not None:
        states += ["allocated", *(["reserved"] if status.get("reservedFor") else [])]
    return [",".join(states) or "pending", age(obj, now_ms)]


def _slice(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    node = spec.get("nodeName") or ("<all>" if spec.get("allNodes") else "<not set>")
    return [node, spec.get("driver", ""), (spec.get("pool") or {}).get("name", ""), age(obj, now_ms)]


def _flow_schema(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    dangling = condition(obj, "Dangling")
    return [
        (spec.get("priorityLevelConfiguration") or {}).get("name", ""),
        spec.get("matchingPrecedence", 0),
        (spec.get("distinguisherMethod") or {}).get("type") or NONE,
        age(obj, now_ms),
        dangling.get("status", "?") if dangling else "?",
    ]


def by_precedence(schemas: Iterable[Obj]) -> list[Obj]:
    """Flow schemas in the order in which they are tried, as a Table lists them."""
    return sorted(schemas, key=lambda s: (spec_of(s).get("matchingPrecedence", 0), s["metadata"]["name"]))


def _priority_level(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    limited = spec.get("limited") or {}
    queuing = (limited.get("limitResponse") or {}).get("queuing") or {}
    numbers = [queuing.get(name, NONE) for name in ("queues", "handSize", "queueLengthLimit")]
    return [
        spec.get("type", ""),
        limited.get("nominalConcurrencyShares", NONE),
        *numbers,
        age(obj, now_ms),
    ]


def _api_service(obj: Obj, now_ms: int) -> list[Any]:
    service = spec_of(obj).get("service")
    found = condition(obj, "Available") or {}
    available = found.get("status", "Unknown")
    if available != "True" and found.get("reason"):
        available = f"{available} ({found['reason']})"
    name = f"{service.get('namespace')}/{service.get('name')}" if service else _LOCAL
    return [name, available, age(obj, now_ms)]


def _webhooks(obj: Obj, now_ms: int) -> list[Any]:
    return [len(obj.get("webhooks") or ()), age(obj, now_ms)]


def _policy(member: str) -> Any:
    def row(obj: Obj, now_ms: int) -> list[Any]:
        spec = spec_of(obj)
        kind = spec.get("paramKind")
        named_kind = f"{kind.get('apiVersion')}/{kind.get('kind')}" if kind else UNSET
        return [len(spec.get(member) or ()), named_kind, age(obj, now_ms)]

    return row


def _policy_binding(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    return [spec.get("policyName", ""), _params(spec.get("paramRef")), age(obj, now_ms)]


def _params(ref: Obj | None) -> str:
    if not ref:
        return UNSET
    if ref.get("name"):
        return f"{ref['namespace']}/{ref['name']}" if ref.get("namespace") else f"*/{ref['name']}"
    return f"{ref['namespace']}/*" if ref.get("namespace") else "*/*"


def _component(obj: Obj, now_ms: int) -> list[Any]:
    conditions = obj.get("conditions") or ()
    healthy: Obj = next((c for c in conditions if c.get("type") == "Healthy"), {})
    state = "Healthy" if healthy.get("status") == "True" else "Unhealthy"
    return [state if healthy else "Unknown", healthy.get("message", ""), healthy.get("error", "")]


POD_TEMPLATE: Table = named(
    Column("Containers", "The names of the containers."),
    Column("Images", "Their images."),
    Column("Pod Labels", "The labels of the pods."),
    row=_pod_template,
)
SERVICE_CIDR: Table = named(Column("CIDRs", "Where services get their addresses."), AGE, row=_service_cidr)
SIGNING_REQUEST: Table = named(
    AGE,
    Column("SignerName", "Who is asked to sign."),
    Column("Requestor", "Who asks."),
    Column("RequestedDuration", "How long the certificate is to live."),
    Column("Condition", "What became of it."),
    row=_signing_request,
)
CSI_DRIVER: Table = named(
    Column("AttachRequired", "Whether volumes are attached first.", "boolean"),
    Column("PodInfoOnMount", "Whether the driver is told of the pod.", "boolean"),
    Column("StorageCapacity", "Whether the scheduler looks at capacity.", "boolean"),
    Column("TokenRequests", "Whose tokens the driver gets."),
    Column("RequiresRepublish", "Whether volumes are published again and again.", "boolean"),
    Column("Modes", "Kinds of volumes."),
    AGE,
    row=_driver,
)
CSI_NODE: Table = named(number("Drivers", "How many drivers the node has."), AGE, row=_csi_node)
CSI_STORAGE_CAPACITY: Table = named(
    Column("StorageClassName", "The class that the capacity is of."),
    Column("Capacity", "How much is left."),
    row=_capacity,
)
VOLUME_ATTACHMENT: Table = named(
    Column("Attacher", "Who attaches."),
    Column("PV", "The volume."),
    Column("Node", "The node."),
    Column("Attached", "Whether it is attached.", "boolean"),
    AGE,
    row=_attachment,
)
VOLUME_ATTRIBUTES_CLASS: Table = named(
    Column("DriverName", "Whose attributes these are."), AGE, row=_attributes_class
)
RESOURCE_CLAIM: Table = named(Column("State", "What became of the claim."), AGE, row=_claim)
RESOURCE_SLICE: Table = named(
    Column("Node", "Where the devices are."),
    Column("Driver", "Whose they are."),
    Column("Pool", "The pool they belong to."),
    AGE,
    row=_slice,
)
FLOW_SCHEMA: Table = named(
    Column("PriorityLevel", "Where matching requests go."),
    number("MatchingPrecedence", "The lowest that matches is taken."),
    Column("DistinguisherMethod", "What tells flows apart."),
    AGE,
    Column("MissingPL", "Whether the level is missing."),
    row=_flow_schema,
)
PRIORITY_LEVEL: Table = named(
    Column("Type", "Whether requests are limited."),
    Column("NominalConcurrencyShares", "The level's shares."),
    Column("Queues", "How many queues."),
    Column("HandSize", "How many queues a flow has."),
    Column("QueueLengthLimit", "How long a queue grows."),
    AGE,
    row=_priority_level,
)
API_SERVICE: Table = named(
    Column("Service", "Who answers."), Column("Available", "Whether it does."), AGE, row=_api_service
)
WEBHOOKS: Table = named(number("Webhooks", "How many there are."), AGE, row=_webhooks)
VALIDATING_POLICY: Table = named(
    number("Validations", "How many rules."),
    Column("ParamKind", "The kind of its parameters."),
    AGE,
    row=_policy("validations"),
)
MUTATING_POLICY: Table = named(
    number("Mutations", "How many changes."),
    Column("ParamKind", "The kind of its parameters."),
    AGE,
    row=_policy("mutations"),
)
POLICY_BINDING: Table = named(
    Column("PolicyName", "The policy."), Column("ParamRef", "Its parameters."), AGE, row=_policy_binding
)
COMPONENT: Table = Table(
    (
        NAME,
        Column("Status", "Whether it is well."),
        Column("Message", "What it says."),
        Column("Error", "What is wrong."),
    ),
    lambda obj, now_ms: [obj["metadata"]["name"], *_component(obj, now_ms)],
)
