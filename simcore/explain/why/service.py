"""Why a service answers or not."""

from __future__ import annotations

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import key_of
from simcore.explain.past import Found
from simcore.explain.why.answer import Proof, Verdict
from simcore.explain.why.pod import why_pod
from simcore.explain.why.scene import Scene, condition


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
