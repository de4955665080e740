"""Refuses what would exceed a namespace's quotas, and charges them with what it lets through.

The charge is written in the same transaction as the object: two writers can't both take what is left for one.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/resourcequota/controller.go (CheckRequest).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simcore.apimachinery.kinds import EVENT, PERSISTENT_VOLUME_CLAIM, POD, RESOURCE_QUOTA, SERVICE, Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import Quantity, parse
from simcore.apimachinery.resource_usage import (
    ZERO,
    Usage,
    added,
    is_in_scope,
    is_limited,
    missing_amounts,
    usage_of,
)
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext

_GROWING = (SERVICE, PERSISTENT_VOLUME_CLAIM)
"""The kinds whose updates may use more."""


class ResourceQuota(BasePlugin):
    name = "ResourceQuota"

    def concerns(self, kind: Kind) -> bool:
        return kind.namespaced and kind is not EVENT  # upstream ignores them, too

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.obj is None or not asked.namespace or asked.subresource:
            return
        if asked.verb != "create" and asked.kind not in _GROWING:
            return
        quotas = ctx.read.all(RESOURCE_QUOTA, asked.namespace)
        concerned = [quota for quota in quotas if _names(asked, quota)] if quotas else []
        if not concerned:
            return
        requested = usage_of(asked.kind, asked.obj, ctx.clock.unix_ms())
        if asked.old is not None:
            before = usage_of(asked.kind, asked.old, ctx.clock.unix_ms())
            requested = {name: amount.minus(before.get(name, ZERO)) for name, amount in requested.items()}
        for quota in concerned:
            charged = _charged(asked, quota, requested)
            if charged is not None:
                ctx.charges.append((RESOURCE_QUOTA, charged))


def _names(asked: Asked, quota: Obj) -> list[str]:
    """What the quota limits and the object may use."""
    assert asked.obj is not None
    hard = (quota.get("status") or {}).get("hard") or quota["spec"].get("hard") or {}
    names = sorted(name for name in hard if is_limited(asked.kind, name))
    return names if names and is_in_scope(quota, asked.kind, asked.obj) else []


def _charged(asked: Asked, quota: Obj, requested: Usage) -> Obj | None:
    """The quota with the request in its usage; None when it uses nothing of it. Raises: Forbidden."""
    names, name = _names(asked, quota), quota["metadata"]["name"]
    if asked.kind == POD and asked.obj is not None and (missing := missing_amounts(asked.obj, names)):
        texts = (f"{resource} for: {','.join(containers)}" for resource, containers in missing.items())
        raise forbidden(asked, f"failed quota: {name}: must specify {'; '.join(texts)}")
    status = quota.get("status") or {}
    hard, used = _amounts(status.get("hard"), names), _amounts(status.get("used"), names)
    if unknown := [n for n in names if n not in hard or n not in used]:
        raise forbidden(asked, f"status unknown for quota: {name}, resources: {','.join(unknown)}")
    wanted = {n: requested[n] for n in names if requested.get(n, ZERO).nanos}
    after = added(used, wanted)
    exceeded = [n for n, amount in wanted.items() if amount.nanos > 0 and after[n].nanos > hard[n].nanos]
    if exceeded:
        raise forbidden(
            asked,
            f"exceeded quota: {name}, requested: {_shown(wanted, exceeded)}, "
            f"used: {_shown(used, exceeded)}, limited: {_shown(hard, exceeded)}",
        )
    news = {n: str(after[n]) for n in wanted}
    return {**quota, "status": {**status, "used": {**status["used"], **news}}} if news else None


def _amounts(amounts: Mapping[str, str] | None, names: Iterable[str]) -> Usage:
    return {name: parse((amounts or {})[name]) for name in names if name in (amounts or {})}


def _shown(amounts: Mapping[str, Quantity], names: Iterable[str]) -> str:
    return ",".join(f"{name}={amounts[name]}" for name in names)
