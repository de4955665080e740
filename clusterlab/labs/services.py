"""What can be done with clusters, for the REST API and the command line alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from clusterlab import redis_clients
from clusterlab.engine import hints
from clusterlab.engine.pace import FASTEST, FLAT_OUT, SLOWEST, key_of
from clusterlab.hub import Resident, hub
from clusterlab.labs import archive
from clusterlab.labs.access import Access, Visitor
from clusterlab.labs.models import Cluster, KubeToken, Membership, Role, ShareLink
from clusterlab.labs.spec import BadSpec
from clusterlab.labs.tokens import hash_of, new_token
from clusterlab.live.notices import tell_access
from simcore.apimachinery.encoding import encode
from simcore.cluster.condition import BadCondition, parse
from simcore.cluster.pacing import MOST_STEPS
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Op, Put, Revision
from simcore.sim.trace import Origin

LIFETIMES = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7), "never": None}
HINT_LENGTH = 4
LIMIT_S = 600.0
"""Simulated seconds after which a goal is given up unless somebody says otherwise."""
LONGEST_LIMIT_S = 30 * 24 * 3600
LONGEST_NAME = 63


@dataclass(frozen=True)
class NewShare:
    """A link and its token, which is known only now."""

    link: ShareLink
    token: str


def change_cluster(cluster: Cluster, *, name: str | None = None, archived: bool | None = None) -> None:
    """What is not named stays."""
    if name is not None:
        cluster.name = name
    if archived is not None:
        cluster.archived_at = (cluster.archived_at or timezone.now()) if archived else None
    cluster.save(update_fields=["name", "archived_at"])


def delete_cluster(cluster: Cluster) -> None:
    """Out of the database's sight first, then out of the store; sockets are told."""
    cluster.deleted_at = timezone.now()
    cluster.save(update_fields=["deleted_at"])
    client = redis_clients.shared_client()
    hints.forget(client, cluster.id)
    redis_clients.new_log(cluster.id).destroy()
    client.delete(key_of(cluster.id), hints.seen_key(cluster.id))
    archive.forget(cluster.id)
    hub.drop_id(cluster.id)
    tell_access(client, cluster.id)


def set_clock(
    resident: Resident,
    actor: str,
    *,
    speed: float | None = None,
    paused: bool | None = None,
    steps: int | None = None,
    until: str | None = None,
    limit_s: float = LIMIT_S,
) -> dict[str, Any]:
    """The new clock record. Single steps pause the cluster; a goal lets it run. Raises: BadSpec, StoreError."""
    if speed is not None and speed != FLAT_OUT and not SLOWEST <= speed <= FASTEST:
        raise BadSpec(
            f"speed={speed:g} is not between {SLOWEST:g} and {FASTEST:g}, nor 0 (as fast as it can)"
        )
    if steps is not None and not 1 <= steps <= MOST_STEPS:
        raise BadSpec(f"step={steps} is not between 1 and {MOST_STEPS}")
    resident.sync()
    record: dict[str, Any] = dict(resident.record(CLOCK) or {"speed": 1.0, "paused": False})
    record.pop("steps", None)
    if speed is not None:
        record["speed"] = speed
    if paused is not None:
        record["paused"] = paused
    if steps is not None:
        record |= {"paused": True, "steps": steps}
    if until is not None:
        record |= {"paused": False, "goal": _goal(resident, until, limit_s)}
    write_world(resident, [Put(CLOCK, encode(record))], actor)
    return record


def _goal(resident: Resident, text: str, limit_s: float) -> dict[str, Any]:
    """Raises: BadSpec."""
    try:
        parse(text, resident.server.kinds)
    except BadCondition as error:
        raise BadSpec(str(error)) from None
    if not 0 < limit_s <= LONGEST_LIMIT_S:
        raise BadSpec(f"limit_s={limit_s:g} is not between 0 and {LONGEST_LIMIT_S}")
    until_ms = resident.clock.now() + int(limit_s * 1000)
    return {"text": text, "until_ms": until_ms, "state": "running"}


def write_world(resident: Resident, ops: list[Op], actor: str) -> None:
    """Records of the simulated world, as one write of a user's."""
    resident.store.txn((), ops, origin=Origin(actor, 0, resident.clock.now()))
    resident.used(wrote=True)


def share(cluster: Cluster, role: Role, lifetime: str, *, revision: Revision | None = None) -> NewShare:
    """Raises: BadSpec."""
    if role == Role.OWNER or lifetime not in LIFETIMES:
        raise BadSpec(f"a link has the role view or operate and lives for one of {', '.join(LIFETIMES)}")
    token, span = new_token(), LIFETIMES[lifetime]
    link = ShareLink.objects.create(
        cluster=cluster,
        token_hash=hash_of(token),
        token_hint=token[:HINT_LENGTH],
        role=role,
        expires_at=timezone.now() + span if span else None,
        revision=revision,
    )
    return NewShare(link, token)


def revoke(link: ShareLink) -> None:
    """Ends the link, every membership that came by it, their kubeconfigs and their open sockets."""
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
    tell_access(redis_clients.shared_client(), link.cluster_id)


def join(link: ShareLink, visitor: Visitor) -> Membership:
    """The membership that the link gives; the same one when it is opened again."""
    membership, _ = Membership.objects.get_or_create(
        cluster=link.cluster,
        **membership_fields(visitor),
        share=link,
        defaults={"role": link.role, "name": visitor.name},
    )
    return membership


def new_kube_token(access: Access) -> str:
    """A token with the member's role; it ends with the membership."""
    token = new_token()
    KubeToken.objects.create(
        cluster=access.cluster, membership=access.membership, token_hash=hash_of(token), role=access.role
    )
    return token


def new_owner(cluster: Cluster, visitor: Visitor) -> Membership:
    fields = membership_fields(visitor)
    return Membership.objects.create(cluster=cluster, role=Role.OWNER, name=visitor.name, **fields)


def membership_fields(visitor: Visitor) -> dict[str, Any]:
    """By which a membership knows whose it is."""
    return {"visitor_hash": visitor.visitor_hash, "user_id": visitor.user_id}
