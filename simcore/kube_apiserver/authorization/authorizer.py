"""May this user do this? What an authorizer answers, and the union of several; a `system` component may do everything.

Models: kubernetes v1.36 apiserver/pkg/authorization/{authorizer,union,authorizerfactory}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.rules import rule, url_rule
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import MASTERS, User


class Decision(NamedTuple):
    """An answer; who neither allows nor denies has no opinion."""

    allowed: bool = False
    reason: str = ""
    denied: bool = False


NO_OPINION = Decision()


class RuleSet(NamedTuple):
    """What a user may do, as rules; `gap` tells why they are not all of it."""

    rules: list[Obj]
    gap: str = ""


class Authorizer(Protocol):
    name: str

    def decide(self, user: User, asked: Attributes) -> Decision: ...

    def rules(self, user: User, namespace: str) -> RuleSet:
        """All PolicyRules that the user has in a namespace; '' for those of the whole cluster."""
        ...


class PrivilegedGroup:
    """`system:masters` may do everything, whatever the others think."""

    name = "PrivilegedGroup"

    def decide(self, user: User, asked: Attributes) -> Decision:
        return Decision(allowed=True) if is_master(user) else NO_OPINION

    def rules(self, user: User, namespace: str) -> RuleSet:
        return RuleSet([rule("*", "*", "*"), url_rule("*", "*")] if is_master(user) else [])


class Union:
    """The first that allows or denies decides."""

    name = "Union"

    def __init__(self, authorizers: Sequence[Authorizer]) -> None:
        self.authorizers = tuple(authorizers)

    def decide(self, user: User, asked: Attributes) -> Decision:
        reasons = []
        for authorizer in self.authorizers:
            decision = authorizer.decide(user, asked)
            if decision.allowed or decision.denied:
                return decision
            if decision.reason:
                reasons.append(decision.reason)
        return Decision(reason="\n".join(reasons))

    def rules(self, user: User, namespace: str) -> RuleSet:
        found = [authorizer.rules(user, namespace) for authorizer in self.authorizers]
        gaps = [part.gap for part in found if part.gap]
        return RuleSet([rule for part in found for rule in part.rules], ", ".join(gaps))


def is_master(user: User) -> bool:
    return user.role == "system" or MASTERS in user.groups


def is_allowed(authorizer: Authorizer, user: User, asked: Attributes) -> bool:
    return is_master(user) or authorizer.decide(user, asked).allowed


def authorize(authorizer: Authorizer, user: User, asked: Attributes) -> None:
    """Raises: Forbidden."""
    if is_master(user):
        return
    decision = authorizer.decide(user, asked)
    if not decision.allowed:
        raise forbidden(user, asked, decision.reason)


def forbidden(user: User, asked: Attributes, reason: str = "") -> Forbidden:
    """As kubernetes words it: who cannot do what, where, and why if somebody said so."""
    why = f": {reason}" if reason else ""
    if asked.path:
        message = f'forbidden: User "{user.name}" cannot {asked.verb} path "{asked.path}"{why}'
        return Forbidden(message, details={})
    resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    named = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    quoted = f'{named} "{asked.name}"' if asked.name else named
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    what = f'cannot {asked.verb} resource "{resource}" in API group "{asked.group}" {where}{why}'
    details = {k: v for k, v in (("name", asked.name), ("group", asked.group), ("kind", asked.resource)) if v}
    return Forbidden(f'{quoted} is forbidden: User "{user.name}" {what}', details=details)
