"""Fills the rules of ClusterRoles that are put together from others by label.

Models: kubernetes v1.36 pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import CLUSTER_ROLE
from simcore.apimachinery.meta import Key, Obj, key_of, labels_of
from simcore.apimachinery.selectors import matches
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch


class ClusterRoleAggregationController:
    name = "clusterrole-aggregation-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._roles = ctx.client, ctx.informers.informer(CLUSTER_ROLE)
        self._roles.add_index("aggregated", lambda role: ("",) if role.get("aggregationRule") else ())
        self.watches: Sequence[Watch] = (Watch(CLUSTER_ROLE, self._aggregated),)

    def reconcile(self, key: Key) -> Result:
        role = self._roles.get(key)
        if role is None or not role.get("aggregationRule"):
            return DONE
        rules = self._collected(role)
        if rules != (role.get("rules") or []):
            meta = {"resourceVersion": role["metadata"]["resourceVersion"]}
            self._client.patch(CLUSTER_ROLE, key, {"metadata": meta, "rules": rules})
        return DONE

    def _collected(self, role: Obj) -> list[Obj]:
        """The rules of all that a selector matches: by selector, then by name, each once."""
        rules: list[Obj] = []
        others = [other for other in sorted(self._roles.list(), key=key_of) if key_of(other) != key_of(role)]
        for selector in role["aggregationRule"].get("clusterRoleSelectors") or ():
            for other in others:
                if matches(selector, labels_of(other)):
                    rules += [rule for rule in other.get("rules") or () if rule not in rules]
        return rules

    def _aggregated(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """Any ClusterRole may be a part of any that is put together."""
        return sorted(map(key_of, self._roles.by_index("aggregated", "")))
