"""May this user do this? Roles of a share link for now; a `system` component may do everything."""

from __future__ import annotations

from typing import Protocol

from simcore.apimachinery.errors import Forbidden
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User

READS = frozenset(("get", "list", "watch"))


class Authorizer(Protocol):
    def allows(self, user: User, asked: Attributes) -> bool: ...


class RoleAuthorizer:
    """Owner and operate read and write; view reads; a role that is not known may do nothing."""

    def allows(self, user: User, asked: Attributes) -> bool:
        if user.role == "view":
            return asked.verb in READS
        return user.role in ("system", "owner", "operate")


def authorize(authorizer: Authorizer, user: User, asked: Attributes) -> None:
    """Raises: Forbidden."""
    if user.role == "system" or authorizer.allows(user, asked):
        return
    raise forbidden(user, asked)


def forbidden(user: User, asked: Attributes) -> Forbidden:
    """As kubernetes words it: who cannot do what, where."""
    resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    named = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    quoted = f'{named} "{asked.name}"' if asked.name else named
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    what = f'cannot {asked.verb} resource "{resource}" in API group "{asked.group}" {where}'
    details = {k: v for k, v in (("name", asked.name), ("group", asked.group), ("kind", asked.resource)) if v}
    return Forbidden(f'{quoted} is forbidden: User "{user.name}" {what}', details=details)
