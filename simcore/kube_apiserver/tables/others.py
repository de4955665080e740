"""The rows of storage, access, policy and autoscaling kinds.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simcore.apimachinery.meta import Obj, annotations_of, is_terminating
from simcore.apimachinery.quantity import canonical
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import UNKNOWN, age
from simcore.kube_apiserver.tables.table import AGE, NAME, Table, named, number, wide
from simcore.kube_apiserver.tables.text import NONE, UNSET, first_of, spec_of, status_of

_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}
_DEFAULT_CLASS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_CLASS = "volume.beta.kubernetes.io/storage-class"
_SHOWN_METRICS = 2


def access_modes(modes: Sequence[str] | None) -> str:
    """In upstream's order, each once: `RWO,ROX`."""
    return ",".join(short for name, short in _MODES.items() if name in (modes or ()))


def _class_of(obj: Obj) -> str:
    """The annotation of old objects goes before the field."""
    return str(annotations_of(obj).get(_CLASS) or spec_of(obj).get("storageClassName") or "")


def _claim(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    volume = spec.get("volumeName") or ""
    capacity = canonical((status.get("capacity") or {}).get("storage", "0")) if volume else ""
    return [
        "Terminating" if is_terminating(obj) else status.get("phase", ""),
        volume,
        capacity,
        access_modes(status.get("accessModes")) if volume else "",
        _class_of(obj),
        spec.get("volumeAttributesClassName") or UNSET,
        age(obj, now_ms),
        spec.get("volumeMode") or UNSET,
    ]


def _volume(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    claim = spec.get("claimRef")
    return [
        canonical((spec.get("capacity") or {}).get("storage", "0")),
        access_modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if is_terminating(obj) else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        _class_of(obj),
        spec.get("volumeAttributesClassName") or UNSET,
        status.get("reason", ""),
        age(obj, now_ms),
        spec.get("volumeMode") or UNSET,
    ]


def _storage_class(obj: Obj, now_ms: int) -> list[Any]:
    name = obj["metadata"]["name"]
    is_default = any(annotations_of(obj).get(mark) == "true" for mark in _DEFAULT_CLASS)
    return [
        f"{name} (default)" if is_default else name,
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy") or "Delete",
        obj.get("volumeBindingMode") or UNSET,
        bool(obj.get("allowVolumeExpansion")),
        age(obj, now_ms),
    ]


def _binding(obj: Obj, now_ms: int) -> list[Any]:
    role = obj.get("roleRef") or {}
    subjects = obj.get("subjects") or ()
    listed = {kind: [_subject(s) for s in subjects if s.get("kind") == kind] for kind in _SUBJECTS}
    return [f"{role.get('kind')}/{role.get('name')}", age(obj, now_ms), *map(", ".join, listed.values())]


_SUBJECTS = ("User", "Group", "ServiceAccount")


def _subject(subject: Obj) -> str:
    if subject.get("kind") == "ServiceAccount":
        return f"{subject.get('namespace', '')}/{subject.get('name', '')}"
    return str(subject.get("name", ""))


def _budget(obj: Obj, now_ms: int) -> list[Any]:
    spec = spec_of(obj)
    limits = [str(spec[f]) if spec.get(f) is not None else "N/A" for f in ("minAvailable", "maxUnavailable")]
    return [*limits, status_of(obj).get("disruptionsAllowed", 0), age(obj, now_ms)]


def _autoscaler(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    target = spec.get("scaleTargetRef") or {}
    least = spec.get("minReplicas")
    return [
        f"{target.get('kind')}/{target.get('name')}",
        _metrics(spec.get("metrics") or (), status.get("currentMetrics") or ()),
        UNSET if least is None else str(least),
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        age(obj, now_ms),
    ]


def _metrics(wanted: Sequence[Obj], current: Sequence[Obj]) -> str:
    texts = [_metric(spec, current[i] if i < len(current) else {}) for i, spec in enumerate(wanted)]
    return first_of(texts, _SHOWN_METRICS, ", ") or NONE


_METRIC_FIELDS: Mapping[str, str] = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _metric(spec: Obj, status: Obj) -> str:
    field = _METRIC_FIELDS.get(spec.get("type", ""), "")
    if not field:
        return "<unknown type>"
    source, now = spec.get(field) or {}, (status.get(field) or {}).get("current") or {}
    target = source.get("target") or {}
    named_metric = f"{source.get('name')}: " if field in ("resource", "containerResource") else ""
    if target.get("averageValue") is not None:
        suffix = " (avg)" if field in ("object", "external") else ""
        return f"{named_metric}{now.get('averageValue', UNKNOWN)}/{target['averageValue']}{suffix}"
    if field in ("resource", "containerResource"):
        used, wanted = now.get("averageUtilization"), target.get("averageUtilization")
        shown = UNKNOWN if used is None else f"{used}%"
        return f"{named_metric}{shown}/{'<auto>' if wanted is None else f'{wanted}%'}"
    return f"{now.get('value', UNKNOWN)}/{target.get('value', '0')}"


def _runtime_class(obj: Obj, now_ms: int) -> list[Any]:
    return [obj.get("handler", ""), age(obj, now_ms)]


def _ip_address(obj: Obj, now_ms: int) -> list[Any]:
    parent = spec_of(obj).get("parentRef") or {}
    parts = (parent.get("resource"), parent.get("group"), parent.get("namespace"), parent.get("name"))
    return ["/".join(filter(None, parts)), age(obj, now_ms)]


CLAIM: Table = named(
    Column("Status", "The phase of the claim."),
    Column("Volume", "The volume that it has."),
    Column("Capacity", "The size of that volume."),
    Column("Access Modes", "How the volume may be used."),
    Column("StorageClass", "The class that was asked for."),
    Column("VolumeAttributesClass", "The class of the volume's attributes."),
    AGE,
    wide("VolumeMode", "Files or blocks."),
    row=_claim,
)
VOLUME: Table = named(
    Column("Capacity", "The size of the volume."),
    Column("Access Modes", "How it may be used."),
    Column("Reclaim Policy", "What becomes of it after its claim."),
    Column("Status", "The phase of the volume."),
    Column("Claim", "Who has it."),
    Column("StorageClass", "The class it belongs to."),
    Column("VolumeAttributesClass", "The class of its attributes."),
    Column("Reason", "Why it is in that phase."),
    AGE,
    wide("VolumeMode", "Files or blocks."),
    row=_volume,
)
STORAGE_CLASS = Table(
    (
        NAME,
        Column("Provisioner", "Who makes volumes of the class."),
        Column("ReclaimPolicy", "What becomes of them after their claims."),
        Column("VolumeBindingMode", "When a claim gets its volume."),
        Column("AllowVolumeExpansion", "Whether volumes may grow.", "boolean"),
        AGE,
    ),
    _storage_class,
)
BINDING: Table = named(
    Column("Role", "What is granted."),
    AGE,
    wide("Users", "To which users."),
    wide("Groups", "To which groups."),
    wide("ServiceAccounts", "To which service accounts."),
    row=_binding,
)
BUDGET: Table = named(
    Column("Min Available", "How many pods must be available."),
    Column("Max Unavailable", "How many may be unavailable."),
    number("Allowed Disruptions", "How many may be disrupted now."),
    AGE,
    row=_budget,
)
AUTOSCALER: Table = named(
    Column("Reference", "What is scaled."),
    Column("Targets", "Measured and wanted values."),
    Column("MinPods", "The fewest pods."),
    number("MaxPods", "The most pods."),
    number("Replicas", "How many pods there are."),
    AGE,
    row=_autoscaler,
)
RUNTIME_CLASS: Table = named(Column("Handler", "What runs the containers."), AGE, row=_runtime_class)
IP_ADDRESS: Table = named(Column("ParentRef", "Who has the address."), AGE, row=_ip_address)
