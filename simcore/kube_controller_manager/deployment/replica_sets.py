"""Which ReplicaSet is the new one, what it is called, and the revisions it has been.

Models: kubernetes v1.36 pkg/controller/deployment/util/deployment_util.go; the hash is one of our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from zlib import crc32

from simcore.apimachinery.meta import Obj, annotations_of, controller_ref
from simcore.kube_controller_manager.deployment.sizes import DESIRED, MAX, max_surge
from simcore.sim.rng import SUFFIX_ALPHABET

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
LONGEST_HISTORY = 2000
NOT_COPIED = (
    "kubectl.kubernetes.io/last-applied-configuration", REVISION, REVISION_HISTORY, DESIRED, MAX,
    "deprecated.deployment.rollback.to",
)  # fmt: skip


def split(deployment: Obj, sets: Iterable[Obj]) -> tuple[Obj | None, list[Obj]]:
    """The ReplicaSet that has the Deployment's template (the oldest, if there are several) and all others.

    The others come oldest first.
    """
    by_age = sorted(sets, key=lambda rs: (rs["metadata"]["creationTimestamp"], rs["metadata"]["name"]))
    new = next((rs for rs in by_age if has_template(rs, deployment)), None)
    return new, [rs for rs in by_age if rs is not new]


def has_template(rs: Obj, deployment: Obj) -> bool:
    """Whether the templates are equal but for the hash label."""
    ours, theirs = deployment["spec"]["template"], rs["spec"]["template"]
    return bool(ours["spec"] == theirs["spec"] and _unhashed(ours) == _unhashed(theirs))


def _unhashed(template: Obj) -> Obj:
    meta = template.get("metadata") or {}
    labels = {k: v for k, v in (meta.get("labels") or {}).items() if k != HASH_LABEL}
    return {k: v for k, v in meta.items() if k not in ("labels", "creationTimestamp")} | {"labels": labels}


def template_hash(template: Obj, collisions: int) -> str:
    """A number of 32 bits, its decimal digits written with the letters of generated names."""
    text = json.dumps(template, sort_keys=True, separators=(",", ":")) + (
        str(collisions) if collisions else ""
    )
    digits = str(crc32(text.encode()))
    return "".join(SUFFIX_ALPHABET[ord(digit) % len(SUFFIX_ALPHABET)] for digit in digits)


def revision_number(obj: Obj) -> int:
    """Of a Deployment or ReplicaSet; 0 when it has none or an unreadable one."""
    text = annotations_of(obj).get(REVISION, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def made_new(deployment: Obj, revision: int) -> Obj:
    """The ReplicaSet for the Deployment's template, without replicas."""
    meta, spec = deployment["metadata"], deployment["spec"]
    collisions = (deployment.get("status") or {}).get("collisionCount") or 0
    pod_hash = template_hash(spec["template"], collisions)
    template_meta = spec["template"].get("metadata") or {}
    labels = {**(template_meta.get("labels") or {}), HASH_LABEL: pod_hash}
    wanted_labels = {**(spec["selector"].get("matchLabels") or {}), HASH_LABEL: pod_hash}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{meta['name']}-{pod_hash}",
            "namespace": meta["namespace"],
            "labels": labels,
            "annotations": _copied_annotations(deployment)
            | {REVISION: str(revision)}
            | scale_annotations(deployment),
            "ownerReferences": [controller_ref(deployment)],
        },
        "spec": {
            "replicas": 0,
            **({"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}),
            "selector": {**spec["selector"], "matchLabels": wanted_labels},
            "template": {**spec["template"], "metadata": {**template_meta, "labels": labels}},
        },
    }


def renewed_annotations(deployment: Obj, rs: Obj, revision: int) -> dict[str, str]:
    """The annotations of an existing ReplicaSet that is the new one: at `revision`, unless it is beyond that."""
    annotations = annotations_of(rs) | _copied_annotations(deployment)
    present = annotations.get(REVISION, "")
    if revision_number(rs) < revision and (not present or revision_number(rs)):
        annotations[REVISION] = str(revision)
        if present:
            annotations[REVISION_HISTORY] = _history(annotations.get(REVISION_HISTORY, ""), present)
    return annotations


def scale_annotations(deployment: Obj) -> dict[str, str]:
    """What kubectl and the next scaling read: what was wanted when this ReplicaSet got its size."""
    wanted = deployment["spec"]["replicas"]
    return {DESIRED: str(wanted), MAX: str(wanted + max_surge(deployment))}


def _copied_annotations(deployment: Obj) -> dict[str, str]:
    return {k: v for k, v in annotations_of(deployment).items() if k not in NOT_COPIED}


def _history(past: str, left: str) -> str:
    """One revision more; the oldest ones go when it gets too long."""
    revisions = [r for r in past.split(",") if r] + [left]
    while len(",".join(revisions)) > LONGEST_HISTORY:
        del revisions[0]
    return ",".join(revisions)


def superfluous(deployment: Obj, old: Iterable[Obj]) -> list[Obj]:
    """The old ReplicaSets beyond revisionHistoryLimit that have no pods left, oldest revision first."""
    limit = deployment["spec"].get("revisionHistoryLimit")
    alive = [rs for rs in old if "deletionTimestamp" not in rs["metadata"]]
    if limit is None or len(alive) <= limit:
        return []
    alive.sort(
        key=lambda rs: (revision_number(rs), rs["metadata"]["creationTimestamp"], rs["metadata"]["name"])
    )
    return [rs for rs in alive[: len(alive) - limit] if _is_idle(rs)]


def _is_idle(rs: Obj) -> bool:
    status, meta = rs.get("status") or {}, rs["metadata"]
    seen = meta.get("generation", 0) <= status.get("observedGeneration", 0)
    return seen and not status.get("replicas") and not rs["spec"]["replicas"]
