"""How long things take: profiles of simulated latencies, drawn with the seeded rng."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from simcore.sim.rng import Rng


class Range(NamedTuple):
    """Milliseconds, both ends included."""

    low: int
    high: int


@dataclass(frozen=True)
class LatencyProfile:
    """Ranges in milliseconds. A range of (0, 0) draws nothing and costs nothing."""

    api_call: Range
    watch_delivery: Range
    sandbox_start: Range
    container_start: Range
    image_pull: Range
    """A whole image of unknown size; an image that the catalogue knows says its own size."""

    def draw(self, span: Range, rng: Rng, *label: object) -> int:
        return span.low + rng.below(span.high - span.low + 1, *label) if span.high else 0


INSTANT = LatencyProfile(Range(0, 0), Range(0, 0), Range(0, 0), Range(0, 0), Range(0, 0))
REALISTIC = LatencyProfile(Range(2, 8), Range(1, 10), Range(150, 450), Range(50, 250), Range(800, 2500))
PROFILES = {"instant": INSTANT, "realistic": REALISTIC}
