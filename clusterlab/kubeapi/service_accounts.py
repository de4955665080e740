"""The keys that sign service account tokens: one for each cluster, derived from the installation's secret."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings

from simcore.kube_apiserver.authentication.tokens import is_signed, looks_like_token


def token_key(cluster_id: str) -> bytes:
    """Never stored or logged."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"service accounts of {cluster_id}".encode(), sha256)


def is_account_token(cluster_id: str, token: str) -> bool:
    """Whether this installation made the token for this cluster; it may be over by now."""
    return looks_like_token(token) and is_signed(token, token_key(cluster_id))
