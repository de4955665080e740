"""The rows of namespaces, nodes, configuration, events and quotas.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj, labels_of
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import UNKNOWN, age, since
from simcore.kube_apiserver.tables.table import AGE, NAME, Table, named, number, wide
from simcore.kube_apiserver.tables.text import NONE, condition, spec_of, status_of

_ROLE_PREFIX, _ROLE = "node-role.kubernetes.io/", "kubernetes.io/role"


def _namespace(obj: Obj, now_ms: int) -> list[Any]:
    return [status_of(obj).get("phase", ""), age(obj, now_ms)]


def _node(obj: Obj, now_ms: int) -> list[Any]:
    ready = condition(obj, "Ready")
    states = ["Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"]
    if spec_of(obj).get("unschedulable"):
        states.append("SchedulingDisabled")
    info = status_of(obj).get("nodeInfo") or {}
    return [
        ",".join(states),
        ",".join(node_roles(obj)) or NONE,
        age(obj, now_ms),
        info.get("kubeletVersion", ""),
        _address(obj, "InternalIP"),
        _address(obj, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        info.get("kernelVersion") or UNKNOWN,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def node_roles(node: Obj) -> list[str]:
    """From the labels, sorted."""
    roles = {key[len(_ROLE_PREFIX) :] for key in labels_of(node) if key.startswith(_ROLE_PREFIX)}
    return sorted((roles | {labels_of(node).get(_ROLE, "")}) - {""})


def _address(node: Obj, kind: str) -> str:
    addresses = status_of(node).get("addresses") or ()
    return next((a["address"] for a in addresses if a["type"] == kind), NONE)


def _config_map(obj: Obj, now_ms: int) -> list[Any]:
    return [len(obj.get("data") or ()) + len(obj.get("binaryData") or ()), age(obj, now_ms)]


def _secret(obj: Obj, now_ms: int) -> list[Any]:
    return [obj.get("type", ""), len(obj.get("data") or ()), age(obj, now_ms)]


def _event(obj: Obj, now_ms: int) -> list[Any]:
    first = since(obj.get("firstTimestamp") or obj.get("eventTime"), now_ms)
    last = since(obj["lastTimestamp"], now_ms) if obj.get("lastTimestamp") else first
    count, series = obj.get("count") or 1, obj.get("series")
    if series:
        last, count = since(series.get("lastObservedTime"), now_ms), series.get("count", 0)
    about = obj.get("involvedObject") or {}
    kind = about.get("kind", "").lower()
    return [
        last,
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{about['name']}" if about.get("name") else kind,
        about.get("fieldPath", ""),
        _event_source(obj),
        (obj.get("message") or "").strip(),
        first,
        count,
        obj["metadata"]["name"],
    ]


def _event_source(obj: Obj) -> str:
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent", "")
    host = source.get("host") or obj.get("reportingInstance", "")
    return f"{component}, {host}" if host else component


def _lease(obj: Obj, now_ms: int) -> list[Any]:
    return [spec_of(obj).get("holderIdentity") or "", age(obj, now_ms)]


def _resource_quota(obj: Obj, now_ms: int) -> list[Any]:
    hard, used = status_of(obj).get("hard") or {}, status_of(obj).get("used") or {}
    texts: tuple[list[str], list[str]] = [], []
    for name in sorted(hard):
        texts[name.startswith("limits.")].append(f"{name}: {used.get(name, '0')}/{hard[name]}")
    return [", ".join(texts[False]), ", ".join(texts[True]), age(obj, now_ms)]


def _priority_class(obj: Obj, now_ms: int) -> list[Any]:
    is_default = bool(obj.get("globalDefault"))
    return [obj.get("value", 0), is_default, age(obj, now_ms), obj.get("preemptionPolicy", "")]


NAMESPACE: Table = named(Column("Status", "The phase of the namespace."), AGE, row=_namespace)
NODE: Table = named(
    Column("Status", "Whether the node is ready and takes pods."),
    Column("Roles", "The roles that the node's labels name."),
    AGE,
    Column("Version", "The kubelet's version."),
    wide("Internal-IP"),
    wide("External-IP"),
    wide("OS-Image"),
    wide("Kernel-Version"),
    wide("Container-Runtime"),
    row=_node,
)
CONFIG_MAP: Table = named(Column("Data", "How many keys there are."), AGE, row=_config_map)
SECRET: Table = named(
    Column("Type", "What the secret is for."), Column("Data", "How many keys there are."), AGE, row=_secret
)
EVENT = Table(
    (
        Column("Last Seen", "How long ago it happened last."),
        Column("Type", "Normal or Warning."),
        Column("Reason", "The cause in one word."),
        Column("Object", "What the event is about."),
        wide("Subobject", "The part of the object."),
        wide("Source", "Who reported the event."),
        Column("Message", "What happened."),
        wide("First Seen", "How long ago it happened first."),
        wide("Count", "How often it happened."),
        Column("Name", NAME.description, format="name", priority=1),
    ),
    _event,
)
LEASE: Table = named(Column("Holder", "Who holds the lease."), AGE, row=_lease)
RESOURCE_QUOTA: Table = named(
    Column("Request", "Used and allowed counts and requests."),
    Column("Limit", "Used and allowed limits."),
    AGE,
    row=_resource_quota,
)
PRIORITY_CLASS: Table = named(
    number("Value", "The priority."),
    Column("Global-Default", "Whether pods without a class get this one.", "boolean"),
    AGE,
    Column("PreemptionPolicy", "Whether pods of the class push others out."),
    row=_priority_class,
)
