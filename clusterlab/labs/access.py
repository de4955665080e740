"""Who may do what: from a session or a token to a role in one cluster. The only place that decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from clusterlab.labs.models import Cluster, KubeToken, Membership, Role
from clusterlab.labs.people import VISITOR, name_of
from clusterlab.labs.tokens import hash_of, new_token


@dataclass(frozen=True)
class Visitor:
    """A browser: by the hash of its session's secret, by its user, or both."""

    visitor_hash: str = ""
    user_id: int | None = None
    name: str = field(default="", compare=False)
    """What the others call this one."""

    @classmethod
    def of(cls, session: Any, user: Any) -> Visitor:
        """Reads a session; one without a secret is nobody yet."""
        secret = session.get(VISITOR)
        user_id = user.pk if user and user.is_authenticated else None
        return cls(hash_of(secret) if secret else "", user_id, name_of(session, user))

    @classmethod
    def settled(cls, session: Any, user: Any) -> Visitor:
        """As of(), but the session is given its secret if it had none."""
        if VISITOR not in session:
            session[VISITOR] = new_token()
        return cls.of(session, user)

    def memberships(self) -> QuerySet[Membership]:
        """Those that hold now, in clusters that still are."""
        if not self.visitor_hash and self.user_id is None:
            return Membership.objects.none()
        mine = Q(user_id=self.user_id) if self.user_id is not None else Q(pk__in=[])
        if self.visitor_hash:
            mine |= Q(visitor_hash=self.visitor_hash)
        return valid_memberships(timezone.now()).filter(mine)


@dataclass(frozen=True)
class Access:
    """A member's way into a cluster; `membership` is None for tokens that the operator made."""

    cluster: Cluster
    role: Role
    membership: Membership | None = None
    token_id: int | None = None

    def includes(self, role: Role) -> bool:
        return self.role.includes(role)


def valid_memberships(now: datetime) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(cluster__deleted_at=None, share__revoked_at=None)
        .filter(Q(share=None) | Q(share__expires_at=None) | Q(share__expires_at__gt=now))
        .select_related("cluster", "share")
    )


def access_of(visitor: Visitor, cluster_id: str) -> Access | None:
    """The visitor's strongest role; None for a cluster that is not there or not theirs, which look the same."""
    found = list(visitor.memberships().filter(cluster_id=cluster_id))
    if not found:
        return None
    best = max(found, key=lambda m: (list(Role).index(Role(m.role)), -m.pk))
    return Access(best.cluster, Role(best.role), best)


def access_by_token(token: str, cluster_id: str) -> Access | None:
    """What a kubeconfig's bearer token allows now."""
    found = (
        KubeToken.objects.filter(
            token_hash=hash_of(token), cluster_id=cluster_id, revoked_at=None, cluster__deleted_at=None
        )
        .select_related("cluster")
        .first()
    )
    if found is None:
        return None
    membership = None
    if found.membership_id is not None:
        membership = valid_memberships(timezone.now()).filter(pk=found.membership_id).first()
        if membership is None:
            return None
    return Access(found.cluster, Role(found.role), membership, found.pk)


def is_still_valid(access: Access) -> bool:
    """Whether what was granted earlier holds now: the question that long-lived connections repeat."""
    if (
        access.token_id is not None
        and not KubeToken.objects.filter(pk=access.token_id, revoked_at=None).exists()
    ):
        return False
    if access.membership is None:
        return Cluster.objects.filter(pk=access.cluster.pk, deleted_at=None).exists()
    return valid_memberships(timezone.now()).filter(pk=access.membership.pk, role=access.role).exists()
