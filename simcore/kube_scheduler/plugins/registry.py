"""The default profile: every plugin in upstream's order, with upstream's weights.

Models: kubernetes v1.36 pkg/scheduler/apis/config/v1/default_plugins.go.
"""

from __future__ import annotations

from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.default_spread import SelectorOf, no_selector
from simcore.kube_scheduler.framework.profile import DEFAULT_SCHEDULER, Profile, Weighted
from simcore.kube_scheduler.plugins.default_binder import DefaultBinder
from simcore.kube_scheduler.plugins.default_preemption import DefaultPreemption
from simcore.kube_scheduler.plugins.dynamic_resources import DynamicResources
from simcore.kube_scheduler.plugins.image_locality import ImageLocality
from simcore.kube_scheduler.plugins.inter_pod_affinity import InterPodAffinity
from simcore.kube_scheduler.plugins.node_affinity import NodeAffinity
from simcore.kube_scheduler.plugins.node_name import NodeName
from simcore.kube_scheduler.plugins.node_ports import NodePorts
from simcore.kube_scheduler.plugins.node_resources_balanced_allocation import NodeResourcesBalancedAllocation
from simcore.kube_scheduler.plugins.node_resources_fit import NodeResourcesFit
from simcore.kube_scheduler.plugins.node_unschedulable import NodeUnschedulable
from simcore.kube_scheduler.plugins.pod_topology_spread import PodTopologySpread
from simcore.kube_scheduler.plugins.priority_sort import PrioritySort
from simcore.kube_scheduler.plugins.scheduling_gates import SchedulingGates
from simcore.kube_scheduler.plugins.taint_toleration import TaintToleration


def default_profile(
    client: ApiClient,
    selector_of: SelectorOf = no_selector,
    preemption: DefaultPreemption | None = None,
    name: str = DEFAULT_SCHEDULER,
) -> Profile:
    """Without `preemption` nobody is pushed aside."""
    plugins = (
        Weighted(SchedulingGates()),
        Weighted(PrioritySort()),
        Weighted(NodeUnschedulable()),
        Weighted(NodeName()),
        Weighted(TaintToleration(), 3),
        Weighted(NodeAffinity(), 2),
        Weighted(NodePorts()),
        Weighted(NodeResourcesFit()),
        Weighted(PodTopologySpread(selector_of), 2),
        Weighted(InterPodAffinity(), 2),
        Weighted(DynamicResources()),
        *([Weighted(preemption)] if preemption else []),
        Weighted(NodeResourcesBalancedAllocation()),
        Weighted(ImageLocality()),
        Weighted(DefaultBinder(client)),
    )
    return Profile(plugins, name)
