"""Websockets are opened by our own page only: cookies come along with any page's attempt."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings


class SameOrigin:
    """ASGI middleware: the Origin has to be the Host that was asked, or one that the installation trusts."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_same_origin(dict(scope["headers"])):
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})


def is_same_origin(headers: dict[bytes, bytes]) -> bool:
    """A request without an Origin comes from no browser, and from no page of ours."""
    origin, host = headers.get(b"origin", b"").decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        asked = urlsplit(origin)
    except ValueError:
        return False
    return bool(host) and asked.scheme in ("http", "https") and asked.netloc.lower() == host.lower()
