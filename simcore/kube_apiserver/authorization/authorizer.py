"""May this user do this? The chain of authorizers; a `system` component may do everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import MASTERS, User


class Authorizer(Protocol):
    def allows(self, user: User, asked: Attributes) -> bool: ...

    def rules(self, user: User, namespace: str) -> list[Obj]:
        """All PolicyRules that the user has in a namespace; '' for those of the whole cluster."""
        ...


class Union:
    """Whatever one of several authorizers allows."""

    def __init__(self, authorizers: Sequence[Authorizer]) -> None:
        self._authorizers = tuple(authorizers)

    def allows(self, user: User, asked: Attributes) -> bool:
        return any(authorizer.allows(user, asked) for authorizer in self._authorizers)

    def rules(self, user: User, namespace: str) -> list[Obj]:
        return [rule for authorizer in self._authorizers for rule in authorizer.rules(user, namespace)]


def is_master(user: User) -> bool:
    return user.role == "system" or MASTERS in user.groups


def authorize(authorizer: Authorizer, user: User, asked: Attributes) -> None:
    """Raises: Forbidden."""
    if is_master(user) or authorizer.allows(user, asked):
        return
    raise forbidden(user, asked)


def forbidden(user: User, asked: Attributes) -> Forbidden:
    """As kubernetes words it: who cannot do what, where."""
    if asked.path:
        return Forbidden(f'forbidden: User "{user.name}" cannot {asked.verb} path "{asked.path}"', details={})
    resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    named = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    quoted = f'{named} "{asked.name}"' if asked.name else named
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    what = f'cannot {asked.verb} resource "{resource}" in API group "{asked.group}" {where}'
    details = {k: v for k, v in (("name", asked.name), ("group", asked.group), ("kind", asked.resource)) if v}
    return Forbidden(f'{quoted} is forbidden: User "{user.name}" {what}', details=details)
