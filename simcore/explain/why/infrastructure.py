"""Why a node takes pods or not, and why a service answers or not."""

from __future__ import annotations

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj, key_of
from simcore.explain.past import Found
from simcore.explain.why.answer import Proof, Verdict
from simcore.explain.why.pod import why_pod
from simcore.explain.why.scene import Scene, condition, listed

_MACHINES = "/sim/nodes/"


def why_node(scene: Scene, path: str, found: Found) -> Verdict:
    node = found.obj
    ready = condition(node, "Ready").get("status")
    if ready != "True":
        return _unready(scene, path, node, ready)
    pressures = [
        c["type"]
        for c in (node.get("status") or {}).get("conditions") or ()
        if c["type"] != "Ready" and c["status"] == "True"
    ]
    if pressures:
        return Verdict(
            "bad", f"It is ready, but reports {listed(pressures)}.", (Proof(found.revision, "conditions"),)
        )
    if (node.get("spec") or {}).get("unschedulable"):
        since = scene.since(path, lambda n: bool((n.get("spec") or {}).get("unschedulable")))
        return Verdict(
            "wait", "It is ready, but cordoned: no new pod is placed on it.", (Proof(since, "cordoned"),)
        )
    taints = [f"{t['key']}:{t['effect']}" for t in (node.get("spec") or {}).get("taints") or ()]
    since = scene.since(path, lambda n: condition(n, "Ready").get("status") == "True")
    told = (
        f"It is ready, for pods that tolerate {listed(taints)}." if taints else "It is ready and takes pods."
    )
    return Verdict("ok", told, (Proof(since, "became ready"),))


def _unready(scene: Scene, path: str, node: Obj, ready: str | None) -> Verdict:
    name = node["metadata"]["name"]
    since = scene.since(path, lambda n: condition(n, "Ready").get("status") == ready)
    proofs = (Proof(since, f"Ready became {ready or 'absent'}"),)
    machine = scene.past.get(_MACHINES + name)
    if machine is None:
        return Verdict("bad", "No machine stands behind it, so no kubelet reports for it.", proofs)
    if machine.obj.get("power") == "off":
        told = Proof(machine.revision, "the machine was switched off")
        return Verdict("bad", "Its machine is off, so its kubelet has stopped answering.", (told, *proofs))
    if cut := machine.obj.get("cut"):
        lacks = "it is cut off from the network" if cut == "network" else "its kubelet was stopped"
        told = Proof(machine.revision, lacks)
        return Verdict(
            "bad", f"Nothing is heard of it, because {lacks}. Its containers go on.", (told, *proofs)
        )
    message = condition(node, "Ready").get("message", "")
    return Verdict(
        "wait", f"Its kubelet does not report it ready{f': {message}' if message else ''}.", proofs
    )


def why_service(scene: Scene, path: str, found: Found) -> Verdict:
    service = found.obj
    spec, namespace = service.get("spec") or {}, service["metadata"]["namespace"]
    selector: dict[str, str] = spec.get("selector") or {}
    if spec.get("type") == "ExternalName":
        return Verdict(
            "ok", f"It stands for the name {spec.get('externalName')}.", (Proof(found.revision, "spec"),)
        )
    if not selector:
        return Verdict(
            "ok",
            "It has no selector: its endpoints are somebody else's to write.",
            (Proof(found.revision, "spec"),),
        )
    pods = scene.pods_of(namespace, {"matchLabels": selector})
    if not pods:
        labels = ", ".join(f"{key}={value}" for key, value in sorted(selector.items()))
        told = f"No pod in {namespace} has the labels {labels}, so it has no endpoints."
        return Verdict("bad", told, (Proof(found.revision, "its selector"),))
    ready = [pod for pod in pods if condition(pod.obj, "Ready").get("status") == "True"]
    if ready:
        told = f"It sends to {len(ready)} ready {'pod' if len(ready) == 1 else 'pods'} of {len(pods)}."
        newest = max(ready, key=lambda pod: pod.revision)
        return Verdict(
            "ok", told, (Proof(newest.revision, f"pod {newest.obj['metadata']['name']} is ready"),)
        )
    first = pods[0]
    blamed = why_pod(scene, POD.path(key_of(first.obj)), first)
    name = first.obj["metadata"]["name"]
    told = f"None of its {len(pods)} pods is ready. Pod {name}: {blamed.sentence}"
    return Verdict("bad" if blamed.state == "bad" else "wait", told, blamed.proofs)
