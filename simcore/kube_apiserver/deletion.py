"""What a DELETE does to an object: remove it now, or mark it and wait for grace periods and finalizers.

Models: kubernetes v1.36 apiserver/pkg/registry/rest/delete.go (BeforeDelete) and generic/registry/store.go (Delete).
"""

from __future__ import annotations

from simcore.apimachinery.errors import Conflict
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import DeleteOptions, Strategy
from simcore.sim.clock import Clock
from simcore.sim.timestamps import format_seconds, parse_time

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


def check_preconditions(kind: Kind, obj: Obj, options: DeleteOptions) -> None:
    """Raises: Conflict."""
    meta = obj["metadata"]
    if options.uid is not None and options.uid != meta["uid"]:
        raise _conflict(
            kind,
            meta["name"],
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({meta['uid']}). "
            "The object might have been deleted and then recreated",
        )
    if options.resource_version is not None and options.resource_version != meta["resourceVersion"]:
        raise _conflict(
            kind,
            meta["name"],
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match the "
            f"ResourceVersion in record ({meta['resourceVersion']}). The object might have been modified",
        )


def is_finished(obj: Obj, strategy: Strategy) -> bool:
    """Whether nothing holds a terminating object any more."""
    meta = obj["metadata"]
    if "deletionTimestamp" not in meta or meta.get("finalizers") or strategy.is_held(obj):
        return False
    return not meta.get("deletionGracePeriodSeconds")


def marked(obj: Obj, strategy: Strategy, options: DeleteOptions, clock: Clock) -> Obj | None:
    """The object as a DELETE leaves it (is_finished: it is to be removed); None when the DELETE changes nothing."""
    meta = obj["metadata"]
    finalizers = _finalizers(meta.get("finalizers") or [], options)
    grace_s = strategy.grace_s(obj, options.grace_s)
    changed: Obj = {k: v for k, v in meta.items() if k not in ("resourceVersion", "finalizers")}
    if finalizers:
        changed["finalizers"] = finalizers
    if "deletionTimestamp" not in meta:
        _begin(changed, clock, None if strategy.is_held(obj) else grace_s or 0)
        return strategy.begin_deletion({**obj, "metadata": changed})
    left_s = meta.get("deletionGracePeriodSeconds") or 0
    asked_s = options.grace_s if grace_s is not None else None
    if asked_s is not None and asked_s < left_s:
        began_ms = parse_time(meta["deletionTimestamp"]) - left_s * 1000
        changed["deletionTimestamp"] = format_seconds(began_ms + asked_s * 1000)
        changed["deletionGracePeriodSeconds"] = asked_s
    elif finalizers == (meta.get("finalizers") or []):
        return None if not is_finished(obj, strategy) else {**obj, "metadata": changed}
    return {**obj, "metadata": changed}


def _begin(meta: Obj, clock: Clock, grace_s: int | None) -> None:
    """A namespace has no grace period, not even one of 0 seconds."""
    meta["deletionTimestamp"] = format_seconds(clock.unix_ms() + (grace_s or 0) * 1000)
    if grace_s is not None:
        meta["deletionGracePeriodSeconds"] = grace_s
    if "generation" in meta:
        meta["generation"] += 1


def _finalizers(present: list[str], options: DeleteOptions) -> list[str]:
    """With the ones that make the garbage collector orphan or delete the dependents first."""
    if options.orphan_dependents is True or options.propagation == "Orphan":
        wanted = [ORPHAN]
    elif options.propagation == "Foreground":
        wanted = [FOREGROUND]
    elif options.propagation == "Background" or options.orphan_dependents is False:
        wanted = []
    else:
        return present
    return [f for f in present if f not in (ORPHAN, FOREGROUND)] + wanted


def _conflict(kind: Kind, name: str, why: str) -> Conflict:
    """Upstream names the kind here, where every other conflict names the resource."""
    named = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = {k: v for k, v in (("name", name), ("group", kind.group), ("kind", kind.kind)) if v}
    return Conflict(f'Operation cannot be fulfilled on {named} "{name}": {why}', details=details)
