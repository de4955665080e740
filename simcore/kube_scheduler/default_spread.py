"""The constraints of pods that name none: pods of one workload or Service are spread over hosts and zones.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/podtopologyspread/plugin.go (systemDefaultConstraints) and
plugins/helper/spread.go (DefaultSelector).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simcore.apimachinery.kinds import REPLICA_SET, REPLICATION_CONTROLLER, SERVICE, STATEFUL_SET, Kind
from simcore.apimachinery.meta import Key, Obj, controller_of
from simcore.apimachinery.selectors import is_empty, matches_all
from simcore.client.informer import InformerFactory
from simcore.kube_scheduler.node_order import ZONE
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.spread_constraints import HOSTNAME, SpreadConstraint

SelectorOf = Callable[[PodInfo], Obj | None]
"""The label selector of the pod's companions; None when nothing selects it."""

CONTROLLERS = (REPLICATION_CONTROLLER, REPLICA_SET, STATEFUL_SET)
_KEPT = 4096


class DefaultConstraint(NamedTuple):
    """For pods that name no constraints; the selector is that of their companions."""

    max_skew: int
    topology_key: str
    is_hard: bool = False


SYSTEM_DEFAULTS = (DefaultConstraint(3, HOSTNAME), DefaultConstraint(5, ZONE))


def default_constraints(
    selector: Obj | None, defaults: Sequence[DefaultConstraint] = SYSTEM_DEFAULTS
) -> tuple[SpreadConstraint, ...]:
    if selector is None:
        return ()
    return tuple(
        SpreadConstraint(each.max_skew, each.topology_key, selector, is_hard=each.is_hard)
        for each in defaults
    )


def no_selector(pod: PodInfo) -> Obj | None:
    """Where there are no workloads to ask."""
    return None


class WorkloadSelectors:
    """Looks up the Services and the controller of a pod."""

    def __init__(self, informers: InformerFactory, controllers: tuple[Kind, ...] = CONTROLLERS) -> None:
        self._services = informers.informer(SERVICE)
        self._controllers = {kind.kind: informers.informer(kind) for kind in controllers}
        self._known: dict[
            tuple[int, str], Obj | None
        ] = {}  # by shape and owner; goes when any Service changes
        self._services.on_event(self._forget)

    def __call__(self, pod: PodInfo) -> Obj | None:
        owner = controller_of(pod.pod)
        key = (pod.shape.number, owner["uid"] if owner else "")
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = self._selector(pod, owner)
        return self._known[key]

    def _selector(self, pod: PodInfo, owner: Obj | None) -> Obj | None:
        labels: dict[str, str] = {}
        for service in self._services.list(pod.key.namespace):
            wanted = service["spec"].get("selector")
            if wanted and matches_all(wanted, pod.shape.labels):
                labels |= wanted
        selector: Obj = {"matchLabels": labels}
        informer = self._controllers.get(owner["kind"]) if owner else None
        workload = informer.get(Key(pod.key.namespace, owner["name"])) if informer and owner else None
        if workload is not None:
            own = workload["spec"].get("selector") or {}
            if workload["kind"] == REPLICATION_CONTROLLER.kind:  # whose selector is a plain map
                own = {"matchLabels": own}
            selector["matchLabels"] = labels | (own.get("matchLabels") or {})
            selector["matchExpressions"] = own.get("matchExpressions") or []
        return None if is_empty(selector) else selector

    def _forget(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        self._known.clear()
