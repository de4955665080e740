"""Why claims, namespaces, quotas, budgets, autoscalers and cron jobs are as they are."""

from __future__ import annotations

from functools import partial

from simcore.apimachinery.kinds import STORAGE_CLASS
from simcore.apimachinery.meta import Key, Obj, is_terminating, uid_of
from simcore.apimachinery.quantity import milli
from simcore.explain.past import Found
from simcore.explain.why.answer import Proof, Verdict
from simcore.explain.why.scene import Scene, condition, listed, shortened

_REMAINING = (
    "NamespaceContentRemaining",
    "NamespaceFinalizersRemaining",
    "NamespaceDeletionDiscoveryFailure",
)
_SCALING = ("AbleToScale", "ScalingActive")


def why_claim(scene: Scene, path: str, found: Found) -> Verdict:
    """A PersistentVolumeClaim."""
    claim = found.obj
    spec, phase = claim.get("spec") or {}, (claim.get("status") or {}).get("phase", "Pending")
    since = scene.since(path, lambda c: (c.get("status") or {}).get("phase", "Pending") == phase)
    if phase == "Bound":
        return Verdict(
            "ok", f"It is bound to {spec.get('volumeName', 'a volume')}.", (Proof(since, "bound"),)
        )
    if phase == "Lost":
        told = f"It has lost its volume {spec.get('volumeName', '')}: the volume is gone."
        return Verdict("bad", told, (Proof(since, "lost"),))
    warning = scene.last_warning(claim["metadata"]["namespace"], claim["metadata"]["name"], uid_of(claim))
    if warning:
        return Verdict("bad", f"It is not bound: {warning.text}", (Proof(since, "unbound"), warning))
    name = spec.get("storageClassName") or ""
    made = scene.find(STORAGE_CLASS, Key("", name)) if name else None
    if made is not None and made.obj.get("volumeBindingMode") == "WaitForFirstConsumer":
        told = f"It waits for the first pod that uses it: class {name} binds a volume only then."
        return Verdict("wait", told, (Proof(since, "unbound"), Proof(made.revision, f"class {name}")))
    wants = f"of class {name}" if name else "without a class"
    return Verdict("wait", f"No volume {wants} fits it yet.", (Proof(since, "unbound"),))


def why_namespace(scene: Scene, path: str, found: Found) -> Verdict:
    space = found.obj
    if not is_terminating(space):
        return Verdict("ok", "It is active.", (Proof(found.revision, "last written"),))
    since = scene.since(path, is_terminating)
    remaining = [said for name in _REMAINING if (said := condition(space, name)).get("status") == "True"]
    told = " ".join(shortened(said.get("message", "")) for said in remaining)
    sentence = f"It is being deleted and waits for what is in it. {told}".strip()
    return Verdict(
        "wait", sentence, (Proof(since, "deletion asked for"), Proof(found.revision, "what remains"))
    )


def why_quota(scene: Scene, path: str, found: Found) -> Verdict:
    status = found.obj.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    full = [
        f"{name} ({used[name]} of {hard[name]})"
        for name in sorted(hard)
        if _is_full(used.get(name), hard[name])
    ]
    if full:
        told = f"It lets nothing more in of {listed(full)}."
        return Verdict("bad", told, (Proof(found.revision, "what is used"),))
    return Verdict("ok", "There is room in all that it limits.", (Proof(found.revision, "what is used"),))


def why_budget(scene: Scene, path: str, found: Found) -> Verdict:
    """A PodDisruptionBudget."""
    status = found.obj.get("status") or {}
    healthy, wanted = status.get("currentHealthy", 0), status.get("desiredHealthy", 0)
    allowed = status.get("disruptionsAllowed", 0)
    told = f"{healthy} of its {status.get('expectedPods', 0)} pods are healthy and {wanted} must stay so"
    if allowed:
        return Verdict("ok", f"{allowed} may be evicted now: {told}.", (Proof(found.revision, "the counts"),))
    return Verdict("wait", f"Nothing may be evicted now: {told}.", (Proof(found.revision, "the counts"),))


def why_autoscaler(scene: Scene, path: str, found: Found) -> Verdict:
    """A HorizontalPodAutoscaler."""
    for name in _SCALING:
        said = condition(found.obj, name)
        if said.get("status") == "False":
            since = scene.since(path, partial(_fails, name))
            told = f"It can't scale: {shortened(said.get('message') or said.get('reason', name))}"
            return Verdict("bad", told, (Proof(since, f"{name}: {said.get('reason', '')}"),))
    status = found.obj.get("status") or {}
    now, wanted = status.get("currentReplicas", 0), status.get("desiredReplicas", 0)
    limited = condition(found.obj, "ScalingLimited")
    more = f" {shortened(limited.get('message', ''))}." if limited.get("status") == "True" else ""
    told = f"It has {now} replicas and wants {wanted}.{more}"
    return Verdict("ok" if now == wanted else "wait", told, (Proof(found.revision, "the counts"),))


def why_cron_job(scene: Scene, path: str, found: Found) -> Verdict:
    spec, status = found.obj.get("spec") or {}, found.obj.get("status") or {}
    if spec.get("suspend"):
        since = scene.since(path, _is_suspended)
        return Verdict(
            "wait", "It is suspended: it makes no Job until that is lifted.", (Proof(since, "suspended"),)
        )
    last, active = status.get("lastScheduleTime"), len(status.get("active") or ())
    ran = f"its last one was due at {last}" if last else "it has made none yet"
    told = f"It makes a Job by the schedule {spec.get('schedule', '')}; {ran}, and {active} are active."
    return Verdict("ok", told, (Proof(found.revision, "its status"),))


def _fails(name: str, obj: Obj) -> bool:
    return condition(obj, name).get("status") == "False"


def _is_suspended(obj: Obj) -> bool:
    return bool((obj.get("spec") or {}).get("suspend"))


def _is_full(used: str | None, hard: str) -> bool:
    return used is not None and milli(used) >= milli(hard)
