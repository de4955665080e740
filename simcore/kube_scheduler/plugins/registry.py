"""Every plugin: its class, how it is made, what its arguments mean; and the default profile.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/registry.go, apis/config/v1/default_plugins.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.configuration import arguments
from simcore.kube_scheduler.configuration.arguments import FitArgs, SpreadArgs
from simcore.kube_scheduler.configuration.model import Enabled, ProfileConfig
from simcore.kube_scheduler.configuration.points import expanded
from simcore.kube_scheduler.configuration.section import Section
from simcore.kube_scheduler.default_spread import SelectorOf, no_selector
from simcore.kube_scheduler.framework.interfaces import EXTENSION_POINTS, Plugin
from simcore.kube_scheduler.framework.profile import DEFAULT_SCHEDULER, Profile, Weighted
from simcore.kube_scheduler.plugins.default_binder import DefaultBinder
from simcore.kube_scheduler.plugins.default_preemption import DefaultPreemption, PreemptionArgs
from simcore.kube_scheduler.plugins.dynamic_resources import DynamicResources
from simcore.kube_scheduler.plugins.image_locality import ImageLocality
from simcore.kube_scheduler.plugins.inter_pod_affinity import AffinityArgs, InterPodAffinity
from simcore.kube_scheduler.plugins.node_affinity import NodeAffinity
from simcore.kube_scheduler.plugins.node_name import NodeName
from simcore.kube_scheduler.plugins.node_ports import NodePorts
from simcore.kube_scheduler.plugins.node_resources_balanced_allocation import NodeResourcesBalancedAllocation
from simcore.kube_scheduler.plugins.node_resources_fit import NodeResourcesFit
from simcore.kube_scheduler.plugins.node_unschedulable import NodeUnschedulable
from simcore.kube_scheduler.plugins.node_volume_limits import NodeVolumeLimits
from simcore.kube_scheduler.plugins.pod_topology_spread import PodTopologySpread
from simcore.kube_scheduler.plugins.priority_sort import PrioritySort
from simcore.kube_scheduler.plugins.round_robin import RoundRobin
from simcore.kube_scheduler.plugins.scheduling_gates import SchedulingGates
from simcore.kube_scheduler.plugins.scoring_expression import ScoringExpression
from simcore.kube_scheduler.plugins.taint_toleration import TaintToleration
from simcore.kube_scheduler.plugins.volume_binding import VolumeBinding
from simcore.kube_scheduler.plugins.volume_restrictions import VolumeRestrictions
from simcore.kube_scheduler.plugins.volume_zone import VolumeZone
from simcore.kube_scheduler.resources import CPU, MEMORY
from simcore.kube_scheduler.volumes import Volumes

Preempting = Callable[[PreemptionArgs], DefaultPreemption]


class Parts(NamedTuple):
    """What plugins are made of. Without `preempting` nobody is pushed aside."""

    client: ApiClient
    selector_of: SelectorOf = no_selector
    preempting: Preempting | None = None
    stored: Volumes | None = None
    """Without it, pods have no volumes to be placed by."""

    @property
    def volumes(self) -> Volumes:
        assert self.stored is not None
        return self.stored


class Entry(NamedTuple):
    plugin: type
    make: Callable[[Parts, Any], Plugin]
    read: Callable[[Section], Any] = arguments.nothing
    defaults: Any = None
    """The arguments when none are given; None for plugins that need them, or take none."""


def _plain(plugin: Callable[[], Plugin]) -> Entry:
    assert isinstance(plugin, type)
    return Entry(plugin, lambda parts, args: plugin())


def _fit(parts: Parts, args: FitArgs) -> Plugin:
    return NodeResourcesFit(args.strategy, args.ignored)


def _spread(parts: Parts, args: SpreadArgs) -> Plugin:
    return PodTopologySpread(parts.selector_of, args.constraints, is_system=args.is_system)


def _preemption(parts: Parts, args: PreemptionArgs) -> Plugin:
    assert parts.preempting is not None
    return parts.preempting(args)


PLUGINS: dict[str, Entry] = {
    entry.plugin.__name__: entry
    for entry in (
        _plain(SchedulingGates),
        _plain(PrioritySort),
        _plain(NodeUnschedulable),
        _plain(NodeName),
        _plain(TaintToleration),
        Entry(NodeAffinity, lambda parts, args: NodeAffinity(args), arguments.node_affinity, {}),
        _plain(NodePorts),
        Entry(NodeResourcesFit, _fit, arguments.node_resources_fit, FitArgs()),
        Entry(VolumeRestrictions, lambda parts, args: VolumeRestrictions(parts.volumes)),
        Entry(NodeVolumeLimits, lambda parts, args: NodeVolumeLimits(parts.volumes)),
        Entry(
            VolumeBinding,
            lambda parts, args: VolumeBinding(parts.volumes, parts.client, args),
            arguments.volume_binding,
            600_000,
        ),
        Entry(VolumeZone, lambda parts, args: VolumeZone(parts.volumes)),
        Entry(PodTopologySpread, _spread, arguments.pod_topology_spread, SpreadArgs()),
        Entry(
            InterPodAffinity,
            lambda parts, args: InterPodAffinity(args),
            arguments.inter_pod_affinity,
            AffinityArgs(),
        ),
        _plain(DynamicResources),
        Entry(DefaultPreemption, _preemption, arguments.default_preemption, PreemptionArgs()),
        Entry(
            NodeResourcesBalancedAllocation,
            lambda parts, args: NodeResourcesBalancedAllocation(args),
            arguments.balanced_allocation,
            (CPU, MEMORY),
        ),
        _plain(ImageLocality),
        Entry(DefaultBinder, lambda parts, args: DefaultBinder(parts.client)),
        _plain(RoundRobin),
        Entry(
            ScoringExpression,
            lambda parts, args: ScoringExpression(args),
            arguments.scoring_expression,
        ),
    )
}
"""By name, in the order of the default profile."""

VOLUME_PLUGINS = ("VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone")
OPTIONAL = ("RoundRobin", "ScoringExpression")
_WEIGHTS = {"TaintToleration": 3, "NodeAffinity": 2, "PodTopologySpread": 2, "InterPodAffinity": 2}
DEFAULT_PLUGINS = tuple(Enabled(name, _WEIGHTS.get(name, 1)) for name in PLUGINS if name not in OPTIONAL)


def implements(name: str, point: str) -> bool:
    return issubclass(PLUGINS[name].plugin, EXTENSION_POINTS[point])


def points_of(config: ProfileConfig) -> tuple[dict[str, list[str]], dict[str, int]]:
    """(the plugins at each extension point, the weights of those that score)."""
    return expanded(config, DEFAULT_PLUGINS, implements)


def build_profile(config: ProfileConfig, parts: Parts, *, percentage: int = 0) -> Profile:
    """`percentage` holds where the profile names none."""
    points, weights = points_of(config)
    if parts.preempting is None:
        points["postFilter"] = [name for name in points["postFilter"] if name != "DefaultPreemption"]
    if parts.stored is None:
        points = {point: [n for n in names if n not in VOLUME_PLUGINS] for point, names in points.items()}
    used = dict.fromkeys(name for names in points.values() for name in names)
    order = [name for name in PLUGINS if name in used]
    plugins = [
        Weighted(
            PLUGINS[name].make(parts, config.args.get(name, PLUGINS[name].defaults)), weights.get(name, 1)
        )
        for name in order
    ]
    share = percentage if config.percentage is None else config.percentage
    return Profile(plugins, config.name, share, points)


def default_profile(
    client: ApiClient,
    selector_of: SelectorOf = no_selector,
    preempting: Preempting | None = None,
    name: str = DEFAULT_SCHEDULER,
) -> Profile:
    return build_profile(ProfileConfig(name), Parts(client, selector_of, preempting))
