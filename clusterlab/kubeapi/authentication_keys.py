"""The keys of a cluster's certificate authorities: derived from the installation's secret, never stored or logged."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings


def authority_key(cluster_id: str) -> bytes:
    """Whoever has it can be anybody in this cluster. A copy of the cluster has another id, so another key."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"authorities of {cluster_id}".encode(), sha256)
