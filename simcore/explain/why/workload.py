"""Why a workload is complete or not: its own counts, and the pod that holds it back."""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj, controller_of, key_of, uid_of
from simcore.explain.past import Found
from simcore.explain.why.answer import Proof, Verdict
from simcore.explain.why.pod import why_pod
from simcore.explain.why.scene import Scene, condition, shortened

_WORST = {"bad": 0, "wait": 1, "ok": 2}
MOST_ASKED = 50
"""Pods that are asked before the worst of them is named."""


def why_workload(scene: Scene, path: str, found: Found) -> Verdict:
    """A Deployment, ReplicaSet, ReplicationController or StatefulSet."""
    obj = found.obj
    status, wanted = obj.get("status") or {}, (obj.get("spec") or {}).get("replicas", 1)
    early = _early(scene, path, obj)
    if early is not None:
        return early
    available = status.get("availableReplicas", status.get("readyReplicas", 0))
    if (obj.get("spec") or {}).get("paused"):
        since = scene.since(path, lambda o: bool((o.get("spec") or {}).get("paused")))
        told = f"It is paused: changes of its template wait. {available} of {wanted} replicas are available."
        return Verdict("wait", told, (Proof(since, "paused"),))
    updated = status.get("updatedReplicas", status.get("replicas", 0))
    if available >= wanted and updated >= wanted and status.get("replicas", 0) == wanted:
        if not wanted:
            return Verdict("ok", "It wants no replicas and has none.", (Proof(found.revision, "0 replicas"),))
        since = scene.since(path, lambda o: _count(o, "availableReplicas") >= wanted)
        return Verdict("ok", f"All {wanted} replicas are available.", (Proof(since, f"{wanted} available"),))
    told = f"{available} of {wanted} replicas are available"
    if updated < wanted and "updatedReplicas" in status:
        told = f"{updated} of {wanted} replicas have the newest template, {available} are available"
    elif status.get("replicas", 0) > wanted:
        told = f"{status['replicas'] - wanted} replicas more than wanted are still there"
    return _blamed(scene, obj, told, Proof(found.revision, "the counts"))


def why_daemon_set(scene: Scene, path: str, found: Found) -> Verdict:
    status = found.obj.get("status") or {}
    early = _early(scene, path, found.obj)
    if early is not None:
        return early
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    if ready >= wanted and status.get("updatedNumberScheduled", 0) >= wanted:
        since = scene.since(path, lambda o: _count(o, "numberReady") >= wanted)
        told = f"Its pod is ready on all {wanted} nodes that fit." if wanted else "No node fits its pods."
        return Verdict("ok", told, (Proof(since, f"{wanted} ready"),))
    return _blamed(
        scene, found.obj, f"Its pod is ready on {ready} of {wanted} nodes", Proof(found.revision, "counts")
    )


def why_job(scene: Scene, path: str, found: Found) -> Verdict:
    obj = found.obj
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    for kind, state, told in (("Complete", "ok", "It is complete"), ("Failed", "bad", "It has failed")):
        said = condition(obj, kind)
        if said.get("status") == "True":
            since = scene.since(path, _has(kind))
            message = f": {shortened(said['message'])}" if said.get("message") else "."
            return Verdict("ok" if state == "ok" else "bad", told + message, (Proof(since, kind),))
    if spec.get("suspend"):
        return Verdict("wait", "It is suspended.", (Proof(found.revision, "spec.suspend is true"),))
    wanted, done = spec.get("completions", spec.get("parallelism", 1)), status.get("succeeded", 0)
    told = f"{done} of {wanted} completions are done, {status.get('active', 0)} pods are active"
    return _blamed(scene, obj, told, Proof(found.revision, "the counts"))


def _early(scene: Scene, path: str, obj: Obj) -> Verdict | None:
    """What stands before any counting."""
    status, generation = obj.get("status") or {}, obj["metadata"].get("generation", 0)
    if status.get("observedGeneration", 0) < generation:
        since = scene.since(path, lambda o: o["metadata"].get("generation", 0) == generation)
        return Verdict(
            "wait", "Its controller has not seen the newest spec yet.", (Proof(since, "spec changed"),)
        )
    failure = condition(obj, "ReplicaFailure")
    if failure.get("status") == "True":
        since = scene.since(path, _has("ReplicaFailure"))
        return Verdict(
            "bad",
            f"Its pods can't be made: {shortened(failure.get('message', ''))}",
            (Proof(since, "refused"),),
        )
    progress = condition(obj, "Progressing")
    if progress.get("reason") == "ProgressDeadlineExceeded":
        since = scene.since(
            path, lambda o: condition(o, "Progressing").get("reason") == "ProgressDeadlineExceeded"
        )
        proof = Proof(since, "ProgressDeadlineExceeded")
        told = "Its update has made no progress within its deadline"
        return _blamed(scene, obj, told, proof, at_best="bad")
    return None


def _blamed(scene: Scene, obj: Obj, told: str, proof: Proof, *, at_best: str = "wait") -> Verdict:
    """The sentence with the worst pod's own."""
    verdicts = [
        (why_pod(scene, POD.path(key_of(pod.obj)), pod), pod) for pod in _pods(scene, obj)[:MOST_ASKED]
    ]
    unwell = [(verdict, pod) for verdict, pod in verdicts if verdict.state != "ok"]
    if not unwell:
        return Verdict("bad" if at_best == "bad" else "wait", f"{told}.", (proof,))
    verdict, pod = min(unwell, key=lambda pair: _WORST[pair[0].state])
    name = pod.obj["metadata"]["name"]
    sentence = f"{told}. Pod {name}: {verdict.sentence}"
    proofs = (proof, Proof(pod.revision, f"pod {name} at that time"), *verdict.proofs)
    return Verdict("bad" if "bad" in (at_best, verdict.state) else "wait", sentence, proofs)


def _pods(scene: Scene, obj: Obj) -> list[Found]:
    """Its pods, of a Deployment those of its ReplicaSets; the newest first."""
    selector = (obj.get("spec") or {}).get("selector") or {}
    if selector and "matchLabels" not in selector and "matchExpressions" not in selector:
        selector = {"matchLabels": selector}  # a ReplicationController's
    uid, is_deployment = uid_of(obj), obj["kind"] == "Deployment"
    pods = scene.pods_of(obj["metadata"]["namespace"], selector)
    mine = [p for p in pods if is_deployment or (controller_of(p.obj) or {}).get("uid") == uid]
    return sorted(mine, key=lambda pod: -pod.revision)


def _count(obj: Obj, field: str) -> int:
    count: int = (obj.get("status") or {}).get(field, 0)
    return count


def _has(kind: str) -> Callable[[Obj], bool]:
    return lambda obj: condition(obj, kind).get("status") == "True"
