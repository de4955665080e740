"""Which array version stands for which plugin."""

from __future__ import annotations

from simcore.kube_scheduler.arrays.affinity_twin import InterPodAffinityTwin
from simcore.kube_scheduler.arrays.each_node import EachNodeFilter, EachNodeScore
from simcore.kube_scheduler.arrays.node_twins import (
    ImageLocalityTwin,
    NodeAffinityTwin,
    NodeNameTwin,
    NodePortsTwin,
    NodeUnschedulableTwin,
    TaintTolerationTwin,
)
from simcore.kube_scheduler.arrays.resource_twins import BalancedAllocationTwin, NodeResourcesFitTwin
from simcore.kube_scheduler.arrays.spread_twin import PodTopologySpreadTwin
from simcore.kube_scheduler.arrays.twins import FilterTwin, ScoreTwin
from simcore.kube_scheduler.framework.interfaces import FilterPlugin, ScorePlugin
from simcore.kube_scheduler.plugins.image_locality import ImageLocality
from simcore.kube_scheduler.plugins.inter_pod_affinity import InterPodAffinity
from simcore.kube_scheduler.plugins.node_affinity import NodeAffinity
from simcore.kube_scheduler.plugins.node_name import NodeName
from simcore.kube_scheduler.plugins.node_ports import NodePorts
from simcore.kube_scheduler.plugins.node_resources_balanced_allocation import NodeResourcesBalancedAllocation
from simcore.kube_scheduler.plugins.node_resources_fit import NodeResourcesFit
from simcore.kube_scheduler.plugins.node_unschedulable import NodeUnschedulable
from simcore.kube_scheduler.plugins.pod_topology_spread import PodTopologySpread
from simcore.kube_scheduler.plugins.taint_toleration import TaintToleration


def filter_twin(name: str, plugin: FilterPlugin) -> FilterTwin:
    match plugin:
        case NodeName():
            return NodeNameTwin(plugin)
        case NodeUnschedulable():
            return NodeUnschedulableTwin(plugin)
        case TaintToleration():
            return TaintTolerationTwin(plugin)
        case NodeAffinity():
            return NodeAffinityTwin(plugin)
        case NodePorts():
            return NodePortsTwin(plugin)
        case NodeResourcesFit():
            return NodeResourcesFitTwin(plugin)
        case PodTopologySpread():
            return PodTopologySpreadTwin(plugin)
        case InterPodAffinity():
            return InterPodAffinityTwin(plugin)
    return EachNodeFilter(name, plugin)


def score_twin(name: str, plugin: ScorePlugin) -> ScoreTwin:
    match plugin:
        case TaintToleration():
            return TaintTolerationTwin(plugin)
        case NodeAffinity():
            return NodeAffinityTwin(plugin)
        case NodeResourcesFit():
            return NodeResourcesFitTwin(plugin)
        case NodeResourcesBalancedAllocation():
            return BalancedAllocationTwin(plugin)
        case ImageLocality():
            return ImageLocalityTwin(plugin)
        case PodTopologySpread():
            return PodTopologySpreadTwin(plugin)
        case InterPodAffinity():
            return InterPodAffinityTwin(plugin)
    return EachNodeScore(name, plugin)
