"""What a terminating namespace says about its contents.

Models: kubernetes v1.36 pkg/controller/namespace/deletion/status_condition_utils.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.apimachinery.meta import Obj

_WELL = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": (
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ),
}


def updated(
    present: list[Obj],
    remaining: Mapping[str, int],
    finalizers: Mapping[str, int],
    failures: list[str],
    now: str,
) -> list[Obj]:
    """All five conditions; one that has not changed keeps its time.

    `remaining` counts objects by resource (`pods.`, `deployments.apps`), `finalizers` by finalizer.
    """
    troubles = {
        "NamespaceDeletionContentFailure": _content_failure(failures),
        "NamespaceContentRemaining": _told(
            "SomeResourcesRemain", "Some resources are remaining", remaining, "has {} resource instances"
        ),
        "NamespaceFinalizersRemaining": _told(
            "SomeFinalizersRemain",
            "Some content in the namespace has finalizers remaining",
            finalizers,
            "in {} resource instances",
        ),
    }
    standing = {condition["type"]: condition for condition in present}
    foreign = [c for c in present if c["type"] not in _WELL]
    return foreign + [_condition(name, troubles.get(name), standing.get(name), now) for name in _WELL]


def _condition(name: str, trouble: tuple[str, str] | None, standing: Obj | None, now: str) -> Obj:
    status, (reason, message) = ("True", trouble) if trouble else ("False", _WELL[name])
    new = {"type": name, "status": status, "reason": reason, "message": message}
    if standing and new.items() <= standing.items():
        return standing
    return {**new, "lastTransitionTime": now}


def _content_failure(failures: list[str]) -> tuple[str, str] | None:
    if not failures:
        return None
    shown = ", ".join(sorted(failures))
    text = f"Failed to delete all resource types, {len(failures)} remaining: {shown}"
    return "ContentDeletionFailed", text


def _told(reason: str, what: str, counts: Mapping[str, int], each: str) -> tuple[str, str] | None:
    if not counts:
        return None
    parts = (f"{name} {each.format(count)}" for name, count in counts.items())
    return reason, f"{what}: {', '.join(sorted(parts))}"
