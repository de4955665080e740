"""Who opens a socket: asked once, so that a stream of messages passes through nothing that belongs to a request."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from clusterlab.api.serializers import cluster_out
from clusterlab.labs.access import Access, Visitor, access_of
from clusterlab.labs.people import name_of


@dataclass(frozen=True)
class Entry:
    """A member with a name, and the cluster's document as this member may see it."""

    name: str
    access: Access
    cluster: dict[str, Any]


def entry_of(headers: list[tuple[bytes, bytes]], cluster_id: str) -> Entry | None:
    """What the session behind a request's cookie opens; None for whoever is no member. Asks the database."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(_session_key(dict(headers)))
    user = get_user(request)
    access = access_of(Visitor.of(request.session, user), cluster_id)
    return Entry(name_of(request.session, user), access, cluster_out(access)) if access else None


def _session_key(headers: dict[bytes, bytes]) -> str | None:
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return found.value if found else None
