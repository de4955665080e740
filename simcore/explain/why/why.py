"""The whole answer to `why?` about one object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating, uid_of
from simcore.etcd.interface import Entry
from simcore.explain.past import Found
from simcore.explain.trace import ancestors
from simcore.explain.why.answer import Proof, Reason, Verdict
from simcore.explain.why.node import why_node
from simcore.explain.why.others import (
    why_autoscaler,
    why_budget,
    why_claim,
    why_cron_job,
    why_namespace,
    why_quota,
)
from simcore.explain.why.pod import why_here, why_pod
from simcore.explain.why.scene import Scene, condition, listed
from simcore.explain.why.service import why_service
from simcore.explain.why.workload import why_daemon_set, why_job, why_workload

MOST_OWNERS = 8
_BY_KIND: dict[str, Callable[[Scene, str, Found], Verdict]] = {
    "Pod": why_pod,
    "Node": why_node,
    "Service": why_service,
    "Deployment": why_workload,
    "ReplicaSet": why_workload,
    "ReplicationController": why_workload,
    "StatefulSet": why_workload,
    "DaemonSet": why_daemon_set,
    "Job": why_job,
    "CronJob": why_cron_job,
    "HorizontalPodAutoscaler": why_autoscaler,
    "Namespace": why_namespace,
    "PersistentVolumeClaim": why_claim,
    "PodDisruptionBudget": why_budget,
    "ResourceQuota": why_quota,
}


@dataclass(frozen=True)
class Why:
    verdict: Verdict
    exists: Reason
    here: Reason | None


def why(scene: Scene, kind: Kind, key: Key) -> Why | None:
    """None when there is no such object at that time."""
    path = kind.path(key)
    found = scene.past.get(path)
    if found is None:
        return None
    explain = _BY_KIND.get(kind.kind, _why_any)
    here = why_here(scene, path, found.obj) if kind.kind == "Pod" else None
    return Why(explain(scene, path, found), why_exists(scene, path, found.obj), here)


def why_exists(scene: Scene, path: str, obj: Obj) -> Reason:
    """Who made it, for whom, and which write that goes back to."""
    creation = scene.creation(path)
    owners = _owners(scene, obj)
    if creation is None:
        made_for = f" {owners[0][0]} owns it." if owners else ""
        return Reason(f"It was created before the history that is kept.{made_for}")
    actor = creation.origin.actor
    proofs = [Proof(creation.revision, f"created by {actor}")]
    chain = ancestors(scene.chronicle, creation.revision)
    first = _first(scene, chain)
    if first is not None:
        did = "created" if first.version == 1 else "deleted" if first.value is None else "changed"
        subject = scene.subjects.of(first.key)
        proofs.insert(0, Proof(first.revision, f"{first.origin.actor} {did} {subject}"))
    told = f"{actor} created it"
    if owners:
        told += f" for {owners[0][0]}"
        told += "".join(f", which belongs to {name}" for name, _ in owners[1:])
        proofs += [Proof(revision, f"{name} wants it") for name, revision in owners]
    if first is not None:
        told += f"; it began when {first.origin.actor} {did} {subject}"
    return Reason(f"{told}.", tuple(proofs))


def _first(scene: Scene, chain: list[int]) -> Entry | None:
    return next(iter(scene.chronicle.writes(chain[0])), None) if chain else None


def _owners(scene: Scene, obj: Obj) -> list[tuple[str, int]]:
    """The controllers above it, the nearest first: as one names them, and their revision."""
    found: list[tuple[str, int]] = []
    namespace = obj["metadata"].get("namespace", "")
    owner = controller_of(obj)
    while owner is not None and len(found) < MOST_OWNERS:
        kind = scene.subjects.by_kind(owner["apiVersion"], owner["kind"])
        above = scene.find(kind, Key(namespace if kind.namespaced else "", owner["name"])) if kind else None
        if above is None or uid_of(above.obj) != owner["uid"]:
            break
        found.append((f"{owner['kind']} {owner['name']}", above.revision))
        owner = controller_of(above.obj)
    return found


def _why_any(scene: Scene, path: str, found: Found) -> Verdict:
    """What can be said of an object of any kind."""
    obj, meta = found.obj, found.obj["metadata"]
    status = obj.get("status") if isinstance(obj.get("status"), dict) else {}
    if is_terminating(obj):
        since = scene.since(path, is_terminating)
        held = meta.get("finalizers") or (obj.get("spec") or {}).get("finalizers") or []
        many = "finalizers" if len(held) > 1 else "finalizer"
        told = (
            f"It is being deleted; {many} {listed(held)} must go first." if held else "It is being deleted."
        )
        return Verdict("wait", told, (Proof(since, "deletion asked for"),))
    for name in ("Ready", "Available", "Established"):
        said = condition(obj, name)
        if said.get("status") in ("False", "Unknown"):
            message = said.get("message") or said.get("reason") or said["status"]
            return Verdict("bad", f"It is not {name.lower()}: {message}", (Proof(found.revision, name),))
    phase = (status or {}).get("phase", "")
    if phase in ("Pending", "Lost", "Failed"):
        warning = scene.last_warning(meta.get("namespace", ""), meta["name"], uid_of(obj))
        told = f" {warning.text}" if warning else ""
        proofs = (Proof(found.revision, f"phase {phase}"), *((warning,) if warning else ()))
        return Verdict("wait" if phase == "Pending" else "bad", f"Its phase is {phase}.{told}", proofs)
    said_phase = f" Its phase is {phase}." if phase else ""
    return Verdict("ok", f"It is as it was written.{said_phase}", (Proof(found.revision, "last written"),))
