"""Why a pod is ready, waits or fails."""

from __future__ import annotations

from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Key, Obj, is_terminating, uid_of
from simcore.explain.past import Found
from simcore.explain.sentences import failing_containers
from simcore.explain.why.answer import Proof, Reason, Verdict
from simcore.explain.why.scene import Scene, condition, listed, shortened
from simcore.kube_apiserver.tables.pod import summary

_PULLS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")


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
    return _containers(scene, path, pod)


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
    held = f"; it stays until {listed(finalizers)} is done" if finalizers else ""
    return Verdict(
        "wait", f"It was told to stop{who}{within}{held}.", (Proof(since, f"deletion asked for{who}"),)
    )


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
        since = scene.since(path, lambda p: condition(p, "PodScheduled").get("status") == "False")
        message = shortened(told.get("message") or told.get("reason") or "no node fits")
        return Verdict("bad", f"No node takes it: {message}", (Proof(since, "the scheduler found no node"),))
    name = pod["spec"].get("schedulerName", "default-scheduler")
    creation = scene.creation(path)
    proofs = (Proof(creation.revision, "created"),) if creation else ()
    return Verdict("wait", f"It waits for {name} to place it.", proofs)


def _lost_node(scene: Scene, pod: Obj) -> Verdict | None:
    name = pod["spec"]["nodeName"]
    node = scene.find(NODE, Key("", name))
    if node is None:
        return Verdict("bad", f"Its node {name} is gone.")
    if condition(node.obj, "Ready").get("status") != "Unknown":
        return None
    path = NODE.path(Key("", name))
    since = scene.since(path, lambda n: condition(n, "Ready").get("status") == "Unknown")
    return Verdict(
        "bad", f"Its node {name} has stopped answering.", (Proof(since, f"{name} is no longer heard of"),)
    )


def _containers(scene: Scene, path: str, pod: Obj) -> Verdict:
    failing = failing_containers(pod)
    warning = scene.last_warning(pod["metadata"]["namespace"], pod["metadata"]["name"], uid_of(pod))
    proofs = (warning,) if warning else ()
    if failing:
        name, state = next(iter(failing.items()))
        since = scene.since(path, lambda p: failing_containers(p).get(name) == state)
        return Verdict("bad", _failing(pod, name, state), (Proof(since, f"{name}: {state}"), *proofs))
    status = pod.get("status") or {}
    ready = {c["name"]: c.get("ready", False) for c in status.get("containerStatuses") or ()}
    running = [
        c["name"] for c in status.get("containerStatuses") or () if (c.get("state") or {}).get("running")
    ]
    unready = [name for name in running if not ready[name]]
    if unready:
        since = scene.since(path, lambda p: condition(p, "Ready").get("status") != "True")
        probes = {c["name"]: c for c in pod["spec"]["containers"]}
        spec = probes.get(unready[0], {})
        probe = next((p for p in ("startupProbe", "readinessProbe") if spec.get(p)), "")
        told = f"its {probe} has not succeeded" if probe else "it is not ready yet"
        sentence = f"Container {unready[0]} runs, but {told}."
        return Verdict("bad" if warning else "wait", sentence, (Proof(since, "not ready"), *proofs))
    revision = scene.since(path, lambda p: bool(p["spec"].get("nodeName")))
    waiting = "Its init containers run first." if status.get("initContainerStatuses") and not running else ""
    told = waiting or f"Its containers are being made on {pod['spec']['nodeName']}: {summary(pod).reason}."
    return Verdict("wait", told, (Proof(revision, f"placed on {pod['spec']['nodeName']}"), *proofs))


def _failing(pod: Obj, name: str, state: str) -> str:
    status = pod["status"]
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    container = next(c for c in containers if c["name"] == name)
    if state in _PULLS:
        waiting = (container.get("state") or {}).get("waiting") or {}
        message = f": {shortened(waiting['message'])}" if waiting.get("message") else "."
        return (
            f"The image {container.get('image', '')} of container {name} can't be pulled ({state}){message}"
        )
    ended = (container.get("lastState") or {}).get("terminated") or (container.get("state") or {}).get(
        "terminated"
    )
    how = f" It ended with exit code {ended.get('exitCode')} ({ended.get('reason', '')})" if ended else ""
    again = f" and was started again {container.get('restartCount', 0)} times." if how else ""
    if state == "CrashLoopBackOff":
        return f"Container {name} keeps ending, so its next start is put off ({state}).{how}{again}"
    waiting = (container.get("state") or {}).get("waiting") or {}
    message = f": {shortened(waiting['message'])}" if waiting.get("message") else ""
    return f"Container {name} doesn't run: {state}{message}.{how}{again}"


def _span(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.3g} s"
