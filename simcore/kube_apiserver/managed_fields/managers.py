"""The entries of metadata.managedFields: who manages what since when.

Models: kubernetes v1.36 apimachinery/pkg/util/managedfields/internal/{managedfields,capmanagers}.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.managed_fields.paths import NOTHING, Paths, from_fields, to_fields

APPLY, UPDATE = "Apply", "Update"
MOST_UPDATERS = 10
"""Entries of updates that are kept apart; older ones become one of ANCIENT."""
ANCIENT, BEFORE_APPLY = "ancient-changes", "before-first-apply"
MOST_ENTRIES = 500
"""That a client may write."""


@dataclass(frozen=True, order=True)
class Manager:
    """Who writes, and how. An applier is the same one in every version."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        if self.operation == APPLY:
            return (self.name, APPLY, self.subresource)
        return (self.name, UPDATE, self.api_version, self.subresource)

    def __str__(self) -> str:
        """As a conflict names it."""
        named = f'"{self.name}"' + (f' with subresource "{self.subresource}"' if self.subresource else "")
        return f"{named} using {self.api_version}" if self.operation == UPDATE else named


class Managed(NamedTuple):
    paths: Paths
    time: str


Managers = dict[Manager, Managed]


def read_managers(entries: Any) -> Managers | None:
    """None when the entries are not to be understood: then they count as none given."""
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        return None
    found: Managers = {}
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("operation") not in (APPLY, UPDATE):
            return None
        manager = Manager(
            str(entry.get("manager", "")),
            entry["operation"],
            str(entry.get("apiVersion", "")),
            str(entry.get("subresource", "")),
        )
        try:
            found[manager] = Managed(from_fields(entry.get("fieldsV1") or {}), str(entry.get("time") or ""))
        except ValueError:
            return None
    return found


def write_managers(managers: Managers) -> list[Obj]:
    """Appliers first, then by time and name."""
    order = sorted(
        managers, key=lambda m: (m.operation, managers[m].time, m.name, m.api_version, m.subresource)
    )
    return [_entry(manager, managers[manager]) for manager in order]


def own(managers: Managers, manager: Manager) -> Manager | None:
    """The key under which the same manager stands already."""
    return next((known for known in managers if known.identity == manager.identity), None)


def capped(managers: Managers) -> Managers:
    """With the oldest updates as one, when there are too many."""
    updates = sorted(
        (m for m in managers if m.operation == UPDATE),
        key=lambda m: (managers[m].time, m.name, m.api_version),
    )
    surplus = len(updates) - MOST_UPDATERS
    if surplus <= 0:
        return managers
    kept = dict(managers)
    for manager in updates[: surplus + 1]:
        managed = kept.pop(manager)
        ancient = Manager(ANCIENT, UPDATE, manager.api_version)
        before = kept.get(ancient)
        paths = managed.paths | (before.paths if before else NOTHING)
        kept[ancient] = Managed(paths, max(managed.time, before.time if before else ""))
    return kept


def entries_of(obj: Obj) -> Sequence[Any]:
    return obj["metadata"].get("managedFields") or ()


def _entry(manager: Manager, managed: Managed) -> Obj:
    entry: Obj = {"manager": manager.name, "operation": manager.operation, "apiVersion": manager.api_version}
    if managed.time:
        entry["time"] = managed.time
    entry |= {"fieldsType": "FieldsV1", "fieldsV1": to_fields(managed.paths)}
    return entry | {"subresource": manager.subresource} if manager.subresource else entry
