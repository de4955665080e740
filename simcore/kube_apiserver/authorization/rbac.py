"""Role-based access: a user's rules are those of the roles that are bound to the user, a group or an account.

Models: kubernetes v1.36 plugin/pkg/auth/authorizer/rbac/rbac.go, component-helpers/auth/rbac/validation/rule.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.authorization.rules import allows
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import Reader
from simcore.kube_apiserver.users import User


class RbacAuthorizer:
    """Reads the bindings anew for each question: an answer is never older than the state."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    def allows(self, user: User, asked: Attributes) -> bool:
        namespace = "" if asked.path else asked.namespace
        return any(allows(rule, asked) for rule in self._rules(user, namespace))

    def rules(self, user: User, namespace: str) -> list[Obj]:
        return list(self._rules(user, namespace))

    def rules_of(self, ref: Obj, namespace: str) -> list[Obj] | None:
        """The rules of the role that a binding names; None when there is no such role."""
        if ref.get("kind") == "ClusterRole":
            role = self._read.find(CLUSTER_ROLE, Key("", ref.get("name", "")))
        else:
            role = self._read.find(ROLE, Key(namespace, ref.get("name", "")))
        return None if role is None else role.get("rules") or []

    def _rules(self, user: User, namespace: str) -> Iterator[Obj]:
        for binding in self._read.all(CLUSTER_ROLE_BINDING):
            if _is_bound(binding, user, ""):
                yield from self.rules_of(binding["roleRef"], "") or ()
        for binding in self._read.all(ROLE_BINDING, namespace) if namespace else ():
            if _is_bound(binding, user, namespace):
                yield from self.rules_of(binding["roleRef"], namespace) or ()


def _is_bound(binding: Obj, user: User, namespace: str) -> bool:
    return any(_is_subject(subject, user, namespace) for subject in binding.get("subjects") or ())


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
