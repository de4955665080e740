"""A front proxy that has authenticated somebody and says so in headers.

The headers count only when the proxy's own certificate is signed by the authority for front proxies and has one of
the allowed names; from anybody else they are nothing.

Models: kubernetes v1.36 apiserver/pkg/authentication/request/headerrequest/requestheader.go.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import unquote

from simcore.apimachinery.certificates import Authority, CertificateError
from simcore.kube_apiserver.authentication.presented import Extra, NotAuthenticated, Presented, known
from simcore.kube_apiserver.users import User
from simcore.sim.clock import Clock

USER, GROUP, UID, EXTRA = "x-remote-user", "x-remote-group", "x-remote-uid", "x-remote-extra-"
ALLOWED_NAMES = ("front-proxy-client",)


class RequestHeader:
    def __init__(
        self, authority: Authority, clock: Clock, allowed_names: Collection[str] = ALLOWED_NAMES
    ) -> None:
        self._authority, self._clock, self._allowed = authority, clock, allowed_names

    def user(self, asked: Presented) -> User | None:
        name = next((value for value in asked.values(USER) if value), "")
        if not asked.certificate or not name:
            return None
        try:
            proxy = self._authority.subject(asked.certificate, self._clock.unix_ms())
        except CertificateError as error:
            raise NotAuthenticated(str(error)) from None
        if proxy.common_name not in self._allowed:
            allowed = " ".join(self._allowed)
            raise NotAuthenticated(
                f"x509: subject with cn={proxy.common_name} is not in the allowed list: [{allowed}]"
            )
        groups = [value for value in asked.values(GROUP) if value]
        uid = next((value for value in asked.values(UID) if value), "")
        return known(name, groups, uid, _extra(asked))


def _extra(asked: Presented) -> Extra:
    found: dict[str, list[str]] = {}
    for header, value in asked.headers:
        if header.startswith(EXTRA) and len(header) > len(EXTRA):
            found.setdefault(unquote(header[len(EXTRA) :]), []).append(value)
    return tuple((key, tuple(values)) for key, values in found.items())
