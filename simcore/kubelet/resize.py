"""Pods that are given other resources while they run: whether the node has room, and what is told.

Models: kubernetes v1.36 pkg/kubelet/allocation/allocation_manager.go (handlePodResourcesResize, canResizePod).
Left out: see docs/deviations.md, kubelet.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Obj
from simcore.kubelet.admission import Amounts
from simcore.kubelet.containers import Containers
from simcore.kubelet.happenings import Happening
from simcore.kubelet.records import PodRecord
from simcore.kubelet.surroundings import specs_of

PENDING = "PodResizePending"


class Pending(NamedTuple):
    """Why a pod must wait for what it asks."""

    reason: Literal["Deferred", "Infeasible"]
    message: str


def note_wishes(before: Obj, after: Obj, record: PodRecord) -> None:
    """Keeps what the containers have, where the Pod asks for something else now."""
    had = {spec["name"]: spec.get("resources") or {} for spec in specs_of(before)}
    for spec in specs_of(after):
        name: str = spec["name"]
        wanted: Obj = spec.get("resources") or {}
        has: Obj = record.allocated[name] if name in record.allocated else had.get(name, wanted)
        if has != wanted:
            record.allocated = {**record.allocated, name: has}
        elif name in record.allocated:  # the wish was taken back
            record.allocated = {n: kept for n, kept in record.allocated.items() if n != name}
    if not record.allocated:
        record.resize = None


def judge(requests: Amounts, used: Amounts, room: Amounts) -> Pending | None:
    """`used` by the other pods of the node. None: it fits."""
    for resource in ("cpu", "memory"):
        wanted, most = getattr(requests, resource), getattr(room, resource)
        if wanted > most:
            text = f"Node didn't have enough capacity: {resource}, requested: {wanted}, capacity: {most}"
            return Pending("Infeasible", text)
    for resource in ("cpu", "memory"):
        wanted, taken, most = (getattr(a, resource) for a in (requests, used, room))
        if wanted > most - taken:
            text = f"Node didn't have enough resource: {resource}, requested: {wanted}, used: {taken}, capacity: {most}"
            return Pending("Deferred", text)
    return None


def must_restart(spec: Obj, has: Obj) -> bool:
    """Whether the container's own policy asks for a restart when these resources change."""
    policies = {p["resourceName"]: p["restartPolicy"] for p in spec.get("resizePolicy") or ()}
    wants = spec.get("resources") or {}
    return any(
        policies.get(resource) == "RestartContainer"
        and any(
            (wants.get(s) or {}).get(resource) != (has.get(s) or {}).get(resource)
            for s in ("requests", "limits")
        )
        for resource in ("cpu", "memory")
    )


def told(
    pod: Obj, what: Literal["started", "completed", "deferred", "infeasible"], why: str = ""
) -> Happening:
    """The Event, with what the containers are to have."""
    containers = [
        {"name": c["name"], "resources": c.get("resources") or {}} for c in pod["spec"]["containers"]
    ]
    doc = {"containers": containers, "generation": pod["metadata"].get("generation", 1)}
    doc |= {"error": why} if why else {}
    level: Literal["Normal", "Warning"] = "Warning" if why else "Normal"
    return Happening(level, f"Resize{what.capitalize()}", f"Pod resize {what}: {encode(doc).decode()}")


def resize(pod: Obj, record: PodRecord, pending: Pending | None, containers: Containers) -> list[Happening]:
    """Gives the containers what the Pod asks for, or notes why not."""
    if pending is not None:
        if record.resize == tuple(pending):
            return []
        record.resize = (pending.reason, pending.message)
        return [told(pod, "deferred" if pending.reason == "Deferred" else "infeasible", pending.message)]
    had, record.allocated, record.resize = record.allocated, {}, None
    happened = [told(pod, "started")]
    for spec in specs_of(pod):
        if spec["name"] in had:
            containers.resized(
                spec, record.container(spec["name"]), restart=must_restart(spec, had[spec["name"]])
            )
    return [*happened, told(pod, "completed")]
