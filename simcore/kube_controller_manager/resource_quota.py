"""Works out how much of each ResourceQuota is used.

Admission charges a quota for what comes; this gives back what has gone, and begins when a quota is made or changed.

Models: kubernetes v1.36 pkg/controller/resourcequota/resource_quota_controller.go (syncResourceQuota).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simcore.apimachinery.kinds import EVENT, PERSISTENT_VOLUME_CLAIM, POD, RESOURCE_QUOTA, SERVICE, Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of
from simcore.apimachinery.quantity import canonical
from simcore.apimachinery.resource_usage import ZERO, Usage, added, is_in_scope, is_limited, usage_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import Result, Watch
from simcore.kube_controller_manager.pods import is_finished

RESYNC_MS = 300_000
"""How often everything is counted anew, whatever has happened."""
IGNORED = (RESOURCE_QUOTA, EVENT)
"""Kinds whose objects come and go without a quota being counted anew."""
_BURST_MS = 100
"""Deletions within this time are counted together."""


class ResourceQuotaController:
    name = "resourcequota-controller"

    def __init__(self, ctx: ComponentContext, kinds: Iterable[Kind]) -> None:
        """`kinds` are asked anew for each quota, so that later definitions count."""
        self._client, self._clock, self._kinds = ctx.client, ctx.clock, kinds
        self._quotas = ctx.informers.informer(RESOURCE_QUOTA)
        counted = [
            kind for kind in kinds if kind.namespaced and "delete" in kind.verbs and kind not in IGNORED
        ]
        self.watches: Sequence[Watch] = (
            Watch(RESOURCE_QUOTA, self._changed),
            *(Watch(kind, self._replenished, _BURST_MS) for kind in counted),
        )

    def reconcile(self, key: Key) -> Result:
        quota = self._quotas.get(key)
        if quota is None or is_terminating(quota):
            return Result()
        hard = {name: canonical(amount) for name, amount in (quota["spec"].get("hard") or {}).items()}
        quota = self._client.get(RESOURCE_QUOTA, key)  # not older than what is counted now
        used = self._used(quota, key.namespace)
        status = {"hard": hard, "used": {name: str(used.get(name, ZERO)) for name in hard}}
        if status != quota.get("status"):
            self._client.update_status(RESOURCE_QUOTA, {**quota, "status": status})
        return Result(RESYNC_MS)

    def _used(self, quota: Obj, namespace: str) -> Usage:
        """Asks the API server: an object that the informer does not show yet has been charged already."""
        used: Usage = {}
        for kind in self._kinds:
            names = [
                name for name in quota["spec"].get("hard") or () if kind.namespaced and is_limited(kind, name)
            ]
            for obj in self._client.list(kind, namespace) if names else ():
                if is_in_scope(quota, kind, obj):
                    amounts = usage_of(kind, obj, self._clock.unix_ms())
                    used = added(used, {name: amounts[name] for name in names if name in amounts})
        return used

    def _changed(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """Not when admission has charged it."""
        if new is not None and (old is None or old["spec"] != new["spec"]):
            return [key_of(new)]
        return self._replenished(old, new) if new is None else []

    def _replenished(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """The quotas of a namespace in which something has been given back."""
        obj = new if new is not None else old
        if obj is None or (new is not None and not _gives_back(old, new)):
            return []
        return sorted(map(key_of, self._quotas.list(obj["metadata"]["namespace"])))


def _gives_back(old: Obj | None, new: Obj) -> bool:
    if old is None:
        return False
    if new["kind"] == POD.kind:
        return is_finished(new) and not is_finished(old)
    grows = (SERVICE.kind, PERSISTENT_VOLUME_CLAIM.kind)
    return new["kind"] in grows and old["spec"] != new["spec"]
