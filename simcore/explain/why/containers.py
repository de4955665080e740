"""Why the containers of a placed pod don't run, or run and are not ready."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj, uid_of
from simcore.explain.sentences import failing_containers
from simcore.explain.why.answer import Proof, Verdict
from simcore.explain.why.scene import Scene, condition, shortened
from simcore.kube_apiserver.tables.pod import summary

_PULLS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
_MOUNT = "FailedMount"


def why_containers(scene: Scene, path: str, pod: Obj) -> Verdict:
    failing = failing_containers(pod)
    if failing:
        name, state = next(iter(failing.items()))
        since = scene.since(path, lambda p: failing_containers(p).get(name) == state)
        reason = _liveness(scene, pod, name)
        warning = reason or _warning(scene, pod)
        told = _failing(pod, name, state) + (f" Its {_lowered(reason)}" if reason else "")
        return Verdict("bad", told, (Proof(since, f"{name}: {state}"), *([warning] if warning else ())))
    status = pod.get("status") or {}
    running = [c for c in status.get("containerStatuses") or () if (c.get("state") or {}).get("running")]
    unready = next((c["name"] for c in running if not c.get("ready")), "")
    if unready:
        return _unready(scene, path, pod, unready)
    return _not_there_yet(scene, path, pod)


def _unready(scene: Scene, path: str, pod: Obj, name: str) -> Verdict:
    """It runs, and a probe says no."""
    since = scene.since(path, lambda p: condition(p, "Ready").get("status") != "True")
    spec = _spec(pod, name)
    probe = next((p for p in ("startupProbe", "readinessProbe") if spec.get(p)), "")
    warning = _warning(scene, pod, "Unhealthy")
    told = f"its {probe} has not succeeded" if probe else "it is not ready yet"
    why = f": {warning.text.partition(': ')[2]}" if warning else "."
    proofs = (Proof(since, "not ready"), *([warning] if warning else ()))
    return Verdict("bad" if warning else "wait", f"Container {name} runs, but {told}{why}", proofs)


def _not_there_yet(scene: Scene, path: str, pod: Obj) -> Verdict:
    """Volumes, init containers, images: what comes before a container runs."""
    node, status = pod["spec"]["nodeName"], pod.get("status") or {}
    placed = Proof(scene.since(path, lambda p: bool(p["spec"].get("nodeName"))), f"placed on {node}")
    mount = _warning(scene, pod, _MOUNT)
    if mount and not any(c.get("imageID") for c in _statuses(status)):
        return Verdict("bad", f"A volume can't be mounted: {mount.text.partition(': ')[2]}", (placed, mount))
    inits = status.get("initContainerStatuses") or ()
    sidecars = {
        c["name"] for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always"
    }
    left = [c for c in inits if not (c["name"] in sidecars or (c.get("state") or {}).get("terminated"))]
    if left:
        number = len(inits) - len(left) + 1
        since = scene.since(path, lambda p: _runs(p, left[0]["name"]))
        told = f"Init container {left[0]['name']} ({number} of {len(inits)}) has to end first"
        return Verdict(
            "wait", f"{told}; the others wait for it.", (placed, Proof(since, f"{left[0]['name']} runs"))
        )
    told = f"Its containers are being made on {node}: {summary(pod).reason}."
    return Verdict("wait", told, (placed,))


def _failing(pod: Obj, name: str, state: str) -> str:
    status = pod["status"]
    inits = [c["name"] for c in status.get("initContainerStatuses") or ()]
    container = next(c for c in _statuses(status) if c["name"] == name)
    called = f"Init container {name}" if name in inits else f"Container {name}"
    after = " The others wait for it." if name in inits else ""
    waiting = (container.get("state") or {}).get("waiting") or {}
    message = f": {shortened(waiting['message'])}" if waiting.get("message") else "."
    if state in _PULLS:
        return (
            f"The image {container.get('image', '')} of container {name} can't be pulled ({state}){message}"
        )
    if state == "CrashLoopBackOff":
        ended = _ended(pod, container)
        return f"{called} keeps ending, so its next start is put off ({state}).{ended}{after}"
    return f"{called} doesn't run: {state}{message}{_ended(pod, container)}{after}"


def _ended(pod: Obj, container: Obj) -> str:
    """How its last run ended, and how often it was started again."""
    states = (container.get("lastState") or {}, container.get("state") or {})
    ended = next((state["terminated"] for state in states if state.get("terminated")), None)
    if ended is None:
        return ""
    reason, again = ended.get("reason", ""), container.get("restartCount", 0)
    if reason == "OOMKilled":
        limit = ((_spec(pod, container["name"]).get("resources") or {}).get("limits") or {}).get("memory", "")
        over = f" than its limit of {limit}" if limit else " than the node has"
        return f" It took more memory{over} (OOMKilled) and was started again {again} times."
    return f" It ended with exit code {ended.get('exitCode')} ({reason}) and was started again {again} times."


def _liveness(scene: Scene, pod: Obj, name: str) -> Proof | None:
    """The last failure of the probe that ends a container, if it has one."""
    spec = _spec(pod, name)
    if not (spec.get("livenessProbe") or spec.get("startupProbe")):
        return None
    found = (_warning(scene, pod, "Unhealthy", word) for word in ("Liveness probe", "Startup probe"))
    return next((proof for proof in found if proof is not None), None)


def _warning(scene: Scene, pod: Obj, reason: str = "", word: str = "") -> Proof | None:
    meta = pod["metadata"]
    return scene.last_warning(meta["namespace"], meta["name"], uid_of(pod), reason, word)


def _spec(pod: Obj, name: str) -> Obj:
    """Of a main container; an init container has neither probes nor limits that are told of."""
    found: Obj = next((c for c in pod["spec"]["containers"] if c["name"] == name), {})
    return found


def _statuses(status: Obj) -> list[Obj]:
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _lowered(proof: Proof) -> str:
    """What an Event says, as the end of a sentence."""
    told = proof.text.partition(": ")[2]
    return told[:1].lower() + told[1:]


def _runs(pod: Obj, name: str) -> bool:
    statuses = _statuses(pod.get("status") or {})
    return any(c["name"] == name and (c.get("state") or {}).get("running") for c in statuses)
