"""Who calls: a session, anonymous or not. Every unsafe call has to prove that our own page made it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class VisitorAuthentication(SessionAuthentication):
    """As Django REST framework's, which checks the CSRF token of signed-in users only; ours of everybody."""

    def authenticate(self, request: Request) -> tuple[Any, None]:
        self.enforce_csrf(request)
        return request._request.user, None


class VisitorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped upstream
    target_class = VisitorAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
