"""The kinds that a CustomResourceDefinition brings."""

from __future__ import annotations

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.structural import Structure


def condition_of(crd: Obj, name: str) -> Obj | None:
    conditions = (crd.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c.get("type") == name), None)


def is_true(crd: Obj, name: str) -> bool:
    found = condition_of(crd, name)
    return found is not None and found.get("status") == "True"


def kinds_of(crd: Obj) -> list[Kind]:
    """One for each served version; all are stored in the version that says so, which comes first."""
    versions = crd["spec"].get("versions") or []
    stored = next((version for version in versions if version.get("storage")), None)
    if stored is None:
        return []
    storing = _kind(crd, stored, None)
    others = [_kind(crd, v, storing) for v in versions if v is not stored and v.get("served")]
    return [storing, *others] if stored.get("served") else others


def storing_kind(crd: Obj) -> Kind | None:
    """The kind in the version in which its objects are stored, served or not."""
    versions = crd["spec"].get("versions") or []
    return next((_kind(crd, v, None) for v in versions if v.get("storage")), None)


def _kind(crd: Obj, version: Obj, storing: Kind | None) -> Kind:
    spec = crd["spec"]
    names = (crd.get("status") or {}).get("acceptedNames") or spec["names"]
    if not names.get("kind"):
        names = spec["names"]
    structure = Structure(version, preserve_unknown=bool(spec.get("preserveUnknownFields")))
    group, plural = spec["group"], spec["names"]["plural"]
    subresources = [*(["scale"] if structure.scale else []), *(["status"] if structure.has_status else [])]
    return Kind(
        group,
        version["name"],
        names["kind"],
        plural,
        spec.get("scope") != "Cluster",
        singular=names.get("singular") or names["kind"].lower(),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=tuple(subresources),
        storage=f"{group}/{plural}",
        stored_as=storing,
        structure=structure,
        list_kind=names.get("listKind") or "",
        definition=".".join([*reversed(group.split(".")), version["name"], names["kind"]]),
    )
