"""Which plugins act at which extension point, once a profile's settings are merged with the defaults.

Models: kubernetes v1.36 pkg/scheduler/apis/config/v1/default_plugins.go (mergePluginSet) and
framework/runtime/framework.go (expandMultiPointPlugins). At each point come first the plugins that the point names
itself and multiPoint has, too, then multiPoint's others, then the rest of those that the point names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simcore.kube_scheduler.configuration.model import ALL, MULTI_POINT, Enabled, PluginSet, ProfileConfig
from simcore.kube_scheduler.framework.interfaces import EXTENSION_POINTS

NOTHING = PluginSet()


def merged(defaults: Sequence[Enabled], custom: PluginSet) -> tuple[Enabled, ...]:
    """The defaults in their order, less those switched off, with new weights where given; then what was added."""
    given = {each.name: each for each in custom.enabled}
    kept = () if ALL in custom.disabled else defaults
    replaced = [given.get(each.name, each) for each in kept if each.name not in custom.disabled]
    known = {each.name for each in replaced}
    return (*replaced, *(each for each in custom.enabled if each.name not in known))


def expanded(
    profile: ProfileConfig, defaults: Sequence[Enabled], implements: Callable[[str, str], bool]
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """(the plugins' names by extension point, the weights of the score plugins)."""
    everywhere = merged(defaults, profile.plugins.get(MULTI_POINT, NOTHING))
    points: dict[str, list[str]] = {}
    for point in EXTENSION_POINTS:
        own = profile.plugins.get(point, NOTHING)
        named = [each.name for each in own.enabled]
        if ALL in own.disabled:
            points[point] = named
            continue
        by_default = [
            each.name
            for each in everywhere
            if implements(each.name, point) and each.name not in own.disabled | set(named)
        ]
        overriding = [name for name in named if any(each.name == name for each in everywhere)]
        points[point] = [*overriding, *by_default, *(name for name in named if name not in overriding)]
    return points, _weights(points["score"], everywhere, profile.plugins)


def _weights(
    scorers: Sequence[str], everywhere: Sequence[Enabled], plugins: Mapping[str, PluginSet]
) -> dict[str, int]:
    own = {each.name: each.weight for each in plugins.get("score", NOTHING).enabled}
    general = {each.name: each.weight for each in everywhere}
    return {name: own.get(name) or (general.get(name, 0) if name not in own else 0) or 1 for name in scorers}
