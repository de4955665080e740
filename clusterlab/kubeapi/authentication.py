"""Who asks: a kubeconfig's token or, for reading, the dashboard's session; all else the cluster itself knows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest as DjangoRequest

from clusterlab import tls
from clusterlab.labs.access import Access, Visitor, access_by_token, access_of
from clusterlab.labs.models import KubeToken, Role
from clusterlab.labs.tokens import hash_of
from simcore.apimachinery.certificates import CertificateError, der_of
from simcore.kube_apiserver.authentication.presented import NOTHING, Presented
from simcore.kube_apiserver.users import ADMIN, User

FRESH_S = 1.0
"""So long an answer of the database counts; so soon a revoked token is refused."""
MOST_KEPT = 10_000
UNREADABLE = b"?"
"""A certificate that no authority has signed."""


@dataclass(frozen=True)
class Credentials:
    """What a request brings. `kept_as` names it without holding the secret."""

    cluster_id: str
    token: str = ""
    session_key: str = ""
    presented: Presented = NOTHING
    """All of it, for the cluster's own authenticators."""

    @property
    def kept_as(self) -> str:
        return hash_of(f"{self.cluster_id} {self.token} {self.session_key}")

    @property
    def is_none(self) -> bool:
        return not self.token and not self.session_key


def credentials(cluster_id: str, headers: dict[str, str], scope: dict[str, Any] | None = None) -> Credentials:
    """A cookie counts only for who shows nothing else."""
    shown = presented(scope or {})
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return Credentials(cluster_id, token=token.strip(), presented=shown)
    if "authorization" in headers or shown.certificate:
        return Credentials(cluster_id, presented=shown)
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    return Credentials(cluster_id, session_key=cookie.value if cookie else "", presented=shown)


def presented(scope: dict[str, Any]) -> Presented:
    """The headers as they came, and the certificate of the TLS connection."""
    headers = tuple((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in scope.get("headers", ()))
    chain = (scope.get("extensions") or {}).get(tls.EXTENSION, {}).get("client_cert_chain") or ()
    try:
        certificate = der_of(chain[0].encode()) if chain else b""
    except CertificateError:
        certificate = UNREADABLE
    return Presented(headers, certificate)


class Authenticator:
    """Asks the database, and remembers the answer for a moment: kubectl asks ten times a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, Access | None]] = {}  # all go at MOST_KEPT

    async def cluster_of(self, token: str) -> str:
        """The id of the cluster that a kubeconfig's token is for; '' when it is for none."""
        cluster_id: str = await database_sync_to_async(_cluster_of, thread_sensitive=False)(token)
        return cluster_id

    async def access(self, asked: Credentials) -> Access | None:
        """What the credentials allow now; None when nothing."""
        if asked.is_none:
            return None
        name, now = asked.kept_as, self._clock()
        until, access = self._known.get(name, (0.0, None))
        if until <= now:
            access = await database_sync_to_async(_look_up, thread_sensitive=False)(asked)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[name] = (now + FRESH_S, access)
        return access


def _cluster_of(token: str) -> str:
    found = KubeToken.objects.filter(token_hash=hash_of(token)).values_list("cluster_id", flat=True)
    return str(found.first() or "")


def user_of(access: Access) -> User:
    """Whom the API server sees: owners are administrators, others what their role lets them."""
    if access.role is Role.OWNER:
        return ADMIN
    who = access.membership.pk if access.membership else 0
    return User(f"{access.role.value}-{who}", role="operate" if access.role is Role.OPERATE else "view")


def _look_up(asked: Credentials) -> Access | None:
    if asked.token:
        return access_by_token(asked.token, asked.cluster_id)
    request = DjangoRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(asked.session_key)
    return access_of(Visitor.of(request.session, get_user(request)), asked.cluster_id)
