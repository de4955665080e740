"""All ways to show who one is, in upstream's order; who shows nothing is anonymous.

Models: kubernetes v1.36 pkg/kubeapiserver/authenticator/config.go, apiserver/pkg/authentication/request/union.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import Unauthorized
from simcore.kube_apiserver.authentication.presented import Authenticator, NotAuthenticated, Presented
from simcore.kube_apiserver.authentication.tokens import Tokens
from simcore.kube_apiserver.users import ANONYMOUS, User


class AccountTokens:
    """Bearer tokens of service accounts; the last reader of tokens, so what it does not know nobody does."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def user(self, asked: Presented) -> User | None:
        token = asked.authorization("bearer")
        user = self._tokens.user(token) if token else None
        if token and user is None:
            raise NotAuthenticated("invalid bearer token")
        return user


class Authentication:
    """One cluster's authenticators."""

    def __init__(self, authenticators: Sequence[Authenticator]) -> None:
        self._authenticators = tuple(authenticators)

    def user(self, asked: Presented) -> User:
        """Wrong credentials are refused even where none would do. Raises: Unauthorized."""
        failed = False
        for authenticator in self._authenticators:
            try:
                user = authenticator.user(asked)
            except NotAuthenticated:
                failed = True  # another authenticator may still know the request
                continue
            if user is not None:
                return user
        if failed:
            raise Unauthorized("Unauthorized")
        return ANONYMOUS
