"""PolicyRules: what one allows, whether some cover others, and how they are written in messages.

Models: kubernetes v1.36 pkg/apis/rbac/v1/evaluation_helpers.go and
component-helpers/auth/rbac/validation/policy_comparator.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.request import Attributes

ALL = "*"


def rule(
    verbs: Iterable[str], groups: Iterable[str], resources: Iterable[str], names: Iterable[str] = ()
) -> Obj:
    made: Obj = {"verbs": list(verbs), "apiGroups": list(groups), "resources": list(resources)}
    return made | ({"resourceNames": list(names)} if names else {})


def url_rule(verbs: Iterable[str], urls: Iterable[str]) -> Obj:
    return {"verbs": list(verbs), "nonResourceURLs": list(urls)}


def allows(given: Obj, asked: Attributes) -> bool:
    """Whether one rule allows a request."""
    if not _has(given, "verbs", asked.verb):
        return False
    if asked.path:
        return any(_url_covers(url, asked.path) for url in given.get("nonResourceURLs") or ())
    if not _has(given, "apiGroups", asked.group) or not _resource_allowed(given, asked):
        return False
    names = given.get("resourceNames")
    return not names or asked.name in names


def missing(held: Iterable[Obj], wanted: Iterable[Obj]) -> list[Obj]:
    """What of the wanted rules is not covered, in single pieces."""
    owned = list(held)
    return [piece for want in wanted for piece in _pieces(want) if not any(_covers(o, piece) for o in owned)]


def compact(pieces: Iterable[Obj]) -> list[Obj]:
    """Pieces for the same resource as one rule with all their verbs."""
    merged: dict[tuple[Any, ...], Obj] = {}
    for piece in pieces:
        place = tuple(
            tuple(piece.get(k) or ()) for k in ("apiGroups", "resources", "resourceNames", "nonResourceURLs")
        )
        known = merged.setdefault(place, {**piece, "verbs": []})
        known["verbs"] += [verb for verb in piece["verbs"] if verb not in known["verbs"]]
    return list(merged.values())


def text(given: Obj) -> str:
    """`{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`"""
    members = (
        ("APIGroups", "apiGroups"),
        ("Resources", "resources"),
        ("NonResourceURLs", "nonResourceURLs"),
        ("ResourceNames", "resourceNames"),
        ("Verbs", "verbs"),
    )
    shown = [f"{name}:{quoted(given[member])}" for name, member in members if given.get(member)]
    return "{" + ", ".join(shown) + "}"


def quoted(values: Iterable[str]) -> str:
    """A list as Go's %q prints it."""
    return "[" + " ".join(f'"{value}"' for value in values) + "]"


def _has(given: Obj, member: str, value: str) -> bool:
    values = given.get(member) or ()
    return ALL in values or value in values


def _resource_allowed(given: Obj, asked: Attributes) -> bool:
    resources = given.get("resources") or ()
    wanted = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    if ALL in resources or wanted in resources:
        return True
    return bool(asked.subresource) and f"*/{asked.subresource}" in resources


def _url_covers(url: str, path: str) -> bool:
    return url in (ALL, path) or (url.endswith("*") and path.startswith(url.rstrip("*")))


def _pieces(wanted: Obj) -> Iterable[Obj]:
    """Rules with one verb, one group, one resource and one name, or one verb and one URL."""
    for group in wanted.get("apiGroups") or ():
        for resource in wanted.get("resources") or ():
            for verb in wanted.get("verbs") or ():
                for name in wanted.get("resourceNames") or ("",):
                    yield rule([verb], [group], [resource], [name] if name else [])
    for url in wanted.get("nonResourceURLs") or ():
        for verb in wanted.get("verbs") or ():
            yield url_rule([verb], [url])


def _covers(owned: Obj, piece: Obj) -> bool:
    if not _has(owned, "verbs", piece["verbs"][0]):
        return False
    if urls := piece.get("nonResourceURLs"):
        return any(_url_covers(url, urls[0]) for url in owned.get("nonResourceURLs") or ())
    names, wanted = owned.get("resourceNames"), piece.get("resourceNames") or [""]
    resource = piece["resources"][0]
    resources = owned.get("resources") or ()
    inner = f"*/{resource.partition('/')[2]}" if "/" in resource else resource
    return (
        _has(owned, "apiGroups", piece["apiGroups"][0])
        and (ALL in resources or resource in resources or inner in resources)
        and (not names or wanted[0] in names)
    )
