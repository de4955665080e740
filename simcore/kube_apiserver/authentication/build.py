"""Puts a cluster's authenticators together."""

from __future__ import annotations

from simcore.apimachinery.certificates import Authorities
from simcore.apimachinery.errors import Unauthorized
from simcore.kube_apiserver.authentication.client_certificates import ClientCertificates
from simcore.kube_apiserver.authentication.presented import Presented
from simcore.kube_apiserver.authentication.request_header import RequestHeader
from simcore.kube_apiserver.authentication.static_users import Passwords, StaticTokens
from simcore.kube_apiserver.authentication.tokens import Tokens
from simcore.kube_apiserver.authentication.union import AccountTokens, Authentication
from simcore.kube_apiserver.flags import FlagsReader
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.users import ANONYMOUS, User


class FrontDoor:
    """Who sends a request, by what the cluster itself knows: everything but the tokens of share links."""

    def __init__(self, server: ApiServer, tokens: Tokens, authorities: Authorities, secret: bytes) -> None:
        """`secret` is what hashes of static users' secrets are keyed with."""
        self._flags = flags = FlagsReader(server.storage.store)

        def static_users() -> tuple[dict[str, object], ...]:
            return flags().static_users

        self._authentication = Authentication(
            (
                RequestHeader(authorities.front_proxy, server.clock),
                ClientCertificates(authorities.client, server.clock),
                Passwords(static_users, secret),
                StaticTokens(static_users, secret),
                AccountTokens(tokens),
            )
        )

    def user(self, asked: Presented) -> User:
        """Raises: Unauthorized."""
        user = self._authentication.user(asked)
        if user is ANONYMOUS and not self._flags().anonymous_auth:
            raise Unauthorized("Unauthorized")
        return user
