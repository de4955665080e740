"""Who asks: a user as authentication hands it to authorization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "operate", "view", "system", "user"]
"""What a share link allows. `system` is a component of the control plane; a `user` has what RBAC gives."""

MASTERS = "system:masters"
AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
SERVICE_ACCOUNTS = "system:serviceaccounts"
SERVICE_ACCOUNT_USER = "system:serviceaccount:"


@dataclass(frozen=True)
class User:
    """`groups` in the order in which authentication found them."""

    name: str
    groups: tuple[str, ...] = ("system:authenticated",)
    role: Role = "view"
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What else authentication found, as the pod that a token is bound to."""


ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,), "user")
ADMIN = User("kubernetes-admin", (MASTERS, "system:authenticated"), "owner")


def component(name: str) -> User:
    """A component of the control plane, as in-process callers are."""
    return User(f"system:{name}", (MASTERS, "system:authenticated"), "system")


def service_account(
    namespace: str, name: str, uid: str = "", extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
) -> User:
    """Whom a service account's token stands for."""
    groups = (SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{namespace}", AUTHENTICATED)
    return User(f"{SERVICE_ACCOUNT_USER}{namespace}:{name}", groups, "user", uid, extra)
