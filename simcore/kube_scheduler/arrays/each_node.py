"""For plugins that have no array version: asked node by node, as often as a cycle needs them."""

from __future__ import annotations

import numpy as np

from simcore.kube_scheduler.arrays.twins import Codes, Ints, View
from simcore.kube_scheduler.framework.interfaces import (
    FilterPlugin,
    NormalizePlugin,
    PreScorePlugin,
    Rejection,
    ScorePlugin,
)


class EachNodeFilter:
    is_local = False

    def __init__(self, name: str, plugin: FilterPlugin) -> None:
        self.name, self._plugin = name, plugin

    def filters(self, view: View) -> bool:
        return self.name not in view.cycle.skipped

    def filter(self, view: View) -> Codes:
        rejections: dict[Rejection, int] = {}
        codes = np.zeros(view.number, dtype=np.int64)
        for place, node in enumerate(view.infos()):
            rejection = self._plugin.filter(view.cycle, view.pod, node)
            if rejection is not None:
                codes[place] = rejections.setdefault(rejection, len(rejections) + 1)
        return Codes(codes, list(rejections))


class EachNodeScore:
    is_local = False
    has_normalize = False  # score() does it

    def __init__(self, name: str, plugin: ScorePlugin) -> None:
        self.name, self._plugin = name, plugin

    def scores(self, view: View) -> bool:
        plugin = self._plugin
        return not isinstance(plugin, PreScorePlugin) or plugin.pre_score(view.cycle, view.pod, view.infos())

    def score(self, view: View) -> Ints:
        plugin = self._plugin
        given = {node.name: plugin.score(view.cycle, view.pod, node) for node in view.infos()}
        if isinstance(plugin, NormalizePlugin):
            given = plugin.normalize(view.cycle, view.pod, given)
        return np.array([given[node.name] for node in view.infos()], dtype=np.int64)

    def normalize(self, scores: Ints) -> Ints:
        return scores
