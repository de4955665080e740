"""What a request brings to show who sends it, and what every authenticator says about that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simcore.kube_apiserver.users import AUTHENTICATED, UNAUTHENTICATED, User

CREDENTIAL_ID = "authentication.kubernetes.io/credential-id"
Extra = tuple[tuple[str, tuple[str, ...]], ...]


class NotAuthenticated(Exception):
    """Credentials were shown that are not right. The text is for tests and traces, never for the client."""


@dataclass(frozen=True)
class Presented:
    """`headers` one by one as they came, names in lower case; nothing of this is ever logged."""

    headers: Sequence[tuple[str, str]] = ()
    certificate: bytes = b""
    """The client's, in DER. TLS has proved that the client has its key, and nothing else about it."""

    def values(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]

    def authorization(self, scheme: str) -> str:
        """The credentials of the Authorization header, if there is one of this scheme; ''."""
        for value in self.values("authorization"):
            given, _, credentials = value.strip().partition(" ")
            if given.lower() == scheme and credentials.strip():
                return credentials.strip()
        return ""

    def __repr__(self) -> str:
        """Without secrets."""
        return f"Presented({len(self.headers)} headers, {len(self.certificate)} bytes of certificate)"


NOTHING = Presented()


class Authenticator(Protocol):
    def user(self, asked: Presented) -> User | None:
        """None: nothing was shown that this one knows. Raises: NotAuthenticated."""
        ...


def known(name: str, groups: Sequence[str] = (), uid: str = "", extra: Extra = ()) -> User:
    """Somebody who has proved who they are: with that in their groups."""
    said = tuple(groups)
    if AUTHENTICATED not in said and UNAUTHENTICATED not in said:
        said = (*said, AUTHENTICATED)
    return User(name, said, "user", uid, extra)
