"""Why a pod is ready, waits or fails."""

from __future__ import annotations

import re

from simcore.apimachinery.kinds import NODE, PERSISTENT_VOLUME_CLAIM
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.explain.past import Found
from simcore.explain.sentences import failing_containers
from simcore.explain.why.answer import Proof, Reason, Verdict
from simcore.explain.why.containers import why_containers
from simcore.explain.why.node import why_node
from simcore.explain.why.others import why_claim
from simcore.explain.why.scene import Scene, condition, listed, shortened

_WITHOUT_TAIL = re.compile(r"\. (no new claims to deallocate, )?preemption: .*", re.DOTALL)


def why_pod(scene: Scene, path: str, found: Found) -> Verdict:
    pod = found.obj
    status = pod.get("status") or {}
    if is_terminating(pod):
        return _stopping(scene, path, pod)
    if status.get("phase") == "Succeeded":
        ended = scene.since(path, lambda p: (p.get("status") or {}).get("phase") == "Succeeded")
        return Verdict("ok", "All its containers have ended well.", (Proof(ended, "ended"),))
    if status.get("phase") == "Failed":
        return _failed(scene, path, pod)
    if not pod["spec"].get("nodeName"):
        return _unscheduled(scene, path, pod)
    lost = _lost_node(scene, pod)
    if lost is not None:
        return lost
    if condition(pod, "Ready").get("status") == "True":
        since = scene.since(path, lambda p: condition(p, "Ready").get("status") == "True")
        return Verdict(
            "ok", "It is ready: all its containers run and are ready.", (Proof(since, "became ready"),)
        )
    return why_containers(scene, path, pod)


def why_here(scene: Scene, path: str, pod: Obj) -> Reason | None:
    """Why it is on its node; None while it is on none."""
    node = pod["spec"].get("nodeName")
    if not node:
        return None
    revision = scene.since(path, lambda p: bool(p["spec"].get("nodeName")))
    entry = next((e for e in scene.chronicle.writes(revision) if e.key == path), None)
    if entry is None:
        return Reason(f"It was placed on {node} before the history that is kept.")
    actor = entry.origin.actor
    if entry.version == 1:
        return Reason(f"Its manifest names {node}.", (Proof(revision, f"created by {actor} with this node"),))
    creation = scene.creation(path)
    waited = f", {_span(entry.origin.at - creation.origin.at)} after it was created" if creation else ""
    proofs = [Proof(revision, f"{actor} placed it on {node}")]
    if creation:
        proofs.insert(0, Proof(creation.revision, "created"))
    wanted = _wishes(pod)
    told = f" It asked for {wanted}." if wanted else ""
    return Reason(f"{actor} chose {node} among the nodes that fit{waited}.{told}", tuple(proofs))


def _wishes(pod: Obj) -> str:
    spec = pod["spec"]
    wishes = [f"{key}={value}" for key, value in sorted((spec.get("nodeSelector") or {}).items())]
    affinity = spec.get("affinity") or {}
    wishes += [name for name in ("nodeAffinity", "podAffinity", "podAntiAffinity") if affinity.get(name)]
    wishes += ["even spreading"] if spec.get("topologySpreadConstraints") else []
    return ", ".join(wishes)


def _stopping(scene: Scene, path: str, pod: Obj) -> Verdict:
    since = scene.since(path, is_terminating)
    entry = next(iter(scene.chronicle.writes(since)), None)
    who = f" by {entry.origin.actor}" if entry else ""
    grace = pod["metadata"].get("deletionGracePeriodSeconds")
    within = f"; its containers have {grace} s to end" if grace else ""
    finalizers = pod["metadata"].get("finalizers") or []
    many = "finalizers are" if len(finalizers) > 1 else "finalizer is"
    held = f"; it stays until the {many} removed: {listed(finalizers)}" if finalizers else ""
    lost = _lost_node(scene, pod)
    told = f"It was told to stop{who}{within}{held}." + (f" {lost.sentence}" if lost else "")
    proofs = (Proof(since, f"deletion asked for{who}"), *(lost.proofs if lost else ()))
    return Verdict("bad" if lost else "wait", told, proofs)


def _failed(scene: Scene, path: str, pod: Obj) -> Verdict:
    status = pod["status"]
    since = scene.since(path, lambda p: (p.get("status") or {}).get("phase") == "Failed")
    reason = status.get("reason") or ", ".join(f"{n}: {s}" for n, s in failing_containers(pod).items())
    message = f" ({shortened(status['message'])})" if status.get("message") else ""
    return Verdict("bad", f"It has failed: {reason or 'Failed'}{message}.", (Proof(since, "failed"),))


def _unscheduled(scene: Scene, path: str, pod: Obj) -> Verdict:
    gates = [gate["name"] for gate in pod["spec"].get("schedulingGates") or ()]
    if gates:
        since = scene.since(path, lambda p: bool(p["spec"].get("schedulingGates")))
        return Verdict(
            "wait", f"It is held back by its scheduling gates {listed(gates)}.", (Proof(since, "gated"),)
        )
    told = condition(pod, "PodScheduled")
    if told.get("status") == "False":
        return _fits_nowhere(scene, path, pod, told)
    name = pod["spec"].get("schedulerName", "default-scheduler")
    creation = scene.creation(path)
    proofs = (Proof(creation.revision, "created"),) if creation else ()
    return Verdict("wait", f"It waits for {name} to place it.", proofs)


def _fits_nowhere(scene: Scene, path: str, pod: Obj, told: Obj) -> Verdict:
    """What the scheduler says, less what it says of preemption; and the claim that holds it up."""
    since = scene.since(path, lambda p: condition(p, "PodScheduled").get("status") == "False")
    message = shortened(told.get("message") or told.get("reason") or "no node fits")
    sentence = f"No node takes it: {_WITHOUT_TAIL.sub('.', message)}"
    proofs = [Proof(since, "the scheduler found no node")]
    for volume in pod["spec"].get("volumes") or ():
        key = Key(
            pod["metadata"]["namespace"], (volume.get("persistentVolumeClaim") or {}).get("claimName", "")
        )
        claim = scene.find(PERSISTENT_VOLUME_CLAIM, key) if key.name else None
        if claim is not None and (claim.obj.get("status") or {}).get("phase") != "Bound":
            verdict = why_claim(scene, PERSISTENT_VOLUME_CLAIM.path(key), claim)
            return Verdict(
                "bad", f"{sentence} Claim {key.name}: {verdict.sentence}", (*proofs, *verdict.proofs)
            )
    return Verdict("bad", sentence, tuple(proofs))


def _lost_node(scene: Scene, pod: Obj) -> Verdict | None:
    name = pod["spec"].get("nodeName", "")
    if not name:
        return None
    node = scene.find(NODE, Key("", name))
    if node is None:
        return Verdict("bad", f"Its node {name} is gone.")
    if condition(node.obj, "Ready").get("status") != "Unknown":
        return None
    verdict = why_node(scene, NODE.path(Key("", name)), node)
    told = verdict.sentence[:1].lower() + verdict.sentence[1:]
    return Verdict("bad", f"Its node {name} is lost: {told}", verdict.proofs)


def _span(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.3g} s"
