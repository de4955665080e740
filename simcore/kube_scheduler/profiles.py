"""The profiles that one scheduler serves: pods choose theirs by `spec.schedulerName`."""

from __future__ import annotations

from collections.abc import Sequence

from simcore.client.context import ComponentContext
from simcore.client.recorder import EventRecorder
from simcore.kube_scheduler.arrays.search import ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.default_spread import WorkloadSelectors
from simcore.kube_scheduler.framework.profile import DEFAULT_SCHEDULER, Profile
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import Placer, PlainSearch
from simcore.kube_scheduler.plugins.default_preemption import DefaultPreemption
from simcore.kube_scheduler.plugins.registry import default_profile
from simcore.kube_scheduler.pod_info import PodInfo


class _Served:
    def __init__(self, framework: Framework, placer: Placer, recorder: EventRecorder) -> None:
        self.framework, self.placer, self.recorder = framework, placer, recorder


class Profiles:
    def __init__(
        self, ctx: ComponentContext, cache: Cache, nominator: Nominator, profiles: Sequence[Profile]
    ) -> None:
        self._served: dict[str, _Served] = {}
        table = NodeTable(cache)
        for profile in profiles or (_default(ctx, nominator),):
            framework = Framework(profile)
            fast = ArraySearch.can_serve(framework)
            search = ArraySearch(framework, nominator, table) if fast else PlainSearch(framework, nominator)
            placer = Placer(framework, search, ctx.rng)
            self._served[profile.name] = _Served(framework, placer, ctx.recorder(profile.name))

    def is_served(self, scheduler_name: str) -> bool:
        return (scheduler_name or DEFAULT_SCHEDULER) in self._served

    def framework_of(self, pod: PodInfo) -> Framework:
        return self._of(pod).framework

    def placer_of(self, pod: PodInfo) -> Placer:
        return self._of(pod).placer

    def recorder_of(self, pod: PodInfo) -> EventRecorder:
        return self._of(pod).recorder

    def _of(self, pod: PodInfo) -> _Served:
        return self._served[pod.pod["spec"].get("schedulerName") or DEFAULT_SCHEDULER]


def _default(ctx: ComponentContext, nominator: Nominator) -> Profile:
    preemption = DefaultPreemption(ctx, nominator, ctx.recorder(DEFAULT_SCHEDULER))
    return default_profile(ctx.client, WorkloadSelectors(ctx.informers), preemption)
