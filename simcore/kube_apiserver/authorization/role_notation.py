"""Reads the compact notation in which the default roles are written.

A line is a rule: `verbs | group | resources | names`, or `verbs | URLs` with a leading slash; see default_roles.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")
_VERBS = {"R": READ, "W": WRITE, "RW": tuple(sorted((*READ, *WRITE)))}
_EVENTS = "create,patch,update | core,events.k8s.io | events"


def parsed(text: str) -> list[Obj]:
    """The PolicyRules of a role."""
    lines = (line.strip() for line in text.strip().split("\n"))
    return [_rule(*(_EVENTS if line == "E" else line).split(" | ")) for line in lines]


def _rule(verbs: str, where: str, resources: str = "", names: str = "") -> Obj:
    listed = _VERBS.get(verbs) or verbs.split(",")
    if where.startswith("/"):
        urls = ["*"] if where == "/*" else where.split(",")
        return {"verbs": list(listed), "nonResourceURLs": urls}
    groups = ["" if group == "core" else group for group in where.split(",")]
    made = {"verbs": list(listed), "apiGroups": groups, "resources": resources.split(",")}
    return made | ({"resourceNames": names.split(",")} if names else {})
