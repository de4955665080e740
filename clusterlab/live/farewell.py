"""Why a socket is closed by us, as it is told to the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clusterlab.labs.access import Access, is_still_valid
from clusterlab.labs.models import Cluster, ShareLink


@dataclass(frozen=True)
class Farewell:
    reason: Literal["revoked", "expired", "deleted", "compacted"]
    code: int


def farewell(access: Access) -> Farewell | None:
    """None while the access that the socket was opened with holds."""
    if is_still_valid(access):
        return None
    if not Cluster.objects.filter(pk=access.cluster.pk, deleted_at=None).exists():
        return Farewell("deleted", 4404)
    share = access.membership.share if access.membership else None
    if share is not None and ShareLink.objects.filter(pk=share.pk, revoked_at=None).exists():
        return Farewell("expired", 4410)
    return Farewell("revoked", 4403)
