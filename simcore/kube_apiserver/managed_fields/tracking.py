"""What a write does to the managers of an object's fields: updates take fields over, server-side apply may not.

Models: kubernetes v1.36 apimachinery/pkg/util/managedfields, sigs.k8s.io/structured-merge-diff v6 merge/update.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Node
from simcore.kube_apiserver.managed_fields import last_applied
from simcore.kube_apiserver.managed_fields.comparing import Comparison, compare, fields_of
from simcore.kube_apiserver.managed_fields.conflicts import Conflicts
from simcore.kube_apiserver.managed_fields.managers import (
    APPLY,
    BEFORE_APPLY,
    UPDATE,
    Managed,
    Manager,
    Managers,
    capped,
    entries_of,
    own,
    read_managers,
    write_managers,
)
from simcore.kube_apiserver.managed_fields.merging import merge, without
from simcore.kube_apiserver.managed_fields.paths import NOTHING, Paths
from simcore.kube_apiserver.managed_fields.shapes import Untypable, with_named_parents

_UNMANAGED_META = (
    "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion",
)  # fmt: skip
UNMANAGED: Paths = frozenset(
    [
        ("f:apiVersion",),
        ("f:kind",),
        ("f:metadata",),
        *(("f:metadata", f"f:{name}") for name in _UNMANAGED_META),
    ]
)
"""What belongs to nobody."""
IGNORED: dict[str, tuple[str, ...]] = {"": ("f:status",), "status": ("f:spec",)}
"""What an endpoint doesn't write, by subresource."""
_ALWAYS_THERE = frozenset(
    (
        "ObjectMeta", "PodTemplateSpec", "DeploymentStrategy", "StatefulSetUpdateStrategy", "DaemonSetUpdateStrategy",
        "JobTemplateSpec", "RoleRef", "CrossVersionObjectReference", "VolumeResourceRequirements", "ObjectReference",
        "EventSource",
    )
)  # fmt: skip
_ALWAYS_LISTED = frozenset(("containers", "rules"))
"""Structs and lists that stand in an object of upstream even when they are empty."""


@dataclass(frozen=True)
class Writer:
    """Whose write this is, in which version of the kind."""

    name: str
    api_version: str
    subresource: str = ""

    def manager(self, operation: str) -> Manager:
        return Manager(self.name, operation, self.api_version, self.subresource)


def track_update(old: Obj | None, new: Obj, writer: Writer, node: Node | None, now: str) -> Obj:
    """`new` with the managers after it has replaced `old` (None: it is created).

    An object that was stored without managers gets none.
    """
    given = entries_of(new) if not writer.subresource else ()
    if list(given) == [{}]:
        return with_managers(new, {})
    managers = read_managers(given) or read_managers(entries_of(old or {"metadata": {}})) or {}
    if not managers and old is not None:
        return with_managers(new, {})
    before = _empty(node) if old is None else old
    try:
        difference = compare(before, _manageable(new), node)
    except Untypable:
        return with_managers(new, managers)  # validation will say what is wrong
    taken = owned(difference.written, writer)
    _take_over(managers, difference)
    if taken:
        manager = own(managers, writer.manager(UPDATE)) or writer.manager(UPDATE)
        known = managers.get(manager)
        managers[manager] = Managed(taken | (known.paths if known else NOTHING), now)
    return with_managers(new, capped(managers))


def apply(live: Obj, applied: Obj, writer: Writer, node: Node | None, now: str, *, force: bool) -> Obj:
    """`live` with what is applied, and without what the same applier has given up. Raises: Conflicts.

    `live` is {} with a metadata for an object that is to be created.
    """
    managers = _managers_before_apply(live, node)
    try:
        return _applied(live, applied, writer, node, now, managers, force=force)
    except Conflicts as conflicts:
        if writer.name != last_applied.KUBECTL:
            raise
        others = conflicts.except_for(last_applied.applied_before(live, node))
        if others is not None:
            raise others from None
        return _applied(live, applied, writer, node, now, managers, force=True)


def with_managers(obj: Obj, managers: Managers) -> Obj:
    meta = {k: v for k, v in obj["metadata"].items() if k != "managedFields"}
    if managers:
        meta["managedFields"] = write_managers(managers)
    return {**obj, "metadata": meta}


