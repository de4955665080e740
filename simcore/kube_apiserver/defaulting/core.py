"""Defaults of namespaces, nodes, configuration, events and leases.

Models: kubernetes v1.36 pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero, quantities

NAME_LABEL = "kubernetes.io/metadata.name"
_EVENT_KEYS: Obj = {"source": {}, "reportingComponent": "", "reportingInstance": ""}
_NODE_INFO = dict.fromkeys(
    (
        *("machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion"),
        *("kubeletVersion", "kubeProxyVersion", "operatingSystem", "architecture"),
    ),
    "",
)
_EVENT_TIMES = ("eventTime", "firstTimestamp", "lastTimestamp")


def default_namespace(obj: Obj) -> Obj:
    meta = obj["metadata"]
    labels, name = meta.get("labels") or {}, meta.get("name")
    if name and labels.get(NAME_LABEL) != name:
        meta = {**meta, "labels": {**labels, NAME_LABEL: name}}
    status = fill_zero(obj.get("status") or {}, {"phase": "Active"})
    return {**obj, "metadata": meta, "spec": obj.get("spec") or {}, "status": status}


def default_node(obj: Obj) -> Obj:
    status = obj.get("status") or {}
    for field in ("capacity", "allocatable"):
        status = change(status, field, quantities)
    status = fill(status, {"daemonEndpoints": {}, "nodeInfo": {}})
    status = change(status, "daemonEndpoints", lambda ends: fill(ends, {"kubeletEndpoint": {"Port": 0}}))
    status = change(status, "nodeInfo", lambda info: fill(info, _NODE_INFO))
    if status.get("allocatable") is None and status.get("capacity") is not None:
        status = {**status, "allocatable": status["capacity"]}
    spec = obj.get("spec") or {}
    first, ranges = spec.get("podCIDR"), spec.get("podCIDRs") or []
    if first and first not in ranges[:1]:
        spec = {**spec, "podCIDRs": [first]}
    elif ranges and not first:
        spec = {**spec, "podCIDR": ranges[0]}
    return {**obj, "spec": spec, "status": status}


def default_config_map(obj: Obj) -> Obj:
    return without_empty(obj, ("data", "binaryData"))


def default_secret(obj: Obj) -> Obj:
    return fill_zero(without_empty(obj, ("data",)), {"type": "Opaque"})


def default_event(obj: Obj) -> Obj:
    """The fields that upstream's type writes even when they hold nothing."""
    done = fill(obj, _EVENT_KEYS)
    missing = {field: None for field in _EVENT_TIMES if field not in done}
    return {**done, **missing} if missing else done


def default_lease(obj: Obj) -> Obj:
    return fill(obj, {"spec": {}})


def default_resource_quota(obj: Obj) -> Obj:
    spec = change(obj.get("spec") or {}, "hard", quantities)
    status = change(obj.get("status") or {}, "hard", quantities)
    return {**obj, "spec": spec, "status": change(status, "used", quantities)}


def default_limit_range(obj: Obj) -> Obj:
    spec = change(obj.get("spec") or {}, "limits", each(_limit))
    return {**obj, "spec": spec if spec.get("limits") else {**spec, "limits": None}}


def without_empty(obj: Obj, fields: tuple[str, ...]) -> Obj:
    """`obj` without those of the fields that are there and hold nothing."""
    empty = [field for field in fields if field in obj and not obj[field]]
    return {k: v for k, v in obj.items() if k not in empty} if empty else obj


def _limit(item: Obj) -> Obj:
    for field in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
        item = change(item, field, quantities)
    if item.get("type") != "Container":
        return item
    default = {**(item.get("max") or {}), **(item.get("default") or {})}
    request = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
    return without_empty(
        {**item, "default": default, "defaultRequest": request}, ("default", "defaultRequest")
    )
