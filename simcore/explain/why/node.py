"""Why a node takes pods or not."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.explain.past import Found
from simcore.explain.why.answer import Proof, Verdict
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
