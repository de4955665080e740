"""From a KubeSchedulerConfiguration document to a Configuration, or to the list of everything that is wrong with it.

Models: kubernetes v1.36 pkg/scheduler/apis/config/validation/validation.go, framework/runtime (NewFramework).
Left out: docs/deviations.md, kube_scheduler.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.configuration.model import (
    ALL,
    API_VERSION,
    KIND,
    MULTI_POINT,
    BadConfiguration,
    Configuration,
    Enabled,
    PluginSet,
    ProfileConfig,
)
from simcore.kube_scheduler.configuration.section import LARGEST_INT32, Faults, Section
from simcore.kube_scheduler.framework.interfaces import EXTENSION_POINTS
from simcore.kube_scheduler.framework.profile import DEFAULT_SCHEDULER
from simcore.kube_scheduler.plugins.registry import PLUGINS, implements, points_of

MOST_PROFILES = 16
WITHOUT_EFFECT = (
    "parallelism", "leaderElection", "clientConnection", "enableProfiling", "enableContentionProfiling",
    "delayCacheUntilActive", "healthzBindAddress", "metricsBindAddress",
)  # fmt: skip
"""Fields about the scheduler as a process."""
NEEDED = {
    "filter": (
        "preFilter",
        ("VolumeRestrictions", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity"),
    ),
    "score": ("preScore", ("PodTopologySpread", "InterPodAffinity")),
}
"""Where these plugins read what they have prepared at another point."""
SORT_DIFFERS = "must be the same for all profiles"


def read(document: Any) -> Configuration:
    """Raises: BadConfiguration."""
    faults = Faults()
    found = _configuration(Section(document, "", faults))
    if faults.errors:
        raise BadConfiguration(faults.errors)
    return found


def _configuration(root: Section) -> Configuration:
    faults = root.faults
    root.choice("apiVersion", (API_VERSION,), "")
    root.choice("kind", (KIND,), "")
    root.skip(*WITHOUT_EFFECT)
    if root.has("extenders") and root.value["extenders"]:
        faults.forbidden(root.at("extenders"), "a simulated scheduler calls nobody outside")
    percentage = _percentage(root)
    initial = root.integer(
        "podInitialBackoffSeconds", 1, (1, LARGEST_INT32 // 1000), "must be greater than 0"
    )
    longest = root.integer("podMaxBackoffSeconds", 10, (1, LARGEST_INT32 // 1000), "must be greater than 0")
    if longest < initial:
        why = "must be greater than or equal to PodInitialBackoffSeconds"
        faults.invalid(root.at("podMaxBackoffSeconds"), longest, why)
    profiles = _profiles(root)
    root.done()
    return Configuration(profiles, percentage or 0, initial * 1000, longest * 1000, root.value)


def _profiles(root: Section) -> tuple[ProfileConfig, ...]:
    if not root.has("profiles"):
        return (ProfileConfig(),)
    sections = root.sections("profiles")
    if root.value["profiles"] == []:
        root.faults.required(root.at("profiles"))
    if len(sections) > MOST_PROFILES:
        root.faults.add(
            root.at("profiles"),
            "FieldValueTooMany",
            f"Too many: {len(sections)}: must have at most {MOST_PROFILES} items",
        )
    alone = len(sections) == 1
    found: list[ProfileConfig] = []
    for section in sections[:MOST_PROFILES]:
        profile = _profile(section, alone=alone)
        if any(profile.name == other.name for other in found):
            section.faults.duplicate(section.at("schedulerName"), profile.name)
        if found and profile.plugins.get("queueSort") != found[0].plugins.get("queueSort"):
            section.faults.invalid(section.at("plugins.queueSort"), profile.name, SORT_DIFFERS)
        found.append(profile)
    return tuple(found)


def _profile(section: Section, *, alone: bool) -> ProfileConfig:
    name = section.text("schedulerName", DEFAULT_SCHEDULER if alone else "")
    if not name:
        section.faults.required(section.at("schedulerName"))
    percentage = _percentage(section)
    before = len(section.faults.errors)
    plugins = _plugins(section)
    args = _arguments(section)
    profile = ProfileConfig(name, plugins, args, percentage)
    section.done()
    if len(section.faults.errors) == before:
        _check_points(section, profile)
    return profile


def _percentage(section: Section) -> int | None:
    name = "percentageOfNodesToScore"
    found = section.integer(name, 0, (0, 100), "not in valid range [0-100]")
    return found if section.has(name) else None


def _plugins(section: Section) -> dict[str, PluginSet]:
    plugins = section.section("plugins")
    if plugins is None:
        return {}
    found = {
        point: _plugin_set(entry, point)
        for point in (MULTI_POINT, *EXTENSION_POINTS)
        if (entry := plugins.section(point))
    }
    plugins.done()
    return found


def _plugin_set(entry: Section, point: str) -> PluginSet:
    enabled: list[Enabled] = []
    for item in entry.sections("enabled"):
        name = _plugin_name(item)
        why = "must be between 1 and 2147483647; to switch a plugin off list it under disabled"
        weight = item.integer("weight", 0, (1, LARGEST_INT32), why)
        if any(name == other.name for other in enabled):
            item.faults.duplicate(item.at("name"), name)
        elif name and point != MULTI_POINT and not implements(name, point):
            item.faults.invalid(item.at("name"), name, f"has nothing to do at {point}")
        elif name:
            enabled.append(Enabled(name, weight))
        item.done()
    disabled = []
    for item in entry.sections("disabled"):
        disabled.append(ALL if item.text("name") == ALL else _plugin_name(item))
        item.skip("weight")
        item.done()
    entry.done()
    return PluginSet(tuple(enabled), frozenset(disabled))


def _plugin_name(item: Section) -> str:
    """'' with a fault when there is no such plugin."""
    name = item.text("name")
    if name not in PLUGINS:
        item.faults.unsupported(item.at("name"), name, sorted(PLUGINS))
        return ""
    return name


def _arguments(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in section.sections("pluginConfig"):
        name = _plugin_name(item)
        args: Obj = item.value.get("args") or {}
        given = Section(args, item.at("args"), item.faults)
        item.skip("args")
        item.done()
        if not name:
            continue
        if name in found:
            item.faults.duplicate(item.at("name"), name)
        given.choice("apiVersion", (API_VERSION,), API_VERSION)
        given.choice("kind", (f"{name}Args",), f"{name}Args")
        found[name] = PLUGINS[name].read(given)
        given.done()
    return found


def _check_points(section: Section, profile: ProfileConfig) -> None:
    """What only shows when the profile is put together."""
    points, _ = points_of(profile)
    faults, path = section.faults, section.at("plugins")
    if len(points["queueSort"]) != 1:
        text = f"only one queue sort plugin can be enabled, found {len(points['queueSort'])}"
        faults.invalid(f"{path}.queueSort", points["queueSort"], text)
    if not points["bind"]:
        faults.required(f"{path}.bind", "at least one bind plugin is needed")
    for point, (needed, names) in NEEDED.items():
        for name in names:
            if name in points[point] and name not in points[needed]:
                faults.invalid(f"{path}.{point}", name, f"needs the plugin's {needed}, too")
    for name in profile.args:
        if not any(name in names for names in points.values()):
            faults.invalid(section.at("pluginConfig"), name, "is the argument of a plugin that is off")
