"""Role-based access: a user's rules are those of the roles that are bound to the user, a group or an account.

Models: kubernetes v1.36 plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.authorization.authorizer import Decision, RuleSet
from simcore.kube_apiserver.authorization.rules import allows
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import Reader
from simcore.kube_apiserver.users import User


class Grant(NamedTuple):
    """A binding that concerns a user, by one of its subjects, and the rules of its role (None: no such role)."""

    binding: Obj
    subject: Obj
    rules: list[Obj] | None

    def __str__(self) -> str:
        """`ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`"""
        meta, ref = self.binding["metadata"], self.binding["roleRef"]
        kind, name = ("ClusterRoleBinding", meta["name"])
        if meta.get("namespace"):
            kind, name = "RoleBinding", f"{meta['name']}/{meta['namespace']}"
        return f'{kind} "{name}" of {ref["kind"]} "{ref["name"]}" to {_described(self.subject, meta)}'


class RbacAuthorizer:
    """Reads the bindings anew for each question: an answer is never older than the state."""

    name = "RBAC"

    def __init__(self, read: Reader) -> None:
        self._read = read

    def decide(self, user: User, asked: Attributes) -> Decision:
        missing: list[str] = []
        for grant in self.grants(user, "" if asked.path else asked.namespace):
            if grant.rules is None:
                missing.append(_not_found(grant.binding["roleRef"]))
            elif any(allows(rule, asked) for rule in grant.rules):
                return Decision(allowed=True, reason=f"RBAC: allowed by {grant}")
        return Decision(reason=f"RBAC: {_aggregate(missing)}" if missing else "")

    def rules(self, user: User, namespace: str) -> RuleSet:
        found = list(self.grants(user, namespace))
        missing = [_not_found(grant.binding["roleRef"]) for grant in found if grant.rules is None]
        return RuleSet([rule for grant in found for rule in grant.rules or ()], _aggregate(missing))

    def grants(self, user: User, namespace: str) -> Iterator[Grant]:
        """By the cluster's bindings, then by the namespace's."""
        for binding in self.bindings(namespace):
            subject = subject_of(binding, user)
            if subject is not None:
                yield Grant(binding, subject, self.rules_of(binding["roleRef"], namespace))

    def bindings(self, namespace: str) -> Iterator[Obj]:
        yield from self._read.all(CLUSTER_ROLE_BINDING)
        yield from self._read.all(ROLE_BINDING, namespace) if namespace else ()

    def rules_of(self, ref: Obj, namespace: str) -> list[Obj] | None:
        """The rules of the role that a binding names; None when there is no such role."""
        kind, key = _role_of(ref, namespace)
        role = self._read.find(kind, key)
        return None if role is None else role.get("rules") or []


def subject_of(binding: Obj, user: User) -> Obj | None:
    """The subject of a binding that is the user."""
    namespace = binding["metadata"].get("namespace", "")
    for subject in binding.get("subjects") or ():
        if _is_subject(subject, user, namespace):
            found: Obj = subject
            return found
    return None


def _is_subject(subject: Obj, user: User, namespace: str) -> bool:
    match subject.get("kind"):
        case "User":
            return bool(subject["name"] == user.name)
        case "Group":
            return subject["name"] in user.groups
        case "ServiceAccount":
            where = subject.get("namespace") or namespace
            return user.name == f"system:serviceaccount:{where}:{subject['name']}" and bool(where)
    return False


def _described(subject: Obj, meta: Obj) -> str:
    name = subject["name"]
    if subject["kind"] == "ServiceAccount":
        name = f"{name}/{subject.get('namespace') or meta.get('namespace', '')}"
    return f'{subject["kind"]} "{name}"'


def _role_of(ref: Obj, namespace: str) -> tuple[Kind, Key]:
    if ref.get("kind") == "ClusterRole":
        return CLUSTER_ROLE, Key("", ref.get("name", ""))
    return ROLE, Key(namespace, ref.get("name", ""))


def _not_found(ref: Obj) -> str:
    kind, key = _role_of(ref, "")
    return f'{kind.kind.lower()}.{kind.group} "{key.name}" not found'


def _aggregate(errors: Iterable[str]) -> str:
    """Several errors as Go's aggregate prints them, each once."""
    unique = list(dict.fromkeys(errors))
    return f"[{', '.join(unique)}]" if len(unique) > 1 else "".join(unique)
