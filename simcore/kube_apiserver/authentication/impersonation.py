"""Acting as somebody else: the Impersonate headers and who may use them.

Models: kubernetes v1.36 apiserver/pkg/endpoints/filters/impersonation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from simcore.apimachinery.errors import BadRequest
from simcore.kube_apiserver.authorization.authorizer import Authorizer, authorize
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import (
    ANONYMOUS,
    AUTHENTICATED,
    SERVICE_ACCOUNT_USER,
    UNAUTHENTICATED,
    User,
    service_account,
)

_EXTRA = "impersonate-extra-"
_AUTHENTICATION = "authentication.k8s.io"


def acting_user(user: User, headers: Mapping[str, str], authorizer: Authorizer) -> User:
    """The user that the headers ask for, or `user`. Raises: Forbidden, BadRequest."""
    name, groups = headers.get("impersonate-user", ""), _listed(headers.get("impersonate-group", ""))
    uid = headers.get("impersonate-uid", "")
    extra = tuple((unquote(h[len(_EXTRA) :]), _listed(v)) for h, v in headers.items() if h.startswith(_EXTRA))
    if not (name or groups or uid or extra):
        return user
    if not name:
        raise BadRequest("requested groups, uid or extra without impersonating a user")
    for asked in _questions(name, groups, uid, extra):
        authorize(authorizer, user, asked)
    account = _account(name)
    if account and not groups:
        return service_account(*account, uid, extra)
    if name == ANONYMOUS.name:
        return User(name, groups or (UNAUTHENTICATED,), "user", uid, extra)
    return User(name, groups if AUTHENTICATED in groups else (*groups, AUTHENTICATED), "user", uid, extra)


def _questions(
    name: str, groups: tuple[str, ...], uid: str, extra: tuple[tuple[str, tuple[str, ...]], ...]
) -> Iterator[Attributes]:
    account = _account(name)
    if account:
        yield Attributes("impersonate", "", "serviceaccounts", "", *account)
    else:
        yield Attributes("impersonate", "", "users", name=name)
    for group in groups:
        yield Attributes("impersonate", "", "groups", name=group)
    if uid:
        yield Attributes("impersonate", _AUTHENTICATION, "uids", name=uid)
    for key, values in extra:
        for value in values:
            yield Attributes("impersonate", _AUTHENTICATION, "userextras", key, name=value)


def _account(name: str) -> tuple[str, str] | None:
    """(namespace, name) of a service account's user name."""
    namespace, colon, account = name.removeprefix(SERVICE_ACCOUNT_USER).partition(":")
    return (namespace, account) if name.startswith(SERVICE_ACCOUNT_USER) and colon else None


def _listed(header: str) -> tuple[str, ...]:
    return tuple(value for part in header.split(",") if (value := part.strip()))
