"""A handful of nodes with pods on them, and one plugin to ask."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.framework.interfaces import (
    Cycle,
    FilterPlugin,
    NormalizePlugin,
    Plugin,
    PreFilterPlugin,
    PreScorePlugin,
    ScorePlugin,
)
from simcore.kube_scheduler.pod_info import PodInfo, PodInfos


class Scene:
    def __init__(self, nodes: list[Obj], pods: list[Obj] | None = None) -> None:
        self.infos = PodInfos()
        self.cache = Cache(lambda namespace: {"team": namespace})
        for node in nodes:
            self.cache.set_node(node)
        for pod in pods or []:
            self.cache.set_pod(self.info(pod))

    def info(self, pod: Obj) -> PodInfo:
        return self.infos.info(pod)

    def why_not(self, plugin: Plugin, pod: Obj) -> dict[str, tuple[str, ...]]:
        """The reasons of the nodes that the plugin rejects, by name."""
        cycle, info = Cycle(self.cache, 1), self.info(pod)
        assert isinstance(plugin, FilterPlugin)
        if isinstance(plugin, PreFilterPlugin):
            found = plugin.pre_filter(cycle, info)
            if found is not None and found.skip:
                return {}
        said = {node.name: plugin.filter(cycle, info, node) for node in self.cache.nodes()}
        return {name: rejection.reasons for name, rejection in said.items() if rejection}

    def scores(self, plugin: Plugin, pod: Obj) -> dict[str, int]:
        """By node, normalized; empty when the plugin has nothing to say."""
        cycle, info, nodes = Cycle(self.cache, 1), self.info(pod), self.cache.nodes()
        assert isinstance(plugin, ScorePlugin)
        if isinstance(plugin, PreScorePlugin) and not plugin.pre_score(cycle, info, nodes):
            return {}
        raw = {node.name: plugin.score(cycle, info, node) for node in nodes}
        return plugin.normalize(cycle, info, raw) if isinstance(plugin, NormalizePlugin) else raw