def owned(paths: Paths, writer: Writer) -> Paths:
    """Without what nobody owns, and what the endpoint ignores."""
    ignored = IGNORED.get(writer.subresource, ())
    return frozenset(path for path in paths if path not in UNMANAGED and path[0] not in ignored)


def _applied(
    live: Obj,
    applied: Obj,
    writer: Writer,
    node: Node | None,
    now: str,
    managers: Managers,
    *,
    force: bool,
) -> Obj:
    after, applier = dict(managers), writer.manager(APPLY)
    mine = own(after, applier)
    last = after.pop(mine) if mine else Managed(NOTHING, "")
    paths = owned(fields_of(applied, node), writer)
    merged = merge(live, applied, node)
    merged["metadata"] = {**live["metadata"], **merged["metadata"]}
    claimed = paths.union(*(managed.paths for managed in after.values()))
    merged = _given_up(merged, last.paths, claimed, node)
    difference = compare(_manageable(live), _manageable(merged), node)
    conflicts = {
        manager: clash for manager, managed in after.items() if (clash := managed.paths & difference.written)
    }
    if conflicts and not force:
        raise Conflicts(conflicts)
    _take_over(after, difference)
    if paths:
        is_same = paths == last.paths and not any(difference)
        after[applier] = Managed(paths, last.time if is_same else now)
    return last_applied.renewed(with_managers(merged, after), applied, writer.name)


def _take_over(managers: Managers, difference: Comparison) -> None:
    """The others lose what has been written or removed; whoever is left with nothing goes."""
    lost = difference.written | difference.removed
    for manager, managed in list(managers.items()):
        if not managed.paths & lost:
            continue
        left = managed.paths - lost
        if left:
            managers[manager] = Managed(left, managed.time)
        else:
            del managers[manager]


def _given_up(merged: Obj, last: Paths, claimed: Paths, node: Node | None) -> Obj:
    """Without the fields that the applier had and has dropped, unless somebody else claims them."""
    if not last - claimed:
        return merged
    dropped = with_named_parents(last, node)
    everything = _present(merged, node)
    kept = _present(without(merged, dropped, node), node) | with_named_parents(claimed, node)
    left = _present(without(merged, everything - kept, node), node)
    gone = (everything - left) & dropped
    pruned: Obj = without(merged, gone - UNMANAGED, node)
    return pruned


def _present(obj: Any, node: Node | None) -> Paths:
    return with_named_parents(fields_of(obj or {}, node), node)


def _managers_before_apply(live: Obj, node: Node | None) -> Managers:
    """An object without managers has been written by somebody before."""
    managers = read_managers(entries_of(live))
    if managers or "uid" not in live["metadata"]:
        return managers or {}
    writer = Writer(BEFORE_APPLY, live["apiVersion"])
    paths = owned(compare(_empty(node), _manageable(live), node).written, writer)
    return {writer.manager(UPDATE): Managed(paths, "")} if paths else {}


def _manageable(obj: Obj) -> Obj:
    """Managers are not managed."""
    if "managedFields" not in obj["metadata"]:
        return obj
    return {**obj, "metadata": {k: v for k, v in obj["metadata"].items() if k != "managedFields"}}


def _empty(node: Node | None) -> Any:
    """An object of the kind in which nothing is said."""
    if node is None:
        return {"metadata": {}}
    empty: Obj = {}
    for name, below in node.fields.items():
        if below.form == "struct" and _is_always_there(name, below):
            empty[name] = _empty(below)
        elif name in _ALWAYS_LISTED and below.form == "list":
            empty[name] = None
    return empty


def _is_always_there(name: str, node: Node) -> bool:
    return node.name in _ALWAYS_THERE or (
        name in ("spec", "status") and node.name.endswith(("Spec", "Status"))
    )


def only_times_differ(new: Obj, old: Obj) -> bool:
    """Whether the managers of two states are the same but for when they wrote."""
    entries, before = entries_of(new), entries_of(old)
    return len(entries) == len(before) and all(
        {**entry, "time": ""} == {**other, "time": ""} for entry, other in zip(entries, before, strict=True)
    )
