"""Service account tokens: made by TokenRequest, read from a bearer token, asked about by TokenReview.

Models: kubernetes v1.36 pkg/serviceaccount/{claims,jwt}.go, pkg/registry/core/serviceaccount/storage/token.go.
Signed with HMAC-SHA256 by a key that only the front knows; nothing of a token is stored or logged.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import sha256
from typing import Any

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.kinds import NODE, POD, SECRET, SERVICE_ACCOUNT
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.users import User, service_account

ISSUER = "https://kubernetes.default.svc.cluster.local"
DEFAULT_S, SHORTEST_S, LONGEST_S = 3600, 600, 1 << 32
_HEADER = {"alg": "HS256", "kid": "clusterlab", "typ": "JWT"}
BINDABLE = {"Pod": POD, "Secret": SECRET, "Node": NODE}
_EXTRA = "authentication.kubernetes.io/"


class Tokens:
    """One cluster's tokens. Times are simulated."""

    def __init__(self, server: ApiServer, key: bytes) -> None:
        self._server, self._key = server, key

    def made(self, account: Obj, audiences: list[str], lifetime_s: int, bound: Obj | None) -> tuple[str, int]:
        """A new token and the Unix second at which it ends. `bound` is the object that it dies with."""
        meta, now_s = account["metadata"], self._server.clock.unix_ms() // 1000
        private: Obj = {
            "namespace": meta["namespace"],
            "serviceaccount": {"name": meta["name"], "uid": meta["uid"]},
        }
        if bound is not None:
            private[bound["kind"].lower()] = {
                "name": bound["metadata"]["name"],
                "uid": bound["metadata"]["uid"],
            }
        label = f"token {meta['uid']} {now_s} {audiences} {lifetime_s} {bound and bound['metadata']['uid']}"
        claims: Obj = {
            "aud": audiences or [ISSUER],
            "exp": now_s + lifetime_s,
            "iat": now_s,
            "iss": ISSUER,
            "jti": self._server.rng.uid(label, self._server.storage.store.revision),
            "kubernetes.io": private,
            "nbf": now_s,
            "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
        }
        signed = f"{_packed(encode(_HEADER))}.{_packed(encode(claims))}"
        return f"{signed}.{_packed(_signature(signed, self._key))}", now_s + lifetime_s

    def user(self, token: str, audiences: tuple[str, ...] = (ISSUER,)) -> User | None:
        """Whom a token stands for now; None when it is not one of ours, is over or its account is gone."""
        claims = self._claims(token)
        if claims is None or not any(audience in claims["aud"] for audience in audiences):
            return None
        private = claims["kubernetes.io"]
        named = private["serviceaccount"]
        if not self._is_there(SERVICE_ACCOUNT, private["namespace"], named):
            return None
        extra: list[tuple[str, tuple[str, ...]]] = [(f"{_EXTRA}credential-id", (f"JTI={claims['jti']}",))]
        for kind, bound in ((k, private[k.lower()]) for k in BINDABLE if k.lower() in private):
            if not self._is_there(BINDABLE[kind], private["namespace"], bound):
                return None
            extra += [(f"{_EXTRA}{kind.lower()}-{part}", (bound[part],)) for part in ("name", "uid")]
        return service_account(private["namespace"], named["name"], named["uid"], tuple(extra))

    def _is_there(self, kind: Any, namespace: str, named: Obj) -> bool:
        key = Key(namespace if kind.namespaced else "", named["name"])
        obj = self._server.storage.find(kind, key)
        return obj is not None and obj["metadata"]["uid"] == named["uid"]

    def _claims(self, token: str) -> Obj | None:
        if not is_signed(token, self._key):
            return None
        claims: Obj = decode(_unpacked(token.split(".")[1]))
        return claims if claims["exp"] * 1000 > self._server.clock.unix_ms() else None


def looks_like_token(text: str) -> bool:
    return text.startswith("eyJ") and text.count(".") == 2


def is_signed(token: str, key: bytes) -> bool:
    """Whether the token was made with this key."""
    signed, _, signature = token.rpartition(".")
    try:
        given = _unpacked(signature)
    except (Base64Error, ValueError):
        return False
    return signed.count(".") == 1 and hmac.compare_digest(given, _signature(signed, key))


def _signature(signed: str, key: bytes) -> bytes:
    return hmac.digest(key, signed.encode(), sha256)


def _packed(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
