"""What a user may ask of a new cluster, with its bounds."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from clusterlab.engine.pace import FASTEST, SLOWEST
from simcore.apimachinery import quantity
from simcore.cluster.founding import ClusterSpec

MOST_NODES = 5_000
MOST_ZONES = 26


class BadSpec(ValueError):
    """One sentence that names the value and what it may be."""


@dataclass(frozen=True)
class LabSpec:
    """The settings that are kept with a cluster and make it again."""

    nodes: int = 3
    zones: int = 3
    cpu: str = "4"
    memory: str = "8Gi"
    seed: int | None = None
    latency: str = "realistic"
    speed: float = 1.0
    bare: bool = False

    def checked(self) -> LabSpec:
        """Raises: BadSpec."""
        _within("nodes", self.nodes, 0 if self.bare else 1, MOST_NODES)
        _within("zones", self.zones, 1, MOST_ZONES)
        _within("speed", self.speed, SLOWEST, FASTEST)
        for name, text in (("cpu", self.cpu), ("memory", self.memory)):
            try:
                positive = quantity.milli(text) > 0
            except ValueError:
                positive = False
            if not positive:
                raise BadSpec(f"{name}={text!r} is no positive quantity, like 4, 500m or 8Gi")
        if self.latency not in ("realistic", "instant"):
            raise BadSpec(f"latency={self.latency!r} is neither realistic nor instant")
        return (
            self if self.seed is not None else LabSpec(**{**asdict(self), "seed": secrets.randbelow(2**31)})
        )

    def founding(self, epoch_ms: int) -> ClusterSpec:
        """With a machine for the control plane beside the nodes, unless bare."""
        assert self.seed is not None
        return ClusterSpec(epoch_ms=epoch_ms, control_plane=not self.bare, **self.as_settings())

    def as_settings(self) -> dict[str, Any]:
        return asdict(self)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise BadSpec(f"{name}={value} is not between {least:g} and {most:g}")
