"""Accepts the names of definitions and establishes them: from then on their kinds are served.

Models: kubernetes v1.36 apiextensions-apiserver pkg/controller/{status/naming_controller,establish}.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.custom_kinds import condition_of, is_true
from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION, SERVED
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch

_ACCEPTED = ("NamesAccepted", "True", "NoConflicts", "no conflicts found")
_ESTABLISHED = ("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
_NOT_ACCEPTED = ("Established", "False", "NotAccepted", "not all names are accepted")


class NamingController:
    """All definitions of a group are looked at again when one changes: a name may have become free."""

    name = "crd-naming-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._crds = ctx.informers.informer(CUSTOM_RESOURCE_DEFINITION)
        self._crds.add_index("group", lambda crd: (crd["spec"]["group"],))
        self.watches: Sequence[Watch] = (Watch(CUSTOM_RESOURCE_DEFINITION, self._of_group),)

    def reconcile(self, key: Key) -> Result:
        crd = self._crds.get(key)
        if crd is None:
            return DONE
        new = judged(crd, self._crds.by_index("group", crd["spec"]["group"]), self._clock.timestamp())
        if new != (crd.get("status") or {}):
            self._client.update_status(CUSTOM_RESOURCE_DEFINITION, {**crd, "status": new})
        return DONE

    def _of_group(self, old: Obj | None, new: Obj | None) -> list[Key]:
        crd = new if new is not None else old
        assert crd is not None
        keys = set(map(key_of, self._crds.by_index("group", crd["spec"]["group"])))
        return sorted(keys | ({key_of(new)} if new is not None else set()))


def judged(crd: Obj, of_group: Sequence[Obj], now: str) -> Obj:
    """The status that a definition has among all of its group: its names, and whether it is established."""
    status = crd.get("status") or {}
    accepted, conflict = _names(
        crd["spec"]["names"], status.get("acceptedNames") or {}, _taken(crd, of_group)
    )
    conditions = [conflict or _ACCEPTED]
    if not is_true(crd, "Established"):
        conditions.append(_NOT_ACCEPTED if conflict else _ESTABLISHED)
    return {**status, "acceptedNames": accepted, "conditions": _with(crd, conditions, now)}


def _taken(crd: Obj, of_group: Sequence[Obj]) -> tuple[frozenset[str], frozenset[str]]:
    """The resource names and the kinds that others of the group have."""
    others = [
        (other.get("status") or {}).get("acceptedNames") or {}
        for other in of_group
        if other["metadata"]["name"] != crd["metadata"]["name"]
    ]
    resources = {name for names in others for name in _resources(names)}
    kinds = {names[field] for names in others for field in ("kind", "listKind") if names.get(field)}
    for built_in in SERVED:
        if built_in.group == crd["spec"]["group"]:
            resources |= {built_in.plural, built_in.singular, *built_in.short_names}
            kinds |= {built_in.kind, built_in.list_kind}
    return frozenset(resources), frozenset(kinds)


def _with(crd: Obj, changed: Sequence[tuple[str, str, str, str]], now: str) -> list[Obj]:
    """The conditions with others in their places; the time moves when the status does."""
    conditions = list((crd.get("status") or {}).get("conditions") or ())
    for kind, status, reason, message in changed:
        old = condition_of(crd, kind)
        since = now
        if old is not None and old["status"] == status:
            since = old.get("lastTransitionTime", since)
        new = {
            "lastTransitionTime": since,
            "message": message,
            "reason": reason,
            "status": status,
            "type": kind,
        }
        place = next((at for at, c in enumerate(conditions) if c["type"] == kind), len(conditions))
        conditions[place : place + 1] = [new]
    return conditions


def _names(
    wanted: Obj, had: Obj, taken: tuple[frozenset[str], frozenset[str]]
) -> tuple[Obj, tuple[str, str, str, str] | None]:
    """The names that are accepted, and the last conflict; a name in conflict stays what it was."""
    resources, kinds = taken
    accepted: Obj = {"plural": "", "kind": "", **had}
    conflict = None
    for field in ("plural", "singular", "shortNames", "kind", "listKind"):
        names = wanted.get(field) or ([] if field == "shortNames" else "")
        listed = names if isinstance(names, list) else [names]
        others = kinds if field in ("kind", "listKind") else resources
        clash = next((name for name in listed if name in others), None)
        if clash is None:
            accepted[field] = names
            continue
        reason = f"{field[0].upper()}{field[1:]}Conflict"
        conflict = ("NamesAccepted", "False", reason, f'"{clash}" is already in use')
    accepted["categories"] = wanted.get("categories") or []
    return {k: v for k, v in accepted.items() if v or k in ("plural", "kind")}, conflict


def _resources(names: Obj) -> list[str]:
    return [
        name
        for name in (names.get("plural"), names.get("singular"), *(names.get("shortNames") or ()))
        if name
    ]
