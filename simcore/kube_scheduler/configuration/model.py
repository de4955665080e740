"""A KubeSchedulerConfiguration that has been read and found valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.profile import DEFAULT_SCHEDULER

API_VERSION, KIND = "kubescheduler.config.k8s.io/v1", "KubeSchedulerConfiguration"
MULTI_POINT = "multiPoint"
ALL = "*"


class Enabled(NamedTuple):
    name: str
    weight: int = 0
    """0: none was given."""


class PluginSet(NamedTuple):
    """What one extension point's entry says."""

    enabled: tuple[Enabled, ...] = ()
    disabled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ProfileConfig:
    """One scheduler. `args` are read already, by plugin; a plugin that is missing has its defaults."""

    name: str = DEFAULT_SCHEDULER
    plugins: Mapping[str, PluginSet] = field(default_factory=dict)
    """By extension point, multiPoint among them."""
    args: Mapping[str, Any] = field(default_factory=dict)
    percentage: int | None = None


@dataclass(frozen=True)
class Configuration:
    profiles: Sequence[ProfileConfig] = (ProfileConfig(),)
    percentage: int = 0
    initial_backoff_ms: int = 1_000
    max_backoff_ms: int = 10_000
    document: Obj = field(default_factory=dict)
    """As it was given; {} for the defaults."""


class BadConfiguration(ValueError):
    """The document is refused; `errors` name every fault."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.errors = tuple(errors)
