"""The part of metadata that belongs to the server.

Models: kubernetes v1.36 apiserver/pkg/registry/rest/{meta,create,update}.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.errors import Conflict, FieldError, Invalid
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import Strategy

SYSTEM = frozenset(
    (
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "resourceVersion",
        "selfLink",
    )
)
LONGEST_BASE = 58
"""Letters of generateName that are kept, so that with 5 random ones a name fits a DNS label."""


def created(meta: Obj, *, name: str, uid: str, now: str, generation: int) -> Obj:
    """The metadata of a new object."""
    kept: dict[str, Any] = {k: v for k, v in meta.items() if k not in SYSTEM}
    if name:
        kept["name"] = name
    kept["uid"], kept["creationTimestamp"] = uid, now
    if generation:
        kept["generation"] = generation
    return kept


def updated(new: Obj, old: Obj, *, generation: int) -> Obj:
    """The metadata after an update, without resourceVersion; what the server owns stays as it was."""
    kept: dict[str, Any] = {k: v for k, v in new.items() if k not in SYSTEM}
    kept["uid"] = new.get("uid") or old["uid"]
    kept["creationTimestamp"] = new.get("creationTimestamp") or old["creationTimestamp"]
    if generation:
        kept["generation"] = generation
    if "deletionTimestamp" in old:
        kept["deletionTimestamp"] = old["deletionTimestamp"]
        if "deletionGracePeriodSeconds" in old:
            kept["deletionGracePeriodSeconds"] = old["deletionGracePeriodSeconds"]
    return kept


def content_differs(new: Obj, old: Obj) -> bool:
    """Whether anything but metadata and status differs: what generation counts."""
    if new.get("spec") is not old.get("spec") and new.get("spec") != old.get("spec"):
        return True
    skip = ("metadata", "status", "spec", "apiVersion", "kind")
    names = dict.fromkeys((*new, *old))
    return any(new.get(name) != old.get(name) for name in names if name not in skip)


def check_preconditions(kind: Kind, new: Obj, old: Obj, strategy: Strategy) -> None:
    """Whether a change was made from the newest state. Raises: Conflict, Invalid (without a resourceVersion)."""
    revision = new.get("resourceVersion")
    if revision and revision != old["resourceVersion"]:
        raise Conflict.stale(kind, old["name"])
    if not revision and not strategy.unconditional_update:
        message = "Invalid value: 0: must be specified for an update"
        fault = FieldError("metadata.resourceVersion", "FieldValueInvalid", message)
        raise Invalid.because(kind, old["name"], [fault])


def check_identity(kind: Kind, new: Obj, old: Obj) -> None:
    """Whether a whole object that replaces another one means that one. Raises: Conflict."""
    if new.get("uid") and new["uid"] != old["uid"]:
        why = f"Precondition failed: UID in precondition: {new['uid']}, UID in object meta: {old['uid']}"
        raise Conflict.because(kind, old["name"], why)
