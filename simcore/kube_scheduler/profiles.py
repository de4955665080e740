"""The profiles that one scheduler serves: pods choose theirs by `spec.schedulerName`."""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import POD_DISRUPTION_BUDGET
from simcore.client.context import ComponentContext
from simcore.client.recorder import EventRecorder
from simcore.kube_scheduler.arrays.search import ArraySearch
from simcore.kube_scheduler.arrays.table import NodeTable
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.configuration.model import Configuration
from simcore.kube_scheduler.default_spread import WorkloadSelectors
from simcore.kube_scheduler.framework.profile import DEFAULT_SCHEDULER, Profile
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import Placer, PlainSearch, Search
from simcore.kube_scheduler.plugins.default_preemption import DefaultPreemption
from simcore.kube_scheduler.plugins.registry import Parts, build_profile
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.preemption.budgets import Budgets
from simcore.kube_scheduler.volumes import Volumes


class _Served:
    def __init__(self, framework: Framework, search: Search, placer: Placer, recorder: EventRecorder) -> None:
        self.framework, self.search, self.placer, self.recorder = framework, search, placer, recorder


class Profiles:
    """`use()` may be called again at any time; what it replaces is forgotten."""

    def __init__(self, ctx: ComponentContext, cache: Cache, nominator: Nominator) -> None:
        self._ctx, self._nominator = ctx, nominator
        self._table = NodeTable(cache, nominator)
        self._selectors = WorkloadSelectors(ctx.informers)
        self.volumes = Volumes(ctx.informers)
        self._budgets = Budgets()
        ctx.informers.informer(POD_DISRUPTION_BUDGET).on_event(self._budgets.changed)
        self._served: dict[str, _Served] = {}  # by schedulerName
        self._retired: dict[
            str, _Served
        ] = {}  # the last of each name: a pod may still be on its way to a node
        self.configuration = Configuration()
        self.configure(self.configuration)

    def configure(self, configuration: Configuration) -> None:
        self.configuration = configuration
        share = configuration.percentage
        self.use(
            [build_profile(each, self._parts(each.name), percentage=share) for each in configuration.profiles]
        )

    def use(self, profiles: Sequence[Profile]) -> None:
        """These and no others."""
        self._retired |= self._served
        self._served = {}
        for profile in profiles:
            framework = Framework(profile)
            search: Search = PlainSearch(framework, self._nominator)
            if ArraySearch.can_serve(framework):
                search = ArraySearch(framework, self._table)
            placer = Placer(framework, search, self._ctx.rng)
            self._served[profile.name] = _Served(framework, search, placer, self._ctx.recorder(profile.name))

    @property
    def names(self) -> Sequence[str]:
        return tuple(self._served)

    def is_served(self, scheduler_name: str) -> bool:
        return (scheduler_name or DEFAULT_SCHEDULER) in self._served

    def serves(self, pod: PodInfo) -> bool:
        return self.is_served(pod.pod["spec"].get("schedulerName") or "")

    def framework_of(self, pod: PodInfo) -> Framework:
        return self._of(pod).framework

    def search_of(self, pod: PodInfo) -> Search:
        return self._of(pod).search

    def placer_of(self, pod: PodInfo) -> Placer:
        return self._of(pod).placer

    def recorder_of(self, pod: PodInfo) -> EventRecorder:
        return self._of(pod).recorder

    def _of(self, pod: PodInfo) -> _Served:
        name = pod.pod["spec"].get("schedulerName") or DEFAULT_SCHEDULER
        return self._served.get(name) or self._retired[name]

    def _parts(self, name: str) -> Parts:
        ctx, nominator = self._ctx, self._nominator
        recorder = ctx.recorder(name)
        return Parts(
            ctx.client,
            self._selectors,
            lambda args: DefaultPreemption(ctx, nominator, recorder, self._budgets, args),
            self.volumes,
        )
