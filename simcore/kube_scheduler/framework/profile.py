"""A profile: the plugins of one schedulerName, in order, with their weights.

Models: kubernetes v1.36 pkg/scheduler/apis/config/v1/default_plugins.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from simcore.kube_scheduler.framework.interfaces import Plugin

DEFAULT_SCHEDULER = "default-scheduler"


class Weighted(NamedTuple):
    plugin: Plugin
    weight: int = 1
    """Of the plugin's scores; at least 1."""


@dataclass(frozen=True)
class Profile:
    plugins: Sequence[Weighted]
    name: str = DEFAULT_SCHEDULER
    percentage_of_nodes_to_score: int = 0
    """0: adapts to the number of nodes; 100: every node is scored."""
    points: Mapping[str, Sequence[str]] | None = None
    """The names of the plugins that act at each extension point, in order; None: each at all that it has."""
