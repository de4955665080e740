"""Where client-side and server-side apply meet: the annotation that kubectl's client-side apply keeps.

Models: kubernetes v1.36 apimachinery/pkg/util/managedfields/internal/lastapplied{manager,updater}.go.
"""

from __future__ import annotations

from typing import Any

import msgspec

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.managed_fields.comparing import compare, fields_of
from simcore.kube_apiserver.managed_fields.paths import NOTHING, Paths
from simcore.kube_apiserver.managed_fields.shapes import Untypable

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
KUBECTL = "kubectl"
"""The one manager for whom the two are the same."""
MOST_BYTES = 256 * 1024


def applied_before(live: Obj, node: Node | None) -> Paths:
    """What a client-side apply set and still holds."""
    text = (live["metadata"].get("annotations") or {}).get(ANNOTATION)
    if not isinstance(text, str):
        return NOTHING
    try:
        last = decode(text.encode())
        if not isinstance(last, dict):
            return NOTHING
        difference = compare(last, live, node)
        return fields_of(last, node) - difference.written - difference.removed
    except (msgspec.DecodeError, Untypable, AttributeError):
        return NOTHING


def renewed(obj: Obj, applied: Any, manager: str) -> Obj:
    """With an annotation that says what kubectl has applied now, if there is one."""
    annotations = obj["metadata"].get("annotations") or {}
    if manager != KUBECTL or ANNOTATION not in annotations:
        return obj
    meta = {k: v for k, v in applied["metadata"].items() if k != "managedFields"}
    kept = {k: v for k, v in (meta.get("annotations") or {}).items() if k != ANNOTATION}
    if "annotations" in meta:
        meta["annotations"] = kept
    text = encode({**applied, "metadata": meta}).decode() + "\n"
    annotations = {k: v for k, v in annotations.items() if k != ANNOTATION}
    if len(text) <= MOST_BYTES:
        annotations[ANNOTATION] = text
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}
